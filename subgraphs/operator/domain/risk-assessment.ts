// How risky a line is: fires the rules and weighs what fired. Evidence of one kind counts once; a high level needs evidence of
// several kinds, so that a busy call centre does not rate like a SIM box. An indicator alone never blocks a line for good.

import { type Instant, msToInstant } from '../../../shared/vocabulary/instant';
import { RISK_LEVELS, type RiskLevel } from '../../../shared/vocabulary/risk';
import { profileHolds } from './business-traffic-profile';
import type { LineFacts } from './line-facts';
import { RISK_CODES, type RiskCode, type RiskRule, type RiskRuleSet } from './risk-rule-set';
import { type Comparison, type EvidenceFamily, RULE_DEFINITIONS } from './risk-rules';

/** A rule that fired, with the numbers it fired on. */
export interface RiskIndicator {
  readonly code: RiskCode;
  readonly severity: RiskLevel;
  readonly value: number;
  readonly threshold: number;
  readonly windowHours: number;
  readonly firedAt: Instant;
}

/** The level of a line and why. */
export interface RiskAssessment {
  readonly level: RiskLevel;
  /** Strongest first. */
  readonly indicators: readonly RiskIndicator[];
  readonly ruleSetVersion: string;
  readonly computedAt: Instant;
}

/** Kinds of evidence that known business traffic sets off by nature. Handsets, complaints and identity are never excused. */
const EXCUSED_BY_PROFILE: readonly EvidenceFamily[] = ['TRAFFIC', 'BREVITY', 'ONE_WAY', 'MESSAGES'];

/** The assessment of a line under a rule set. The same facts give the same assessment. */
export function assessRisk(facts: LineFacts, ruleSet: RiskRuleSet): RiskAssessment {
  const isKnownTraffic = profileHolds(facts.profile, facts.now);
  const indicators = RISK_CODES.flatMap((code) => {
    const rule = ruleSet.rules[code];
    const indicator = rule === undefined ? null : fire(code, rule, facts);
    if (indicator === null) return [];
    const isExcused = isKnownTraffic && EXCUSED_BY_PROFILE.includes(RULE_DEFINITIONS[code].family);
    return [isExcused ? { ...indicator, severity: oneLower(indicator.severity) } : indicator];
  });
  indicators.sort((a, b) => rankOf(b.severity) - rankOf(a.severity));
  return {
    level: compositeLevel(indicators),
    indicators,
    ruleSetVersion: ruleSet.version,
    computedAt: facts.now,
  };
}

/**
 * The level of several indicators together, by the strongest of each kind of evidence:
 * VERY_HIGH = one kind very high, another high and a third medium; HIGH = one very high, or two high, or one high and two more medium;
 * MEDIUM = any medium or high; else LOW.
 */
export function compositeLevel(indicators: readonly Pick<RiskIndicator, 'code' | 'severity'>[]): RiskLevel {
  const strongest = new Map<EvidenceFamily, number>();
  for (const { code, severity } of indicators) {
    const { family } = RULE_DEFINITIONS[code];
    strongest.set(family, Math.max(strongest.get(family) ?? 0, rankOf(severity)));
  }
  const kinds = (level: RiskLevel): number => [...strongest.values()].filter((rank) => rank >= rankOf(level)).length;
  if (kinds('VERY_HIGH') >= 1 && kinds('HIGH') >= 2 && kinds('MEDIUM') >= 3) return 'VERY_HIGH';
  if (kinds('VERY_HIGH') >= 1 || kinds('HIGH') >= 2) return 'HIGH';
  if (kinds('HIGH') === 1 && kinds('MEDIUM') >= 3) return 'HIGH';
  return kinds('MEDIUM') >= 1 ? 'MEDIUM' : 'LOW';
}

/** The indicator at the strongest severity whose threshold is crossed; null when none is. */
function fire(code: RiskCode, rule: RiskRule, facts: LineFacts): RiskIndicator | null {
  const { comparison, measure } = RULE_DEFINITIONS[code];
  const measured = measure(facts, rule);
  if (measured === null) return null;
  for (const severity of [...RISK_LEVELS].reverse()) {
    const threshold = rule.levels[severity];
    if (threshold !== undefined && crosses(measured.value, comparison, threshold)) {
      const firedAt = msToInstant(Math.trunc(measured.atMs));
      return { code, severity, value: measured.value, threshold, windowHours: rule.windowHours, firedAt };
    }
  }
  return null;
}

function crosses(value: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
    case 'ABOVE':
      return value > threshold;
    case 'AT_LEAST':
      return value >= threshold;
    case 'BELOW':
      return value < threshold;
    case 'AT_MOST':
      return value <= threshold;
  }
}

function rankOf(level: RiskLevel): number {
  return RISK_LEVELS.indexOf(level);
}

function oneLower(level: RiskLevel): RiskLevel {
  return RISK_LEVELS[Math.max(0, rankOf(level) - 1)] ?? 'LOW';
}
