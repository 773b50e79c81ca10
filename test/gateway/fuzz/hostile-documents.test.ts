// Documents that were made to cost: refused without a plan and after a number of steps that grows with their length alone, and nothing
// of them is kept. Work is counted, not time; how long it takes is told by the command beside this file.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type DocumentNode, Kind, parse, type SelectionSetNode, visit } from 'graphql';
import { Pool } from 'undici';
import { DEFAULT_LIMITS, findBreach } from '../../../gateway/plan/limits';
import { createPlanner } from '../../../gateway/plan/plan';
import { loadSupergraph } from '../../../gateway/supergraph/load';
import type { FuzzTarget } from './campaign';
import { deliveredSupergraph, generousAddresses, startFuzzTargets } from './fuzz-world';
import { type GenerousWorld, startGenerousWorld } from './generous-subgraph';
import { REFUSED_DOCUMENTS } from './refused-documents';

const NAMES = Object.keys(REFUSED_DOCUMENTS);
const documentOf = (name: string, number = 0): string => REFUSED_DOCUMENTS[name]?.(number) ?? '';

describe('a document that was made to cost', () => {
  const supergraph = loadSupergraph(deliveredSupergraph());
  let plannings = 0;
  const counted = new Proxy(supergraph.planner, {
    get(planner, member) {
      const value: unknown = Reflect.get(planner, member, planner);
      if (typeof value !== 'function') return value;
      if (member === 'planAsync' || member === 'plan') plannings += 1;
      return value.bind(planner);
    },
  });
  const planner = createPlanner({ ...supergraph, planner: counted });

  test.each(NAMES)('%s: refused and never planned', async (name) => {
    plannings = 0;
    const outcome = await planner.prepare({ query: documentOf(name) });
    expect(outcome.ok ? 'ANSWERED' : outcome.error[0]?.extensions.code).toMatch(
      /^(BAD_USER_INPUT|OPERATION_TOO_COMPLEX)$/,
    );
    expect(plannings).toBe(0);
    expect(planner.preparedAlready({ query: documentOf(name) })).toBeUndefined();
  });

  test('the count of plannings counts', async () => {
    expect((await planner.prepare({ query: '{ operators { code } }' })).ok).toBe(true);
    expect(plannings).toBe(1);
  });

  test.each(NAMES.filter((name) => /fragment|ring|double|spreads/.test(name)))(
    '%s: each selection is looked at once, however often it is spread',
    (name) => {
      const { document, looked, selections } = watched(parse(documentOf(name)));
      const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
      if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('An operation was expected.');
      expect(findBreach(document, operation, DEFAULT_LIMITS)).not.toBeNull();
      expect(looked()).toBeLessThanOrEqual(selections);
    },
  );
});

/** A copy of a document that counts how often the selections of its selection sets are read. */
function watched(document: DocumentNode): { document: DocumentNode; looked: () => number; selections: number } {
  let looked = 0;
  let selections = 0;
  const copy: DocumentNode = visit(document, {
    SelectionSet: {
      leave(node): SelectionSetNode {
        selections += 1;
        const { selections: inner } = node;
        return Object.defineProperty({ ...node }, 'selections', {
          enumerable: true,
          get: () => {
            looked += 1;
            return inner;
          },
        });
      },
    },
  });
  looked = 0;
  return { document: copy, looked: () => looked, selections };
}

describe('the processes', () => {
  let folder: string;
  let world: GenerousWorld;
  let gateways: { readonly targets: readonly FuzzTarget[]; stop(): Promise<void> };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'senim-hostile-'));
    world = await startGenerousWorld();
    gateways = await startFuzzTargets(folder, world.supergraph, generousAddresses(world));
  }, 60_000);

  afterAll(async () => {
    await gateways?.stop();
    await world?.close();
    rmSync(folder, { recursive: true });
  });

  test.each(['bare', 'hosted'])(
    '%s: a thousand distinct hostile documents leave its memory flat',
    async (name) => {
      const target = gateways.targets.find((candidate) => candidate.name === name);
      if (target === undefined) throw new Error('Both gateways were expected.');
      const pool = new Pool(target.process.origin, { connections: 8 });
      const authorization = target.authorization();
      const refuseThousand = async (first: number): Promise<void> => {
        const calls = world.callCount();
        for (let number = first; number < first + 1_000; number += 8) {
          await Promise.all(
            Array.from({ length: 8 }, async (_, place) => {
              const query = documentOf(NAMES[(number + place) % NAMES.length] ?? '', number + place);
              const { statusCode, body } = await pool.request({
                method: 'POST',
                path: '/graphql',
                headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
                body: JSON.stringify({ query }),
              });
              expect(await body.text()).toMatch(/^\{"errors":\[/);
              expect(statusCode).toBeLessThan(500);
            }),
          );
        }
        expect(world.callCount()).toBe(calls);
      };
      await refuseThousand(0);
      const before = await target.process.memory();
      await refuseThousand(10_000);
      const after = await target.process.memory();
      await pool.close();
      process.stdout.write(
        `${name}: heap ${before.heapMb.toFixed(1)} MB, after a thousand more ${after.heapMb.toFixed(1)} MB; RSS ${before.rssMb.toFixed(0)} and ${after.rssMb.toFixed(0)} MB\n`,
      );
      expect(after.heapMb - before.heapMb).toBeLessThan(3);
      // Pages that the allocator keeps for later; a document that stayed would show in the heap.
      expect(after.rssMb - before.rssMb).toBeLessThan(40);
    },
    60_000,
  );
});
