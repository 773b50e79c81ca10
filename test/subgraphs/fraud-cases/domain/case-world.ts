// A small world for random histories: one case with its orders, clocks and appeals, carried on by the rules alone, as a store would in one
// transaction a step. After every step it is asked what must always be true.

import { invariant } from '../../../../shared/vocabulary/app-error';
import { BLOCK_OUTCOMES } from '../../../../shared/vocabulary/block-order';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { Result } from '../../../../shared/vocabulary/result';
import type { Actor } from '../../../../subgraphs/fraud-cases/domain/actor';
import {
  type AppealCommand,
  type AppealRecord,
  stepAppeal,
} from '../../../../subgraphs/fraud-cases/domain/appeal-step';
import { appealRows } from '../../../../subgraphs/fraud-cases/domain/appeal-transitions';
import { LIVE_ORDER_STATES } from '../../../../subgraphs/fraud-cases/domain/block-order';
import { settleOrder } from '../../../../subgraphs/fraud-cases/domain/block-order-settlement';
import {
  approveLift,
  type BlockOrderStep,
  cancelBlockOrder,
  endOrder,
  expireOrder,
  issueOrder,
  type OrderRecord,
  reissueOrder,
  requestLift,
  supersedeOrder,
} from '../../../../subgraphs/fraud-cases/domain/block-order-step';
import {
  type BlockOrderCommand,
  blockOrderRows,
} from '../../../../subgraphs/fraud-cases/domain/block-order-transitions';
import type { OrderIntent } from '../../../../subgraphs/fraud-cases/domain/case-change';
import { CASE_COMMANDS, type CaseCommand } from '../../../../subgraphs/fraud-cases/domain/case-command';
import { type CaseRecord, decisionParticipants } from '../../../../subgraphs/fraud-cases/domain/case-record';
import { stepCase } from '../../../../subgraphs/fraud-cases/domain/case-step';
import { caseRows } from '../../../../subgraphs/fraud-cases/domain/case-transitions';
import { runClocks } from '../../../../subgraphs/fraud-cases/domain/clock-course';
import type { ClockEvent } from '../../../../subgraphs/fraud-cases/domain/clock-event';
import type { Refusal } from '../../../../subgraphs/fraud-cases/domain/refusal';
import { allowedCommand, BEELINE, KCELL, OTHER, START_MS, SUSPECT, VICTIM } from './case-fixture';

/** One random happening; numbers choose among what is there. */
export interface Happening {
  readonly what: number;
  readonly who: Actor | null;
  readonly choice: number;
  readonly laterMs: number;
  readonly isStale: boolean;
  /** Any action at all; otherwise one that the tables allow in the present states. */
  readonly isAnything: boolean;
}

/** What can happen: every command of a case, then orders and appeals. */
const ORDER_ACTIONS = [
  'settleBlock',
  'settleLift',
  'requestLift',
  'approveLift',
  'cancel',
  'expire',
  'reissue',
] as const;
const APPEAL_ACTIONS = [
  'fileAppeal',
  'startAppealReview',
  'decideAppeal',
  'approveAppealDecision',
  'lapseAppeal',
] as const;
export const ACTIONS = [...CASE_COMMANDS, ...ORDER_ACTIONS, ...APPEAL_ACTIONS] as const;

const ORDER_COMMANDS: Readonly<Record<(typeof ORDER_ACTIONS)[number], readonly BlockOrderCommand[]>> = {
  settleBlock: ['deliverOrder', 'acknowledgeOrder', 'concludeOrder'],
  settleLift: ['concludeLift'],
  requestLift: ['requestLift'],
  approveLift: ['approveLift'],
  cancel: ['cancelBlockOrder'],
  expire: ['expireOrder'],
  reissue: ['supersedeOrder'],
};

/** The world; its history is whatever was made to happen. */
export class CaseWorld {
  nowMs = START_MS;
  orders: OrderRecord[] = [];
  appeals: AppealRecord[] = [];
  acts = 0;
  readonly sequences = new Map<Msisdn, number[]>();
  private ids = 0;

  constructor(public record: CaseRecord) {}

  get now(): Instant {
    return msToInstant(this.nowMs);
  }

