// A porting as the registry plays it: its states, what is refused before anything changes, and what a repeated request means.
// Pure; the steps and what holds between them are in store/porting-process.ts.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import type { Tenure } from './tenure';

/** PENDING: asked for, nothing changed. SWITCHED: the registry moved the number, an operator may not know yet. DONE: both know. */
export const PORTING_STATES = ['PENDING', 'SWITCHED', 'DONE'] as const;
export type PortingState = (typeof PORTING_STATES)[number];

/** Why a porting does not take place. None of these leaves a trace in the registry. */
export const PORTING_REFUSALS = [
  'NUMBER_UNASSIGNED',
  'SAME_OPERATOR',
  'UNKNOWN_OPERATOR',
  'DONOR_NOT_CONNECTED',
  'DONOR_UNAVAILABLE',
  'RECIPIENT_UNAVAILABLE',
  'PORT_FREEZE',
  'DONOR_DISAGREES',
  'CLOCKS_DISAGREE',
  'PORT_ID_CONFLICT',
  'PORTING_IN_PROGRESS',
  'OVERLOADED',
] as const;
export type PortingRefusal = (typeof PORTING_REFUSALS)[number];

/** What somebody asks for. `portId` makes repeating it safe. */
export interface PortingRequest {
  readonly portId: string;
  readonly msisdn: Msisdn;
  readonly recipient: OperatorCode;
}

/** A porting as it stands in the registry. */
export interface PortingRecord extends PortingRequest {
  readonly donor: OperatorCode;
  readonly state: PortingState;
  /** First instant of the donor's tenure that ends; null only for history that was loaded as done. */
  readonly donorSince: Instant | null;
  /** The instant at which the number moved; null before it did. */
  readonly completedAt: Instant | null;
}

/** A porting that took place: the number moved from donor to recipient at `completedAt`. */
export interface CompletedPorting {
  readonly msisdn: Msisdn;
  readonly donor: OperatorCode;
  readonly recipient: OperatorCode;
  readonly completedAt: Instant;
}

/** Whether a text may name a porting: 1 to 64 letters, digits, dashes and underscores of ASCII. */
export function isPortId(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(text);
}

/**
 * The tenure that would end, or why nobody need be asked. Requires the number's running tenure (null when nobody serves it) and
 * the codes of the operators that are connected now.
 */
export function judgePorting(
  request: PortingRequest,
  running: Tenure | null,
  connected: ReadonlySet<OperatorCode>,
): Result<Tenure, PortingRefusal> {
  if (!connected.has(request.recipient)) return refused('UNKNOWN_OPERATOR');
  if (running === null) return refused('NUMBER_UNASSIGNED');
  if (running.operatorCode === request.recipient) return refused('SAME_OPERATOR');
  if (!connected.has(running.operatorCode)) return refused('DONOR_NOT_CONNECTED');
  return accepted(running);
}

/** Whether a request repeats the porting that is known under its id. */
export function repeats(request: PortingRequest, known: PortingRecord): boolean {
  return known.portId === request.portId && known.msisdn === request.msisdn && known.recipient === request.recipient;
}

/** The registry's word for what a donor answered. An answer outside its protocol is silence: `DONOR_UNAVAILABLE`. */
export function refusalOfDonor(word: string): PortingRefusal {
  switch (word) {
    case 'PORT_FREEZE':
      return 'PORT_FREEZE';
    case 'NOT_SERVED_HERE':
      return 'DONOR_DISAGREES';
    case 'PORT_ID_CONFLICT':
      return 'PORT_ID_CONFLICT';
    case 'BAD_INSTANT':
      return 'CLOCKS_DISAGREE';
    default:
      return 'DONOR_UNAVAILABLE';
  }
}
