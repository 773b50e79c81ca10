// What each rule of risk measures on a line, and which kind of evidence it is. Pure; all numbers come from the rule set. What several
// fired rules mean together is decided in risk-assessment.ts.

import { addDays, type Day, dayStartMs } from '../../../shared/vocabulary/day';
import { instantToMs } from '../../../shared/vocabulary/instant';
import { verificationGap } from './biometric-verification';
import { LINE_CAP } from './cap-justification';
import { countsAsActiveLine } from './line-contract';
import type { LineFacts } from './line-facts';
import type { RiskCode, RiskRule } from './risk-rule-set';
import type { UsageDay } from './usage-day';

/**
 * Kinds of evidence. Indicators of one kind have one cause and count once: an office that calls out a lot sets off every
 * indicator of TRAFFIC, but its calls are not short and some come back. Only different kinds confirm each other.
 */
export type EvidenceFamily = 'TRAFFIC' | 'BREVITY' | 'ONE_WAY' | 'MESSAGES' | 'DEVICE' | 'COMPLAINTS' | 'IDENTITY';

/** When a value counts: it must be above, at least, or below the threshold. */
export type Comparison = 'ABOVE' | 'AT_LEAST' | 'BELOW' | 'AT_MOST';

/** What was measured, and the instant at which it stood. */
export interface Measured {
  readonly value: number;
  readonly atMs: number;
}

/** One rule: how to measure and how to compare. `measure` gives null when its guards leave nothing to say. */
export interface RuleDefinition {
  readonly family: EvidenceFamily;
  readonly comparison: Comparison;
  readonly measure: (facts: LineFacts, rule: RiskRule) => Measured | null;
}

export const RULE_DEFINITIONS: Readonly<Record<RiskCode, RuleDefinition>> = {
  OUT_CALLS_DAY: { family: 'TRAFFIC', comparison: 'ABOVE', measure: busiestDayOfCalls },
  DISTINCT_CALLEES: { family: 'TRAFFIC', comparison: 'ABOVE', measure: mostCallees },
  CALLEE_DISPERSION: { family: 'TRAFFIC', comparison: 'ABOVE', measure: dispersion },
  SHORT_CALLS: {
    family: 'BREVITY',
    comparison: 'ABOVE',
    measure: (facts, rule) => weighted(facts, rule, 'shortCallShare'),
  },
  SHORT_DURATION: { family: 'BREVITY', comparison: 'BELOW', measure: averageSeconds },
  CELL_IMMOBILE: { family: 'TRAFFIC', comparison: 'AT_LEAST', measure: callsFromOneCell },
  NIGHT: { family: 'TRAFFIC', comparison: 'ABOVE', measure: (facts, rule) => weighted(facts, rule, 'nightShare') },
  IN_OUT_RATIO: { family: 'ONE_WAY', comparison: 'BELOW', measure: inOutRatio },
  NO_INCOMING: { family: 'ONE_WAY', comparison: 'AT_LEAST', measure: callsOfSilentLine },
  SMS_BULK: { family: 'MESSAGES', comparison: 'ABOVE', measure: busiestDayOfMessages },
  IMEI_MANY_IMSI: { family: 'DEVICE', comparison: 'ABOVE', measure: mostSubscribersOfHandset },
  IMSI_MANY_IMEI: { family: 'DEVICE', comparison: 'ABOVE', measure: handsetsOfLine },
  IMEI_BLACK: { family: 'DEVICE', comparison: 'AT_LEAST', measure: blackHandsets },
  COMPLAINTS: { family: 'COMPLAINTS', comparison: 'AT_LEAST', measure: complaints },
  NEW_LINE_BURST: { family: 'IDENTITY', comparison: 'ABOVE', measure: burstOfNewLine },
  SIM_SWAP_RECENT: { family: 'IDENTITY', comparison: 'AT_MOST', measure: hoursSinceSwap },
  CAP_OVER: { family: 'IDENTITY', comparison: 'ABOVE', measure: unjustifiedLines },
  DEVICE_MISMATCH: { family: 'IDENTITY', comparison: 'AT_LEAST', measure: unnamedDevice },
  UNVERIFIED: { family: 'IDENTITY', comparison: 'AT_LEAST', measure: missingVerification },
};

const HOUR_MS = 3_600_000;
/** Traffic of a single day is looked for among this many days before the last one with traffic. */
const DAILY_LOOKBACK_DAYS = 7;

