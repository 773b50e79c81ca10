// From an operation as the client posted it to the text of its answer, over one engine: prepared, its variables coerced, executed. The
// media type and the status line are the host's business; the fixed form of every error is this file's.

import type { GraphQLError } from 'graphql';
import { ERROR_CATALOGUE, type ErrorCode, isErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonObject } from '../../shared/vocabulary/json';
import type { Engine } from '../engine';
import type { OperationText } from '../plan/plan';
import type { PreparedOperation } from '../plan/prepared-operation';
import type { OperationRequest } from './operation-request';

/** Errors as a client gets them: never more than this. */
export interface ClientError {
  readonly message: string;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: ErrorCode;
    readonly requestId: string;
    readonly retryable: boolean;
    readonly operatorCode?: string;
    readonly subgraph?: string;
  };
}

/** Text of an answer. `refusedWith` is the code when nothing was executed. */
export interface OperationAnswer {
  readonly body: string;
  readonly refusedWith: ErrorCode | null;
}

/** The prepared operation and its variables, or the refusal to send instead. */
export async function prepareAsked(
  engine: Engine,
  asked: OperationRequest & Pick<OperationText, 'view'>,
  requestId: string,
): Promise<{ readonly prepared: PreparedOperation; readonly variables: JsonObject } | OperationAnswer> {
  let prepared = engine.preparedAlready(asked);
  if (prepared === undefined) {
    const outcome = await engine.prepare(asked);
    if (!outcome.ok) return refusedAnswer(outcome.error, requestId);
    prepared = outcome.value;
  }
  const variables = prepared.coerceVariables(asked.variables);
  return variables.ok ? { prepared, variables: variables.value } : refusedAnswer(variables.error, requestId);
}

/** The answer to an operation that was not executed. */
export function refusedAnswer(errors: readonly GraphQLError[], requestId: string): OperationAnswer {
  const told = errors.map((error) => clientError(error, requestId));
  return { body: JSON.stringify({ errors: told }), refusedWith: told[0]?.extensions.code ?? 'INTERNAL' };
}

/** An error in the fixed form: text by its code, and of everything else only what the form has. */
export function clientError(
  error: Pick<GraphQLError, 'locations' | 'path' | 'extensions'>,
  requestId: string,
): ClientError {
  const told = error.extensions.code;
  const code = isErrorCode(told) ? told : (FRAMEWORK_CODES.get(String(told)) ?? 'INTERNAL');
  const { message, retryable } = ERROR_CATALOGUE[code];
  const { operatorCode, subgraph } = error.extensions;
  return {
    message,
    ...(error.locations === undefined ? {} : { locations: error.locations }),
    ...(error.path === undefined ? {} : { path: error.path }),
    extensions: {
      code,
      requestId,
      retryable,
      ...(typeof operatorCode === 'string' ? { operatorCode } : {}),
      ...(typeof subgraph === 'string' ? { subgraph } : {}),
    },
  };
}

/** Codes that the GraphQL server gives of itself, in ours. */
const FRAMEWORK_CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT'],
  ['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'],
  ['OPERATION_RESOLUTION_FAILURE', 'BAD_USER_INPUT'],
  ['BAD_REQUEST', 'BAD_USER_INPUT'],
  ['PERSISTED_QUERY_NOT_FOUND', 'BAD_USER_INPUT'],
  ['PERSISTED_QUERY_NOT_SUPPORTED', 'BAD_USER_INPUT'],
]);
