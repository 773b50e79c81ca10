// The history of a seeded case as steps in time, each of which becomes one act of its rightful author: what the bank did, and what an operator
// did and the bank took in. Pure. A step has a name within its case, so that it is told once; what happened at one instant stands in
// the order of cause and effect (`RANKS`).

import type { ActKind } from '../../../shared/audit/act-kind';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { BlockOrder } from '../domain/block-order';
import type { SuspicionReport } from '../domain/case-file';
import type { CaseChronicle, ToldStep } from '../store/history-reads';
import type { OrderDraft } from './order-document';

/** A step of some case. */
export interface StepName {
  readonly caseId: string;
  readonly step: string;
}

interface CommonStep extends StepName {
  readonly at: Instant;
  readonly rank: number;
}

/** Something that the bank did. */
export interface OwnStep extends CommonStep {
  readonly does: 'OWN';
  readonly kind: ActKind;
  readonly to: readonly string[];
  /** Steps that it answers or rests on; they come first. */
  readonly refs: readonly StepName[];
  readonly fields: Readonly<Record<string, unknown>>;
  /** The order that is signed with it. */
  readonly document: OrderDraft | null;
  /** What the operator has to know in order to answer. */
  readonly tells: { readonly subject: string; readonly id: string; readonly operatorCode: string } | null;
  /** The order whose receipt must have come; null when nothing is awaited. */
  readonly awaitsReceiptOf: string | null;
}

/** Something that an operator did. */
export interface ForeignStep extends CommonStep {
  readonly does: 'FOREIGN';
  /** What the operator's line names. */
  readonly subject: string;
  readonly id: string;
  readonly author: string;
  readonly kind: ActKind;
  /** The step that it answers; null for a report. */
  readonly answers: StepName | null;
  /** Fields that must have been signed with these values. */
  readonly expects: Readonly<Record<string, unknown>>;
  /** The order that it speaks of, with which of its documents; null when of none. */
  readonly order: { readonly id: string; readonly document: 'BLOCK' | 'LIFT'; readonly hasReceipt: boolean } | null;
}

export type TimelineStep = OwnStep | ForeignStep;

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
      ...chronicle.steps.flatMap((step) => toldStep(chronicle, step)),
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

const RANKS = {
  report: 0,
  triage: 10,
  subject: 11,
  assignment: 12,
  check: 20,
  evidence: 21,
  question: 22,
  answer: 23,
  overdue: 24,
  proposal: 30,
  rejection: 31,
  approval: 32,
  appeal: 33,
  review: 34,
  appealProposal: 35,
  appealDecision: 36,
  merge: 38,
  order: 40,
  supersession: 41,
  liftProposal: 42,
  liftOrder: 43,
  delivery: 50,
  acknowledgement: 51,
  enforcement: 52,
  expiry: 53,
  lift: 54,
  reissue: 60,
  supersessionByReissue: 61,
  loss: 70,
  closing: 80,
} as const;

const SYSTEM = 'system';
const OPERATOR = /^operator-(.+)$/;

type OwnDraft = Pick<OwnStep, 'caseId' | 'step' | 'at' | 'kind' | 'fields'> &
  Partial<Pick<OwnStep, 'to' | 'document' | 'tells' | 'awaitsReceiptOf'>> & {
    readonly rank: keyof typeof RANKS;
    /** Steps of the same case by name, or of another. */
    readonly refs?: readonly (string | StepName)[];
  };

function own({ rank, refs = [], ...draft }: OwnDraft): OwnStep {
  return {
    does: 'OWN',
    to: [],
    document: null,
    tells: null,
    awaitsReceiptOf: null,
    ...draft,
    rank: RANKS[rank],
    refs: refs.map((ref) => (typeof ref === 'string' ? { caseId: draft.caseId, step: ref } : ref)),
  };
}

type ForeignDraft = Omit<ForeignStep, 'does' | 'rank' | 'order'> &
  Partial<Pick<ForeignStep, 'order'>> & { readonly rank: keyof typeof RANKS };

function foreign({ rank, ...draft }: ForeignDraft): ForeignStep {
  return { does: 'FOREIGN', order: null, ...draft, rank: RANKS[rank] };
}

