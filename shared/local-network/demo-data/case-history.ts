// One fraud case as it went: reports, triage, evidence, decision, orders, appeals, each at its instant, with the clocks that they
// start and stop. It does what the bank's rules allow and nothing else, so that the facts of a case agree with each other; whether
// a command was allowed is the bank's to decide, and the scripts of the demo only write down histories that were.

import type { CaseFact } from '../../vocabulary/seed-fact';
import { type DemoCalendar, HOUR_MS, instantText, instantTextOrNull, MINUTE_MS } from './demo-calendar';
import { DEMO_OPERATORS, type OperatorIndex } from './demo-operator';
import { digestFor, uuidFor } from './draw';
import { type DutyRuleId, deadlineOf } from './duty-clock';
import type { CaseLine } from './story-number';

/** What all histories share. Sequences of block orders are counted per number over all cases. */
export interface CaseBook {
  readonly seed: number;
  readonly calendar: DemoCalendar;
  readonly sequences: Map<string, number>;
}

/** What a case is about. */
export interface CaseSubject {
  /** Place in the bank's numbering of cases, from 1; the id follows from it. */
  readonly ordinal: number;
  readonly fraudType: string;
  readonly severity: 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
  readonly suspect: CaseLine;
  readonly victim: CaseLine | null;
  readonly channel: 'CALL' | 'SMS' | 'MESSENGER' | 'PAYMENT';
}

/** The id of the case of that ordinal. */
export function caseId(seed: number, ordinal: number): string {
  return uuidFor(seed, CASE, ordinal);
}

/** The id of a case's order, the first being 1. */
export function blockOrderId(seed: number, ordinal: number, order: number): string {
  return uuidFor(seed, ORDER, ordinal, order);
}

export const ALL_MEASURES = [
  'VOICE_OUT',
  'VOICE_IN',
  'SMS_OUT',
  'SMS_IN',
  'DATA',
  'PORT_FREEZE',
  'SIM_SWAP_FREEZE',
] as const;

type Draft<Fact> = { -readonly [Member in keyof Fact]: Fact[Member] };
type Order = Draft<CaseFact['blockOrders'][number]>;
type Appeal = Draft<CaseFact['appeals'][number]>;
type Request = Draft<CaseFact['informationRequests'][number]>;

interface Clock {
  readonly rule: DutyRuleId;
  readonly party: string;
  readonly orderId: string | null;
  readonly startedAtMs: number;
  deadlineAtMs: number;
  stoppedAtMs: number | null;
  pausedAtMs: number | null;
  isCancelled: boolean;
}

/** A case in the making; `fact()` is what it has become. Every command happens at the instant that `at` has set. */
export class CaseHistory {
  readonly id: string;
  private readonly book: CaseBook;
  readonly about: CaseSubject;
  private nowMs = 0;
  private openedAtMs: number | null = null;
  private state = 'REPORTED';
  private outcome = 'UNSET';
  private track: string | null = null;
  private assignee: string | null = null;
  private version = 0;
  private isTriaged = false;
  private originalId: string | null = null;
  private decision: Draft<NonNullable<CaseFact['decision']>> | null = null;
  private readonly subjects: Draft<CaseFact['subjects'][number]>[] = [];
  private reports: CaseFact['reports'][number][] = [];
  private readonly evidence: CaseFact['evidence'][number][] = [];
  private readonly requests: Request[] = [];
  private readonly orders: Order[] = [];
  private readonly appeals: Appeal[] = [];
  private readonly losses: CaseFact['losses'][number][] = [];
  private readonly clocks: Clock[] = [];
  /** Who serves the subjects' numbers. */
  private readonly operators = new Map<string, OperatorIndex>();

  constructor(book: CaseBook, about: CaseSubject) {
    this.book = book;
    this.about = about;
    this.id = caseId(book.seed, about.ordinal);
  }

  /** Goes to an hour of the Almaty day `days` before today. */
  at(days: number, hour: number): this {
    this.nowMs = this.book.calendar.daysAgo(days) + Math.round(hour * HOUR_MS);
    return this;
  }

  /** Goes on by some minutes. */
  after(minutes: number): this {
    this.nowMs += Math.round(minutes * MINUTE_MS);
    return this;
  }

