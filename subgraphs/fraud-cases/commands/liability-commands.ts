// Assessing who answers for a loss, and the second person's approval. An assessment is made of the clocks of its case as they stand under the
// lock, of the acts that prove them and of rules in force when each began; what was judged is kept whole, so that it reads the same for
// ever. If the program dies before COMMIT there is no assessment; after it, assessment and act stand together.

import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { LiabilityMode } from '../../../shared/vocabulary/liability';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import type { CaseRecord } from '../domain/case-record';
import { type CaseAct, proofOf } from '../domain/clock-proof';
import { ruleVersion } from '../domain/duty-rules';
import { approveLiability, assessLiability, type JudgedDuty, type LiabilityAssessment } from '../domain/liability';
import { type Refusal, refuse } from '../domain/refusal';
import { CaseMoved } from '../store/case-record-writes';
import {
  actsByClock,
  approveAssessment,
  caseOfAssessment,
  insertAssessment,
  lockAssessment,
} from '../store/liability-store';
import { type CaseWork, loadCaseRecord, writeActs } from './case-work';
import { type Answer, type AnswerIds, type CommandCaller, type CommandDesk, runCommand } from './command-desk';

/** What is to be assessed. */
export interface LiabilityQuestion {
  readonly caseId: string;
  readonly lossId: string;
  readonly mode: LiabilityMode;
}

/** The mutations of liability. Each answers with `assessment`, the id of the assessment. */
export interface LiabilityCommands {
  assessLiability(caller: CommandCaller, question: LiabilityQuestion): Promise<Answer>;
  approveLiability(
    caller: CommandCaller,
    command: { readonly assessmentId: string; readonly expectedVersion: number },
  ): Promise<Answer>;
}

/** The commands over a desk. */
export function liabilityCommands(desk: CommandDesk): LiabilityCommands {
  return {
    assessLiability: (caller, { caseId, lossId, mode }) =>
      runCommand(desk, { ...caller, operation: 'assessLiability', arguments: { caseId, lossId, mode } }, (work) =>
        assess(work, { caseId, lossId, mode }),
      ),
    approveLiability: (caller, { assessmentId, expectedVersion }) =>
      runCommand(
        desk,
        { ...caller, operation: 'approveLiability', arguments: { assessmentId, expectedVersion } },
        (work) => approve(work, assessmentId, expectedVersion),
      ),
  };
}

async function assess(
  work: CaseWork,
  { caseId, lossId, mode }: LiabilityQuestion,
): Promise<Result<AnswerIds, Refusal>> {
  const record = await loadCaseRecord(work, caseId);
  if (record === null) return refuse('NO_CASE');
  const loss = record.losses.find(({ id }) => id === lossId);
  if (loss === undefined) return refuse('NO_RECORDED_LOSS');
  const duties = judgedDuties(record, await actsByClock(work.session, caseId));
  const step = assessLiability({ id: randomUUID(), loss, mode, duties }, work.actor, work.now);
  if (!step.ok) return step;
  const { next, acts } = step.value;
  await insertAssessment(work.session, next, keptTexts(next));
  await writeActs(work, acts);
  return accepted({ assessment: next.id });
}

/** The case is locked before its assessment, as everywhere, so that nobody waits for each other. */
async function approve(work: CaseWork, id: string, expectedVersion: number): Promise<Result<AnswerIds, Refusal>> {
  const caseId = await caseOfAssessment(work.session, id);
  if (caseId === null) return refuse('NO_ASSESSMENT');
  await loadCaseRecord(work, caseId);
  const assessment = await lockAssessment(work.session, id);
  invariant(assessment !== null, 'assessments are not deleted');
  const step = approveLiability(assessment, { expectedVersion }, work.actor, work.now);
  if (!step.ok) return step;
  if (!(await approveAssessment(work.session, step.value.next))) throw new CaseMoved();
  await writeActs(work, step.value.acts);
  return accepted({ assessment: id });
}

/** Every clock of the case with its rule and its proof. */
function judgedDuties(record: CaseRecord, acts: ReadonlyMap<string, readonly CaseAct[]>): readonly JudgedDuty[] {
  return record.clocks.map((clock) => {
    const rule = ruleVersion(clock.ruleId, clock.ruleVersion);
    invariant(rule !== null, 'a clock runs by a version of a rule that exists');
    return { clock, rule, ...proofOf(clock, rule, acts.get(clock.id) ?? []) };
  });
}

/** What is kept of an assessment as text, canonical: rules by name, they are data of the program and never change. */
function keptTexts({ breaches, shares }: LiabilityAssessment): { readonly breaches: string; readonly shares: string } {
  const kept = breaches.map(({ rule: _, ...breach }) => breach);
  return { breaches: canonicalJson(kept), shares: canonicalJson(shares) };
}
