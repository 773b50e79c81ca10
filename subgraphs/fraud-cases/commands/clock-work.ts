// The clocks of a case after what a command brought about, and when something is due next. They are saved with the record.

import { newActId } from '../../../shared/audit-log/act-id';
import { instantToMs } from '../../../shared/vocabulary/instant';
import type { CaseRecord } from '../domain/case-record';
import { nextDeadline, runClocks } from '../domain/clock-course';
import type { ClockEvent } from '../domain/clock-event';
import type { CaseWork } from './case-work';

/** The record with its clocks told of the happenings, in their order, and in the state that the case has now. */
export async function runCaseClocks(
  work: CaseWork,
  record: CaseRecord,
  events: readonly ClockEvent[],
): Promise<CaseRecord> {
  const step = { caseId: record.case.id, events, caseState: record.case.state, now: work.now };
  const clocks = runClocks(record.clocks, step, () => newActId(instantToMs(work.now)));
  return { ...record, clocks, case: { ...record.case, dueAt: nextDeadline(clocks) } };
}
