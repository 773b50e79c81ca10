// The numbers that stories and cases are about. They are the same at every scale and seed, and no population line has them.

import { DEMO_OPERATORS, type OperatorIndex } from './demo-operator';

/** Numbers of the named stories. */
export const STORY_NUMBERS = {
  clean: '+77014123456',
  ported: '+77024125501',
  recycled: '+77054127702',
  corporate: '+77754121010',
  simBox: '+77764124000',
  callCentre: '+77084121515',
  bulkSms: '+77474126060',
  unverified: '+77774123322',
  blocked: '+77714129009',
  openCase: '+77784128008',
  unassigned: '+77004120000',
} as const;

/** A number that a case is about, and the operator that serves it when the case begins. */
export interface CaseLine {
  readonly msisdn: string;
  readonly operator: OperatorIndex;
}

/** The suspect number of that ordinal, 0 to 99. */
export function suspectLine(ordinal: number): CaseLine {
  return storyLineAt((ordinal % 3) as OperatorIndex, Math.floor(ordinal / 3), 4_127_000 + ordinal);
}

/** The victim number of that ordinal, 0 to 99. */
export function victimLine(ordinal: number): CaseLine {
  return storyLineAt(((ordinal + 1) % 3) as OperatorIndex, Math.floor(ordinal / 3) + 1, 4_128_100 + ordinal);
}

/** A number of an operator's range that only stories use; `digits` lies between 4120000 and 4129999. */
export function storyLineAt(operator: OperatorIndex, prefix: number, digits: number): CaseLine {
  const prefixes = DEMO_OPERATORS[operator].prefixes;
  return { msisdn: `+7${prefixes[prefix % prefixes.length]}${digits}`, operator };
}
