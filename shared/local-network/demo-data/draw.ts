// Chance that can be asked twice: every draw is a function of the seed and of what it is for, so that line 199,999 is
// computed without the 199,998 before it and two programs see the same network. Decides nothing about the network itself.

/** A stream of draws for one purpose, e.g. "the handset of line 17". */
export interface Draws {
  /** 0 up to 1, without 1. */
  unit(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** True in `share` of all cases, 0 to 1. */
  chance(share: number): boolean;
  /** One of a list that is not empty. */
  pick<Item>(items: readonly Item[]): Item;
}

/** The draws for one purpose. The same numbers give the same stream, whatever else was drawn. */
export function drawsFor(seed: number, purpose: number, first: number, second = 0): Draws {
  let state = mix(mix(mix(seed ^ 0x9e3779b9, purpose), first), second);
  function unit(): number {
    state = (state + 0x9e3779b9) | 0;
    return scramble(state) / 0x1_0000_0000;
  }
  return {
    unit,
    whole: (least, most) => least + Math.floor(unit() * (most - least + 1)),
    chance: (share) => unit() < share,
    pick: (items) => items[Math.floor(unit() * items.length)] as (typeof items)[number],
  };
}

/** A UUID (RFC 9562, version 8) that stands for the given numbers: the same ones give the same id. */
export function uuidFor(seed: number, purpose: number, first: number, second = 0): string {
  const start = mix(mix(mix(seed ^ 0x51ed270b, purpose), first), second);
  let hex = '';
  for (let word = 1; word <= 4; word += 1) hex += hex8(scramble(mix(start, word)));
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** 64 hexadecimal digits that stand for the given numbers, in the shape of a SHA-256. */
export function digestFor(seed: number, purpose: number, first: number, second = 0): string {
  const start = mix(mix(mix(seed ^ 0x2545f491, purpose), first), second);
  let hex = '';
  for (let word = 1; word <= 8; word += 1) hex += hex8(scramble(mix(start, word)));
  return hex;
}

/**
 * Where `index` goes in a shuffled row of `size` places: different indices below `size` go to different places.
 * Requires size × size < 2^53 × 1.6, so up to about 10^8 places.
 */
export function shuffled(seed: number, purpose: number, index: number, size: number): number {
  return ((index % size) * strideOf(size) + (mix(seed, purpose) >>> 0)) % size;
}

const strides = new Map<number, number>();

/** A stride without a divisor in common with `size`, near its golden section. */
function strideOf(size: number): number {
  const known = strides.get(size);
  if (known !== undefined) return known;
  let stride = Math.floor(size * 0.6180339887498949) | 1;
  while (greatestCommonDivisor(stride, size) !== 1) stride += 2;
  strides.set(size, stride);
  return stride;
}

function mix(state: number, value: number): number {
  const high = Math.floor(value / 0x1_0000_0000);
  return scramble((Math.imul(state ^ value, 0x85ebca6b) + Math.imul(high ^ 0x27d4eb2f, 0xc2b2ae35)) | 0) | 0;
}

/** Finalizer with full avalanche over 32 bits; 0 to 2^32 - 1. */
function scramble(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x7feb352d);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function hex8(word: number): string {
  return word.toString(16).padStart(8, '0');
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
