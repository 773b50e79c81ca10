// What a line's days look like by who uses it: daily aggregates drawn around a profile. Decides the labels that the risk rules are
// judged by; knows nothing of the rules. Each row holds together: no more callees than calls, shares of what was counted.

import type { USAGE_MEASURES } from '../../vocabulary/seed-fact';
import type { DemoCalendar } from './demo-calendar';
import { type Draws, drawsFor } from './draw';
import type { UsagePlan } from './line';

/** The kinds of traffic. A CALLING_OFFICE calls customers who seldom call back: the legitimate traffic that is hardest to tell. */
export const TRAFFIC_PROFILES = [
  'ORDINARY',
  'QUIET',
  'HEAVY',
  'BUSINESS',
  'CALL_CENTRE',
  'CALLING_OFFICE',
  'COURIER',
  'ALARM',
  'PROBE',
  'SIM_BOX',
  'BULK_SMS',
  'MASS_CALLER',
  'IMPERSONATOR',
] as const;
export type TrafficProfile = (typeof TRAFFIC_PROFILES)[number];

/** The profiles whose lines a risk rule should name; the others are legitimate. */
export const FRAUDULENT_PROFILES: readonly TrafficProfile[] = ['SIM_BOX', 'BULK_SMS', 'MASS_CALLER', 'IMPERSONATOR'];

/** One day in the order of `USAGE_MEASURES`. */
export type UsageRow = readonly number[] & { readonly length: (typeof USAGE_MEASURES)['length'] };

/** The rows of a plan, one for each day from `firstDay` to `lastDay`. */
export function usageRows(seed: number, plan: UsagePlan, calendar: DemoCalendar): UsageRow[] {
  const draws = drawsFor(seed, USAGE, plan.key);
  const shape = SHAPES[plan.profile];
  // Each line has a temper of its own, so that two ordinary people are not alike.
  const temper = 0.6 + 0.8 * draws.unit();
  const rows: UsageRow[] = [];
  for (let day = plan.firstDay; day <= plan.lastDay; day += 1) {
    const weekday = calendar.weekdayOf(day);
    const isRest = weekday === 0 || weekday === 6;
    const isSilent = plan.silences.some((silence) => day >= silence.firstDay && day <= silence.lastDay);
    const row = usageRow(draws, shape, isRest ? temper * shape.restDays : temper, day === plan.handsetChangeDay);
    rows.push(isSilent ? SILENT_DAY : row);
  }
  return rows;
}

/** Daily means of a profile; what is a share lies between 0 and 1. */
interface Shape {
  readonly callsOut: number;
  readonly callsIn: number;
  /** Distinct callees per outgoing call. */
  readonly dispersion: number;
  readonly minutesPerCall: number;
  readonly shortCalls: number;
  readonly nightCalls: number;
  readonly smsOut: number;
  readonly smsIn: number;
  readonly dataMb: number;
  readonly cells: number;
  /** Traffic on Saturday and Sunday against a working day. */
  readonly restDays: number;
  /** How likely a day brings a complaint about the line. */
  readonly complaints: number;
  /** How far temper and day may move the means: 0 not at all, 1 fully. */
  readonly variation: number;
}

const USAGE = 20;

// biome-ignore format: a table.
const SHAPES: Readonly<Record<TrafficProfile, Shape>> = {
  ORDINARY:     { callsOut: 5,   callsIn: 5.5, dispersion: 0.6,  minutesPerCall: 2.4, shortCalls: 0.14, nightCalls: 0.02, smsOut: 0.6,  smsIn: 3,   dataMb: 900,  cells: 6,  restDays: 0.9,  complaints: 0,    variation: 1 },
  QUIET:        { callsOut: 1.2, callsIn: 1.8, dispersion: 0.6,  minutesPerCall: 3.1, shortCalls: 0.1,  nightCalls: 0.01, smsOut: 0.1,  smsIn: 1.5, dataMb: 20,   cells: 2,  restDays: 1,    complaints: 0,    variation: 1 },
  HEAVY:        { callsOut: 17,  callsIn: 15,  dispersion: 0.52, minutesPerCall: 2.8, shortCalls: 0.18, nightCalls: 0.05, smsOut: 1.5,  smsIn: 5,   dataMb: 2600, cells: 11, restDays: 0.95, complaints: 0,    variation: 1 },
  BUSINESS:     { callsOut: 13,  callsIn: 14,  dispersion: 0.6,  minutesPerCall: 2.6, shortCalls: 0.16, nightCalls: 0.01, smsOut: 0.8,  smsIn: 3,   dataMb: 1100, cells: 8,  restDays: 0.2,  complaints: 0,    variation: 1 },
  CALL_CENTRE:  { callsOut: 88,  callsIn: 120, dispersion: 0.72, minutesPerCall: 3.4, shortCalls: 0.12, nightCalls: 0,    smsOut: 4,    smsIn: 3,   dataMb: 40,   cells: 1,  restDays: 0.6,  complaints: 0,    variation: 0.25 },
  CALLING_OFFICE: { callsOut: 170, callsIn: 14, dispersion: 0.8,  minutesPerCall: 2.1, shortCalls: 0.3,  nightCalls: 0,    smsOut: 2,    smsIn: 2,   dataMb: 30,   cells: 1,  restDays: 0.1,  complaints: 0.02, variation: 0.3 },
  COURIER:      { callsOut: 40,  callsIn: 21,  dispersion: 0.85, minutesPerCall: 0.9, shortCalls: 0.34, nightCalls: 0,    smsOut: 6,    smsIn: 5,   dataMb: 1300, cells: 24, restDays: 0.7,  complaints: 0,    variation: 0.35 },
  ALARM:        { callsOut: 0,   callsIn: 0,   dispersion: 1,    minutesPerCall: 0,   shortCalls: 0,    nightCalls: 0,    smsOut: 2,    smsIn: 1,   dataMb: 4,    cells: 1,  restDays: 1,    complaints: 0,    variation: 0.3 },
  PROBE:        { callsOut: 48,  callsIn: 48,  dispersion: 0.04, minutesPerCall: 0.5, shortCalls: 0.3,  nightCalls: 0.25, smsOut: 24,   smsIn: 24,  dataMb: 300,  cells: 1,  restDays: 1,    complaints: 0,    variation: 0.05 },
  SIM_BOX:      { callsOut: 270, callsIn: 1,   dispersion: 0.97, minutesPerCall: 1.7, shortCalls: 0.3,  nightCalls: 0.12, smsOut: 0,    smsIn: 0.3, dataMb: 0,    cells: 1,  restDays: 1,    complaints: 0.02, variation: 0.4 },
  BULK_SMS:     { callsOut: 0.6, callsIn: 0.3, dispersion: 1,    minutesPerCall: 0.5, shortCalls: 0.3,  nightCalls: 0,    smsOut: 1500, smsIn: 6,   dataMb: 1,    cells: 1,  restDays: 1,    complaints: 0.25, variation: 0.3 },
  MASS_CALLER:  { callsOut: 420, callsIn: 7,   dispersion: 0.98, minutesPerCall: 0.2, shortCalls: 0.82, nightCalls: 0.01, smsOut: 0,    smsIn: 1,   dataMb: 5,    cells: 2,  restDays: 0.8,  complaints: 0.35, variation: 0.4 },
  IMPERSONATOR: { callsOut: 76,  callsIn: 1.5, dispersion: 0.93, minutesPerCall: 4.2, shortCalls: 0.52, nightCalls: 0,    smsOut: 1,    smsIn: 1,   dataMb: 60,   cells: 2,  restDays: 0.9,  complaints: 0.3,  variation: 0.4 },
};

