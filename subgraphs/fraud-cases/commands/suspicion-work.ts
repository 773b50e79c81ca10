// How a report becomes a case, whoever brings it: the open case of the number takes it, or a new one is opened. The number is locked until the
// transaction ends, so that two reports of one number never open two cases; a constraint of the table says the same.

import { newActId } from '../../../shared/audit-log/act-id';
import { invariant } from '../../../shared/vocabulary/app-error';
import { instantToMs } from '../../../shared/vocabulary/instant';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import { type Actor, actsAs } from '../domain/actor';
import type { SuspicionReport } from '../domain/case-file';
import { recogniseReport } from '../domain/case-intake';
import type { CaseRecord } from '../domain/case-record';
import { stepCase } from '../domain/case-step';
import { CASE_COMMAND_ROLES } from '../domain/case-transitions';
import { OPEN_CASE_STATES } from '../domain/fraud-case';
import { type Refusal, refuse } from '../domain/refusal';
import { nextCaseNumber, openCaseOf } from '../store/case-record-reads';
import { caseOfReport, lockNumber, reportTold } from '../store/report-reads';
import { type CaseWork, loadCaseRecord } from './case-work';
import { keepStep, type StepKeeping } from './step-keeping';

/** A report as it was told. */
export type ToldReport = Omit<SuspicionReport, 'caseId' | 'reporter' | 'receivedAt'> & {
  readonly indicators: readonly string[];
};

/** What became of a report. */
export interface TakenReport {
  readonly reportId: string;
  readonly caseId: string;
  /** The same organisation told the same before; nothing was done. */
  readonly isDuplicate: boolean;
}

/** Takes a report in. Refused: role, a source that the organisation does not speak for, the same reference in other words. */
export async function takeSuspicion(
  work: CaseWork,
  told: ToldReport,
  keeping: StepKeeping = {},
): Promise<Result<TakenReport, Refusal>> {
  if (!actsAs(work.actor, ...CASE_COMMAND_ROLES.reportSuspicion)) return refuse('ROLE');
  const { indicators, ...words } = told;
  const report = { ...words, caseId: '', reporter: reporterOf(work.actor), receivedAt: work.now };
  await lockNumber(work.session, report.suspect);
  const before = await reportTold(work.session, report);
  const recognised = recogniseReport(report, before);
  if (!recognised.ok) return recognised;
  if (before !== null) return accepted({ reportId: before.id, caseId: before.caseId, isDuplicate: true });
  if ((await caseOfReport(work.session, report.id)) !== null) return refuse('TOLD_OTHERWISE');
  const open = await lockOpenCase(work, report.suspect);
  const newCase = open === null ? await nextCase(work) : open.case;
  const command = { kind: 'reportSuspicion', report, indicators, newCase } as const;
  const step = stepCase(open, command, work.actor, work.now);
  if (!step.ok) return step;
  const kept = await keepStep(work, open, step.value, keeping);
  return kept.ok ? accepted({ reportId: report.id, caseId: kept.value.case.id, isDuplicate: false }) : kept;
}

/** Who reports: an organisation; machines of operators are known by the name of their sign-in. */
export function reporterOf(actor: Actor): string {
  return actsAs(actor, 'OPERATOR') ? `operator-${actor.organisation}` : actor.organisation;
}

/** A case may end while its lock is waited for: then the number is asked for again. */
const MOST_LOOKS = 5;

async function lockOpenCase(work: CaseWork, suspect: string): Promise<CaseRecord | null> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const open = await openCaseOf(work.session, suspect);
    const record = open === null ? null : await loadCaseRecord(work, open.id);
    if (record === null || OPEN_CASE_STATES.some((state) => state === record.case.state)) return record;
  }
  invariant(false, 'a case of a number is found again in the state that it was found in');
}

async function nextCase({ session, now }: CaseWork): Promise<{ readonly id: string; readonly number: string }> {
  return { id: newActId(instantToMs(now)), number: await nextCaseNumber(session, now) };
}
