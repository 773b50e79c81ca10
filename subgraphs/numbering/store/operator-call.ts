// The registry's calls to donor and recipient: one POST each, at the origin of the operator's endpoint. What an operator answers is
// foreign input: it is read to 4 KiB, and anything but a known answer counts as silence. When to call is porting-process.ts's.

import type { CallHttp } from '../../../shared/service/http-call';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorEntry } from '../../../shared/vocabulary/operator-directory';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';

/** The three questions of a porting. `since` is the first instant of the tenure that ends or begins. */
export type PortingCall =
  | { readonly path: '/internal/port-out/check'; readonly body: PortingBody }
  | { readonly path: '/internal/port-out'; readonly body: PortingBody & { readonly at: Instant } }
  | { readonly path: '/internal/port-in'; readonly body: PortingBody };

interface PortingBody {
  readonly portId: string;
  readonly msisdn: Msisdn;
  readonly since: Instant;
}

/** SILENT: no answer, or none of the protocol. Every other word is the operator's own refusal, chosen by it and not checked. */
export type OperatorAnswer = Result<
  'ACCEPTED',
  { readonly kind: 'SILENT' } | { readonly kind: 'REFUSED'; readonly word: string }
>;

/** Asks an operator. Never rejects; safe to repeat with the same body. */
export type CallOperator = (operator: OperatorEntry, call: PortingCall) => Promise<OperatorAnswer>;

const DEADLINE_MS = 3_000;
const LARGEST_ANSWER_BYTES = 4_096;

/** Calls over HTTP, each within three seconds. */
export function operatorCalls(call: CallHttp): {
  readonly call: CallOperator;
  /** Whether an operator says that it is ready to serve. */
  readonly isReady: (operator: OperatorEntry) => Promise<boolean>;
} {
  return {
    async call(operator, { path, body }) {
      const answered = await call({
        url: new URL(path, operator.endpoint).href,
        server: operator.code,
        method: 'POST',
        contentType: 'application/json',
        headers: { accept: 'application/json' },
        body: JSON.stringify(body),
        timeoutMs: DEADLINE_MS,
        maxBytes: LARGEST_ANSWER_BYTES,
      });
      const answer = answered === null ? null : objectIn(answered.body);
      if (answered?.status === 200 && answer !== null && isAcceptance(path, answer)) return accepted('ACCEPTED');
      const word = answer?.refusal;
      return answered?.status === 409 && typeof word === 'string' ? refused({ kind: 'REFUSED', word }) : SILENT;
    },
    async isReady(operator) {
      const answered = await call({
        url: new URL('/readyz', operator.endpoint).href,
        server: operator.code,
        method: 'GET',
        timeoutMs: DEADLINE_MS,
        maxBytes: LARGEST_ANSWER_BYTES,
      });
      return answered?.status === 200;
    },
  };
}

const SILENT: OperatorAnswer = refused({ kind: 'SILENT' });

/** Members of an answer that mean anything; whatever else an operator writes is not looked at. */
interface AnswerObject {
  readonly allowed?: unknown;
  readonly state?: unknown;
  readonly refusal?: unknown;
}

function isAcceptance(path: PortingCall['path'], answer: AnswerObject): boolean {
  switch (path) {
    case '/internal/port-out/check':
      return answer.allowed === true;
    case '/internal/port-out':
      return answer.state === 'PORTED_OUT';
    case '/internal/port-in':
      return answer.state === 'PORTED_IN';
  }
}

function objectIn(body: Buffer): AnswerObject | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
