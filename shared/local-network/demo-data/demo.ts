// The whole demo network as facts for each party's own seeding. Pure and streaming: the same settings give the same facts, line by
// line, in memory that does not grow with `scale`. Who, which number and which case depends on seed and scale alone, and stories
// not even on scale; when it happened is counted back from the Almaty day of `asOfMs`.

import type { CaseFact, NumberingFact, OperatorFact } from '../../vocabulary/seed-fact';
import { caseHistories } from './case-script';
import { BLOCKED_CASE, BLOCKED_ORDER, caseId, OPEN_CASE } from './case-subject';
import { demoCalendar } from './demo-calendar';
import { DEMO_OPERATORS, demoOperatorIndex, OPERATOR_INDICES } from './demo-operator';
import { enforcementFacts } from './enforcement-fact';
import { handset } from './handset';
import { historyFacts } from './history-fact';
import { justificationFacts } from './justification-fact';
import { lineFacts, rangeFacts } from './numbering-fact';
import {
  contractFacts,
  dealerFacts,
  deviceFacts,
  knownTrafficFacts,
  type LineSource,
  subscriberFacts,
  tenureFacts,
} from './operator-fact';
import { blockOrderId } from './order-book';
import { homeLines, linesAt } from './population';
import { spareNumbers } from './spare-number';
import { OVER_CAP_LINE, OVER_CAP_PERSON, SIM_BOX_HANDSET, storyBin, storyLines, storyPerson } from './story-line';
import { STORY_NUMBERS } from './story-number';

/** What the demo network is made from. */
export interface DemoOptions {
  /** Population lines of each operator, a whole number from 0 to 1,000,000; stories come on top. */
  readonly scale: number;
  /** The instant as of which the network is told; after 2024-03-01. */
  readonly asOfMs: number;
  readonly seed?: number;
}

/** The demo network. Every call of a `…Facts` starts its stream anew. */
export interface DemoNetwork {
  readonly operators: readonly { readonly code: string; readonly name: string; readonly brands: readonly string[] }[];
  readonly stories: DemoStories;
  /** Numbers of ordinary lines that demonstrations use up, by operator. */
  readonly spares: Readonly<Record<string, readonly string[]>>;
  numberingFacts(): Iterable<NumberingFact>;
  /** The facts of the operator of that code, in the order that `OperatorFact` states; none for an unknown code. */
  operatorFacts(code: string): Iterable<OperatorFact>;
  caseFacts(): Iterable<CaseFact>;
}

/** The numbers, people and cases that demonstrations and tests go by. JSON as it is. */
export type DemoStories = {
  readonly clean: { readonly msisdn: string };
  readonly ported: { readonly msisdn: string };
  readonly recycled: { readonly msisdn: string };
  readonly corporate: { readonly msisdn: string; readonly bin: string };
  readonly simBox: { readonly msisdn: string; readonly imei: string };
  readonly callCentre: { readonly msisdn: string };
  readonly bulkSms: { readonly msisdn: string };
  readonly overCap: { readonly iin: string; readonly msisdn: string };
  readonly unverified: { readonly msisdn: string };
  readonly blocked: { readonly msisdn: string; readonly caseId: string; readonly orderId: string };
  readonly openCase: { readonly msisdn: string; readonly caseId: string };
  readonly unassigned: { readonly msisdn: string };
};

/** The seed of the network that `npm start` shows. */
export const DEMO_SEED = 20_260_103;

/** The demo network of those options. Building it costs little; the streams do the work. */
export function generateDemo(options: DemoOptions): DemoNetwork {
  const { scale, asOfMs, seed = DEMO_SEED } = options;
  const settings = { seed, scale };
  const calendar = demoCalendar(asOfMs);
  const cases = caseHistories({ seed, calendar, sequences: new Map() }).map((history) => history.fact());
  const story = storyLines(seed, calendar, cases);

  function* numberingFacts(): Generator<NumberingFact> {
    yield* rangeFacts();
    for (const line of story) yield* lineFacts(seed, line);
    for (const home of OPERATOR_INDICES) {
      for (const line of homeLines(settings, calendar, home)) yield* lineFacts(seed, line);
    }
  }

  function* operatorFacts(code: string): Generator<OperatorFact> {
    const operator = demoOperatorIndex(code);
    if (operator === null) return;
    const lines: LineSource = { population: () => linesAt(settings, calendar, operator), story };
    yield* dealerFacts(seed, operator);
    yield* deviceFacts(seed, operator, lines);
    yield* subscriberFacts(seed, operator, lines);
    yield* tenureFacts(operator, lines);
    yield* contractFacts(seed, calendar, operator, lines);
    yield* justificationFacts(settings, calendar, operator);
    yield* enforcementFacts(cases, story, operator);
    yield* historyFacts(cases, code);
    yield* knownTrafficFacts(operator, lines);
  }

  return {
    operators: DEMO_OPERATORS.map(({ code, name, brands }) => ({ code, name, brands })),
    stories: demoStories(seed),
    spares: spareNumbers(settings, calendar),
    numberingFacts,
    operatorFacts,
    caseFacts: () => cases,
  };
}

function demoStories(seed: number): DemoStories {
  const { number, handsetKind } = SIM_BOX_HANDSET;
  const orderId = blockOrderId(seed, BLOCKED_CASE, BLOCKED_ORDER);
  return {
    clean: { msisdn: STORY_NUMBERS.clean },
    ported: { msisdn: STORY_NUMBERS.ported },
    recycled: { msisdn: STORY_NUMBERS.recycled },
    corporate: { msisdn: STORY_NUMBERS.corporate, bin: storyBin(seed) },
    simBox: { msisdn: STORY_NUMBERS.simBox, imei: handset(seed, number, handsetKind).imei },
    callCentre: { msisdn: STORY_NUMBERS.callCentre },
    bulkSms: { msisdn: STORY_NUMBERS.bulkSms },
    overCap: { iin: storyPerson(seed, OVER_CAP_PERSON).iin, msisdn: OVER_CAP_LINE },
    unverified: { msisdn: STORY_NUMBERS.unverified },
    blocked: { msisdn: STORY_NUMBERS.blocked, caseId: caseId(seed, BLOCKED_CASE), orderId },
    openCase: { msisdn: STORY_NUMBERS.openCase, caseId: caseId(seed, OPEN_CASE) },
    unassigned: { msisdn: STORY_NUMBERS.unassigned },
  };
}
