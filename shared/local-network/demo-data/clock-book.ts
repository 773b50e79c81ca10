// The duty clocks of one case: started, stopped, paused and cancelled by what happens, and the state in which each stands in the
// end. Which event starts which clock is decided by the history of the case.

import type { CaseFact } from '../../vocabulary/seed-fact';
import { instantText, instantTextOrNull } from './demo-calendar';
import { type DutyRuleId, deadlineOf } from './duty-clock';

/** A clock's fact, without the id that its case gives it. */
export type ClockFact = Omit<CaseFact['clocks'][number], 'id'>;

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

/** Clocks in the order of their start. */
export class ClockBook {
  private readonly clocks: Clock[] = [];

  /** Starts a clock and tells its deadline. */
  start(rule: DutyRuleId, party: string, startedAtMs: number, orderId: string | null = null): number {
    const deadlineAtMs = deadlineOf(rule, startedAtMs);
    this.clocks.push({
      rule,
      party,
      orderId,
      startedAtMs,
      deadlineAtMs,
      stoppedAtMs: null,
      pausedAtMs: null,
      isCancelled: false,
    });
    return deadlineAtMs;
  }

  /** A duty that was done at the instant at which the bank learned of it. */
  startAndStop(rule: DutyRuleId, party: string, startedAtMs: number, stoppedAtMs: number): void {
    this.start(rule, party, startedAtMs);
    const clock = this.clocks.at(-1);
    if (clock !== undefined) clock.stoppedAtMs = stoppedAtMs;
  }

  /** Stops the rule's running clocks of an order, and of a party if one is given. */
  stop(rule: DutyRuleId, nowMs: number, orderId: string | null = null, party: string | null = null): void {
    for (const clock of this.running(rule)) {
      if (clock.orderId === orderId && (party === null || clock.party === party)) clock.stoppedAtMs = nowMs;
    }
  }

  /** Time does not count for the rule from here on; paused twice is paused once. */
  pause(rule: DutyRuleId, nowMs: number): void {
    for (const clock of this.running(rule)) clock.pausedAtMs ??= nowMs;
  }

  /** Time counts again; the deadline moves by as long as the pause was. */
  resume(rule: DutyRuleId, nowMs: number): void {
    for (const clock of this.running(rule)) {
      if (clock.pausedAtMs !== null) clock.deadlineAtMs += nowMs - clock.pausedAtMs;
      clock.pausedAtMs = null;
    }
  }

  cancelRunning(): void {
    for (const clock of this.clocks) if (clock.stoppedAtMs === null) clock.isCancelled = true;
  }

  /** The latest deadline among the running clocks of some rules; null when none runs. */
  latestDeadline(rules: readonly DutyRuleId[]): number | null {
    const deadlines = rules.flatMap((rule) => this.running(rule).map((clock) => clock.deadlineAtMs));
    return deadlines.length === 0 ? null : Math.max(...deadlines);
  }

  /** The clocks as they stand at an instant. */
  facts(asOfMs: number): ClockFact[] {
    return this.clocks.map((clock) => ({
      ruleId: clock.rule,
      ruleVersion: 1,
      party: clock.party,
      orderId: clock.orderId,
      startedAt: instantText(clock.startedAtMs),
      deadlineAt: instantText(clock.deadlineAtMs),
      stoppedAt: instantTextOrNull(clock.stoppedAtMs),
      state: stateOf(clock, asOfMs),
    }));
  }

  private running(rule: DutyRuleId): Clock[] {
    return this.clocks.filter((clock) => clock.rule === rule && clock.stoppedAtMs === null);
  }
}

function stateOf(clock: Clock, asOfMs: number): string {
  if (clock.isCancelled) return 'CANCELLED';
  if (clock.stoppedAtMs !== null) return clock.stoppedAtMs <= clock.deadlineAtMs ? 'MET' : 'BREACHED';
  if (clock.pausedAtMs !== null) return 'PAUSED';
  return clock.deadlineAtMs < asOfMs ? 'BREACHED' : 'RUNNING';
}
