// What every call to a subgraph looks like on the wire and when it may be made a second time. Bodies are put together from text that
// is made once per plan.

import type { JsonObject } from '../../shared/vocabulary/json';
import type { FetchPlan } from '../plan/plan-node';
import type { Post, PostAnswer, PostFault, PostRequest } from './send';
import type { SubgraphCall } from './subgraph-call';

/** Time that must be left for a second attempt to make sense. */
const RETRY_NEEDS_MS = 300;

const openings = new WeakMap<object, Map<string, string>>();

/** The body of a call: `operation` is one of the few texts that belong to the fetch, `variables` are of this request. */
export function requestBody(fetch: FetchPlan, operation: string, variables: JsonObject): string {
  let texts = openings.get(fetch);
  if (texts === undefined) {
    texts = new Map();
    openings.set(fetch, texts);
  }
  let opening = texts.get(operation);
  if (opening === undefined) {
    opening = `{"query":${JSON.stringify(operation)},"variables":`;
    texts.set(operation, opening);
  }
  return `${opening}${JSON.stringify(variables)}}`;
}

/** Headers that travel with a call: the request's id and the instant after which nobody waits for the answer. */
export function callHeaders(call: SubgraphCall, deadlineMs: number): Readonly<Record<string, string>> {
  const { context, fetch } = call;
  const forwarded = context.headersFor(fetch.serviceName);
  return { ...forwarded, 'x-request-id': context.requestId, 'afc-deadline': deadlineText(deadlineMs) };
}

/** The deadline asked for last and its text: the calls of a request have it in common. */
let lastDeadlineMs = Number.NaN;
let lastDeadline = '';

function deadlineText(deadlineMs: number): string {
  if (deadlineMs !== lastDeadlineMs) {
    lastDeadlineMs = deadlineMs;
    lastDeadline = new Date(Date.now() + Math.max(0, deadlineMs - performance.now())).toISOString();
  }
  return lastDeadline;
}

/**
 * Posts, and posts once more when no byte of an answer was seen, time is left and `mayRetry` agrees. `mayRetry` is asked only then;
 * it must refuse for anything but a read.
 */
export function postWithRetry(
  post: Post,
  request: PostRequest,
  mayRetry: () => boolean,
  observe?: (outcome: PostAnswer | PostFault) => void,
): Promise<PostAnswer | PostFault> {
  return post(request).then((first) => {
    observe?.(first);
    return first.answered ? first : secondAttempt(first, post, request, mayRetry, observe);
  });
}

async function secondAttempt(
  first: PostFault,
  post: Post,
  request: PostRequest,
  mayRetry: () => boolean,
  observe?: (outcome: PostAnswer | PostFault) => void,
): Promise<PostAnswer | PostFault> {
  if (first.answered || first.bytesSeen || first.fault !== 'UNREACHABLE') return first;
  if (request.deadlineMs - performance.now() < RETRY_NEEDS_MS || !mayRetry()) return first;
  const second = await post(request);
  observe?.(second);
  return second;
}
