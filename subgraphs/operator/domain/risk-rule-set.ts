// The rules of risk as data: which are on, their windows, thresholds and guards, under a version that travels with every
// assessment. The defaults are here; an operator's file may change single numbers under a version of its own. What a rule measures is
// decided in risk-rules.ts.

import type { JsonValue } from '../../../shared/vocabulary/json';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import { RISK_LEVELS, type RiskLevel } from '../../../shared/vocabulary/risk';

export const RISK_CODES = [
  'OUT_CALLS_DAY',
  'DISTINCT_CALLEES',
  'IN_OUT_RATIO',
  'NO_INCOMING',
  'CALLEE_DISPERSION',
  'SHORT_CALLS',
  'SHORT_DURATION',
  'CELL_IMMOBILE',
  'NIGHT',
  'IMEI_MANY_IMSI',
  'IMSI_MANY_IMEI',
  'IMEI_BLACK',
  'SMS_BULK',
  'COMPLAINTS',
  'NEW_LINE_BURST',
  'SIM_SWAP_RECENT',
  'CAP_OVER',
  'DEVICE_MISMATCH',
  'UNVERIFIED',
] as const;
export type RiskCode = (typeof RISK_CODES)[number];

/** The numbers of one rule. */
export interface RiskRule {
  readonly windowHours: number;
  /** For each severity the threshold that must be crossed; a severity without one is never given. */
  readonly levels: Readonly<Partial<Record<RiskLevel, number>>>;
  /** Conditions without which the rule has nothing to say, each a number with its unit in the name. */
  readonly guards: Readonly<Record<string, number>>;
}

/** A whole rule set. A rule that is absent is off. */
export interface RiskRuleSet {
  readonly version: string;
  readonly rules: Readonly<Partial<Record<RiskCode, RiskRule>>>;
}

/** Why a rule set's text is refused; the place is a rule's code or empty. */
export interface RuleSetRefusal {
  readonly reason: 'NOT_JSON' | 'MALFORMED' | 'UNKNOWN_RULE' | 'VERSION_REQUIRED';
  readonly place: RiskCode | '';
}

const DAY = 24;
const WEEK = 7 * DAY;

/**
 * Defaults. Thresholds come from regulators where one has set a number (calls and messages a day, complainants, the SIM swap
 * window), else from descriptions of SIM boxes and mass calling; each is a proposal that an operator may change.
 */
export const DEFAULT_RISK_RULES: RiskRuleSet = {
  version: 'senim-1',
  rules: {
    OUT_CALLS_DAY: { windowHours: DAY, levels: { MEDIUM: 50, HIGH: 100 }, guards: { minCalleeShare: 0.2 } },
    DISTINCT_CALLEES: { windowHours: DAY, levels: { MEDIUM: 30 }, guards: {} },
    IN_OUT_RATIO: {
      windowHours: WEEK,
      levels: { MEDIUM: 0.05, HIGH: 0.02 },
      guards: { minCallsOut: 30, minCalleeShare: 0.2 },
    },
    NO_INCOMING: { windowHours: WEEK, levels: { HIGH: 30 }, guards: { maxSmsIn: 2, minCalleeShare: 0.2 } },
    CALLEE_DISPERSION: { windowHours: WEEK, levels: { MEDIUM: 0.8 }, guards: { minCallsOut: 200 } },
    SHORT_CALLS: { windowHours: WEEK, levels: { MEDIUM: 0.5 }, guards: { minCallsOut: 30 } },
    SHORT_DURATION: { windowHours: WEEK, levels: { MEDIUM: 20 }, guards: { minCallsOut: 30 } },
    CELL_IMMOBILE: { windowHours: WEEK, levels: { MEDIUM: 100 }, guards: { maxCells: 1 } },
    NIGHT: { windowHours: WEEK, levels: { MEDIUM: 0.3 }, guards: { minCallsOut: 30 } },
    IMEI_MANY_IMSI: { windowHours: 30 * DAY, levels: { HIGH: 10, VERY_HIGH: 19 }, guards: {} },
    IMSI_MANY_IMEI: { windowHours: WEEK, levels: { MEDIUM: 3, HIGH: 6 }, guards: {} },
    IMEI_BLACK: { windowHours: 30 * DAY, levels: { HIGH: 1 }, guards: {} },
    SMS_BULK: {
      windowHours: DAY,
      levels: { MEDIUM: 100, HIGH: 300, VERY_HIGH: 900 },
      guards: { minRecipientShare: 0.5 },
    },
    COMPLAINTS: { windowHours: 10 * DAY, levels: { MEDIUM: 3, HIGH: 5 }, guards: {} },
    NEW_LINE_BURST: { windowHours: 3 * DAY, levels: { MEDIUM: 50 }, guards: {} },
    SIM_SWAP_RECENT: { windowHours: 72, levels: { MEDIUM: 72 }, guards: {} },
    CAP_OVER: { windowHours: DAY, levels: { MEDIUM: 10 }, guards: {} },
    DEVICE_MISMATCH: { windowHours: DAY, levels: { MEDIUM: 1 }, guards: {} },
    UNVERIFIED: { windowHours: DAY, levels: { LOW: 1, HIGH: 2 }, guards: {} },
  },
};

