// Answers an operation as a stream of events, over the same engine as every other answer: each event of a subscription with its own
// deadline, a query or a mutation as the one event that it is.

import type { JsonObject } from '../shared/vocabulary/json';
import { writeEvents } from './edge/event-answer';
import type { EdgeRequest } from './edge/listen';
import type { Engine } from './engine';
import type { ExecutionResult } from './execute/execute';
import type { PreparedOperation } from './plan/prepared-operation';
import { requestDeadline } from './route/deadlines';
import type { RequestContext } from './route/subgraph-call';

/** Makes the headers of the calls that have until an instant. */
export type HeadersUntil = (deadlineMs: number) => RequestContext['headersFor'];

/** What is streamed and for whom. */
export interface StreamedOperation {
  readonly engine: Engine;
  readonly prepared: PreparedOperation;
  readonly variables: JsonObject;
  /** Time for a query, and for each event of a subscription. */
  readonly deadlineMs: number;
  /** Headers of the calls that have until this instant, in milliseconds of `performance.now()`. */
  readonly headersUntil: HeadersUntil;
  /** For which case and why, by the reader's own word; absent where nobody is asked for it. */
  readonly askedFor?: RequestContext['askedFor'];
  /** When the stream ends because its reader's token does, in milliseconds since 1970; null when it does not. */
  readonly endsAtMs: number | null;
}

/** Streams until the events end, the client leaves or the gateway stops. */
export async function streamOperation(edge: EdgeRequest, operation: StreamedOperation): Promise<void> {
  const { engine, prepared, variables, deadlineMs, headersUntil, askedFor, endsAtMs } = operation;
  const { response, requestId, stopping } = edge;
  const over = new AbortController();
  const end = (): void => over.abort();
  response.on('close', end);
  stopping.addEventListener('abort', end, { once: true });
  const ending = endsAtMs === null ? null : setTimeout(end, Math.max(0, endsAtMs - Date.now()));
  const contextFor = (signal: AbortSignal): RequestContext => {
    const untilMs = requestDeadline(prepared.operationKind, deadlineMs);
    return {
      requestId,
      deadlineMs: untilMs,
      signal,
      headersFor: headersUntil(untilMs),
      ...(askedFor === undefined ? {} : { askedFor }),
    };
  };
  let opened: () => void = () => undefined;
  const standing = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const context = { ...contextFor(over.signal), opened };
  const events =
    prepared.operationKind === 'subscription'
      ? engine.subscribe(prepared, variables, context, contextFor)
      : once(engine.run(prepared, variables, context));
  try {
    await writeEvents(response, requestId, told(events), standing);
  } finally {
    if (ending !== null) clearTimeout(ending);
    stopping.removeEventListener('abort', end);
    over.abort();
  }
}

async function* once<Value>(value: Promise<Value>): AsyncGenerator<Value> {
  yield await value;
}

/** Without an empty list of errors, which the specification forbids. */
function told(events: AsyncIterableIterator<ExecutionResult>): AsyncIterableIterator<object> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const { done, value } = await events.next();
      if (done === true) return { done: true, value: undefined };
      return { done: false, value: value.errors.length === 0 ? { data: value.data } : value };
    },
    async return() {
      await events.return?.();
      return { done: true, value: undefined };
    },
  };
}
