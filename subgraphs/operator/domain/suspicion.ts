// Which lines an operator reports to the Anti-Fraud Center by itself, and what the report says. Pure. Every line is reported once for its
// contract; that it happens once is decided where reports are stored. A report accuses nobody: it hands over what fired.

import type { Channel, SignalSource } from '../../../shared/vocabulary/case-file';
import type { FraudType } from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import { isInForce, type LineContract } from './line-contract';
import type { RiskAssessment, RiskIndicator } from './risk-assessment';
import { type EvidenceFamily, RULE_DEFINITIONS } from './risk-rules';

/** What an operator tells the Anti-Fraud Center about a number. */
export interface SuspicionReport {
  readonly id: string;
  readonly source: SignalSource;
  /** The operator's own reference, the same whenever the report is sent. */
  readonly sourceRef: string;
  readonly suspect: string;
  readonly victim: string | null;
  readonly channel: Channel;
  readonly fraudType: FraudType | null;
  readonly occurredAt: Instant | null;
  readonly detectedAt: Instant | null;
  readonly text: string | null;
  /** What the operator's rules found; null for what people told it. */
  readonly assessment: ReportedAssessment | null;
}

/** An assessment as it is reported: its inputs stay with what fired. */
export type ReportedAssessment = Omit<RiskAssessment, 'computedAt'>;

/** What a finding says of itself; the rest is the store's: ids and the number. */
export type SuspicionFinding = Omit<SuspicionReport, 'id' | 'sourceRef' | 'suspect' | 'victim' | 'assessment'> & {
  readonly assessment: ReportedAssessment;
};

/** Whether a line is reported: its risk is high, its contract stands, and no order holds its services already. */
export function isReportable(
  contract: Pick<LineContract, 'status' | 'measuresInForce'>,
  level: RiskAssessment['level'],
): boolean {
  const isHigh = level === 'HIGH' || level === 'VERY_HIGH';
  return isHigh && isInForce(contract.status) && contract.measuresInForce.length === 0;
}

/** What the report of an assessment says. */
export function findingOf(assessment: RiskAssessment): SuspicionFinding {
  const { level, indicators, ruleSetVersion, computedAt } = assessment;
  const fraudType = suspectedFraud(indicators);
  return {
    source: 'OPERATOR_DETECTION',
    channel: fraudType === 'BULK_SMS' ? 'SMS' : 'CALL',
    fraudType,
    occurredAt: indicators[0]?.firedAt ?? null,
    detectedAt: computedAt,
    text: `${level} (${ruleSetVersion}): ${indicators.map(({ code }) => code).join(', ')}`,
    assessment: { level, indicators, ruleSetVersion },
  };
}

/** The kind of fraud that the strongest evidence speaks for; null when it speaks for none. Indicators come strongest first. */
function suspectedFraud(indicators: readonly RiskIndicator[]): FraudType | null {
  if (indicators.some(({ code, severity }) => code === 'IMEI_MANY_IMSI' && severity !== 'MEDIUM'))
    return 'SIM_BOX_BYPASS';
  for (const { code } of indicators) {
    if (code === 'SIM_SWAP_RECENT') return 'SIM_SWAP_TAKEOVER';
    const spokenFor = FRAUD_OF_FAMILY[RULE_DEFINITIONS[code].family];
    if (spokenFor !== undefined) return spokenFor;
  }
  return null;
}

const FRAUD_OF_FAMILY: Readonly<Partial<Record<EvidenceFamily, FraudType>>> = {
  MESSAGES: 'BULK_SMS',
  TRAFFIC: 'MASS_CALLING',
  BREVITY: 'MASS_CALLING',
  ONE_WAY: 'MASS_CALLING',
};
