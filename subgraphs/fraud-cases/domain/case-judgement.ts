// How a case is decided: proposed by one person, approved or rejected by another, closed, and opened again. Two people are two persons,
// whatever their roles; and whoever edited what is approved does not approve it.

import { invariant } from '../../../shared/vocabulary/app-error';
import { BLOCK_MEASURES, type BlockOrderState } from '../../../shared/vocabulary/block-order';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import { actsAs } from './actor';
import { type BlockOrder, LIVE_ORDER_STATES } from './block-order';
import { roomFor } from './block-order-step';
import { asWorker, atCenter, type CaseRule, isBlank, type OrderIntent } from './case-change';
import type { CommandOf, OrderTarget } from './case-command';
import { type CaseRecord, type Proposal, proposalContent, suspectsOf } from './case-record';
import { UNSETTLED_CLOCK_STATES } from './duty-rules';
import { type Refusal, refuse } from './refusal';

/** The rule of proposeDecision: the assignee, on locked evidence, of the version that was seen. */
export const propose: CaseRule<CommandOf<'proposeDecision'>> = (record, command, actor, now) => {
  if (record.case.assignee === null || record.case.assignee !== actor.person) return refuse('OTHERS_CASE');
  if (!record.evidence.some(({ locked }) => locked)) return refuse('NO_EVIDENCE');
  const { outcome, reasonCode, findings } = command;
  const measures = command.measures ?? BLOCK_MEASURES;
  if (outcome === 'UNSET') return refuse('NO_OUTCOME');
  if (isBlank(reasonCode)) return refuse('NO_REASON_CODE');
  if (isBlank(findings)) return refuse('NO_FINDINGS');
  if (measures.length === 0 || new Set(measures).size !== measures.length) return refuse('NO_MEASURES');
  const proposal = { outcome, reasonCode, findings, measures, proposedBy: actor.person, proposedAt: now };
  const next = { ...record, proposal };
  return accepted({ to: 'PENDING_APPROVAL', record: next, fields: proposalContent(next, proposal) });
};

/** The rule of rejectDecision: a supervisor, with a reason. A proposer who changed their mind may reject their own. */
export const reject: CaseRule<CommandOf<'rejectDecision'>> = (record, command) => {
  if (isBlank(command.reason)) return refuse('NO_REASON');
  return accepted({
    to: 'UNDER_INVESTIGATION',
    record: { ...record, proposal: null, editors: [] },
    fields: { reason: command.reason },
  });
};

/**
 * The rule of approveDecision: a person who neither proposed nor edited. CONFIRMED orders a block of every suspect's number that somebody
 * serves; an order of the same case that stands is left standing. Otherwise the case's temporary blocks end. `targets` names every suspect.
 */
export const approve: CaseRule<CommandOf<'approveDecision'>> = (record, command, actor, now) => {
  const { proposal } = record;
  if (proposal === null) return refuse('NOT_IN_THIS_STATE');
  if (proposal.proposedBy === actor.person || record.editors.includes(actor.person)) return refuse('OWN_PROPOSAL');
  const isConfirmed = proposal.outcome === 'CONFIRMED';
  const orders = isConfirmed ? blocksFor(record, proposal, command.targets) : accepted(endsOf(record, proposal));
  if (!orders.ok) return orders;
  return accepted({
    to: 'DECIDED',
    record: {
      ...record,
      case: { ...record.case, outcome: proposal.outcome },
      approvedBy: actor.person,
      editors: [],
      reopening: null,
    },
    fields: {
      ...proposalContent(record, proposal),
      comment: command.comment,
      unserved: isConfirmed
        ? command.targets.filter(({ servedBy }) => servedBy === null).map(({ msisdn }) => msisdn)
        : [],
    },
    orders: orders.value,
    clocks: isConfirmed
      ? atCenter(now, 'CASE_DECIDED', 'CASE_CONFIRMED', 'ORDER_ISSUED')
      : [...atCenter(now, 'CASE_DECIDED'), { event: 'NOTHING_TO_SUSPEND', party: null, about: null, at: now }],
  });
};

