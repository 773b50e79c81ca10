// Every code that a fault or a GraphQL error of this project may carry: what it means, its fixed public text, its HTTP status
// when it ends a whole request, and whether the same request may succeed later. Codes are never reused.

interface CatalogueEntry {
  /** The only text a client ever sees for this code; it echoes nothing that anybody sent. */
  readonly message: string;
  /** Status of a response whose whole request failed with this code. */
  readonly httpStatus: number;
  /** True when the same request may succeed later without a change. */
  readonly retryable: boolean;
}

export const ERROR_CATALOGUE = {
  OPERATOR_UNAVAILABLE: { message: 'The operator could not be reached.', httpStatus: 502, retryable: true },
  OPERATOR_TIMEOUT: { message: 'The operator did not answer in time.', httpStatus: 504, retryable: true },
  OPERATOR_BAD_RESPONSE: {
    message: 'The operator gave an answer that does not fit the question.',
    httpStatus: 502,
    retryable: false,
  },
  OPERATOR_ERROR: { message: 'The operator could not answer this field.', httpStatus: 502, retryable: false },
  NOT_ROUTABLE: { message: 'No connected operator can be asked for this field.', httpStatus: 502, retryable: false },
  SUBGRAPH_UNAVAILABLE: { message: 'A service of the bank did not answer.', httpStatus: 502, retryable: true },
  AUDIT_UNAVAILABLE: {
    message: 'The joint log cannot be written, so nothing personal may be shown.',
    httpStatus: 503,
    retryable: true,
  },
  OVERLOADED: { message: 'Too many requests at once; try again shortly.', httpStatus: 429, retryable: true },
  QUOTA_EXCEEDED: { message: 'Your limit of look-ups is reached.', httpStatus: 429, retryable: true },
  PURPOSE_REQUIRED: { message: 'This field needs a case and a purpose.', httpStatus: 403, retryable: false },
  FORBIDDEN: { message: 'You may not see or do this.', httpStatus: 403, retryable: false },
  UNAUTHENTICATED: { message: 'Sign in first.', httpStatus: 401, retryable: false },
  STEP_UP_REQUIRED: {
    message: 'This needs a strong sign-in of the last 15 minutes; sign in again.',
    httpStatus: 403,
    retryable: false,
  },
  BAD_USER_INPUT: { message: 'The request is not valid.', httpStatus: 400, retryable: false },
  IDEMPOTENCY_CONFLICT: {
    message: 'This idempotency key was used with another request.',
    httpStatus: 409,
    retryable: false,
  },
  OPERATION_TOO_COMPLEX: { message: 'The operation asks for too much at once.', httpStatus: 400, retryable: false },
  INTERNAL: { message: 'Something went wrong on our side.', httpStatus: 500, retryable: false },
} as const satisfies Record<string, CatalogueEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Whether a text that somebody sent is a code of the catalogue. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(ERROR_CATALOGUE, text);
}
