// Keeps what a step of a case came to: its acts, the orders it wants, the clocks, the record. Always in this order, in one transaction, so that
// the acts of a case tell first what was decided and then what follows from it.

import { accepted, type Result } from '../../../shared/vocabulary/result';
import type { CaseRecord } from '../domain/case-record';
import type { CaseStep } from '../domain/case-step';
import type { Refusal } from '../domain/refusal';
import { type ActsBeside, type CaseWork, saveCaseRecord, writeActs } from './case-work';
import { runCaseClocks } from './clock-work';
import { carryOutOrders } from './order-work';

/** How a step is kept. */
export interface StepKeeping extends ActsBeside {
  /** The step is told by an operator's own act, which is taken in; the bank signs nothing in its place. */
  readonly isToldByOperator?: boolean;
  /** The case whose reports move into this one. */
  readonly reportsFrom?: string;
}

/**
 * Keeps the step and resolves with the record as it is kept. `before` is the record that was loaded, null for a case that the step opens.
 * Refused when an order cannot be carried out; then nothing may be kept.
 */
export async function keepStep(
  work: CaseWork,
  before: CaseRecord | null,
  step: CaseStep,
  keeping: StepKeeping = {},
): Promise<Result<CaseRecord, Refusal>> {
  const acts = keeping.isToldByOperator === true ? [] : step.acts;
  if (before === null) {
    // Acts are told of a case that is there.
    const opened = await runCaseClocks(work, step.next, step.clocks);
    await saveCaseRecord(work, null, opened);
    await writeActs(work, acts, keeping);
    return accepted(opened);
  }
  await writeActs(work, acts, keeping);
  const carried = step.orders.length === 0 ? nothingCarried(step) : await carryOutOrders(work, step.next, step.orders);
  if (!carried.ok) return carried;
  const after = await runCaseClocks(work, carried.value.record, [...step.clocks, ...carried.value.clocks]);
  await saveCaseRecord(work, before, after, keeping.reportsFrom ?? null);
  return accepted(after);
}

function nothingCarried({ next }: CaseStep) {
  return accepted({ record: next, clocks: [] });
}
