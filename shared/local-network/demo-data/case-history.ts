// One fraud case as it went: reports, triage, evidence, decision, orders, appeals, each at its instant, with the clocks that they
// start and stop. It does what the bank's rules allow and nothing else, so that the facts of a case agree with each other; whether
// a command was allowed is the bank's to decide, and the scripts of the demo only write down histories that were.

import type { CaseFact, CaseHistoryStep } from '../../vocabulary/seed-fact';
import { type CaseSubject, caseId } from './case-subject';
import { ClockBook } from './clock-book';
import { type DemoCalendar, HOUR_MS, instantText, instantTextOrNull, MINUTE_MS } from './demo-calendar';
import { DEMO_OPERATORS, type OperatorIndex } from './demo-operator';
import { digestFor, uuidFor } from './draw';
import { InquiryBook } from './inquiry-book';
import { type Order, OrderBook } from './order-book';
import type { CaseLine } from './story-number';

/** What all histories share. Sequences of block orders are counted per number over all cases. */
export interface CaseBook {
  readonly seed: number;
  readonly calendar: DemoCalendar;
  readonly sequences: Map<string, number>;
}

type Draft<Fact> = { -readonly [Member in keyof Fact]: Fact[Member] };
type Appeal = Draft<CaseFact['appeals'][number]>;

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
  private readonly appeals: Appeal[] = [];
  private readonly losses: CaseFact['losses'][number][] = [];
  private readonly steps: CaseHistoryStep[] = [];
  private readonly clocks = new ClockBook();
  private readonly inquiries = new InquiryBook(this.clocks);
  private readonly orders: OrderBook;
  /** Who serves the subjects' numbers. */
  private readonly operators = new Map<string, OperatorIndex>();

  constructor(book: CaseBook, about: CaseSubject) {
    this.book = book;
    this.about = about;
    this.id = caseId(book.seed, about.ordinal);
    this.orders = new OrderBook(book.seed, about.ordinal, book.sequences, this.clocks);
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
    if (source === 'OPERATOR_DETECTION')
      this.clocks.startAndStop('OP-01', sender.replace('operator-', ''), detectedAtMs, this.nowMs);
    if (source === 'BANK_SIGNAL') this.clocks.startAndStop('BANK-01', sender, detectedAtMs, this.nowMs);
    if (this.reports.length === 1) this.clocks.start('AFC-01', 'afc', this.nowMs);
    return this.done();
  }

  /** The analyst takes the case in; the numbers of the report become its subjects. */
  triage(track: 'AFC_INVESTIGATION' | 'OPERATOR_CHECK'): this {
    const { suspect, victim } = this.about;
    this.clocks.stop('AFC-01', this.nowMs);
    this.isTriaged = true;
    this.track = track;
    this.state = track === 'OPERATOR_CHECK' ? 'OPERATOR_CHECK' : 'TRIAGED';
    if (track === 'OPERATOR_CHECK') this.clocks.start('OP-02', DEMO_OPERATORS[suspect.operator].code, this.nowMs);
    else this.clocks.start('AFC-02', 'afc', this.nowMs);
    this.step('TRIAGED', 'analyst-1');
    this.subject(suspect, 'SUSPECT', 'analyst-1');
    if (victim !== null) this.subject(victim, 'VICTIM', 'analyst-1');
    return this.done();
  }

  dismiss(): this {
    this.clocks.stop('AFC-01', this.nowMs);
    this.state = 'DISMISSED';
    this.step('DISMISSED', 'analyst-1');
    return this.done();
  }

  /** The case repeats another one; its reports belong there now. */
  duplicateOf(original: CaseHistory | undefined): this {
    if (original === undefined) return this;
    this.state = 'DUPLICATE';
    this.originalId = original.id;
    const moved = this.reports.map((report) => report.id);
    this.step('MERGED', 'analyst-1', { about: moved });
    original.reports.push(...this.reports);
    this.reports = [];
    this.clocks.cancelRunning();
    return this.done();
  }

  /** The operator found what it found; its finding is the proposal. */
  checkResult(confirmed: boolean, findings: string): this {
    const operator = DEMO_OPERATORS[this.about.suspect.operator].code;
    this.clocks.stop('OP-02', this.nowMs);
    this.clocks.startAndStop('OP-04', operator, this.nowMs, this.nowMs);
    this.clocks.start('AFC-02', 'afc', this.nowMs);
    this.addEvidence('OPERATOR_ANSWER', `operator-${operator}`, 'Результат проверки оператора');
    return this.propose(confirmed ? 'CONFIRMED' : 'REFUTED', `operator-${operator}`, findings);
  }

  assign(person: string): this {
    this.assignee = person;
    if (this.state === 'TRIAGED') this.state = 'UNDER_INVESTIGATION';
    this.step('ASSIGNED', person);
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
    const id = this.idOf(REQUEST, this.inquiries.inquiries.length);
    this.inquiries.send(id, DEMO_OPERATORS[operator].code, questions, this.nowMs);
    this.state = 'AWAITING_INFORMATION';
    return this.done();
  }

  answer(operator: OperatorIndex, answer: string): this {
    this.inquiries.answer(DEMO_OPERATORS[operator].code, answer, this.nowMs);
    if (this.inquiries.open().length === 0) this.state = 'UNDER_INVESTIGATION';
    return this.done();
  }

  /** The time of every open question runs out, if it has by now. */
  overdue(): this {
    const endMs = this.inquiries.expire(this.book.calendar.asOfMs);
    if (endMs === null) return this;
    this.nowMs = endMs;
    this.state = 'UNDER_INVESTIGATION';
    return this.done();
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
    if (this.decision !== null) {
      const { proposedOutcome: outcome, reasonCode, findings, proposedBy, proposedAt } = this.decision;
      this.steps.push({ step: 'PROPOSED', at: proposedAt, by: proposedBy, words: { outcome, reasonCode, findings } });
    }
    this.step('REJECTED', 'supervisor-1');
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
    this.clocks.stop('AFC-02', this.nowMs);
    if (this.outcome === 'CONFIRMED') {
      this.clocks.startAndStop('AFC-03', 'afc', this.nowMs, this.nowMs);
      for (const { msisdn, role } of [...this.subjects]) if (role === 'SUSPECT') this.order(msisdn, 'CONFIRMED', null);
    } else {
      for (const order of this.orders.orders) if (order.state === 'ENFORCED') this.lift(order, by);
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
    const order = this.orders.newest(line.msisdn);
    this.orders.receive(order, this.nowMs);
    this.nowMs += minutes * MINUTE_MS;
    this.orders.enforce(order, this.nowMs);
    return this.done();
  }

  /** The operator has the newest order of the number but could execute nothing, or only a part. */
  fallShort(state: 'FAILED' | 'PARTIALLY_ENFORCED'): this {
    const order = this.orders.newest(this.about.suspect.msisdn);
    this.orders.receive(order, this.nowMs);
    order.state = state;
    if (state === 'PARTIALLY_ENFORCED') order.enforcedAt = instantText(this.nowMs + 5 * MINUTE_MS);
    return this.done();
  }

  /** The operator does not serve the number any more: the order goes to the one that does. */
  reissue(operator: OperatorIndex): this {
    const order = this.orders.newest(this.about.suspect.msisdn);
    this.orders.receive(order, this.nowMs);
    this.clocks.stop('OP-06', this.nowMs, order.id);
    this.order(order.msisdn, 'CONFIRMED', null, operator);
    return this.done();
  }

  /** The temporary block lapsed. */
  expire(): this {
    const order = this.orders.newest(this.about.suspect.msisdn);
    order.state = 'EXPIRED';
    order.liftedAt = order.validUntil;
    this.nowMs = Date.parse(order.validUntil ?? instantText(this.nowMs));
    this.clocks.stop('AFC-04', this.nowMs, order.id);
    return this.done();
  }

  requestLift(): this {
    const order = this.orders.newest(this.about.suspect.msisdn);
    order.state = 'LIFT_PENDING_APPROVAL';
    this.step('LIFT_PROPOSED', this.assignee ?? 'analyst-1', { about: [order.id] });
    return this.done();
  }

  fileAppeal(grounds: string, statement: string): this {
    const order = this.orders.newest(this.about.suspect.msisdn);
    const dueAtMs = this.clocks.start('AFC-05', 'afc', this.nowMs, order.id);
    this.appeals.push({
      id: this.idOf(APPEAL, this.appeals.length),
      orderId: order.id,
      state: 'FILED',
      version: 1,
      grounds,
      statement,
      filedAt: instantText(this.nowMs),
      dueAt: instantText(dueAtMs),
      decidedBy: null,
      approvedBy: null,
      decision: null,
    });
    return this.done();
  }

  reviewAppeal(): this {
    for (const appeal of this.appeals) {
      Object.assign(appeal, { state: 'UNDER_REVIEW', version: appeal.version + 1 });
      this.step('APPEAL_REVIEW_STARTED', 'appeals-1', { about: [appeal.id] });
    }
    return this.done();
  }

  /** Two people who had no part in the decision decide the appeal; an upheld one lifts the block. */
  decideAppeal(upheld: boolean, decision: string): this {
    for (const appeal of this.appeals) {
      const state = upheld ? 'UPHELD' : 'REJECTED';
      const version = appeal.version + 2;
      Object.assign(appeal, { state, version, decision, decidedBy: 'appeals-1', approvedBy: 'supervisor-2' });
      this.clocks.stop('AFC-05', this.nowMs, appeal.orderId);
      this.step('APPEAL_PROPOSED', 'appeals-1', { about: [appeal.id] });
      this.step('APPEAL_DECIDED', 'supervisor-2', { about: [appeal.id] });
    }
    if (upheld) this.lift(this.orders.newest(this.about.suspect.msisdn), 'supervisor-2');
    return this.done();
  }

  /** A loss that happened `minutes` before now. */
  loss(bank: string, amount: string, minutes: number): this {
    const id = this.idOf(LOSS, this.losses.length);
    this.step('LOSS_RECORDED', bank, { about: [id] });
    this.losses.push({
      id,
      bank,
      amount,
      occurredAt: instantText(this.nowMs - minutes * MINUTE_MS),
      transactionRef: `TRX-${digestFor(this.book.seed, LOSS, this.about.ordinal, this.losses.length).slice(0, 12).toUpperCase()}`,
    });
    return this.done();
  }

  close(): this {
    this.state = 'CLOSED';
    this.step('CLOSED', this.assignee ?? 'supervisor-1');
    return this.done();
  }

  /** The case as it stands. */
  fact(): CaseFact {
    const { about } = this;
    const isOver = ['DECIDED', 'CLOSED', 'DISMISSED', 'DUPLICATE'].includes(this.state);
    const dueAtMs = isOver ? null : this.clocks.latestDeadline(['AFC-01', 'AFC-02', 'OP-02']);
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
      dueAt: instantTextOrNull(dueAtMs),
      assignee: this.assignee,
      duplicateOf: this.originalId,
      subjects: this.subjects,
      reports: this.reports,
      evidence: this.evidence,
      informationRequests: this.inquiries.inquiries,
      decision: this.decision,
      blockOrders: this.orders.orders,
      appeals: this.appeals,
      losses: this.losses,
      clocks: this.clocks
        .facts(this.book.calendar.asOfMs)
        .map((clock, place) => ({ id: this.idOf(CLOCK, place), ...clock })),
      history: this.steps,
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

  private order(
    msisdn: string,
    orderKind: 'TEMPORARY' | 'CONFIRMED',
    validUntilMs: number | null,
    servedBy?: OperatorIndex,
  ): void {
    const { suspect, fraudType } = this.about;
    const operator = servedBy ?? this.operators.get(msisdn) ?? suspect.operator;
    this.orders.issue({ msisdn, operator, orderKind, reason: fraudType, issuedAtMs: this.nowMs, validUntilMs });
  }

  /** What no other fact tells; `by` did it now. */
  private step(step: CaseHistoryStep['step'], by: string, more: Pick<CaseHistoryStep, 'about'> = {}): void {
    this.steps.push({ step, at: instantText(this.nowMs), by, ...more });
  }

  private lift(order: Order, by: string): void {
    this.step('LIFT_ORDERED', by, { about: [order.id] });
    this.nowMs = this.orders.lift(order, this.nowMs);
  }
}

const REPORT = 72;
const EVIDENCE = 73;
const REQUEST = 74;
const APPEAL = 75;
const LOSS = 76;
const CLOCK = 77;
