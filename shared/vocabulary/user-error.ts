// Words of the refusals that a caller can act on, answered in the payload of a mutation.

/** Codes of refusals of the domain. */
export const USER_ERROR_CODES = [
  'ILLEGAL_TRANSITION',
  'FOUR_EYES_REQUIRED',
  'VERSION_CONFLICT',
  'MISSING_EVIDENCE',
  'NOT_ASSIGNED',
  'NOT_FOUND',
  'NUMBER_NOT_SERVED',
  'ALREADY_BLOCKED',
  'NOT_BLOCKED',
  'DUPLICATE_REFERENCE',
  'INVALID_INPUT',
] as const;
export type UserErrorCode = (typeof USER_ERROR_CODES)[number];