  /** `sender` noticed the number `delayMinutes` ago and tells the bank now. */
  report(source: string, sender: string, delayMinutes: number, text: string): this {
    const { about, nowMs } = this;
    const detectedAtMs = nowMs - delayMinutes * MINUTE_MS;
    this.openedAtMs ??= nowMs;
    this.reports.push({
      id: this.idOf(REPORT, this.reports.length),
      source,
      sourceRef: `${sender.toUpperCase()}-${String(about.ordinal).padStart(4, '0')}-${this.reports.length + 1}`,
      reporter: sender,
      suspect: about.suspect.msisdn,
      victim: about.victim?.msisdn ?? null,
      channel: about.channel,
      fraudType: about.fraudType,
      occurredAt: instantText(detectedAtMs - 40 * MINUTE_MS),
      detectedAt: instantText(detectedAtMs),
      receivedAt: instantText(nowMs),
      text,
    });
    if (source === 'OPERATOR_DETECTION') this.met('OP-01', sender.replace('operator-', ''), detectedAtMs);
    if (source === 'BANK_SIGNAL') this.met('BANK-01', sender, detectedAtMs);
    if (this.reports.length === 1) this.start('AFC-01', 'afc');
    return this.done();
  }

  /** The analyst takes the case in; the numbers of the report become its subjects. */
  triage(track: 'AFC_INVESTIGATION' | 'OPERATOR_CHECK'): this {
    const { suspect, victim } = this.about;
    this.stop('AFC-01');
    this.isTriaged = true;
    this.track = track;
    this.state = track === 'OPERATOR_CHECK' ? 'OPERATOR_CHECK' : 'TRIAGED';
    if (track === 'OPERATOR_CHECK') this.start('OP-02', DEMO_OPERATORS[suspect.operator].code);
    else this.start('AFC-02', 'afc');
    this.subject(suspect, 'SUSPECT', 'analyst-1');
    if (victim !== null) this.subject(victim, 'VICTIM', 'analyst-1');
    return this.done();
  }

  dismiss(): this {
    this.stop('AFC-01');
    this.state = 'DISMISSED';
    return this.done();
  }

  /** The case repeats another one; its reports belong there now. */
  duplicateOf(original: CaseHistory | undefined): this {
    if (original === undefined) return this;
    this.state = 'DUPLICATE';
    this.originalId = original.id;
    original.reports.push(...this.reports);
    this.reports = [];
    this.cancelClocks();
    return this.done();
  }

  /** The operator found what it found; its finding is the proposal. */
  checkResult(confirmed: boolean, findings: string): this {
    const operator = DEMO_OPERATORS[this.about.suspect.operator].code;
    this.stop('OP-02');
    this.met('OP-04', operator, this.nowMs);
    this.start('AFC-02', 'afc');
    this.addEvidence('OPERATOR_ANSWER', `operator-${operator}`, 'Результат проверки оператора');
    return this.propose(confirmed ? 'CONFIRMED' : 'REFUTED', `operator-${operator}`, findings);
  }

  assign(person: string): this {
    this.assignee = person;
    if (this.state === 'TRIAGED') this.state = 'UNDER_INVESTIGATION';
    return this.done();
  }

  addSubject(line: CaseLine, role: 'SUSPECT' | 'VICTIM' | 'WITNESS', by: string): this {
    this.subject(line, role, by);
    return this.done();
  }

  addEvidence(evidenceKind: string, by: string, note: string): this {
    this.evidence.push({
      id: this.idOf(EVIDENCE, this.evidence.length),
      evidenceKind,
      sha256: digestFor(this.book.seed, EVIDENCE, this.about.ordinal, this.evidence.length),
      capturedAt: instantText(this.nowMs),
      capturedBy: by,
      note,
    });
    return this.done();
  }

  ask(operator: OperatorIndex, questions: readonly string[]): this {
    const operatorCode = DEMO_OPERATORS[operator].code;
    const clock = this.start('OP-07', operatorCode);
    this.requests.push({
      id: this.idOf(REQUEST, this.requests.length),
      operatorCode,
      questions,
      answer: null,
      issuedAt: instantText(this.nowMs),
      dueAt: instantText(clock.deadlineAtMs),
      answeredAt: null,
      state: 'SENT',
    });
    this.state = 'AWAITING_INFORMATION';
    this.eachRunning('AFC-02', (running) => {
      running.pausedAtMs ??= this.nowMs;
    });
    return this.done();
  }

