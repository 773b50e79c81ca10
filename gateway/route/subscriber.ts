// Opens a subscription at one of the bank's subgraphs and gives its events as answers. A partitioned subgraph has none: composition
// refuses it. A stream that breaks ends; a client that must miss nothing reads the feed instead.

import type { JsonValue } from '../../shared/vocabulary/json';
import { isJsonObject } from './answer-body';
import { answerIn, failedFetch } from './bank-call';
import { callHeaders, requestBody } from './call-request';
import { readEvents } from './event-stream';
import type { Sender } from './send';
import type { SubgraphAnswer, Subscribe } from './subgraph-call';

/** A `Subscribe` over streams. An event source that cannot be opened is one answer that says so. */
export function createSubscriber(options: {
  readonly stream: Sender['stream'];
  readonly addressOf: (serviceName: string) => string | null;
}): Subscribe {
  return async function* open(call): AsyncGenerator<SubgraphAnswer> {
    const { fetch, context, variables } = call;
    const url = options.addressOf(fetch.serviceName);
    if (url === null) return yield failedFetch(fetch.serviceName);
    const outcome = await options.stream({
      url,
      body: requestBody(fetch, fetch.operation, variables),
      headers: callHeaders(call, context.deadlineMs),
      deadlineMs: context.deadlineMs,
      context,
      server: fetch.serviceName,
      readRefusals: false,
    });
    if (!outcome.answered) return yield failedFetch(fetch.serviceName);
    if (outcome.status !== 200 || !outcome.contentType.startsWith('text/event-stream')) {
      // What was answered instead is not read; leaving the loop over it closes the connection.
      for await (const _chunk of outcome.chunks) break;
      return yield failedFetch(fetch.serviceName);
    }
    context.opened?.();
    try {
      for await (const { name, data } of readEvents(outcome.chunks)) {
        if (name === 'complete') return;
        if (name !== 'next') continue;
        const body = parseEvent(data);
        yield isJsonObject(body) ? answerIn(body, fetch.serviceName) : failedFetch(fetch.serviceName);
      }
    } catch {
      // The connection broke or the client left; either way the stream has ended.
    }
  };
}

function parseEvent(data: string): JsonValue | undefined {
  try {
    return JSON.parse(data) as JsonValue;
  } catch {
    return undefined;
  }
}
