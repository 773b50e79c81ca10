// Words of who holds a line and how the holder was identified.

/** Kinds of holders. */
export const SUBSCRIBER_KINDS = ['PERSON', 'LEGAL_ENTITY'] as const;
export type SubscriberKind = (typeof SUBSCRIBER_KINDS)[number];

/** Results of biometric identification; LEGACY_UNVERIFIED was activated before it was law. */
export const VERIFICATION_RESULTS = ['PASSED', 'FAILED', 'INCONCLUSIVE', 'NOT_PERFORMED', 'LEGACY_UNVERIFIED'] as const;
export type VerificationResult = (typeof VERIFICATION_RESULTS)[number];

/** Ways of biometric identification. */
export const VERIFICATION_METHODS = ['FACE_LIVENESS_APP', 'IN_PERSON_FACE', 'EGOV_BIOMETRY'] as const;
export type VerificationMethod = (typeof VERIFICATION_METHODS)[number];

/** Whether the holder's IIN is the one given. */
export const KYC_MATCHES = ['TRUE', 'FALSE', 'NOT_AVAILABLE'] as const;
export type KycMatch = (typeof KYC_MATCHES)[number];
