// How the population is laid out: what kind of line stands at a place, which operators served it, and which numbers its people,
// handsets and contracts have. Everything follows from operator and place alone.

import { OPERATOR_INDICES, type OperatorIndex } from './demo-operator';
import type { Trade } from './identity';
import type { HandsetRef } from './line';

/** What kind of line stands at a place. `firstPlace` is where its company or SIM box begins. */
export type Situation =
  | { readonly kind: 'CORPORATE'; readonly company: number; readonly trade: Trade; readonly firstPlace: number }
  | { readonly kind: 'SIM_BOX'; readonly firstPlace: number }
  | { readonly kind: 'PORTED' }
  | { readonly kind: 'RECYCLED' }
  | { readonly kind: 'SINGLE'; readonly secondOfPerson: boolean };

/** Places where a ported line may stand: every one of them from `PORTED_PLACE` on, `PORTED_STRIDE` apart. */
export const PORTED_STRIDE = 20;
export const PORTED_PLACE = 7;

/** People and handsets have numbers by line; the last number of each line is left to the stories. */
export const PEOPLE_PER_LINE = 4;
export const STORY_REMAINDER = 3;
/** The same for contracts. */
export const CONTRACTS_PER_LINE = 8;
export const STORY_CONTRACT_REMAINDER = 7;

/** The kind of line at a place. */
export function situationOf(home: OperatorIndex, place: number): Situation {
  const block = Math.floor(place / BLOCK);
  const firstPlace = block * BLOCK;
  const within = place - firstPlace;
  if (block % 12 === 3 && within < 6 + ((block * 7) % 27)) {
    const trade = TRADE_OF_BLOCK[block % 144] ?? 'ANY';
    return { kind: 'CORPORATE', company: Math.floor(block / 12) * OPERATOR_INDICES.length + home, trade, firstPlace };
  }
  if (block % 97 === 30 && within < 24) return { kind: 'SIM_BOX', firstPlace };
  if (place % PORTED_STRIDE === PORTED_PLACE) return { kind: 'PORTED' };
  if (place % RECYCLED_STRIDE === RECYCLED_PLACE) return { kind: 'RECYCLED' };
  const isSecond = place % 12 === 11 && situationOf(home, place - 1).kind === 'SINGLE';
  return { kind: 'SINGLE', secondOfPerson: isSecond };
}

/** The operators that served a ported number, in order. */
export function routeOf(home: OperatorIndex, place: number): readonly OperatorIndex[] {
  const round = Math.floor(place / PORTED_STRIDE);
  const next = ((home + 1 + (round % 2)) % 3) as OperatorIndex;
  const third = (3 - home - next) as OperatorIndex;
  if (round % 10 === 0) return [home, next, home];
  if (round % 10 === 5) return [home, next, third];
  return [home, next];
}

/** The person who holds, or uses, the line at that place. */
export function populationPerson(home: OperatorIndex, place: number): number {
  return lineKey(home, place) * PEOPLE_PER_LINE;
}

/** A module that a holder names in a request for more lines; it is in nobody's line. */
export function populationModule(home: OperatorIndex, place: number): HandsetRef {
  return { number: lineKey(home, place) * PEOPLE_PER_LINE + 2, handsetKind: 'MODULE', borrowed: true };
}

/** Stands for a line of the population: different for every one. */
export function lineKey(home: OperatorIndex, place: number): number {
  return OPERATOR_INDICES.length * place + home;
}

/** Lines are laid out in blocks of that many places; companies and SIM boxes take the front of a block. */
const BLOCK = 40;
const RECYCLED_STRIDE = 33;
const RECYCLED_PLACE = 9;

const TRADE_OF_BLOCK: Readonly<Record<number, Trade>> = { 3: 'MACHINE', 15: 'CALL_CENTRE', 27: 'DELIVERY' };