function reportStep(caseId: string, report: SuspicionReport): TimelineStep {
  const { id, reporter, receivedAt: at, caseId: _, ...told } = report;
  const [, author] = OPERATOR.exec(reporter) ?? [];
  const step = `report:${id}`;
  const fields = { reportId: id, ...told };
  if (author === undefined) {
    return own({
      caseId,
      step,
      at,
      rank: 'report',
      kind: 'suspicion.reported',
      fields: { ...fields, actor: reporter },
    });
  }
  const kind = 'suspicion.reported';
  return foreign({
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

/** What only the history tells. */
function toldStep(chronicle: CaseChronicle, told: ToldStep): readonly OwnStep[] {
  const { caseId, at, by: actor, about, words, place } = told;
  const { fraudCase, checkedBy, losses, appeals } = chronicle;
  const [id = ''] = about;
  const base = { caseId, at };
  switch (told.step) {
    case 'TRIAGED': {
      const { severity, fraudType, track } = fraudCase;
      const fields = { severity, fraudType, track, actor };
      const step = { ...base, step: 'triaged', rank: 'triage', kind: 'case.triaged', fields } as const;
      if (checkedBy === null) return [own(step)];
      const tells = { subject: 'operator-check', id: caseId, operatorCode: checkedBy };
      return [own({ ...step, to: [checkedBy], tells })];
    }
    case 'DISMISSED':
      return [own({ ...base, step: 'dismissed', rank: 'triage', kind: 'case.dismissed', fields: { actor } })];
    case 'ASSIGNED': {
      const fields = { assignee: actor, actor };
      return [own({ ...base, step: `assigned:${place}`, rank: 'assignment', kind: 'case.assigned', fields })];
    }
    case 'MERGED': {
      const fields = { duplicateOf: fraudCase.duplicateOf, reports: about, actor };
      return [own({ ...base, step: 'merged', rank: 'merge', kind: 'case.merged', fields })];
    }
    case 'PROPOSED': {
      const fields = { ...words, actor };
      return [own({ ...base, step: `proposed:${place}`, rank: 'proposal', kind: 'decision.proposed', fields })];
    }
    case 'REJECTED': {
      const before = chronicle.steps.findLast((earlier) => earlier.step === 'PROPOSED' && earlier.place < place);
      const refs = before === undefined ? [] : [`proposed:${before.place}`];
      const fields = { actor };
      return [own({ ...base, step: `rejected:${place}`, rank: 'rejection', kind: 'decision.rejected', refs, fields })];
    }
    case 'LOSS_RECORDED': {
      const loss = losses.find((known) => known.id === id);
      if (loss === undefined) return [];
      const { bank, amount, occurredAt, transactionRef } = loss;
      const fields = { lossId: id, bank, amount, occurredAt, transactionRef, actor };
      return [own({ ...base, step: `loss:${id}`, rank: 'loss', kind: 'loss.recorded', fields })];
    }
    case 'LIFT_PROPOSED': {
      const refs = [`ordered:${id}`];
      const fields = { orderId: id, actor };
      return [own({ ...base, step: `lift-proposed:${id}`, rank: 'liftProposal', kind: 'lift.proposed', refs, fields })];
    }
    case 'LIFT_ORDERED':
      return liftOrder(chronicle, told);
    case 'APPEAL_REVIEW_STARTED': {
      const [refs, fields] = [[`appeal:${id}`], { appealId: id, actor }];
      return [own({ ...base, step: `review:${id}`, rank: 'review', kind: 'appeal.review_started', refs, fields })];
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
      return [own({ ...base, ...step, fields })];
    }
    case 'CLOSED': {
      const fields = { outcome: fraudCase.outcome, actor };
      return [own({ ...base, step: `closed:${place}`, rank: 'closing', kind: 'case.closed', fields })];
    }
  }
}

/** The other side of a merge: the case to which the reports moved. */
function mergedFrom(caseId: string, { caseId: merged, at, about, by: actor }: ToldStep): OwnStep {
  const refs = [{ caseId: merged, step: 'merged' }, ...about.map((id) => ({ caseId: merged, step: `report:${id}` }))];
  const fields = { merged, reports: about, actor };
  return own({ caseId, step: `merged-from:${merged}`, at, rank: 'merge', kind: 'case.merged', refs, fields });
}

function fileSteps(chronicle: CaseChronicle): readonly TimelineStep[] {
  const { fraudCase, subjects, evidence, requests, appeals } = chronicle;
  const caseId = fraudCase.id;
  return [
    ...subjects.map(({ msisdn, role, ground, addedBy: actor, addedAt: at }, place) => {
      const fields = { msisdn, role, ground, actor };
      // The name of a step outlives an erasure: it holds no number.
      return own({ caseId, step: `subject:${place}`, at, rank: 'subject', kind: 'case.subject_added', fields });
    }),
    ...evidence.map(({ id, kind, sha256, note, capturedBy: actor, capturedAt: at }) => {
      const fields = { evidenceId: id, kind, sha256, note, actor };
      return own({ caseId, step: `evidence:${id}`, at, rank: 'evidence', kind: 'evidence.added', fields });
    }),
    ...requests.flatMap(({ id, operatorCode, questions, issuedAt, dueAt, answeredAt, answer, state }) => {
      const step = `asked:${id}`;
      const tells = { subject: 'information-request', id, operatorCode };
      const fields = { requestId: id, questions, dueAt, actor: fraudCase.assignee };
      const to = [operatorCode];
      const asked = own({
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
        return [asked, foreign({ ...base, subject, id, kind, answers, expects })];
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
      return [asked, own({ ...overdue, to, refs: [step], fields: late })];
    }),
    ...appeals.map(({ id, orderId, grounds, statement, filedAt: at }) => {
      // The line's holder appeals through others, who keep no key; the bank signs for them and says so.
      const fields = { appealId: id, orderId, grounds, statement, actor: 'subscriber' };
      const refs = [`ordered:${orderId}`];
      return own({ caseId, step: `appeal:${id}`, at, rank: 'appeal', kind: 'appeal.filed', refs, fields });
    }),
  ];
}

/** Proposal and approval; an operator's finding is a proposal too. */
function decisionSteps({ fraudCase, decision }: CaseChronicle): readonly TimelineStep[] {
  if (decision === null) return [];
  const caseId = fraudCase.id;
  const { proposedOutcome: outcome, reasonCode, findings, proposedBy, proposedAt, approvedBy, approvedAt } = decision;
  const [, author] = OPERATOR.exec(proposedBy) ?? [];
  const step = author === undefined ? 'proposed' : 'checked';
  const base = { caseId, step, at: proposedAt };
  const fields = { outcome, reasonCode, findings, actor: proposedBy };
  const proposal =
    author === undefined
      ? own({ ...base, rank: 'proposal', kind: 'decision.proposed', fields })
      : foreign({
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
  return [proposal, own({ ...approval, refs: [step], fields: approved })];
}

function orderSteps(chronicle: CaseChronicle, order: BlockOrder): readonly TimelineStep[] {
  const { id, issuedAt, sequence, operatorCode, msisdn, measures, reason, kind, validUntil, caseId } = order;
  if (issuedAt === null || sequence === null) return [];
  const earlier = chronicle.orders.find((known) => known.supersededBy === id);
  const failure = earlier === undefined ? null : enforcementOf(earlier);
  const isReissue = failure?.kind === 'block.failed';
  const actor = kind === 'TEMPORARY' ? chronicle.fraudCase.assignee : (chronicle.decision?.approvedBy ?? null);
  const step = `ordered:${id}`;
  const grounds = kind === 'CONFIRMED' && chronicle.decision !== null ? ['approved'] : [];
  const ordered = own({
    caseId,
    step,
    at: issuedAt,
    rank: isReissue ? 'reissue' : 'order',
    kind: isReissue ? 'block.reissued' : 'block.ordered',
    to: [operatorCode],
    refs: isReissue ? [`ordered:${earlier?.id}`, `enforced:${earlier?.id}`] : grounds,
    fields: { orderId: id, sequence, msisdn, operatorCode, kind, measures, reason, validUntil, actor },
    document: { id, sequence, kind: 'BLOCK', operatorCode, msisdn, measures, reason, caseId, issuedAt, validUntil },
    tells: { subject: 'block-order', id, operatorCode },
  });
  return [
    ordered,
    ...(earlier === undefined ? [] : [supersession(earlier, ordered, isReissue)]),
    ...answerSteps(order),
  ];
}

function supersession(earlier: BlockOrder, by: OwnStep, isReissue: boolean): OwnStep {
  return own({
    caseId: by.caseId,
    step: `superseded:${earlier.id}`,
    at: by.at,
    rank: isReissue ? 'supersessionByReissue' : 'supersession',
    kind: 'block.superseded',
    to: [earlier.operatorCode],
    refs: [`ordered:${earlier.id}`, by.step],
    fields: { orderId: earlier.id, actor: SYSTEM },
  });
}

/** What came back for an order: that it arrived, that its receipt is good, what was executed, and how the block ended. */
function answerSteps(order: BlockOrder): readonly TimelineStep[] {
  const { id, caseId, deliveredAt, acknowledgedAt, liftedAt, state, operatorCode: author } = order;
  const enforcement = enforcementOf(order);
  const answers = { caseId, step: `ordered:${id}` };
  const steps: TimelineStep[] = [];
  const arrival = { caseId, refs: [answers], fields: { orderId: id, actor: SYSTEM } };
  const awaitsReceiptOf = enforcement === null ? null : id;
  if (deliveredAt !== null) {
    const step = { step: `delivered:${id}`, at: deliveredAt, rank: 'delivery', kind: 'block.delivered' } as const;
    steps.push(own({ ...arrival, ...step, awaitsReceiptOf }));
  }
  if (acknowledgedAt !== null) {
    const step = { step: `acknowledged:${id}`, at: acknowledgedAt, rank: 'acknowledgement' } as const;
    steps.push(own({ ...arrival, ...step, kind: 'block.acknowledged', awaitsReceiptOf }));
  }
  if (enforcement !== null) {
    const { at, kind, outcome } = enforcement;
    const base = {
      caseId,
      step: `enforced:${id}`,
      at,
      rank: 'enforcement',
      subject: 'enforcement',
      id,
      author,
    } as const;
    const of = { id, document: 'BLOCK', hasReceipt: true } as const;
    steps.push(foreign({ ...base, kind, answers, expects: { orderId: id, outcome }, order: of }));
  }
  if (liftedAt === null) return steps;
  const end = { caseId, at: liftedAt, subject: 'lift-enforcement', id, author } as const;
  if (state === 'EXPIRED') {
    const of = { id, document: 'BLOCK', hasReceipt: false } as const;
    const expiry = { step: `expired:${id}`, rank: 'expiry', kind: 'block.expired', answers } as const;
    steps.push(foreign({ ...end, ...expiry, expects: { orderId: id }, order: of }));
  } else {
    const of = { id, document: 'LIFT', hasReceipt: true } as const;
    const lift = { step: `lifted:${id}`, rank: 'lift', kind: 'lift.done' } as const;
    const expects = { orderId: id, outcome: 'LIFTED' };
    steps.push(foreign({ ...end, ...lift, answers: { caseId, step: `lift-ordered:${id}` }, expects, order: of }));
  }
  return steps;
}

/** What the operator did with an order, as its act says it; null when it told nothing. */
function enforcementOf(
  order: BlockOrder,
): { readonly at: Instant; readonly kind: 'block.enforced' | 'block.failed'; readonly outcome: string } | null {
  const { enforcedAt, deliveredAt, state } = order;
  if (enforcedAt !== null) {
    const outcome = state === 'PARTIALLY_ENFORCED' ? 'PARTIALLY_ENFORCED' : 'ENFORCED';
    return { at: enforcedAt, kind: 'block.enforced', outcome };
  }
  if (deliveredAt === null) return null;
  if (state === 'FAILED') return { at: deliveredAt, kind: 'block.failed', outcome: 'FAILED' };
  const isElsewhere = state === 'NOT_SERVED_HERE' || state === 'SUPERSEDED';
  return isElsewhere ? { at: deliveredAt, kind: 'block.failed', outcome: 'NOT_SERVED_HERE' } : null;
}

function liftOrder(
  chronicle: CaseChronicle,
  { caseId, at, by: actor, about: [id = ''] }: ToldStep,
): readonly OwnStep[] {
  const order = chronicle.orders.find((known) => known.id === id);
  if (order === undefined || order.liftSequence === null) return [];
  const { operatorCode, msisdn, measures, reason, liftSequence: sequence } = order;
  return [
    own({
      caseId,
      step: `lift-ordered:${id}`,
      at,
      rank: 'liftOrder',
      kind: 'lift.ordered',
      to: [operatorCode],
      refs: [`ordered:${id}`],
      fields: { orderId: id, sequence, msisdn, operatorCode, actor },
      document: {
        id,
        sequence,
        kind: 'LIFT',
        operatorCode,
        msisdn,
        measures,
        reason,
        caseId,
        issuedAt: at,
        validUntil: null,
      },
      tells: { subject: 'lift-order', id, operatorCode },
    }),
  ];
}
