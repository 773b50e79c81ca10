// Makes the lines of stories from what is special about each. The rest of a line is as for anybody: a verified person with a
// contract in force.

import { type ContractDecision, contractOf } from './contract-plan';
import { DAY_MS, type DemoCalendar, HOUR_MS, MINUTE_MS } from './demo-calendar';
import type { OperatorIndex } from './demo-operator';
import { drawsFor } from './draw';
import type { Trade } from './identity';
import type { HandsetRef, HolderRef, KnownTraffic, Line, PersonRef } from './line';
import { CONTRACTS_PER_LINE, PEOPLE_PER_LINE, STORY_CONTRACT_REMAINDER, STORY_REMAINDER } from './population-layout';
import type { CaseLine } from './story-number';
import type { TrafficProfile } from './traffic-profile';

/** What a story wants of a line. */
export interface Wishes
  extends Partial<
    Pick<
      ContractDecision,
      'plan' | 'verification' | 'silences' | 'dealer' | 'formerHandset' | 'formerHandsetUntilMs' | 'simReplacedAtMs'
    >
  > {
  /** How many days before today it was sold; or `sinceMs`. */
  readonly days?: number;
  readonly sinceMs?: number;
  readonly profile?: TrafficProfile;
  readonly holder?: HolderRef;
  readonly user?: PersonRef;
  readonly handset?: HandsetRef;
  readonly traffic?: KnownTraffic;
}

/** Makes lines. `place` stands for the line: no two lines of the stories have the same one, 0 to 599. */
export class StoryMaker {
  constructor(
    readonly seed: number,
    readonly calendar: DemoCalendar,
  ) {}

  /** A line with one tenure and one contract that is in force. */
  private(place: number, line: CaseLine, wishes: Wishes): Line {
    const sinceMs = wishes.sinceMs ?? this.sale(place, wishes.days ?? 200);
    const contract = contractOf(this.seed, this.calendar, {
      ...this.decision(place, wishes),
      soldAtMs: sinceMs,
      activatedAtMs: sinceMs + 25 * MINUTE_MS,
    });
    return {
      msisdn: line.msisdn,
      tenures: [{ operator: line.operator, sinceMs, untilMs: null, contracts: [contract] }],
      traffic: wishes.traffic ?? null,
    };
  }

  /** A line that was ported to another operator at an instant. */
  moved(place: number, line: CaseLine, to: OperatorIndex, movedMs: number, wishes: Wishes): Line {
    const sinceMs = this.sale(place, wishes.days ?? 300);
    const decision = this.decision(place, wishes);
    const donated = contractOf(this.seed, this.calendar, {
      ...decision,
      status: 'PORTED_OUT',
      soldAtMs: sinceMs,
      activatedAtMs: sinceMs + 20 * MINUTE_MS,
      endedAtMs: movedMs,
    });
    const received = contractOf(this.seed, this.calendar, {
      ...decision,
      key: contractKey(place + 600),
      verification: 'PASSED',
      isPortIn: true,
      soldAtMs: movedMs,
      activatedAtMs: movedMs,
    });
    return {
      msisdn: line.msisdn,
      tenures: [
        { operator: line.operator, sinceMs, untilMs: movedMs, contracts: [donated] },
        { operator: to, sinceMs: movedMs, untilMs: null, contracts: [received] },
      ],
      traffic: null,
    };
  }

  /** A line that a company holds and an employee uses. */
  corporate(place: number, line: CaseLine, number: number, trade: Trade, wishes: Wishes): Line {
    return this.private(place, line, {
      ...wishes,
      plan: 'BUSINESS',
      holder: { kind: 'COMPANY', number, trade, borrowed: false },
      user: personRef(storyNumber(place)),
      verification: 'PASSED',
    });
  }

  /** What a story decides about a contract, without its instants. */
  decision(place: number, wishes: Wishes): Omit<ContractDecision, 'soldAtMs' | 'activatedAtMs'> {
    return {
      key: contractKey(place),
      status: 'ACTIVE',
      plan: wishes.plan ?? 'POSTPAID',
      holder: wishes.holder ?? personRef(storyNumber(place)),
      user: wishes.user ?? null,
      dealer: wishes.dealer ?? place % 20,
      profile: wishes.profile ?? 'ORDINARY',
      handset: wishes.handset ?? { number: storyNumber(place), handsetKind: 'PHONE', borrowed: false },
      silences: wishes.silences,
      verification: wishes.verification,
    };
  }

  /** During office hours of the day that lies `days` before today. */
  sale(place: number, days: number): number {
    const withinDay = drawsFor(this.seed, STORY, place).whole(10 * HOUR_MS, 18 * HOUR_MS);
    return Math.min(this.calendar.daysAgo(days) + withinDay, this.calendar.daysAgo(0) - DAY_MS / 2);
  }
}

/** The number of a story's person or handset: none of the population has it. */
export function storyNumber(place: number): number {
  return place * PEOPLE_PER_LINE + STORY_REMAINDER;
}

/** A person by number, as a contract names them. */
export function personRef(number: number): PersonRef {
  return { kind: 'PERSON', number, borrowed: false };
}

/** The key of a story's contract. */
export function contractKey(place: number): number {
  return place * CONTRACTS_PER_LINE + STORY_CONTRACT_REMAINDER;
}

const STORY = 80;
