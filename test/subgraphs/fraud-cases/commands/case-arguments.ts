// Arguments of commands that are right in every point; tests change the one that they are about.

import type { Instant } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { CaseArguments, ReportArguments } from '../../../../subgraphs/fraud-cases/commands/case-arguments';
import { digestOf } from './case-office';

const AN_HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString() as Instant;

export const withDefaults = {
  report(suspect: Msisdn, sourceRef: string, changes: Partial<ReportArguments> = {}): CaseArguments['reportSuspicion'] {
    const input = {
      source: 'BANK_SIGNAL',
      sourceRef,
      suspect,
      victim: null,
      channel: 'CALL',
      fraudType: null,
      occurredAt: null,
      detectedAt: null,
      text: null,
      ...changes,
    } as const;
    return { input, act: null };
  },
  triage: {
    severity: 'HIGH',
    fraudType: 'PHONE_IMPERSONATION',
    track: 'AFC_INVESTIGATION',
    dismissReason: null,
  } as const,
  evidence: (text: string): CaseArguments['addEvidence']['input'] => ({
    kind: 'AUDIO',
    sha256: digestOf(text),
    capturedAt: AN_HOUR_AGO,
    note: null,
  }),
  decision: {
    outcome: 'CONFIRMED',
    reasonCode: 'PHONE_IMPERSONATION',
    findings: 'The caller posed as a bank.',
    measures: null,
    expectedVersion: 0,
  } as const,
  anHourAgo: AN_HOUR_AGO,
};
