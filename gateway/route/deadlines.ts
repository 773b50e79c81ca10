// How long things may take when nobody says otherwise. A deadline is one instant for everything that a call does.

/** A whole request of a client. */
export const REQUEST_DEADLINE_MS = 2_000;

/** One read of an operator, within its request. */
export const OPERATOR_DEADLINE_MS = 800;

/** A mutation: far above a read, because an order that was sent must be allowed to end. */
export const MUTATION_DEADLINE_MS = 10_000;

/** Time that is kept for completing and writing the answer when everything that was waited for came to nothing. */
const KEPT_FOR_ANSWER_MS = 15;

/** The instant of `performance.now()` by which the calls of a request that begins now are over, when a query has `queryMs`. */
export function requestDeadline(operationKind: 'query' | 'mutation' | 'subscription', queryMs: number): number {
  const allowedMs = operationKind === 'mutation' ? Math.max(queryMs, MUTATION_DEADLINE_MS) : queryMs;
  return performance.now() + Math.max(1, allowedMs - KEPT_FOR_ANSWER_MS);
}