  answer(operator: OperatorIndex, answer: string): this {
    const operatorCode = DEMO_OPERATORS[operator].code;
    const request = this.requests.find((sent) => sent.operatorCode === operatorCode && sent.state === 'SENT');
    if (request !== undefined) {
      Object.assign(request, { answer, answeredAt: instantText(this.nowMs), state: 'ANSWERED' });
      this.stop('OP-07', null, operatorCode);
    }
    return this.resumeWhenAnswered();
  }

  /** The time of every open question runs out, if it has by now. */
  overdue(): this {
    const sent = this.requests.filter((request) => request.state === 'SENT');
    const endMs = Math.max(this.nowMs, ...sent.map((request) => Date.parse(request.dueAt)));
    if (endMs > this.book.calendar.asOfMs) return this;
    this.nowMs = endMs;
    for (const request of sent) request.state = 'OVERDUE';
    return this.resumeWhenAnswered();
  }

  propose(outcome: string, by: string, findings: string): this {
    this.state = 'PENDING_APPROVAL';
    this.decision = {
      proposedOutcome: outcome,
      reasonCode:
        outcome === 'CONFIRMED'
          ? this.about.fraudType
          : outcome === 'REFUTED'
            ? 'NO_FRAUD_FOUND'
            : 'NOT_ENOUGH_EVIDENCE',
      findings,
      proposedBy: by,
      proposedAt: instantText(this.nowMs),
      approvedBy: null,
      approvedAt: null,
    };
    return this.done();
  }

  reject(): this {
    this.state = 'UNDER_INVESTIGATION';
    this.decision = null;
    return this.done();
  }

  /** The second person approves. CONFIRMED orders a block of every suspect number; otherwise temporary blocks are lifted. */
  approve(by: string): this {
    if (this.decision === null) return this;
    this.decision.approvedBy = by;
    this.decision.approvedAt = instantText(this.nowMs);
    this.outcome = this.decision.proposedOutcome;
    this.state = 'DECIDED';
    this.stop('AFC-02');
    if (this.outcome === 'CONFIRMED') {
      this.met('AFC-03', 'afc', this.nowMs);
      for (const { msisdn, role } of [...this.subjects]) if (role === 'SUSPECT') this.order(msisdn, 'CONFIRMED', null);
    } else {
      for (const order of this.orders) if (order.state === 'ENFORCED') this.lift(order);
    }
    return this.done();
  }

  /** A block before the decision; one person is enough and it lapses by itself. */
  temporaryBlock(hours: number): this {
    this.order(this.about.suspect.msisdn, 'TEMPORARY', this.nowMs + hours * HOUR_MS);
    return this.done();
  }

  /** The newest order of a number reaches its operator, which executes it `minutes` after. */
  enforce(minutes: number, line: CaseLine = this.about.suspect): this {
    const order = this.newestOrder(line.msisdn);
    this.receive(order);
    this.nowMs += minutes * MINUTE_MS;
    order.enforcedAt = instantText(this.nowMs);
    order.state = 'ENFORCED';
    this.stop('OP-06', order.id);
    if (order.orderKind === 'TEMPORARY') this.start('AFC-04', 'afc', order.id);
    for (const earlier of this.orders) {
      if (earlier.state === 'SUPERSEDED') this.stop('AFC-04', earlier.id);
    }
    return this.done();
  }

  /** The operator has the newest order of the number but could execute nothing, or only a part. */
  fallShort(state: 'FAILED' | 'PARTIALLY_ENFORCED'): this {
    const order = this.newestOrder(this.about.suspect.msisdn);
    this.receive(order);
    order.state = state;
    if (state === 'PARTIALLY_ENFORCED') order.enforcedAt = instantText(this.nowMs + 5 * MINUTE_MS);
    return this.done();
  }

  /** The operator does not serve the number any more: the order goes to the one that does. */
  reissue(operator: OperatorIndex): this {
    const order = this.newestOrder(this.about.suspect.msisdn);
    this.receive(order);
    this.stop('OP-06', order.id);
    this.order(order.msisdn, 'CONFIRMED', null, operator);
    return this.done();
  }

  /** The temporary block lapsed. */
  expire(): this {
    const order = this.newestOrder(this.about.suspect.msisdn);
    order.state = 'EXPIRED';
    order.liftedAt = order.validUntil;
    this.nowMs = Date.parse(order.validUntil ?? instantText(this.nowMs));
    this.stop('AFC-04', order.id);
    return this.done();
  }

  requestLift(): this {
    this.newestOrder(this.about.suspect.msisdn).state = 'LIFT_PENDING_APPROVAL';
    return this.done();
  }