/**
 * The rule set that a configuration text describes: `{"version": "…", "rules": {"OUT_CALLS_DAY": {"levels": {"HIGH": 150}}, "NIGHT":
 * null}}`. What it does not name keeps its default, null turns a rule off. The version is required and must not be that of the
 * defaults: an assessment names the numbers it was made with. Levels of a named rule are replaced as a whole.
 */
export function parseRiskRuleSet(text: string): Result<RiskRuleSet, RuleSetRefusal> {
  const root = objectOf(readJson(text));
  if (root === null) return refused({ reason: 'NOT_JSON', place: '' });
  const { version, rules, ...rest } = root;
  if (typeof version !== 'string' || !VERSION_FORM.test(version) || version === DEFAULT_RISK_RULES.version) {
    return refused({ reason: 'VERSION_REQUIRED', place: '' });
  }
  const changes = objectOf(rules ?? {});
  if (changes === null || Object.keys(rest).length > 0) return refused({ reason: 'MALFORMED', place: '' });
  const merged: Partial<Record<RiskCode, RiskRule>> = { ...DEFAULT_RISK_RULES.rules };
  for (const [name, change] of Object.entries(changes)) {
    const code = RISK_CODES.find((known) => known === name);
    const basis = code === undefined ? undefined : DEFAULT_RISK_RULES.rules[code];
    if (code === undefined || basis === undefined) return refused({ reason: 'UNKNOWN_RULE', place: '' });
    if (change === null) {
      delete merged[code];
    } else {
      const rule = changedRule(basis, change);
      if (rule === null) return refused({ reason: 'MALFORMED', place: code });
      merged[code] = rule;
    }
  }
  return accepted({ version, rules: merged });
}

/** Days of traffic that the rules look at, counted back from the last day with traffic. */
export function trafficDays(ruleSet: RiskRuleSet): number {
  const hours = Object.values(ruleSet.rules).map((rule) => rule.windowHours);
  return Math.min(MOST_TRAFFIC_DAYS, Math.ceil(Math.max(WEEK, ...hours) / DAY));
}

const MOST_TRAFFIC_DAYS = 30;
const LONGEST_WINDOW_HOURS = MOST_TRAFFIC_DAYS * DAY;
const VERSION_FORM = /^[a-z0-9][a-z0-9.-]{0,31}$/;

function readJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function objectOf(value: JsonValue | undefined): Readonly<Record<string, JsonValue | undefined>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, JsonValue | undefined>>)
    : null;
}

/** The rule with the change applied; null when the change has another form or names something the rule does not have. */
function changedRule(basis: RiskRule, change: JsonValue | undefined): RiskRule | null {
  const members = objectOf(change);
  if (members === null) return null;
  const { windowHours = basis.windowHours, levels, guards, ...rest } = members;
  const newLevels = levels === undefined ? basis.levels : numbersOf(levels, RISK_LEVELS);
  const newGuards = guards === undefined ? {} : numbersOf(guards, Object.keys(basis.guards));
  const isWindow = typeof windowHours === 'number' && Number.isInteger(windowHours) && windowHours > 0;
  if (!isWindow || windowHours > LONGEST_WINDOW_HOURS || newLevels === null || newGuards === null) return null;
  if (Object.keys(rest).length > 0 || Object.keys(newLevels).length === 0) return null;
  return { windowHours, levels: newLevels, guards: { ...basis.guards, ...newGuards } };
}

function numbersOf(value: JsonValue, names: readonly string[]): Readonly<Record<string, number>> | null {
  const members = objectOf(value);
  if (members === null) return null;
  const numbers: Record<string, number> = {};
  for (const [name, number] of Object.entries(members)) {
    if (!names.includes(name) || typeof number !== 'number' || !Number.isFinite(number) || number < 0) return null;
    numbers[name] = number;
  }
  return numbers;
}
