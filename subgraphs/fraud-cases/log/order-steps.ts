// The steps of a case's block orders: ordered, replaced, delivered, executed by the operator, lapsed, lifted.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { BlockOrder } from '../domain/block-order';
import type { CaseChronicle, ToldStep } from '../store/history-reads';
import { foreignStep, type OwnStep, ownStep, SYSTEM, type TimelineStep } from './timeline-step';

/** Everything about one order, except the order to lift it. */
export function orderSteps(chronicle: CaseChronicle, order: BlockOrder): readonly TimelineStep[] {
  const { id, issuedAt, sequence, operatorCode, msisdn, measures, reason, kind, validUntil, caseId } = order;
  if (issuedAt === null || sequence === null) return [];
  const earlier = chronicle.orders.find((known) => known.supersededBy === id);
  const failure = earlier === undefined ? null : enforcementOf(earlier);
  const isReissue = failure?.kind === 'block.failed';
  const actor = kind === 'TEMPORARY' ? chronicle.fraudCase.assignee : (chronicle.decision?.approvedBy ?? null);
  const step = `ordered:${id}`;
  const grounds = kind === 'CONFIRMED' && chronicle.decision !== null ? ['approved'] : [];
  const ordered = ownStep({
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

/** The order to lift a block; none when the tables know of no such order. */
export function liftOrderSteps(
  chronicle: CaseChronicle,
  { caseId, at, by: actor, about: [id = ''] }: ToldStep,
): readonly OwnStep[] {
  const order = chronicle.orders.find((known) => known.id === id);
  if (order === undefined || order.liftSequence === null) return [];
  const { operatorCode, msisdn, measures, reason, liftSequence: sequence } = order;
  return [
    ownStep({
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

function supersession(earlier: BlockOrder, by: OwnStep, isReissue: boolean): OwnStep {
  return ownStep({
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
    steps.push(ownStep({ ...arrival, ...step, awaitsReceiptOf }));
  }
  if (acknowledgedAt !== null) {
    const step = { step: `acknowledged:${id}`, at: acknowledgedAt, rank: 'acknowledgement' } as const;
    steps.push(ownStep({ ...arrival, ...step, kind: 'block.acknowledged', awaitsReceiptOf }));
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
    steps.push(foreignStep({ ...base, kind, answers, expects: { orderId: id, outcome }, order: of }));
  }
  if (liftedAt === null) return steps;
  const end = { caseId, at: liftedAt, subject: 'lift-enforcement', id, author } as const;
  if (state === 'EXPIRED') {
    const of = { id, document: 'BLOCK', hasReceipt: false } as const;
    const expiry = { step: `expired:${id}`, rank: 'expiry', kind: 'block.expired', answers } as const;
    steps.push(foreignStep({ ...end, ...expiry, expects: { orderId: id }, order: of }));
  } else {
    const of = { id, document: 'LIFT', hasReceipt: true } as const;
    const lift = { step: `lifted:${id}`, rank: 'lift', kind: 'lift.done' } as const;
    const expects = { orderId: id, outcome: 'LIFTED' };
    steps.push(foreignStep({ ...end, ...lift, answers: { caseId, step: `lift-ordered:${id}` }, expects, order: of }));
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