  fileAppeal(grounds: string, statement: string): this {
    const order = this.newestOrder(this.about.suspect.msisdn);
    const clock = this.start('AFC-05', 'afc', order.id);
    this.appeals.push({
      id: this.idOf(APPEAL, this.appeals.length),
      orderId: order.id,
      state: 'FILED',
      version: 1,
      grounds,
      statement,
      filedAt: instantText(this.nowMs),
      dueAt: instantText(clock.deadlineAtMs),
      decidedBy: null,
      approvedBy: null,
      decision: null,
    });
    return this.done();
  }

  reviewAppeal(): this {
    for (const appeal of this.appeals) Object.assign(appeal, { state: 'UNDER_REVIEW', version: appeal.version + 1 });
    return this.done();
  }

  /** Two people who had no part in the decision decide the appeal; an upheld one lifts the block. */
  decideAppeal(upheld: boolean, decision: string): this {
    for (const appeal of this.appeals) {
      const state = upheld ? 'UPHELD' : 'REJECTED';
      const version = appeal.version + 2;
      Object.assign(appeal, { state, version, decision, decidedBy: 'appeals-1', approvedBy: 'supervisor-2' });
      this.stop('AFC-05', appeal.orderId);
    }
    if (upheld) this.lift(this.newestOrder(this.about.suspect.msisdn));
    return this.done();
  }

  /** A loss that happened `minutes` before now. */
  loss(bank: string, amount: string, minutes: number): this {
    this.losses.push({
      id: this.idOf(LOSS, this.losses.length),
      bank,
      amount,
      occurredAt: instantText(this.nowMs - minutes * MINUTE_MS),
      transactionRef: `TRX-${digestFor(this.book.seed, LOSS, this.about.ordinal, this.losses.length).slice(0, 12).toUpperCase()}`,
    });
    return this.done();
  }

  close(): this {
    this.state = 'CLOSED';
    return this.done();
  }

  /** The case as it stands. */
  fact(): CaseFact {
    const { about } = this;
    const isOver = ['DECIDED', 'CLOSED', 'DISMISSED', 'DUPLICATE'].includes(this.state);
    const dueAtMs = this.clocks
      .filter((clock) => ['AFC-01', 'AFC-02', 'OP-02'].includes(clock.rule) && clock.stoppedAtMs === null)
      .reduce((latest, clock) => Math.max(latest, clock.deadlineAtMs), 0);
    return {
      kind: 'case',
      id: this.id,
      number: `AFC-2026-${String(about.ordinal).padStart(6, '0')}`,
      state: this.state,
      outcome: this.outcome,
      track: this.track,
      fraudType: this.isTriaged ? about.fraudType : null,
      severity: this.isTriaged ? about.severity : 'MEDIUM',
      version: this.version,
      openedAt: instantText(this.openedAtMs ?? this.nowMs),
      dueAt: isOver || dueAtMs === 0 ? null : instantText(dueAtMs),
      assignee: this.assignee,
      duplicateOf: this.originalId,
      subjects: this.subjects,
      reports: this.reports,
      evidence: this.evidence,
      informationRequests: this.requests,
      decision: this.decision,
      blockOrders: this.orders,
      appeals: this.appeals,
      losses: this.losses,
      clocks: this.clocks.map((clock, place) => ({
        id: this.idOf(CLOCK, place),
        ruleId: clock.rule,
        ruleVersion: 1,
        party: clock.party,
        orderId: clock.orderId,
        startedAt: instantText(clock.startedAtMs),
        deadlineAt: instantText(clock.deadlineAtMs),
        stoppedAt: instantTextOrNull(clock.stoppedAtMs),
        state: this.clockState(clock),
      })),
    };
  }

  private done(): this {
    this.version += 1;
    return this;
  }

  private idOf(purpose: number, place: number): string {
    return uuidFor(this.book.seed, purpose, this.about.ordinal, place);
  }

  private subject(line: CaseLine, role: string, addedBy: string): void {
    const source = this.reports[0]?.sourceRef ?? '';
    this.subjects.push({
      msisdn: line.msisdn,
      role,
      addedBy,
      addedAt: instantText(this.nowMs),
      ground: `Сообщение ${source}`,
    });
    this.operators.set(line.msisdn, line.operator);
  }

  private resumeWhenAnswered(): this {
    if (!this.requests.some((request) => request.state === 'SENT')) {
      this.state = 'UNDER_INVESTIGATION';
      this.eachRunning('AFC-02', (running) => {
        if (running.pausedAtMs !== null) running.deadlineAtMs += this.nowMs - running.pausedAtMs;
        running.pausedAtMs = null;
      });
    }
    return this.done();
  }

