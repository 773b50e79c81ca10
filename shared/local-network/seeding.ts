// Fills the databases with the demo data: each party's facts go as NDJSON into its own program, one fact a line, no faster than it
// takes them. Which facts there are is the generator's matter; how they are stored is each program's.

import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ServicePlan } from './network-layout';
import { type ProgramHouse, runToEnd } from './program-process';

/** Facts of one party, made while they are read. */
export interface PartyFacts {
  readonly name: string;
  readonly facts: () => Iterable<object>;
}

const CHUNK_CHARACTERS = 64 * 1024;
const AT_ONCE = 2;
const TELL_EVERY_MS = 5_000;

/** Seeds every party, two at a time, and tells progress in lines. Throws one sentence when a program refused its facts. */
export async function seedAll(
  parties: readonly PartyFacts[],
  plans: readonly ServicePlan[],
  house: ProgramHouse,
  tell: (line: string) => void,
): Promise<void> {
  const waiting = [...parties];
  const worker = async (): Promise<void> => {
    for (let party = waiting.shift(); party !== undefined; party = waiting.shift()) {
      const { name, facts } = party;
      const plan = plans.find((entry) => entry.name === name);
      if (plan === undefined) continue;
      const begun = performance.now();
      let count = 0;
      let toldAt = begun;
      await runToEnd(plan, 'seed', house, (input) =>
        pour(facts(), input, (poured) => {
          count = poured;
          if (performance.now() - toldAt < TELL_EVERY_MS) return;
          toldAt = performance.now();
          tell(`  ${name}: ${count.toLocaleString('en')} facts so far`);
        }),
      );
      tell(`  ${name}: ${count.toLocaleString('en')} facts in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Writes facts as lines and ends the stream; waits whenever the reader is behind. `told` gets the count after each chunk. */
export async function pour(facts: Iterable<object>, output: Writable, told: (count: number) => void): Promise<void> {
  await pipeline(linesOf(facts, told), output);
}

function* linesOf(facts: Iterable<object>, told: (count: number) => void): Generator<string> {
  let chunk = '';
  let count = 0;
  for (const fact of facts) {
    chunk += `${JSON.stringify(fact)}\n`;
    count += 1;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
    told(count);
  }
  if (chunk !== '') yield chunk;
  told(count);
}