/** The days that a rule looks at, oldest first, counted back from the last day with traffic. */
function daysOf(facts: LineFacts, days: number): readonly UsageDay[] {
  const last = facts.days.at(-1);
  if (last === undefined) return [];
  const first = addDays(last.day, 1 - days);
  return facts.days.filter((day) => day.day >= first);
}

function windowOf(facts: LineFacts, rule: RiskRule): readonly UsageDay[] {
  return daysOf(facts, Math.max(1, Math.round(rule.windowHours / 24)));
}

/** The day with the highest value; null without a day. */
function highestDay(
  facts: LineFacts,
  days: readonly UsageDay[],
  measureOf: (day: UsageDay) => number,
): Measured | null {
  let highest: Measured | null = null;
  for (const day of days) {
    const value = measureOf(day);
    if (highest === null || value > highest.value) highest = { value, atMs: endOf(day.day, facts) };
  }
  return highest;
}

function endOf(day: Day, facts: LineFacts): number {
  return Math.min(dayStartMs(addDays(day, 1)) - 1, instantToMs(facts.now));
}

function endOfWindow(days: readonly UsageDay[], facts: LineFacts): number {
  const last = days.at(-1);
  return last === undefined ? instantToMs(facts.now) : endOf(last.day, facts);
}

function sum(days: readonly UsageDay[], measure: keyof Omit<UsageDay, 'day'>): number {
  return days.reduce((total, day) => total + day[measure], 0);
}

function guard(rule: RiskRule, name: string): number {
  return rule.guards[name] ?? 0;
}

/** Share of calls that went to a number not called before on that day; a machine that calls a handful of numbers has almost none. */
function calleeShare(days: readonly UsageDay[]): number {
  const calls = sum(days, 'callsOut');
  return calls === 0 ? 0 : sum(days, 'distinctCallees') / calls;
}

function busiestDayOfCalls(facts: LineFacts, rule: RiskRule): Measured | null {
  const days = daysOf(facts, DAILY_LOOKBACK_DAYS).filter((day) => calleeShare([day]) >= guard(rule, 'minCalleeShare'));
  return highestDay(facts, days, (day) => day.callsOut);
}

function mostCallees(facts: LineFacts): Measured | null {
  return highestDay(facts, daysOf(facts, DAILY_LOOKBACK_DAYS), (day) => day.distinctCallees);
}

function dispersion(facts: LineFacts, rule: RiskRule): Measured | null {
  const days = windowOf(facts, rule);
  if (sum(days, 'callsOut') < guard(rule, 'minCallsOut')) return null;
  return { value: calleeShare(days), atMs: endOfWindow(days, facts) };
}

function weighted(facts: LineFacts, rule: RiskRule, share: 'shortCallShare' | 'nightShare'): Measured | null {
  const days = windowOf(facts, rule);
  const calls = sum(days, 'callsOut');
  if (calls === 0 || calls < guard(rule, 'minCallsOut')) return null;
  const value = days.reduce((total, day) => total + day[share] * day.callsOut, 0) / calls;
  return { value, atMs: endOfWindow(days, facts) };
}

function averageSeconds(facts: LineFacts, rule: RiskRule): Measured | null {
  const days = windowOf(facts, rule);
  const calls = sum(days, 'callsOut');
  if (calls === 0 || calls < guard(rule, 'minCallsOut')) return null;
  return { value: (sum(days, 'minutesOut') * 60) / calls, atMs: endOfWindow(days, facts) };
}

function callsFromOneCell(facts: LineFacts, rule: RiskRule): Measured | null {
  const days = windowOf(facts, rule);
  if (days.some((day) => day.distinctCells > guard(rule, 'maxCells'))) return null;
  return { value: sum(days, 'callsOut'), atMs: endOfWindow(days, facts) };
}

function inOutRatio(facts: LineFacts, rule: RiskRule): Measured | null {
  const days = windowOf(facts, rule);
  const calls = sum(days, 'callsOut');
  if (calls === 0 || calls < guard(rule, 'minCallsOut') || calleeShare(days) < guard(rule, 'minCalleeShare'))
    return null;
  return { value: sum(days, 'callsIn') / calls, atMs: endOfWindow(days, facts) };
}

function callsOfSilentLine(facts: LineFacts, rule: RiskRule): Measured | null {
  const days = windowOf(facts, rule);
  if (sum(days, 'callsIn') > 0 || sum(days, 'smsIn') > guard(rule, 'maxSmsIn')) return null;
  if (calleeShare(days) < guard(rule, 'minCalleeShare')) return null;
  return { value: sum(days, 'callsOut'), atMs: endOfWindow(days, facts) };
}

