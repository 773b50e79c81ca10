// The three operators of the demo network: what they are called, which ranges were first allocated to them, their network
// codes. Who serves a number today is not decided here.

/** An operator of the demo network. */
export interface DemoOperator {
  readonly code: string;
  readonly name: string;
  readonly brands: readonly string[];
  /** Digits after +7 of the ranges first allocated to it. */
  readonly prefixes: readonly [string, string, string, string];
  /** Mobile network code within country code 401 (ITU-T E.212). */
  readonly networkCode: string;
}

/** In this order they are numbered 0, 1 and 2 throughout the demo data. */
export const DEMO_OPERATORS: readonly [DemoOperator, DemoOperator, DemoOperator] = [
  {
    code: 'kcell',
    name: 'Kcell',
    brands: ['Kcell', 'activ'],
    prefixes: ['701', '702', '775', '778'],
    networkCode: '02',
  },
  {
    code: 'beeline',
    name: 'Beeline',
    brands: ['Beeline', 'izi'],
    prefixes: ['705', '771', '776', '777'],
    networkCode: '01',
  },
  {
    code: 'tele2',
    name: 'Tele2',
    brands: ['Tele2', 'Altel'],
    prefixes: ['700', '707', '708', '747'],
    networkCode: '77',
  },
];

/** The place of an operator in `DEMO_OPERATORS`. */
export type OperatorIndex = 0 | 1 | 2;

export const OPERATOR_INDICES: readonly OperatorIndex[] = [0, 1, 2];

/** Kcell, Beeline and Tele2 by name, for stories that are about one of them. */
export const KCELL: OperatorIndex = 0;
export const BEELINE: OperatorIndex = 1;
export const TELE2: OperatorIndex = 2;

/** The operator of that code; null when the demo network has none. */
export function demoOperatorIndex(code: string): OperatorIndex | null {
  return OPERATOR_INDICES.find((index) => DEMO_OPERATORS[index].code === code) ?? null;
}

/** Numbers of one prefix that only stories use, by the seven digits after the prefix: 4120000 to 4129999. */
const STORY_BLOCK = { first: 4_120_000, size: 10_000 } as const;

/** How many population lines one prefix has room for. */
export const LINES_PER_PREFIX = 10_000_000 - STORY_BLOCK.size;

/** The subscriber digits at a place of a prefix's row: every place has its own, none is in the block of the stories. */
export function subscriberDigits(place: number): string {
  const digits = place < STORY_BLOCK.first ? place : place + STORY_BLOCK.size;
  return String(digits).padStart(7, '0');
}