const SILENT_DAY: UsageRow = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

function usageRow(draws: Draws, shape: Shape, temper: number, changesHandset: boolean): UsageRow {
  const callsOut = count(draws, shape.callsOut, temper, shape.variation);
  const callsIn = count(draws, shape.callsIn, temper, shape.variation);
  const smsOut = count(draws, shape.smsOut, temper, shape.variation);
  const smsIn = count(draws, shape.smsIn, temper, shape.variation);
  const distinctCallees = distinctOf(draws, callsOut, shape.dispersion);
  // Mass senders write to each recipient once; a person writes to few.
  const distinctSmsRecipients = distinctOf(draws, smsOut, shape.smsOut > 100 ? 0.985 : 0.5);
  const minutesOut = tenths(callsOut * shape.minutesPerCall * (0.7 + 0.6 * draws.unit()));
  const minutesIn = tenths(callsIn * shape.minutesPerCall * (0.7 + 0.6 * draws.unit()));
  const shortCallShare = shareOf(draws, callsOut, shape.shortCalls);
  const nightShare = shareOf(draws, callsOut, shape.nightCalls);
  const dataMb = tenths(shape.dataMb * (0.3 + 1.4 * draws.unit()) * (1 + (temper - 1) * shape.variation));
  const isUsed = callsOut + callsIn + smsOut + smsIn + dataMb > 0;
  const distinctCells = isUsed ? Math.max(1, Math.round(shape.cells * (0.6 + 0.8 * draws.unit()))) : 0;
  const distinctImei = isUsed ? (changesHandset ? 2 : 1) : 0;
  const complaints = callsOut + smsOut > 0 && draws.chance(shape.complaints) ? draws.whole(1, 2) : 0;
  return [
    callsOut,
    callsIn,
    distinctCallees,
    minutesOut,
    minutesIn,
    shortCallShare,
    nightShare,
    smsOut,
    smsIn,
    distinctSmsRecipients,
    dataMb,
    distinctCells,
    topCellShareOf(draws, distinctCells),
    distinctImei,
    complaints,
  ];
}

/** A whole number around a mean: half to one and a half of it by temper and day, rounded up or down by chance. */
function count(draws: Draws, mean: number, temper: number, variation: number): number {
  const expected = mean * (1 + (temper - 1) * variation) * (1 + (draws.unit() - 0.5) * variation);
  return Math.floor(Math.max(0, expected) + draws.unit());
}

function distinctOf(draws: Draws, total: number, dispersion: number): number {
  if (total === 0) return 0;
  const wished = total * Math.min(1, dispersion * (0.96 + 0.08 * draws.unit()));
  return Math.min(total, Math.max(1, Math.round(wished)));
}

/** The share of `total` whole calls that comes nearest to what was wished. */
function shareOf(draws: Draws, total: number, wished: number): number {
  if (total === 0) return 0;
  const counted = Math.min(total, Math.floor(total * wished * (0.8 + 0.4 * draws.unit()) + draws.unit()));
  return Math.round((counted / total) * 1_000) / 1_000;
}

function topCellShareOf(draws: Draws, distinctCells: number): number {
  if (distinctCells === 0) return 0;
  if (distinctCells === 1) return 1;
  const evenly = 1 / distinctCells;
  return Math.round((evenly + (0.9 - evenly) * (0.3 + 0.5 * draws.unit())) * 1_000) / 1_000;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
