// The history of a seeded case as steps in time, each of which becomes one act of its rightful author: what the bank did, and what an operator
// did and the bank took in. Pure: out of the tables and of what the history tells.

import type { SuspicionReport } from '../domain/case-file';
import type { CaseChronicle } from '../store/history-reads';
import { orderSteps } from './order-steps';
import { foreignStep, operatorNamed, ownStep, SYSTEM, type TimelineStep } from './timeline-step';
import { mergedFrom, toldSteps } from './told-steps';

/** The steps of all cases, each case in the order of time. */
export function timelinesOf(chronicles: readonly CaseChronicle[]): readonly (readonly TimelineStep[])[] {
  const merges = chronicles.flatMap(({ steps, fraudCase }) =>
    steps.filter(({ step }) => step === 'MERGED').map((step) => ({ step, original: fraudCase.duplicateOf ?? '' })),
  );
  const reports = chronicles.flatMap((chronicle) => chronicle.reports);
  return chronicles.map((chronicle) => {
    const { id } = chronicle.fraudCase;
    // A report that moved to another case was taken in where it was filed.
    const movedAway = new Set(merges.filter(({ original }) => original === id).flatMap(({ step }) => step.about));
    const movedHere = new Set(merges.filter(({ step }) => step.caseId === id).flatMap(({ step }) => step.about));
    const filed = reports.filter((report) =>
      report.caseId === id ? !movedAway.has(report.id) : movedHere.has(report.id),
    );
    const taken = merges.filter(({ original }) => original === id).map(({ step }) => mergedFrom(id, step));
    const steps = [
      ...filed.map((report) => reportStep(id, report)),
      ...chronicle.steps.flatMap((step) => toldSteps(chronicle, step)),
      ...fileSteps(chronicle),
      ...decisionSteps(chronicle),
      ...chronicle.orders.flatMap((order) => orderSteps(chronicle, order)),
      ...taken,
    ];
    return steps.toSorted((left, right) =>
      left.at === right.at ? left.rank - right.rank : left.at < right.at ? -1 : 1,
    );
  });
}

function reportStep(caseId: string, report: SuspicionReport): TimelineStep {
  const { id, reporter, receivedAt: at, caseId: _, ...told } = report;
  const author = operatorNamed(reporter);
  const step = `report:${id}`;
  const fields = { reportId: id, ...told };
  if (author === null) {
    return ownStep({
      caseId,
      step,
      at,
      rank: 'report',
      kind: 'suspicion.reported',
      fields: { ...fields, actor: reporter },
    });
  }
  const kind = 'suspicion.reported';
  return foreignStep({
    caseId,
    step,
    at,
    rank: 'report',
    subject: 'report',
    id,
    author,
    kind,
    answers: null,
    expects: fields,
  });
}

function fileSteps(chronicle: CaseChronicle): readonly TimelineStep[] {
  const { fraudCase, subjects, evidence, requests, appeals } = chronicle;
  const caseId = fraudCase.id;
  return [
    ...subjects.map(({ msisdn, role, ground, addedBy: actor, addedAt: at }, place) => {
      const fields = { msisdn, role, ground, actor };
      // The name of a step outlives an erasure: it holds no number.
      return ownStep({ caseId, step: `subject:${place}`, at, rank: 'subject', kind: 'case.subject_added', fields });
    }),
    ...evidence.map(({ id, kind, sha256, note, capturedBy: actor, capturedAt: at }) => {
      const fields = { evidenceId: id, kind, sha256, note, actor };
      return ownStep({ caseId, step: `evidence:${id}`, at, rank: 'evidence', kind: 'evidence.added', fields });
    }),
    ...requests.flatMap(({ id, operatorCode, questions, issuedAt, dueAt, answeredAt, answer, state }) => {
      const step = `asked:${id}`;
      const tells = { subject: 'information-request', id, operatorCode };
      const fields = { requestId: id, questions, dueAt, actor: fraudCase.assignee };
      const to = [operatorCode];
      const asked = ownStep({
        caseId,
        step,
        at: issuedAt,
        rank: 'question',
        kind: 'information.requested',
        to,
        fields,
        tells,
      });
      if (state === 'ANSWERED' && answeredAt !== null) {
        const answers = { caseId, step };
        const expects = { requestId: id, answer };
        const [subject, kind] = ['information-answer', 'information.answered'] as const;
        const base = { caseId, step: `answered:${id}`, at: answeredAt, rank: 'answer', author: operatorCode } as const;
        return [asked, foreignStep({ ...base, subject, id, kind, answers, expects })];
      }
      if (state !== 'OVERDUE') return [asked];
      const late = { requestId: id, actor: SYSTEM };
      const overdue = {
        caseId,
        step: `overdue:${id}`,
        at: dueAt,
        rank: 'overdue',
        kind: 'information.overdue',
      } as const;
      return [asked, ownStep({ ...overdue, to, refs: [step], fields: late })];
    }),
    ...appeals.map(({ id, orderId, grounds, statement, filedAt: at }) => {
      // The line's holder appeals through others, who keep no key; the bank signs for them and says so.
      const fields = { appealId: id, orderId, grounds, statement, actor: 'subscriber' };
      const refs = [`ordered:${orderId}`];
      return ownStep({ caseId, step: `appeal:${id}`, at, rank: 'appeal', kind: 'appeal.filed', refs, fields });
    }),
  ];
}

/** Proposal and approval; an operator's finding is a proposal too. */
function decisionSteps({ fraudCase, decision }: CaseChronicle): readonly TimelineStep[] {
  if (decision === null) return [];
  const caseId = fraudCase.id;
  const { proposedOutcome: outcome, reasonCode, findings, proposedBy, proposedAt, approvedBy, approvedAt } = decision;
  const author = operatorNamed(proposedBy);
  const step = author === null ? 'proposed' : 'checked';
  const base = { caseId, step, at: proposedAt };
  const fields = { outcome, reasonCode, findings, actor: proposedBy };
  const proposal =
    author === null
      ? ownStep({ ...base, rank: 'proposal', kind: 'decision.proposed', fields })
      : foreignStep({
          ...base,
          rank: 'check',
          subject: 'check-result',
          id: caseId,
          author,
          kind: 'check.recorded',
          answers: { caseId, step: 'triaged' },
          expects: { confirmed: outcome === 'CONFIRMED', findings },
        });
  if (approvedBy === null || approvedAt === null) return [proposal];
  const approved = { outcome, reasonCode, actor: approvedBy };
  const approval = { caseId, step: 'approved', at: approvedAt, rank: 'approval', kind: 'decision.approved' } as const;
  return [proposal, ownStep({ ...approval, refs: [step], fields: approved })];
}
