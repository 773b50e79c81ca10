// Asks one of the bank's own subgraphs. Its data is believed; its error texts are not passed on, its codes only when they are ours.

import { isErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject, JsonValue } from '../../shared/vocabulary/json';
import { isGraphqlContentType, isJsonObject, parseBody } from './answer-body';
import { callHeaders, postWithRetry, requestBody } from './call-request';
import type { Post } from './send';
import type { SubgraphAnswer, SubgraphCall, SubgraphError } from './subgraph-call';

/** Calls to subgraphs that are not partitioned. */
export interface BankCalls {
  /** Address of the subgraph; null when nobody told one. */
  addressOf(serviceName: string): string | null;
  ask(url: string, call: SubgraphCall, variables: JsonObject): Promise<SubgraphAnswer>;
}

/** Calls over `post`; `addressOf` tells where each subgraph answers. A call has until the deadline of its request. */
export function createBankCalls(options: {
  readonly post: Post;
  readonly addressOf: (serviceName: string) => string | null;
}): BankCalls {
  return {
    addressOf: options.addressOf,
    async ask(url, call, variables) {
      const { fetch, context } = call;
      const outcome = await postWithRetry(
        options.post,
        {
          url,
          server: fetch.serviceName,
          body: requestBody(fetch, fetch.operation, variables),
          headers: callHeaders(call, context.deadlineMs),
          deadlineMs: context.deadlineMs,
          context,
          readRefusals: true,
        },
        fetch.operationKind === 'query' ? () => true : () => false,
      );
      if (!outcome.answered || !isGraphqlContentType(outcome.contentType)) return failedFetch(fetch.serviceName);
      const body = parseBody(outcome.body);
      return body === null ? failedFetch(fetch.serviceName) : answerIn(body, fetch.serviceName);
    },
  };
}

/** The answer of a subgraph that gave none. */
export function failedFetch(subgraph: string): SubgraphAnswer {
  return { data: null, errors: [{ path: null, code: 'SUBGRAPH_UNAVAILABLE', subgraph }] };
}

/** What the body of a bank's subgraph says: its data, its errors by our codes. */
export function answerIn(body: JsonObject, subgraph: string): SubgraphAnswer {
  const data = isJsonObject(body.data) ? body.data : null;
  const entries: readonly JsonValue[] = Array.isArray(body.errors) ? body.errors : [];
  if (entries.length === 0) return data === null ? failedFetch(subgraph) : { data, errors: NO_ERRORS };
  return { data, errors: entries.map((entry) => errorIn(entry, subgraph)) };
}

const NO_ERRORS: readonly SubgraphError[] = [];

function errorIn(entry: JsonValue, subgraph: string): SubgraphError {
  if (!isJsonObject(entry)) return { path: null, code: 'INTERNAL', subgraph };
  const told = isJsonObject(entry.extensions) ? entry.extensions.code : undefined;
  const path = Array.isArray(entry.path) && entry.path.every(isStep) ? entry.path : null;
  return { path, code: isErrorCode(told) ? told : 'INTERNAL', subgraph };
}

function isStep(step: JsonValue): step is string | number {
  return typeof step === 'string' || typeof step === 'number';
}
