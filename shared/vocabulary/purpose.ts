// For what a reader asks personal data: the word in the `afc-purpose` header. What each purpose opens is decided by the access policy.

/** Purposes of a look-up. */
export const PURPOSES = [
  'INVESTIGATION',
  'PRELIMINARY_CHECK',
  'APPEAL',
  'LIABILITY',
  'AUDIT',
  'SUBJECT_ACCESS',
] as const;
export type Purpose = (typeof PURPOSES)[number];
