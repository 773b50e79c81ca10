// Rows of table `liability_assessment` with their losses: how they are selected, and the assessment that one holds.

import { invariant } from '../../../shared/vocabulary/app-error';
import type { Kzt } from '../../../shared/vocabulary/kzt';
import type { LiabilityMode, LiabilityState } from '../../../shared/vocabulary/liability';
import { ruleVersion } from '../domain/duty-rules';
import type { Breach, LiabilityAssessment, LiabilityShare } from '../domain/liability';
import { toInstant, toInstantOrNull } from './instant-column';

/** A row, joined with its loss. */
export interface LiabilityRow {
  readonly id: string;
  readonly case_id: string;
  readonly mode: LiabilityMode;
  readonly state: LiabilityState;
  readonly version: number;
  readonly breaches: string;
  readonly shares: string;
  readonly explanation: string;
  readonly assessed_by: string;
  readonly assessed_at: Date;
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
  readonly loss_id: string;
  readonly bank: string;
  readonly amount: Kzt;
  readonly occurred_at: Date;
  readonly transaction_ref: string;
}

/** A breach as it is kept: rules are named, their text is data of the program. */
export type KeptBreach = Omit<Breach, 'rule'>;

/** Selects rows with their losses; a condition follows. */
export const SELECT_LIABILITY = `
  SELECT assessment.id, assessment.case_id, assessment.mode, assessment.state, assessment.version, assessment.breaches,
    assessment.shares, assessment.explanation, assessment.assessed_by, assessment.assessed_at, assessment.approved_by,
    assessment.approved_at, loss.id AS loss_id, loss.bank, loss.amount::text AS amount, loss.occurred_at, loss.transaction_ref
  FROM liability_assessment AS assessment JOIN loss ON loss.id = assessment.loss_id`;

/** The assessment that a row holds. */
export function toLiabilityAssessment(row: LiabilityRow): LiabilityAssessment {
  const breaches: readonly KeptBreach[] = JSON.parse(row.breaches);
  const shares: readonly LiabilityShare[] = JSON.parse(row.shares);
  return {
    id: row.id,
    caseId: row.case_id,
    loss: {
      id: row.loss_id,
      caseId: row.case_id,
      bank: row.bank,
      amount: row.amount,
      occurredAt: toInstant(row.occurred_at),
      transactionRef: row.transaction_ref,
    },
    mode: row.mode,
    state: row.state,
    version: row.version,
    breaches: breaches.map(withRule),
    shares,
    explanation: row.explanation,
    assessedBy: row.assessed_by,
    assessedAt: toInstant(row.assessed_at),
    approvedBy: row.approved_by,
    approvedAt: toInstantOrNull(row.approved_at),
  };
}

function withRule(breach: KeptBreach): Breach {
  const rule = ruleVersion(breach.clock.ruleId, breach.clock.ruleVersion);
  invariant(rule !== null, 'a breach names a version of a rule that exists');
  return { ...breach, rule };
}
