// How a request is refused before anything is asked of anybody: an error with a code of the catalogue and its fixed text. It
// says where in the document, never what stood there.

import { GraphQLError, type Source } from 'graphql';
import { ERROR_CATALOGUE, type ErrorCode } from '../../shared/vocabulary/error-catalogue';

/** An error that echoes nothing. `at`: positions in the client's own text, told as line and column. */
export function refusal(
  code: ErrorCode,
  at?: { readonly source: Source; readonly positions: readonly number[] },
): GraphQLError {
  const { message, retryable } = ERROR_CATALOGUE[code];
  return new GraphQLError(message, {
    source: at?.source ?? null,
    positions: at?.positions ?? null,
    extensions: { code, retryable },
  });
}