  /** Does one happening; tells the name of what was allowed, and null for what was refused, which changes nothing. */
  happen(happening: Happening): string | null {
    this.nowMs += happening.laterMs;
    const possible = happening.isAnything ? ACTIONS : ACTIONS.filter((each) => this.isPossible(each, happening.choice));
    const among = possible.length === 0 ? ACTIONS : possible;
    const action = among[happening.what % among.length];
    invariant(action !== undefined, 'there is an action');
    const before = JSON.stringify([this.record, this.orders, this.appeals]);
    const isDone = this.act(action, happening);
    if (!isDone && JSON.stringify([this.record, this.orders, this.appeals]) !== before)
      throw new Error(`${action} was refused and changed something`);
    this.runClocks([]);
    return isDone ? action : null;
  }

  private isPossible(action: (typeof ACTIONS)[number], choice: number): boolean {
    // Histories that end early are kept few.
    if (action === 'markDuplicate') return choice % 20 === 0;
    const command = CASE_COMMANDS.find((name) => name === action);
    if (command !== undefined) return caseRows(this.record.case.state, command).length > 0;
    const orderAction = ORDER_ACTIONS.find((name) => name === action);
    if (orderAction !== undefined) return this.ordersFor(orderAction).length > 0;
    const appealAction = APPEAL_ACTIONS.find((name) => name === action);
    return appealAction === 'fileAppeal'
      ? this.orders.length > 0
      : appealAction !== undefined && this.appealsFor(appealAction).length > 0;
  }

  /** The orders of which the table knows the action, or all where it knows none. */
  private ordersFor(action: (typeof ORDER_ACTIONS)[number]): readonly OrderRecord[] {
    return this.orders.filter(({ order }) =>
      ORDER_COMMANDS[action].some(
        (command) =>
          blockOrderRows(order.state, command).length > 0 &&
          (action !== 'reissue' || order.state === 'NOT_SERVED_HERE'),
      ),
    );
  }

  private appealsFor(action: (typeof APPEAL_ACTIONS)[number]): readonly AppealRecord[] {
    return this.appeals.filter(({ appeal }) => appealRows(appeal.state, action).length > 0);
  }

  private act(action: (typeof ACTIONS)[number], happening: Happening): boolean {
    const command = CASE_COMMANDS.find((name) => name === action);
    if (command !== undefined) return this.stepCase(command, happening);
    const orderAction = ORDER_ACTIONS.find((name) => name === action);
    if (orderAction !== undefined) return this.stepOrder(orderAction, happening);
    const appealAction = APPEAL_ACTIONS.find((name) => name === action);
    return appealAction !== undefined && this.stepAppeal(appealAction, happening);
  }

  private stepCase(name: (typeof CASE_COMMANDS)[number], { who, choice, isStale }: Happening): boolean {
    const [allowed, by] = allowedCommand(name, this.record);
    const command = this.varied(allowed, choice, isStale);
    const actor = who ?? (name === 'approveDecision' && choice % 2 === 0 ? { ...by, person: 'supervisor-2' } : by);
    const step = stepCase(this.record, command, actor, this.now);
    if (!step.ok) return false;
    const proposal = this.record.proposal;
    if (name === 'approveDecision') {
      invariant(proposal !== null && proposal.proposedBy !== actor.person, 'a decision has two people');
      invariant(!this.record.editors.includes(actor.person), 'no editor approves');
    }
    if (name === 'approveReopening') {
      invariant(
        this.record.reopening !== null && this.record.reopening.proposedBy !== actor.person,
        'a reopening has two people',
      );
    }
    this.record = { ...step.value.next, orders: this.record.orders };
    this.acts += step.value.acts.length;
    this.runClocks(step.value.clocks);
    for (const intent of step.value.orders) this.carryOut(intent, actor);
    return true;
  }

