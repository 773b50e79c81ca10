// How a loss is divided between parties by weights: in whole basis points and whole tiyn, nothing lost and nothing invented. What is left
// over after rounding down goes to the largest remainders, and of equal ones to the party whose code comes first.

import { invariant } from '../../../shared/vocabulary/app-error';
import type { PartyKind } from '../../../shared/vocabulary/duty';
import type { LiabilityMode } from '../../../shared/vocabulary/liability';

/** A party in breach, and the weight of its breaches. */
export interface BreachingParty {
  readonly code: string;
  readonly kind: PartyKind;
  /** Above nothing. */
  readonly weight: bigint;
}

/** What the claimant may ask of a party, and what it bears in the end. */
export interface PartyShare {
  readonly party: string;
  readonly claimableBasisPoints: number;
  readonly claimableTiyn: bigint;
  readonly regressBasisPoints: number;
  readonly regressTiyn: bigint;
}

/** Shares of a whole, in basis points. */
export const WHOLE_BASIS_POINTS = 10_000n;

/**
 * The shares of the parties, by party code; none when nobody is in breach. JOINT_AND_SEVERAL: all of it may be asked of anybody, and is
 * settled by weight. WATERFALL: the banks in breach bear it, else the operators, else the Center, several of a kind by weight.
 * EQUAL_SPLIT: in equal parts. PROPORTIONAL: by weight.
 */
export function divideLoss(
  mode: LiabilityMode,
  lossTiyn: bigint,
  parties: readonly BreachingParty[],
): readonly PartyShare[] {
  const sorted = [...parties].sort((one, other) => compareText(one.code, other.code));
  const weights = sorted.map((party) => bearing(mode, party, sorted));
  const basisPoints = apportion(WHOLE_BASIS_POINTS, weights);
  const tiyn = apportion(lossTiyn, weights);
  return sorted.flatMap(({ code }, place) => {
    const regressBasisPoints = Number(basisPoints[place] ?? 0n);
    const regressTiyn = tiyn[place] ?? 0n;
    if (weights[place] === 0n) return [];
    const isSeveral = mode === 'JOINT_AND_SEVERAL';
    return {
      party: code,
      claimableBasisPoints: isSeveral ? Number(WHOLE_BASIS_POINTS) : regressBasisPoints,
      claimableTiyn: isSeveral ? lossTiyn : regressTiyn,
      regressBasisPoints,
      regressTiyn,
    };
  });
}

/**
 * A whole in whole parts by weights, in their order. The parts add up to the whole, or to nothing when all weights are nothing. Of equal
 * remainders the earlier weight gets more: parties come sorted by code.
 */
export function apportion(whole: bigint, weights: readonly bigint[]): readonly bigint[] {
  invariant(whole >= 0n && weights.every((weight) => weight >= 0n), 'what is divided, and by what, is not negative');
  const sum = weights.reduce((total, weight) => total + weight, 0n);
  if (sum === 0n) return weights.map(() => 0n);
  const parts = weights.map((weight) => (whole * weight) / sum);
  const left = Number(whole - parts.reduce((total, part) => total + part, 0n));
  const places = weights
    .map((weight, place) => ({ place, remainder: (whole * weight) % sum }))
    .sort((one, other) => compareBigint(other.remainder, one.remainder) || one.place - other.place);
  for (const { place } of places.slice(0, left)) parts[place] = (parts[place] ?? 0n) + 1n;
  return parts;
}

/** Order of texts by their code units, whatever the host's language. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

const WATERFALL = ['BANK', 'OPERATOR', 'AFC'] as const satisfies readonly PartyKind[];

/** The weight with which a party bears the loss in a mode. */
function bearing(mode: LiabilityMode, party: BreachingParty, parties: readonly BreachingParty[]): bigint {
  switch (mode) {
    case 'JOINT_AND_SEVERAL':
    case 'PROPORTIONAL':
      return party.weight;
    case 'EQUAL_SPLIT':
      return 1n;
    case 'WATERFALL': {
      const first = WATERFALL.find((kind) => parties.some((each) => each.kind === kind));
      return party.kind === first ? party.weight : 0n;
    }
  }
}

function compareBigint(one: bigint, other: bigint): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