/** The rule of closeCase: every order in force or ended, every clock settled. */
export const close: CaseRule<CommandOf<'closeCase'>> = (record, _command, actor) => {
  const worker = asWorker(record, actor);
  if (!worker.ok) return worker;
  if (record.orders.some(({ state }) => !SETTLED_ORDER_STATES.includes(state))) return refuse('ORDERS_OPEN');
  if (record.clocks.some(({ state }) => UNSETTLED_CLOCK_STATES.some((unsettled) => unsettled === state))) {
    return refuse('CLOCKS_RUN');
  }
  return accepted({ to: 'CLOSED', record, fields: { outcome: record.case.outcome } });
};

/** The rule of reopenCase: somebody asks, with a reason; nothing is open until another person agrees. */
export const reopen: CaseRule<CommandOf<'reopenCase'>> = (record, command, actor, now) => {
  const mayAsk = actsAs(actor, 'APPEALS') ? accepted(null) : asWorker(record, actor);
  if (!mayAsk.ok) return mayAsk;
  if (isBlank(command.reason)) return refuse('NO_REASON');
  const other = command.openCase;
  if (other !== null && other.id !== record.case.id) return refuse('NUMBER_HAS_OPEN_CASE', other.number);
  const reopening = { reason: command.reason, proposedBy: actor.person, proposedAt: now };
  return accepted({ to: record.case.state, record: { ...record, reopening }, fields: { reason: command.reason } });
};

/** The rule of approveReopening: another person than the one who asked. The case is undecided again, and its time begins anew. */
export const approveReopening: CaseRule<CommandOf<'approveReopening'>> = (record, command, actor, now) => {
  if (record.reopening === null) return refuse('NO_REOPENING');
  if (record.reopening.proposedBy === actor.person) return refuse('OWN_REQUEST');
  const other = command.openCase;
  if (other !== null && other.id !== record.case.id) return refuse('NUMBER_HAS_OPEN_CASE', other.number);
  return accepted({
    to: 'UNDER_INVESTIGATION',
    record: {
      ...record,
      case: { ...record.case, outcome: 'UNSET' },
      proposal: null,
      approvedBy: null,
      reopening: null,
    },
    fields: { reason: record.reopening.reason, proposed_by: record.reopening.proposedBy },
    clocks: atCenter(now, 'CASE_TRIAGED'),
  });
};

/** States of an order that let its case be closed. */
const SETTLED_ORDER_STATES: readonly BlockOrderState[] = [
  'ENFORCED',
  'PARTIALLY_ENFORCED',
  'SUPERSEDED',
  'LIFTED',
  'EXPIRED',
  'CANCELLED',
];

function blocksFor(
  record: CaseRecord,
  proposal: Proposal,
  targets: readonly OrderTarget[],
): Result<readonly OrderIntent[], Refusal> {
  const orders: OrderIntent[] = [];
  for (const msisdn of suspectsOf(record)) {
    const target = targets.find((each) => each.msisdn === msisdn);
    invariant(target !== undefined, 'a decision is approved with what is known of every suspect');
    if (target.servedBy === null || standsAlready(record, target.live)) continue;
    const room = roomFor('CONFIRMED', target.live);
    if (!room.ok) return room;
    const block = {
      caseId: record.case.id,
      msisdn,
      operatorCode: target.servedBy,
      kind: 'CONFIRMED',
      measures: proposal.measures.length === 0 ? BLOCK_MEASURES : proposal.measures,
      reason: proposal.reasonCode,
      validUntil: null,
    } as const;
    orders.push({ kind: 'ISSUE', block, supersedes: room.value.supersedes });
  }
  return accepted(orders);
}

/** A reopened case that is confirmed again finds its own block in force. */
function standsAlready(record: CaseRecord, live: BlockOrder | null): boolean {
  return (
    live !== null &&
    live.caseId === record.case.id &&
    live.kind === 'CONFIRMED' &&
    live.state !== 'LIFT_PENDING_APPROVAL' &&
    live.state !== 'LIFT_ISSUED'
  );
}

/** Every block of the case ends that is live and does not end already: after a reopening also a confirmed one. */
function endsOf(record: CaseRecord, proposal: Proposal): readonly OrderIntent[] {
  const live: readonly BlockOrderState[] = LIVE_ORDER_STATES;
  return record.orders
    .filter(({ state }) => live.includes(state) && state !== 'LIFT_ISSUED')
    .map(({ id }) => ({ kind: 'END', orderId: id, reason: proposal.reasonCode }));
}