function busiestDayOfMessages(facts: LineFacts, rule: RiskRule): Measured | null {
  const days = daysOf(facts, DAILY_LOOKBACK_DAYS).filter(
    (day) => day.smsOut > 0 && day.distinctSmsRecipients / day.smsOut >= guard(rule, 'minRecipientShare'),
  );
  return highestDay(facts, days, (day) => day.smsOut);
}

function mostSubscribersOfHandset(facts: LineFacts): Measured | null {
  let most: Measured | null = null;
  for (const device of facts.devices) {
    if (most === null || device.distinctImsi30d > most.value) {
      most = { value: device.distinctImsi30d, atMs: instantToMs(device.lastSeenAt) };
    }
  }
  return most;
}

/** Handsets of the window by the record of their use, or by a single day's count where that saw more. */
function handsetsOfLine(facts: LineFacts, rule: RiskRule): Measured | null {
  const latestMs = Math.max(...facts.devices.map((device) => instantToMs(device.lastSeenAt)));
  if (!Number.isFinite(latestMs)) return null;
  const firstMs = latestMs - rule.windowHours * HOUR_MS;
  const seen = new Set(facts.devices.filter((one) => instantToMs(one.lastSeenAt) > firstMs).map((one) => one.imei));
  const counted = highestDay(facts, windowOf(facts, rule), (day) => day.distinctImei);
  return counted !== null && counted.value > seen.size ? counted : { value: seen.size, atMs: latestMs };
}

/** Handsets of the black list in which the line was seen within the window before it was last seen at all. */
function blackHandsets(facts: LineFacts, rule: RiskRule): Measured | null {
  const latestMs = Math.max(...facts.devices.map((device) => instantToMs(device.lastSeenAt)));
  const black = facts.devices.filter(
    (one) => one.registryStatus === 'BLACK' && instantToMs(one.lastSeenAt) > latestMs - rule.windowHours * HOUR_MS,
  );
  if (black.length === 0) return null;
  return { value: black.length, atMs: Math.max(...black.map((one) => instantToMs(one.lastSeenAt))) };
}

function complaints(facts: LineFacts, rule: RiskRule): Measured | null {
  const days = windowOf(facts, rule);
  return { value: sum(days, 'complaints'), atMs: endOfWindow(days, facts) };
}

function burstOfNewLine(facts: LineFacts, rule: RiskRule): Measured | null {
  const { activatedAt } = facts.contract;
  if (activatedAt === null) return null;
  const endMs = instantToMs(activatedAt) + rule.windowHours * HOUR_MS;
  const days = facts.days.filter((day) => dayStartMs(day.day) < endMs);
  return highestDay(facts, days, (day) => day.callsOut + day.smsOut);
}

function hoursSinceSwap(facts: LineFacts): Measured | null {
  const swaps = facts.contract.simCards.filter((card) => card.reason !== 'FIRST_ISSUE');
  if (swaps.length === 0) return null;
  const latestMs = Math.max(...swaps.map((card) => instantToMs(card.issuedAt)));
  return { value: Math.max(0, (instantToMs(facts.now) - latestMs) / HOUR_MS), atMs: latestMs };
}

/** The holder's lines here, unless a justification allows that many. */
function unjustifiedLines(facts: LineFacts): Measured | null {
  const { holderLines, justification } = facts;
  if (holderLines === null || !countsAsActiveLine(facts.contract.status)) return null;
  if (holderLines.active <= Math.max(LINE_CAP, justification?.requestedLines ?? 0)) return null;
  return { value: holderLines.active, atMs: instantToMs(facts.now) };
}

/** 1 for a line beyond the cap whose last handset is none of those that its justification names. */
function unnamedDevice(facts: LineFacts): Measured | null {
  const { holderLines, justification } = facts;
  if (holderLines === null || justification === null || holderLines.rank <= LINE_CAP) return null;
  const [first, ...rest] = facts.devices;
  if (first === undefined) return null;
  const last = rest.reduce((latest, device) => (device.lastSeenAt > latest.lastSeenAt ? device : latest), first);
  return justification.devices.includes(last.imei) ? null : { value: 1, atMs: instantToMs(last.lastSeenAt) };
}

/** 1 for a line from before the law, 2 for one that is active against it. */
function missingVerification(facts: LineFacts): Measured | null {
  const { contract } = facts;
  if (!countsAsActiveLine(contract.status) || contract.activatedAt === null) return null;
  const gap = verificationGap(contract.verification.result, contract.activatedAt);
  if (gap === 'NONE') return null;
  return { value: gap === 'LEGACY' ? 1 : 2, atMs: instantToMs(contract.activatedAt) };
}