  /** The fixture's command with ids of its own, the world's facts about numbers, and now and then other arguments. */
  private varied(command: CaseCommand, choice: number, isStale: boolean): CaseCommand {
    const versioned = 'expectedVersion' in command && isStale ? { ...command, expectedVersion: 0 } : command;
    const targets = [SUSPECT, OTHER, VICTIM].map((msisdn) => ({
      msisdn,
      servedBy: choice % 7 === 0 ? null : choice % 3 === 0 ? BEELINE : KCELL,
      live: this.orders.find(({ order }) => order.msisdn === msisdn && isLive(order.state))?.order ?? null,
    }));
    switch (versioned.kind) {
      case 'reportSuspicion':
        return { ...versioned, report: { ...versioned.report, id: this.newId(), sourceRef: this.newId() } };
      case 'triageReport':
        return choice % 2 === 0 ? { ...versioned, track: 'OPERATOR_CHECK' } : versioned;
      case 'recordCheckResult':
        return { ...versioned, confirmed: choice % 3 > 0 };
      case 'addEvidence':
      case 'recordLoss':
      case 'recordTransactionHold':
        return { ...versioned, id: this.newId() };
      case 'addCaseSubject':
        return { ...versioned, ground: this.record.reports[0]?.id ?? '' };
      case 'requestInformation':
        return {
          ...versioned,
          operatorCode: choice % 2 === 0 ? KCELL : BEELINE,
          dueAt: msToInstant(this.nowMs + 4 * 3_600_000),
        };
      case 'issueTemporaryBlock':
        return { ...versioned, target: targets[choice % 2] ?? versioned.target, hours: 1 + (choice % 100) };
      case 'proposeDecision':
        return {
          ...versioned,
          outcome: (['CONFIRMED', 'CONFIRMED', 'REFUTED', 'INCONCLUSIVE'] as const)[choice % 4] ?? 'CONFIRMED',
        };
      case 'approveDecision':
        return { ...versioned, targets };
      default:
        return versioned;
    }
  }

  private stepOrder(action: (typeof ORDER_ACTIONS)[number], { who, choice, isStale }: Happening): boolean {
    const fitting = this.ordersFor(action);
    const among = fitting.length === 0 ? this.orders : fitting;
    const record = among[choice % Math.max(1, among.length)];
    if (record === undefined) return false;
    const expectedVersion = isStale ? 0 : record.order.version;
    const liftSequence = this.nextSequence(record.order.msisdn);
    const person = { person: `supervisor-${1 + (choice % 3)}`, organisation: 'afc', roles: ['SUPERVISOR'] } as const;
    const machine = { person: 'system', organisation: 'afc', roles: ['SYSTEM'] } as const;
    switch (action) {
      case 'settleBlock':
      case 'settleLift': {
        const document = action === 'settleBlock' ? 'BLOCK' : 'LIFT';
        const outcome = choice % 11 === 0 ? null : (BLOCK_OUTCOMES[(choice >> 3) % BLOCK_OUTCOMES.length] ?? null);
        return this.take(
          settleOrder(
            record,
            { document, outcome, effectiveAt: this.now, receipt: this.newId() },
            who ?? machine,
            this.now,
          ),
        );
      }
      case 'requestLift':
        return this.take(requestLift(record, { reason: 'A taxi driver.' }, who ?? person));
      case 'approveLift': {
        const step = approveLift(record, { expectedVersion, liftSequence }, who ?? person, this.now);
        if (step.ok) invariant(record.liftRequestedBy !== (who ?? person).person, 'a lift has two people');
        return this.take(step);
      }
      case 'cancel':
        return this.take(
          cancelBlockOrder(record, { expectedVersion, reason: 'A mistake.', liftSequence }, who ?? person, this.now),
        );
      case 'expire':
        return this.take(expireOrder(record, { at: this.now }, who ?? machine, this.now));
      case 'reissue': {
        const given = { id: this.newId(), sequence: liftSequence, servedBy: choice % 5 === 0 ? null : BEELINE };
        const step = reissueOrder(record, given, machine, this.now);
        if (!step.ok) return false;
        return this.take({ ok: true, value: step.value.old }) && this.take({ ok: true, value: step.value.reissued });
      }
    }
  }

