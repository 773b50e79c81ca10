// The registry's calls to donor and recipient: one POST each, at the origin of the operator's endpoint. What an operator answers is
// foreign input: it is read to 4 KiB, and anything but a known answer counts as silence. When to call is porting-process.ts's.

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

/** Calls over HTTP, each within three seconds; redirects are not followed. */
export const callOperator: CallOperator = async (operator, call) => {
  try {
    const response = await fetch(new URL(call.path, operator.endpoint), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(call.body),
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const answer = await readObject(response);
    if (response.status === 200 && answer !== null && isAcceptance(call.path, answer)) return accepted('ACCEPTED');
    const word = answer?.refusal;
    if (response.status !== 409 || typeof word !== 'string') return SILENT;
    return refused({ kind: 'REFUSED', word });
  } catch {
    return SILENT;
  }
};

/** Whether an operator says that it is ready to serve. */
export async function isReady(operator: OperatorEntry): Promise<boolean> {
  try {
    const response = await fetch(new URL('/readyz', operator.endpoint), {
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
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

async function readObject(response: Response): Promise<AnswerObject | null> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > LARGEST_ANSWER_BYTES) return null;
    chunks.push(chunk);
  }
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}
