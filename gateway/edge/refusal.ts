// How the edge refuses a whole request: a status and one GraphQL error with fixed text. It echoes nothing of what was sent.

import { ERROR_CATALOGUE, type ErrorCode } from '../../shared/vocabulary/error-catalogue';

/** A refusal. `close` tells that the connection cannot be used again, because its bytes were not read to the end. */
export interface HttpRefusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly headers?: Readonly<Record<string, string>>;
  readonly close?: boolean;
}

export const NOT_FOUND: HttpRefusal = { status: 404, code: 'BAD_USER_INPUT' };
export const BAD_REQUEST: HttpRefusal = { status: 400, code: 'BAD_USER_INPUT' };
export const NOT_ACCEPTABLE: HttpRefusal = { status: 406, code: 'BAD_USER_INPUT' };
export const UNSUPPORTED_MEDIA: HttpRefusal = { status: 415, code: 'BAD_USER_INPUT' };
export const TOO_LARGE: HttpRefusal = { status: 413, code: 'BAD_USER_INPUT', close: true };
/** The client makes a condition that HTTP does not know. */
export const NOT_EXPECTED: HttpRefusal = { status: 417, code: 'BAD_USER_INPUT', close: true };
export const HEADERS_TOO_LARGE: HttpRefusal = { status: 431, code: 'BAD_USER_INPUT', close: true };
export const TOO_SLOW: HttpRefusal = { status: 408, code: 'BAD_USER_INPUT', close: true };
/** The document is not among those that the bank has agreed to answer. */
export const NOT_TRUSTED: HttpRefusal = { status: 403, code: 'FORBIDDEN' };
/** No token, or none that is believed. */
export const NOT_SIGNED_IN: HttpRefusal = {
  status: 401,
  code: 'UNAUTHENTICATED',
  headers: { 'www-authenticate': 'Bearer' },
};
/** Whoever signed in may not ask this. */
export const NOT_ALLOWED: HttpRefusal = { status: 403, code: 'FORBIDDEN' };
/** The issuer could not be asked about the key of a token. */
export const ISSUER_SILENT: HttpRefusal = { status: 502, code: 'SUBGRAPH_UNAVAILABLE' };
export const OVERLOADED: HttpRefusal = { status: 429, code: 'OVERLOADED', headers: { 'retry-after': '1' } };
export const INTERNAL: HttpRefusal = { status: 500, code: 'INTERNAL' };

/** Refuses every method but those named. */
export function methodRefusal(allow: string): HttpRefusal {
  return { status: 405, code: 'BAD_USER_INPUT', headers: { allow } };
}

/** The body of a refusal. */
export function refusalBody(code: ErrorCode, requestId: string): string {
  const { message, retryable } = ERROR_CATALOGUE[code];
  return JSON.stringify({ errors: [{ message, extensions: { code, requestId, retryable } }] });
}
