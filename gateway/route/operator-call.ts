// Asks one operator for its share: through its gate, under its own deadline, and believing nothing of the answer but what the check
// lets through. Every way to fail ends in a code; what the operator wrote never leaves this file unchecked.

import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject } from '../../shared/vocabulary/json';
import { isGraphqlContentType, parseToldBody } from './answer-body';
import { callHeaders, postWithRetry, requestBody } from './call-request';
import type { OperatorGate, OperatorGates } from './operator-gate';
import type { Post, PostAnswer, PostFault } from './send';
import type { SubgraphAnswer, SubgraphCall } from './subgraph-call';
import type { AskedOperation } from './trust';

/** One call to one operator. */
export interface OperatorQuestion {
  readonly url: string;
  readonly target: string;
  readonly asked: AskedOperation;
  readonly variables: JsonObject;
  readonly call: SubgraphCall;
  /** Headers of this call alone. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The checked answer, or the code of why there is none. */
export type OperatorOutcome = SubgraphAnswer | { readonly lost: ErrorCode };

export interface OperatorCalls {
  ask(question: OperatorQuestion): Promise<OperatorOutcome>;
}

/** Whether an answer is signed by the server that was asked, as the answer to what it was asked. */
export type IsSignedBy = (serviceName: string, target: string, answer: PostAnswer) => boolean;

/** Calls over `post`. A read has `readDeadlineMs` within the request's own deadline, a mutation `mutationDeadlineMs`. */
export function createOperatorCalls(options: {
  readonly post: Post;
  readonly gates: OperatorGates;
  readonly readDeadlineMs: number;
  readonly mutationDeadlineMs: number;
  /** Given, no answer counts that is not signed; without it no signature is looked at. */
  readonly isSignedBy?: IsSignedBy | undefined;
}): OperatorCalls {
  const { post, gates, readDeadlineMs, mutationDeadlineMs, isSignedBy } = options;
  return {
    async ask({ url, target, asked, variables, call, headers }) {
      const { fetch, context } = call;
      const isMutation = fetch.operationKind === 'mutation';
      const gate = gates.gateOf(fetch.serviceName, target, isMutation ? 'mutation' : 'query');
      const ownMs = performance.now() + (isMutation ? mutationDeadlineMs : readDeadlineMs);
      const deadlineMs = Math.min(ownMs, context.deadlineMs);
      const ticket = gate.breaker.admit(performance.now());
      if (ticket === null) return { lost: 'OPERATOR_UNAVAILABLE' };
      if (!(await gate.bulkhead.enter(deadlineMs))) return { lost: 'OPERATOR_UNAVAILABLE' };
      try {
        gate.countCall();
        const outcome = await postWithRetry(
          post,
          {
            url,
            server: target,
            body: requestBody(fetch, asked.operation, variables),
            headers: { ...callHeaders(call, deadlineMs), ...headers },
            deadlineMs,
            context,
            readRefusals: false,
          },
          () => !isMutation && gate.takeRetry(),
          (attempt) => recordAttempt(gate, ticket, attempt),
        );
        const code = lossOf(outcome);
        if (code !== null || !outcome.answered) return { lost: code ?? 'OPERATOR_UNAVAILABLE' };
        if (isSignedBy?.(fetch.serviceName, target, outcome) === false) return { lost: 'OPERATOR_BAD_RESPONSE' };
        const body = parseToldBody(outcome.body);
        const answer = body === null ? null : asked.check(body, variables, target);
        return answer ?? { lost: 'OPERATOR_BAD_RESPONSE' };
      } finally {
        gate.bulkhead.leave();
      }
    },
  };
}

/** The code of an outcome that holds no GraphQL answer; null for one that may. */
function lossOf(outcome: PostAnswer | PostFault): ErrorCode | null {
  if (!outcome.answered) {
    switch (outcome.fault) {
      case 'TIMEOUT':
      case 'ABORTED':
        return 'OPERATOR_TIMEOUT';
      case 'TOO_LARGE':
      case 'ENCODED':
        return 'OPERATOR_BAD_RESPONSE';
      case 'UNREACHABLE':
      case 'BROKEN':
        return 'OPERATOR_UNAVAILABLE';
    }
  }
  const { status } = outcome;
  if (status >= 400 && status < 500 && status !== 429 && status !== 408) return 'OPERATOR_ERROR';
  if (status < 200 || status > 299 || !isGraphqlContentType(outcome.contentType)) return 'OPERATOR_UNAVAILABLE';
  return null;
}

/** Silence and refusal of service count against an operator; a lie does not, because asking again costs nothing more. */
function recordAttempt(gate: OperatorGate, ticket: 'CALL' | 'PROBE', outcome: PostAnswer | PostFault): void {
  if (!outcome.answered && outcome.fault === 'ABORTED') return;
  const served = outcome.answered
    ? outcome.status < 500 && outcome.status !== 429
    : outcome.fault === 'TOO_LARGE' || outcome.fault === 'ENCODED';
  const nowMs = performance.now();
  gate.breaker.record(ticket, served, nowMs);
  if (!outcome.answered || (outcome.status !== 503 && outcome.status !== 429)) return;
  const restMs = restAskedMs(outcome.retryAfter, Date.now());
  if (restMs > 0) gate.breaker.rest(restMs, nowMs);
}

/** What a Retry-After asks for, in seconds or until a date; 0 when it asks for nothing that can be understood. */
export function restAskedMs(retryAfter: string, nowMs: number): number {
  if (/^[0-9]{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  if (!/^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$/.test(retryAfter)) return 0;
  const until = Date.parse(retryAfter);
  return Number.isNaN(until) ? 0 : Math.max(0, until - nowMs);
}
