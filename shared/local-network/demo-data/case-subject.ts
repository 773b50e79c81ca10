// What the demo's cases are about: fraud, severity, suspect and victim of each, and which of them are stories. How each went is in
// case-script.ts.

import { BEELINE, KCELL } from './demo-operator';
import { uuidFor } from './draw';
import { type CaseLine, STORY_NUMBERS, suspectLine, victimLine } from './story-number';

/** What a case is about. */
export interface CaseSubject {
  /** Place in the bank's numbering of cases, from 1; the id follows from it. */
  readonly ordinal: number;
  readonly fraudType: string;
  readonly severity: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  readonly suspect: CaseLine;
  readonly victim: CaseLine | null;
  readonly channel: 'CALL' | 'SMS' | 'MESSENGER' | 'PAYMENT';
}

/** The ordinals of the two named cases; `BLOCKED_ORDER` is the place of the confirmed order within the first. */
export const BLOCKED_CASE = 13;
export const BLOCKED_ORDER = 2;
export const OPEN_CASE = 26;

/** How many cases there are. */
export const DEMO_CASES = 31;

/** The case whose suspect was ported while its order was on the way: days before today, and hour, of that porting. */
export const MOVED_CASE = 11;
export const MOVED_AT = { days: 28, hour: 13, to: KCELL } as const;

/** The further suspects of the case about three SIM boxes. */
export const RING_CASE = 7;
export const RING_LINES: readonly CaseLine[] = [suspectLine(60), suspectLine(62)];

/** What each case is about, by its ordinal. */
export function caseSubject(ordinal: number): CaseSubject {
  const [fraudType, severity, channel] = SUBJECTS[ordinal - 1] ?? SUBJECTS[0];
  const suspect =
    ordinal === BLOCKED_CASE
      ? { msisdn: STORY_NUMBERS.blocked, operator: BEELINE }
      : ordinal === OPEN_CASE
        ? { msisdn: STORY_NUMBERS.openCase, operator: KCELL }
        : suspectLine(ordinal);
  const isMass = fraudType === 'SIM_BOX_BYPASS' || fraudType === 'BULK_SMS' || fraudType === 'MASS_CALLING';
  return { ordinal, fraudType, severity, channel, suspect, victim: isMass ? null : victimLine(ordinal) };
}

/** The id of the case of that ordinal. */
export function caseId(seed: number, ordinal: number): string {
  return uuidFor(seed, CASE, ordinal);
}

const CASE = 70;

type Row = readonly [fraudType: string, severity: CaseSubject['severity'], channel: CaseSubject['channel']];

// biome-ignore format: a table.
const SUBJECTS: readonly [Row, ...Row[]] = [
  ['MASS_CALLING', 'HIGH', 'CALL'],
  ['MASS_CALLING', 'MEDIUM', 'CALL'],
  ['PHONE_IMPERSONATION', 'HIGH', 'CALL'],
  ['FAKE_SHOP', 'LOW', 'MESSENGER'],
  ['PHONE_IMPERSONATION', 'CRITICAL', 'CALL'],
  ['OTHER', 'LOW', 'SMS'],
  ['SIM_BOX_BYPASS', 'HIGH', 'CALL'],
  ['CREDIT_FRAUD', 'MEDIUM', 'CALL'],
  ['FALSE_INVESTMENT', 'HIGH', 'MESSENGER'],
  ['SOCIAL_MESSENGER', 'MEDIUM', 'MESSENGER'],
  ['DROPPER_MULE', 'HIGH', 'PAYMENT'],
  ['BULK_SMS', 'MEDIUM', 'SMS'],
  ['PHONE_IMPERSONATION', 'CRITICAL', 'CALL'],
  ['MASS_CALLING', 'HIGH', 'CALL'],
  ['SIM_SWAP_TAKEOVER', 'HIGH', 'PAYMENT'],
  ['PHONE_IMPERSONATION', 'HIGH', 'CALL'],
  ['CREDIT_FRAUD', 'HIGH', 'CALL'],
  ['MIRROR_SITE', 'MEDIUM', 'SMS'],
  ['OTHER', 'LOW', 'CALL'],
  ['MIRROR_SITE', 'HIGH', 'SMS'],
  ['PHONE_IMPERSONATION', 'HIGH', 'CALL'],
  ['FALSE_INVESTMENT', 'MEDIUM', 'MESSENGER'],
  ['IDENTITY_MISUSE', 'MEDIUM', 'CALL'],
  ['PHONE_IMPERSONATION', 'CRITICAL', 'CALL'],
  ['DROPPER_MULE', 'MEDIUM', 'PAYMENT'],
  ['PHONE_IMPERSONATION', 'HIGH', 'CALL'],
  ['SOCIAL_MESSENGER', 'LOW', 'MESSENGER'],
  ['FAKE_SHOP', 'MEDIUM', 'MESSENGER'],
  ['FALSE_INVESTMENT', 'HIGH', 'CALL'],
  ['PHONE_IMPERSONATION', 'MEDIUM', 'CALL'],
  ['BULK_SMS', 'MEDIUM', 'SMS'],
];
