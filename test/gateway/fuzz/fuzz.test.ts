// Twenty-five hundred seeded requests, most of them with something wrong in them, against both gateways as processes of their own. The command
// beside this file sends more of them, and replays one by its number.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FuzzTarget, runCampaign } from './campaign';
import { FUZZ_KINDS, fuzzCase } from './fuzz-case';
import { generousAddresses, grammarOf, startFuzzTargets } from './fuzz-world';
import { type GenerousWorld, startGenerousWorld } from './generous-subgraph';

const SEED = 20_260_101;
const COUNT = 2_500;

let folder: string;
let world: GenerousWorld;
let gateways: { readonly targets: readonly FuzzTarget[]; stop(): Promise<void> };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'senim-fuzz-'));
  world = await startGenerousWorld();
  gateways = await startFuzzTargets(folder, world.supergraph, generousAddresses(world));
}, 60_000);

afterAll(async () => {
  await gateways?.stop();
  await world?.close();
  rmSync(folder, { recursive: true });
});

test('five thousand requests end no gateway, get no status of 500 or above, and none is left without an answer', async () => {
  const figures = await runCampaign({
    targets: gateways.targets,
    grammar: grammarOf(world.supergraph),
    seed: SEED,
    first: 0,
    count: COUNT,
  });
  const { findings, ...rest } = figures;
  process.stdout.write(`fuzz: ${JSON.stringify({ seed: SEED, ...rest, findings: findings.length })}\n`);
  expect(findings).toEqual([]);
  expect(world.invalidQuestions).toEqual([]);
  expect(figures.requests).toBe(COUNT);
  // A run in which nothing was executed, or some kind was not sent, would say nothing.
  expect(figures.executed).toBeGreaterThan(COUNT / 10);
  for (const kind of FUZZ_KINDS) expect(figures.byKind[kind]).toBeGreaterThan(COUNT / 50);
}, 120_000);

test('a case is the same whenever its seed and number are', () => {
  const grammar = grammarOf(world.supergraph);
  for (let number = 0; number < 200; number += 1) {
    expect(fuzzCase(grammar, 7, number)).toEqual(fuzzCase(grammar, 7, number));
  }
  expect(fuzzCase(grammar, 7, 1).bytes.equals(fuzzCase(grammar, 8, 1).bytes)).toBe(false);
});
