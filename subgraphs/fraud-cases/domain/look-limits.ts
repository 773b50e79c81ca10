// How much may be looked up, and from which patterns on people are told: figures alone. They are configuration; what stands here holds where
// nobody says otherwise.

/** Limits of look-ups. Each counts what is distinct: a tenure of a number at an operator, or another subject. */
export interface LookLimits {
  /** Of one person of the Anti-Fraud Center: in the last hour, the last 24 hours, the last 30 days. */
  readonly person: { readonly hour: number; readonly day: number; readonly month: number };
  /** Of all of them together, in a day of Almaty. */
  readonly bankDay: number;
  /** Numbers that one person looks at without a case, in the last 24 hours. */
  readonly preliminaryDay: number;
  /** Of those in clear, in the last 24 hours, such as people of the Anti-Fraud Center alone brought into the case: colleagues can fill each other's cases. */
  readonly linkedDay: number;
  /** Of the machine of a commercial bank, which is told yes or no: in the last 24 hours. */
  readonly signalsDay: number;
  /** Glasses that one person breaks in 30 days. */
  readonly breakGlasses: number;
  /** How long a checkpoint may wait for its witnesses before what exposes or undoes stops, in milliseconds. */
  readonly quorumWaitMs: number;
  /** Numbers that stand in no case and nobody has a reason to look at. */
  readonly canaries: readonly string[];
}

/** The limits of the design. */
export const DEFAULT_LOOK_LIMITS: LookLimits = {
  person: { hour: 15, day: 60, month: 600 },
  bankDay: 2_000,
  preliminaryDay: 10,
  linkedDay: 20,
  signalsDay: 20_000,
  breakGlasses: 3,
  quorumWaitMs: 300_000,
  canaries: [],
};

/** What a person has done by now: distinct subjects in each span, those that are asked for now included. */
export interface LookCounts {
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly preliminary: number;
  readonly linked: number;
  /** Most numbers of the last 24 hours that lie close together. */
  readonly close: number;
  /** Look-ups of the last 24 hours that found nobody. */
  readonly misses: number;
}

/** Kinds of alarms about looks. */
export const ACCESS_ALARMS = [
  'CANARY',
  'SEQUENTIAL',
  'MISSES',
  'QUOTA',
  'BANK_QUOTA',
  'BREAK_GLASS',
  'UNJUSTIFIED',
  'REVIEW_LAPSED',
] as const;
export type AccessAlarm = (typeof ACCESS_ALARMS)[number];

/** Whether a person of the Anti-Fraud Center is beyond a limit. */
export function isBeyond({ person, preliminaryDay, linkedDay }: LookLimits, counts: LookCounts): boolean {
  return (
    counts.hour > person.hour ||
    counts.day > person.day ||
    counts.month > person.month ||
    counts.preliminary > preliminaryDay ||
    counts.linked > linkedDay
  );
}

/** The patterns of scraping that the counts show. */
export function patternsOf({ close, misses, day }: LookCounts): readonly AccessAlarm[] {
  const looks = misses + day;
  return [
    ...(close >= CLOSE_NUMBERS ? (['SEQUENTIAL'] as const) : []),
    ...(looks >= FEWEST_LOOKS && misses > looks * MOST_MISSED ? (['MISSES'] as const) : []),
  ];
}

/** Numbers that lie close to one another, in a range of two hundred, before somebody is told. */
const CLOSE_NUMBERS = 5;
const FEWEST_LOOKS = 10;
const MOST_MISSED = 0.3;
