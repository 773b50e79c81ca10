// Kills one part of a running network after the other by SIGKILL, while people decide cases and lift blocks, and then looks at what is left. Who
// dies, when and for how long is decided by the seed alone; moments are counted from the decisions that have been made, so that faults are
// spread over all of them.

import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../shared/audit-log/random';
import { type MortalNetwork, POSTGRES, startMortalNetwork } from '../../support/mortal-network';
import { PatientClient } from '../../support/patient-client';
import { type AcknowledgedStep, COURSES, type DecidedCase, type Decision, decide } from './decision-course';
import { freeNumbersOfAll } from './free-numbers';
import { unsettled, wrongWith } from './judgement';
import { wrongWithBundle, wrongWithLog } from './log-judgement';

/** A campaign as it was asked for. */
export interface KillCampaignOptions {
  readonly kills: number;
  readonly decisions: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
  /** Leaves the network's folder where it is when something is wrong. */
  readonly keeps?: boolean;
}

/** What a campaign came to. */
export interface KillCampaignOutcome {
  readonly kills: number;
  readonly decisions: number;
  readonly acknowledged: number;
  /** Kills by who was killed. */
  readonly victims: Readonly<Record<string, number>>;
  /** What clients got instead of answers. */
  readonly unanswered: Readonly<Record<string, number>>;
  /** From the last fault until nothing waited any more. */
  readonly settledMs: number | null;
  readonly failures: readonly string[];
}

/** One fault: who, how long after its turn came, and how long it stays away. */
export interface Kill {
  readonly victim: string;
  readonly afterMs: number;
  readonly awayMs: number;
  /** Whether the next fault may come before this one's victim is ready again. */
  readonly isHasty: boolean;
}

/** Runs a campaign over a network of its own. */
export async function runKillCampaign(options: KillCampaignOptions): Promise<KillCampaignOutcome> {
  const { decisions, tell } = options;
  const scale = Math.ceil(decisions / 3) * 2 + 40;
  tell(`starting a network of ${scale} lines per operator …`);
  const network = await startMortalNetwork({ scale });
  let isWrong = true;
  try {
    const outcome = await new KillCampaign(network, options).run();
    isWrong = outcome.failures.length > 0;
    return outcome;
  } finally {
    const keeps = isWrong && options.keeps === true;
    if (keeps) tell(`the network is left in ${network.folder.path}`);
    await network.stop({ keeps });
  }
}

/** The faults of a seed. */
export function killsOf(seed: number, count: number, operators: readonly string[]): readonly Kill[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const kind = random.pick(['gateway', 'fraud-cases', 'operator', POSTGRES]);
    return {
      victim: kind === 'operator' ? random.pick(operators) : kind,
      afterMs: random.below(900),
      awayMs: random.below(10) === 0 ? 3_000 + random.below(3_000) : random.below(700),
      isHasty: random.below(4) === 0,
    };
  });
}

/** The decisions of a seed; each number is used once. */
export function decisionsOf(seed: number, numbers: readonly string[]): readonly Decision[] {
  const random = new Random(seed + 1);
  return numbers.map((msisdn, place) => ({
    place,
    msisdn,
    course: place < COURSES.length ? (COURSES[place] ?? 'CONFIRM') : random.pick([...COURSES, 'CONFIRM', 'CONFIRM']),
  }));
}

const MOST_CLIENTS = 6;
const PATIENCE_MS = 120_000;
const SETTLED_WITHIN_MS = 60_000;
const TELL_EVERY_MS = 5_000;
/** After the start of one that is not waited for. */
const HASTE_MS = 150;

class KillCampaign {
  private readonly client: PatientClient;
  private readonly acknowledged: AcknowledgedStep[] = [];
  private readonly decided: DecidedCase[] = [];
  private readonly failures: string[] = [];
  private readonly victims: Record<string, number> = {};
  private begun = 0;
  private killed = 0;

