// What a caller sees of a fault: a code of the catalogue, the fixed text of that code, and who is at fault. Everything else, the
// message, the stack, the text that was sent, stays on our side.

import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { AppError } from '../vocabulary/app-error';
import { ERROR_CATALOGUE, type ErrorCode, isErrorCode } from '../vocabulary/error-catalogue';
import { isLostConnection } from '../vocabulary/lost-connection';

/** What an error tells besides its code. */
export interface FaultPlace {
  readonly operatorCode?: string;
  readonly subgraph?: string;
}

/** A fault as a GraphQL error with its code's fixed text. `place` wins over the facts of an `AppError`. */
export function asGraphQLError(fault: unknown, place: FaultPlace = {}): GraphQLError {
  const code = codeOf(fault);
  return new GraphQLError(ERROR_CATALOGUE[code].message, {
    originalError: fault instanceof Error ? fault : null,
    extensions: { code, ...placeOf(fault), ...place },
  });
}

/** An error as it stands in a response: fixed message, path, and extensions `code requestId retryable` and who is at fault. */
export function formatFault(fault: unknown, requestId: string): GraphQLFormattedError {
  const code = codeOf(fault);
  const { message, retryable } = ERROR_CATALOGUE[code];
  const path = fault instanceof GraphQLError ? fault.path : undefined;
  return {
    message,
    ...(path === undefined ? {} : { path }),
    extensions: { code, requestId, retryable, ...placeOf(fault) },
  };
}

/** The catalogue's code of anything that was thrown; SUBGRAPH_UNAVAILABLE when the database was lost, INTERNAL for what nobody foresaw. */
export function codeOf(fault: unknown): ErrorCode {
  if (fault instanceof AppError) return isErrorCode(fault.code) ? fault.code : 'INTERNAL';
  if (!(fault instanceof GraphQLError)) return isLostConnection(fault) ? 'SUBGRAPH_UNAVAILABLE' : 'INTERNAL';
  const { originalError } = fault;
  if (originalError instanceof AppError || isLostConnection(originalError)) return codeOf(originalError);
  const { code } = fault.extensions;
  if (isErrorCode(code)) return code;
  return typeof code === 'string' && REFUSED_BY_SERVER.has(code) ? 'BAD_USER_INPUT' : 'INTERNAL';
}

/** The server library's own codes for a request that it did not execute. */
const REFUSED_BY_SERVER: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

function placeOf(fault: unknown): FaultPlace {
  const told =
    fault instanceof GraphQLError ? { ...factsOf(fault.originalError), ...fault.extensions } : factsOf(fault);
  const { operatorCode, subgraph } = told;
  return {
    ...(typeof operatorCode === 'string' ? { operatorCode } : {}),
    ...(typeof subgraph === 'string' ? { subgraph } : {}),
  };
}

function factsOf(fault: unknown): Readonly<Record<string, unknown>> {
  return fault instanceof AppError ? fault.facts : {};
}
