// What happens to a party that starts or stops its clocks. The words are those of the duty rules; which rule a word starts or stops is
// the rules' data, what becomes of a clock is decided by the clock.

import type { PartyKind } from '../../../shared/vocabulary/duty';
import type { Instant } from '../../../shared/vocabulary/instant';

/** Happenings that rules wait for. */
export const DUTY_EVENTS = [
  'DETECTED',
  'REPORT_RECEIVED',
  'SIGNAL_RECEIVED',
  'CHECK_CONFIRMED',
  'CHECK_NOT_CONFIRMED',
  'CHECK_RESULT',
  'RESULT_RECEIVED',
  'SERVICES_SUSPENDED',
  'ORDER_DELIVERED',
  'ORDER_ACKNOWLEDGED',
  'ORDER_ENFORCED',
  'REQUEST_DELIVERED',
  'REQUEST_ANSWERED',
  'LINE_ACTIVATED',
  'LIFT_DELIVERED',
  'SERVICES_RESTORED',
  'CASE_TRIAGED',
  'CASE_DISMISSED',
  'CASE_DECIDED',
  'CASE_CONFIRMED',
  'ORDER_ISSUED',
  'TEMPORARY_BLOCK_ENFORCED',
  'LIFT_ISSUED',
  'APPEAL_FILED',
  'APPEAL_DECIDED',
  'BANK_DETECTED',
  'TRANSACTION_HELD',
  // What follows stops nothing: what the duty was about is gone, and its clock is cancelled.
  'CASE_ENDED',
  'ORDER_ENDED',
  'NOTHING_TO_SUSPEND',
] as const;
export type DutyEvent = (typeof DUTY_EVENTS)[number];

/**
 * One happening. Only rules that oblige the kind of `party` look at it, and it stops only that party's clocks; null stands for every
 * party. `about` is the order, request or appeal that it concerns; null concerns every clock of the case.
 */
export interface ClockEvent {
  readonly event: DutyEvent;
  readonly party: { readonly kind: PartyKind; readonly code: string } | null;
  readonly about: string | null;
  readonly at: Instant;
}