  private order(msisdn: string, orderKind: string, validUntilMs: number | null, servedBy?: OperatorIndex): void {
    const operator = servedBy ?? this.operators.get(msisdn) ?? this.about.suspect.operator;
    const id = blockOrderId(this.book.seed, this.about.ordinal, this.orders.length + 1);
    for (const earlier of this.orders) {
      if (earlier.msisdn !== msisdn || earlier.state === 'LIFTED' || earlier.state === 'EXPIRED') continue;
      Object.assign(earlier, { state: 'SUPERSEDED', supersededBy: id, version: earlier.version + 1 });
    }
    this.orders.push({
      id,
      sequence: this.nextSequence(msisdn),
      msisdn,
      operatorCode: DEMO_OPERATORS[operator].code,
      orderKind,
      state: 'ISSUED',
      version: 1,
      measures: ALL_MEASURES,
      reason: this.about.fraudType,
      issuedAt: instantText(this.nowMs),
      deliveredAt: null,
      acknowledgedAt: null,
      enforcedAt: null,
      liftedAt: null,
      validUntil: instantTextOrNull(validUntilMs),
      liftSequence: null,
      supersededBy: null,
    });
  }

  private receive(order: Order): void {
    order.deliveredAt = instantText(this.nowMs);
    this.start('OP-05', order.operatorCode, order.id);
    this.start('OP-06', order.operatorCode, order.id);
    order.acknowledgedAt = instantText(this.nowMs);
    this.stop('OP-05', order.id);
    order.version += 3;
  }

  private lift(order: Order): void {
    order.liftSequence = this.nextSequence(order.msisdn);
    this.stop('AFC-04', order.id);
    this.start('OP-13', order.operatorCode, order.id);
    this.nowMs += 7 * MINUTE_MS;
    this.stop('OP-13', order.id);
    Object.assign(order, { state: 'LIFTED', liftedAt: instantText(this.nowMs), version: order.version + 2 });
  }

  private newestOrder(msisdn: string): Order {
    const order = this.orders.findLast((issued) => issued.msisdn === msisdn);
    if (order === undefined) throw new Error('A script of the demo enforces a block that nobody ordered.');
    return order;
  }

  private nextSequence(msisdn: string): number {
    const sequence = (this.book.sequences.get(msisdn) ?? 0) + 1;
    this.book.sequences.set(msisdn, sequence);
    return sequence;
  }

  private start(rule: DutyRuleId, party: string, orderId: string | null = null, startedAtMs = this.nowMs): Clock {
    const clock: Clock = {
      rule,
      party,
      orderId,
      startedAtMs,
      deadlineAtMs: deadlineOf(rule, startedAtMs),
      stoppedAtMs: null,
      pausedAtMs: null,
      isCancelled: false,
    };
    this.clocks.push(clock);
    return clock;
  }

  private met(rule: DutyRuleId, party: string, startedAtMs: number): void {
    this.start(rule, party, null, startedAtMs).stoppedAtMs = this.nowMs;
  }

  private stop(rule: DutyRuleId, orderId: string | null = null, party: string | null = null): void {
    this.eachRunning(rule, (clock) => {
      if (clock.orderId === orderId && (party === null || clock.party === party)) clock.stoppedAtMs = this.nowMs;
    });
  }

  private eachRunning(rule: DutyRuleId, change: (clock: Clock) => void): void {
    for (const clock of this.clocks) if (clock.rule === rule && clock.stoppedAtMs === null) change(clock);
  }

  private cancelClocks(): void {
    for (const clock of this.clocks) if (clock.stoppedAtMs === null) clock.isCancelled = true;
  }

  private clockState(clock: Clock): string {
    if (clock.isCancelled) return 'CANCELLED';
    if (clock.stoppedAtMs !== null) return clock.stoppedAtMs <= clock.deadlineAtMs ? 'MET' : 'BREACHED';
    if (clock.pausedAtMs !== null) return 'PAUSED';
    return clock.deadlineAtMs < this.book.calendar.asOfMs ? 'BREACHED' : 'RUNNING';
  }
}

const CASE = 70;
const ORDER = 71;
const REPORT = 72;
const EVIDENCE = 73;
const REQUEST = 74;
const APPEAL = 75;
const LOSS = 76;
const CLOCK = 77;
