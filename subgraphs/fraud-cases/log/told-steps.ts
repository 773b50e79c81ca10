// Steps that only the history of a case tells: who took it up, assigned, rejected, merged, closed it, and what became of appeals.

import type { CaseChronicle, ToldStep } from '../store/history-reads';
import { liftOrderSteps } from './order-steps';
import { type OwnStep, ownStep } from './timeline-step';

/** The step that was told; none when the tables know nothing of what it speaks of. */
export function toldSteps(chronicle: CaseChronicle, told: ToldStep): readonly OwnStep[] {
  const { caseId, at, by: actor, about, words, place } = told;
  const { fraudCase, checkedBy, losses, appeals } = chronicle;
  const [id = ''] = about;
  const base = { caseId, at };
  switch (told.step) {
    case 'TRIAGED': {
      const { severity, fraudType, track } = fraudCase;
      const fields = { severity, fraudType, track, actor };
      const step = { ...base, step: 'triaged', rank: 'triage', kind: 'case.triaged', fields } as const;
      if (checkedBy === null) return [ownStep(step)];
      const tells = { subject: 'operator-check', id: caseId, operatorCode: checkedBy };
      return [ownStep({ ...step, to: [checkedBy], tells })];
    }
    case 'DISMISSED':
      return [ownStep({ ...base, step: 'dismissed', rank: 'triage', kind: 'case.dismissed', fields: { actor } })];
    case 'ASSIGNED': {
      const fields = { assignee: actor, actor };
      return [ownStep({ ...base, step: `assigned:${place}`, rank: 'assignment', kind: 'case.assigned', fields })];
    }
    case 'MERGED': {
      const fields = { duplicateOf: fraudCase.duplicateOf, reports: about, actor };
      return [ownStep({ ...base, step: 'merged', rank: 'merge', kind: 'case.merged', fields })];
    }
    case 'PROPOSED': {
      const fields = { ...words, actor };
      return [ownStep({ ...base, step: `proposed:${place}`, rank: 'proposal', kind: 'decision.proposed', fields })];
    }
    case 'REJECTED': {
      const before = chronicle.steps.findLast((earlier) => earlier.step === 'PROPOSED' && earlier.place < place);
      const refs = before === undefined ? [] : [`proposed:${before.place}`];
      const fields = { actor };
      return [
        ownStep({ ...base, step: `rejected:${place}`, rank: 'rejection', kind: 'decision.rejected', refs, fields }),
      ];
    }
    case 'LOSS_RECORDED': {
      const loss = losses.find((known) => known.id === id);
      if (loss === undefined) return [];
      const { bank, amount, occurredAt, transactionRef } = loss;
      const fields = { lossId: id, bank, amount, occurredAt, transactionRef, actor };
      return [ownStep({ ...base, step: `loss:${id}`, rank: 'loss', kind: 'loss.recorded', fields })];
    }
    case 'LIFT_PROPOSED': {
      const refs = [`ordered:${id}`];
      const fields = { orderId: id, actor };
      return [
        ownStep({ ...base, step: `lift-proposed:${id}`, rank: 'liftProposal', kind: 'lift.proposed', refs, fields }),
      ];
    }
    case 'LIFT_ORDERED':
      return liftOrderSteps(chronicle, told);
    case 'APPEAL_REVIEW_STARTED': {
      const [refs, fields] = [[`appeal:${id}`], { appealId: id, actor }];
      return [ownStep({ ...base, step: `review:${id}`, rank: 'review', kind: 'appeal.review_started', refs, fields })];
    }
    case 'APPEAL_PROPOSED':
    case 'APPEAL_DECIDED': {
      const appeal = appeals.find((known) => known.id === id);
      const fields = { appealId: id, outcome: appeal?.state ?? null, decision: appeal?.decision ?? null, actor };
      const isProposal = told.step === 'APPEAL_PROPOSED';
      const step = isProposal
        ? ({
            step: `appeal-proposed:${id}`,
            rank: 'appealProposal',
            kind: 'appeal.proposed',
            refs: [`appeal:${id}`],
          } as const)
        : ({
            step: `appeal-decided:${id}`,
            rank: 'appealDecision',
            kind: 'appeal.decided',
            refs: [`appeal-proposed:${id}`],
          } as const);
      return [ownStep({ ...base, ...step, fields })];
    }
    case 'CLOSED': {
      const fields = { outcome: fraudCase.outcome, actor };
      return [ownStep({ ...base, step: `closed:${place}`, rank: 'closing', kind: 'case.closed', fields })];
    }
  }
}

/** The other side of a merge: the case to which the reports moved. */
export function mergedFrom(caseId: string, { caseId: merged, at, about, by: actor }: ToldStep): OwnStep {
  const refs = [{ caseId: merged, step: 'merged' }, ...about.map((id) => ({ caseId: merged, step: `report:${id}` }))];
  const fields = { merged, reports: about, actor };
  return ownStep({ caseId, step: `merged-from:${merged}`, at, rank: 'merge', kind: 'case.merged', refs, fields });
}