  private stepAppeal(kind: (typeof APPEAL_ACTIONS)[number], { who, choice, isStale }: Happening): boolean {
    const officer = {
      person: `appeals-${1 + (choice % 3)}`,
      organisation: 'afc',
      roles: ['APPEALS', 'PORTAL'],
    } as const;
    const machine = { person: 'system', organisation: 'afc', roles: ['SYSTEM'] } as const;
    const fitting = this.appealsFor(kind);
    const among = fitting.length === 0 ? this.appeals : fitting;
    const held = kind === 'fileAppeal' ? null : (among[choice % Math.max(1, among.length)] ?? null);
    const place = held === null ? -1 : this.appeals.indexOf(held);
    const order = this.orders[choice % Math.max(1, this.orders.length)]?.order;
    if (order === undefined || (kind !== 'fileAppeal' && held === null)) return false;
    const known =
      held === null
        ? null
        : { ...held, order: this.orders.find((each) => each.order.id === held.order.id)?.order ?? order };
    const command: AppealCommand =
      kind === 'fileAppeal'
        ? {
            kind,
            id: this.newId(),
            order,
            grounds: 'OTHER',
            statement: 'Not me.',
            dueAt: msToInstant(this.nowMs + 86_400_000),
            others: this.appeals.map(({ appeal }) => appeal).filter(({ orderId }) => orderId === order.id),
            participants: decisionParticipants(this.record, ['appeals-1']),
          }
        : kind === 'decideAppeal'
          ? { kind, upheld: choice % 2 === 0, reason: 'So.' }
          : kind === 'approveAppealDecision'
            ? { kind, expectedVersion: isStale ? 0 : (known?.appeal.version ?? 0) }
            : { kind };
    const actor = who ?? (kind === 'lapseAppeal' ? machine : officer);
    const step = stepAppeal(known, command, actor, this.now);
    if (!step.ok) return false;
    const { next, orders, clocks, acts } = step.value;
    if (kind === 'approveAppealDecision') {
      invariant(next.appeal.decidedBy !== next.appeal.approvedBy, 'an appeal has two people');
      invariant(
        !next.participants.includes(next.appeal.approvedBy ?? ''),
        'nobody decides an appeal against their own decision',
      );
      invariant(
        !next.participants.includes(next.appeal.decidedBy ?? ''),
        'nobody decides an appeal against their own decision',
      );
    }
    if (kind === 'fileAppeal') this.appeals.push(next);
    else this.appeals[place] = next;
    this.acts += acts.length;
    this.runClocks(clocks);
    for (const intent of orders) this.carryOut(intent, actor);
    return true;
  }

  private carryOut(intent: OrderIntent, actor: Actor): void {
    if (intent.kind === 'END') {
      const record = this.orders.find(({ order }) => order.id === intent.orderId);
      invariant(record !== undefined, 'an order that ends is there');
      const sequence = this.nextSequence(record.order.msisdn);
      invariant(
        this.take(endOrder(record, { reason: intent.reason, liftSequence: sequence }, actor, this.now)),
        'a live order ends',
      );
      return;
    }
    const id = this.newId();
    const replaced = this.orders.find(({ order }) => order.id === intent.supersedes);
    if (replaced !== undefined)
      invariant(this.take(supersedeOrder(replaced, id, actor, this.now)), 'a live order gives way');
    this.take({
      ok: true,
      value: issueOrder(intent.block, { id, sequence: this.nextSequence(intent.block.msisdn) }, actor, this.now),
    });
  }

  private take(step: Result<BlockOrderStep, Refusal>): boolean {
    if (!step.ok) return false;
    const { next, acts, clocks } = step.value;
    const place = this.orders.findIndex(({ order }) => order.id === next.order.id);
    const before = this.orders[place]?.order;
    if (before === undefined) this.orders.push(next);
    else this.orders[place] = next;
    for (const sequence of [next.order.sequence, next.order.liftSequence]) {
      if (sequence === null || sequence === before?.sequence || sequence === before?.liftSequence) continue;
      this.sequences.set(next.order.msisdn, [...(this.sequences.get(next.order.msisdn) ?? []), sequence]);
    }
    if (before !== undefined && before.state !== next.order.state)
      invariant(acts.length > 0, 'no change without an act');
    this.acts += acts.length;
    this.record = { ...this.record, orders: this.orders.map(({ order }) => order) };
    this.runClocks(clocks);
    return true;
  }

  private runClocks(events: readonly ClockEvent[]): void {
    const step = { caseId: this.record.case.id, events, caseState: this.record.case.state, now: this.now };
    this.record = { ...this.record, clocks: runClocks(this.record.clocks, step, () => this.newId()) };
  }

  /** The number's counter, which is read by every step that may need it and is raised when one takes it. */
  private nextSequence(msisdn: Msisdn): number {
    return Math.max(0, ...(this.sequences.get(msisdn) ?? [])) + 1;
  }

  private newId(): string {
    this.ids += 1;
    return `id-${this.ids}`;
  }
}

/** Whether an order in this state binds an operator or soon will. */
export function isLive(state: string): boolean {
  return (LIVE_ORDER_STATES as readonly string[]).includes(state);
}
