// What an operator answers when a number is to leave it or to come to it. Pure: the store gives the tenure as it stands, locked,
// and writes what is decided here. Ids make every step repeatable; a record of a porting is compared by content.

import type { BlockMeasure } from '../../../shared/vocabulary/block-order';
import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';

/** A number leaves: its running tenure ends at `at`. */
export interface PortOut {
  readonly portId: string;
  readonly msisdn: Msisdn;
  readonly since: Instant;
  readonly at: Instant;
}

/** A number comes: a tenure begins at `since`. */
export interface PortIn {
  readonly portId: string;
  readonly msisdn: Msisdn;
  readonly since: Instant;
}

export type PortOutRefusal = 'PORT_FREEZE' | 'NOT_SERVED_HERE' | 'PORT_ID_CONFLICT' | 'BAD_INSTANT';
export type PortInRefusal = 'ALREADY_SERVED_HERE' | 'PORT_ID_CONFLICT' | 'BAD_INSTANT';

/** What the donor knows when it decides. */
export interface PortOutState {
  /** What was recorded under this id before; null for a new id. */
  readonly recorded: Omit<PortOut, 'portId'> | null;
  /** Whether a tenure with the asked first instant runs here. */
  readonly isRunning: boolean;
  readonly measuresInForce: readonly BlockMeasure[];
  readonly now: Instant;
}

/** What the recipient knows when it decides. */
export interface PortInState {
  readonly recorded: Omit<PortIn, 'portId'> | null;
  readonly isServedHere: boolean;
  /** End of the number's last tenure here; null when it never was here. */
  readonly lastUntil: Instant | null;
  readonly now: Instant;
}

/** DO: write it. DONE: it was written before under the same id, with the same content. */
export type PortStep = 'DO' | 'DONE';

const CLOCK_TOLERANCE_MS = 60_000;

/** Whether the number may leave at all; asked before a time is fixed. A porting that is done may be asked about again. */
export function checkPortOut(
  request: Omit<PortOut, 'at'>,
  state: PortOutState,
): Result<PortStep, Exclude<PortOutRefusal, 'BAD_INSTANT'>> {
  if (state.recorded !== null) {
    const isSame = state.recorded.msisdn === request.msisdn && state.recorded.since === request.since;
    return isSame ? accepted('DONE') : refused('PORT_ID_CONFLICT');
  }
  if (!state.isRunning) return refused('NOT_SERVED_HERE');
  return state.measuresInForce.includes('PORT_FREEZE') ? refused('PORT_FREEZE') : accepted('DO');
}

/** Whether the tenure is closed at the asked instant. */
export function decidePortOut(request: PortOut, state: PortOutState): Result<PortStep, PortOutRefusal> {
  if (state.recorded !== null && state.recorded.at !== request.at) return refused('PORT_ID_CONFLICT');
  const checked = checkPortOut(request, state);
  if (!checked.ok || checked.value === 'DONE') return checked;
  return request.at <= request.since || isAhead(request.at, state.now) ? refused('BAD_INSTANT') : checked;
}

/** Whether a tenure is opened at the asked instant. */
export function decidePortIn(request: PortIn, state: PortInState): Result<PortStep, PortInRefusal> {
  if (state.recorded !== null) {
    const isSame = state.recorded.msisdn === request.msisdn && state.recorded.since === request.since;
    return isSame ? accepted('DONE') : refused('PORT_ID_CONFLICT');
  }
  if (state.isServedHere) return refused('ALREADY_SERVED_HERE');
  const overlaps = state.lastUntil !== null && request.since < state.lastUntil;
  return overlaps || isAhead(request.since, state.now) ? refused('BAD_INSTANT') : accepted('DO');
}

function isAhead(at: Instant, now: Instant): boolean {
  return instantToMs(at) > instantToMs(now) + CLOCK_TOLERANCE_MS;
}