  constructor(
    private readonly network: MortalNetwork,
    private readonly options: KillCampaignOptions,
  ) {
    this.client = new PatientClient({
      gatewayUrl: network.plan('gateway').url,
      tokenOf: (user) => network.tokenOf(user),
      patienceMs: PATIENCE_MS,
    });
  }

  async run(): Promise<KillCampaignOutcome> {
    const { network, options } = this;
    const { decisions, seed, tell } = options;
    const numbers = await freeNumbersOfAll(network, decisions);
    const waiting = decisionsOf(seed, numbers).toReversed();
    const clients = Math.min(MOST_CLIENTS, Math.ceil(decisions / 4));
    tell(`${decisions} decisions by ${clients} clients, ${options.kills} kills, seed ${seed}`);
    const teller = setInterval(() => this.progress(), TELL_EVERY_MS);
    try {
      await Promise.all([this.killAll(), ...Array.from({ length: clients }, () => this.work(waiting))]);
      const settledMs = await this.settle();
      await this.judge();
      this.failures.push(...network.endedAlone.map((program) => `ended by itself: ${program}`));
      return {
        kills: this.killed,
        decisions: this.decided.length,
        acknowledged: this.acknowledged.length,
        victims: this.victims,
        unanswered: Object.fromEntries(this.client.unanswered),
        settledMs,
        failures: this.failures,
      };
    } finally {
      clearInterval(teller);
    }
  }

  private async work(waiting: Decision[]): Promise<void> {
    for (let decision = waiting.pop(); decision !== undefined; decision = waiting.pop()) {
      while (this.isAhead()) await sleep(50);
      this.begun += 1;
      try {
        this.decided.push(await decide(this.client, decision, this.acknowledged));
      } catch (cause) {
        this.failures.push(cause instanceof Error ? cause.message : String(cause));
      }
    }
  }

  /** Whether so many decisions were begun that faults would be left over when all are made. */
  private isAhead(): boolean {
    const { kills, decisions } = this.options;
    return this.killed < kills && this.begun > ((this.killed + 1) * decisions) / kills;
  }

  private async killAll(): Promise<void> {
    const { network, options } = this;
    const { kills, decisions, seed } = options;
    for (const [place, { victim, afterMs, awayMs, isHasty }] of killsOf(seed, kills, network.operators).entries()) {
      while (this.begun < Math.floor((place * decisions) / kills)) await sleep(20);
      await sleep(afterMs);
      await network.kill(victim);
      this.killed += 1;
      this.victims[victim] = (this.victims[victim] ?? 0) + 1;
      await sleep(awayMs);
      const started = network.start(victim).catch(() => {
        this.failures.push(`${victim} did not start again`);
      });
      await (isHasty ? sleep(HASTE_MS) : started);
    }
    await network.allUp();
  }

  /** Milliseconds until nothing waits any more, counted from now, when the last fault is over and the last command acknowledged. */
  private async settle(): Promise<number | null> {
    const from = performance.now();
    for (;;) {
      const left = await unsettled(this.network);
      const ms = Math.round(performance.now() - from);
      if (left.length === 0) return ms;
      if (ms > SETTLED_WITHIN_MS) {
        this.failures.push(`not settled a minute after the last fault: ${left.join('; ')}`);
        return null;
      }
      await sleep(250);
    }
  }

  private async judge(): Promise<void> {
    const { network, options, failures } = this;
    const caseIds = this.decided.map(({ caseId }) => caseId);
    failures.push(...(await wrongWith(network, caseIds, this.acknowledged)));
    failures.push(...(await wrongWithLog(network, caseIds)));
    const random = new Random(options.seed + 2);
    for (let count = 0; count < 2 && caseIds.length > 0; count += 1) {
      failures.push(...(await wrongWithBundle(network, random.pick(caseIds))));
    }
  }

  private progress(): void {
    const { kills, decisions, tell } = this.options;
    tell(
      `${this.decided.length} of ${decisions} decided, ${this.killed} of ${kills} killed, ${this.failures.length} wrong`,
    );
  }
}
