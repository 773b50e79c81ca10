// The biometric verification of a line's end user: its result, never a picture or a template. Decides what a verification is
// worth; taking the picture is the provider's matter.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { VerificationMethod, VerificationResult } from '../../../shared/vocabulary/subscriber';

/** What came of verifying the end user of a line: the holder, or the employee for a corporate line. */
export interface BiometricVerification {
  readonly result: VerificationResult;
  readonly method: VerificationMethod | null;
  readonly verifiedAt: Instant | null;
  readonly attempts: number;
}

/** First instant at which a line may be activated only after a passed verification: 3 January 2026 in Asia/Almaty. */
export const BIOMETRY_REQUIRED_FROM = '2026-01-02T19:00:00.000Z' as Instant;

/** How far a line stands from a passed verification: not at all, by age (activated before it was law), or against the law. */
export type VerificationGap = 'NONE' | 'LEGACY' | 'MISSING';

/** The gap of an active line. A line that was never activated has none: it is not in service. */
export function verificationGap(result: VerificationResult, activatedAt: Instant | null): VerificationGap {
  if (activatedAt === null || result === 'PASSED') return 'NONE';
  return activatedAt < BIOMETRY_REQUIRED_FROM ? 'LEGACY' : 'MISSING';
}
