// An operator that accepts and never answers, at both gateways as processes: it holds its own slots and nobody else's. Slots are counted
// at the operators themselves: how many requests each holds at once.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Pool } from 'undici';
import { startWorld, type World, worldNumber } from '../support/contract-world';
import type { FuzzTarget } from './fuzz/campaign';
import { startFuzzTargets } from './fuzz/fuzz-world';

/** Calls that one operator may have in flight, and those that may wait for a slot; see gateway/route/bulkhead.ts. */
const SLOTS = 64;
const WAITING_ROOM = 256;
/** Calls beyond both. */
const REFUSED = 30;

const QUERY = 'query ($m: Msisdn!) { phoneNumber(msisdn: $m) { msisdn currentTenure { risk { level } } } }';

let world: World;
let folder: string;
let gateways: { readonly targets: readonly FuzzTarget[]; stop(): Promise<void> };
let hung: Server;
const held = new Set<ServerResponse>();
let mostHeld = 0;
let isReleased = false;

/** So long that no deadline ends a request of this test. */
const DEADLINE_MS = 25_000;

beforeAll(async () => {
  world = await startWorld(['beeline', 'tele2']);
  hung = createServer((request, response) => {
    request.resume();
    if (isReleased) {
      response.writeHead(503).end();
      return;
    }
    held.add(response);
    mostHeld = Math.max(mostHeld, held.size);
    response.on('close', () => held.delete(response));
  });
  await new Promise<void>((resolve) => hung.listen(0, '127.0.0.1', resolve));
  const urlOf = (name: string): string => world.servers[name]?.url ?? '';
  folder = mkdtempSync(join(tmpdir(), 'senim-slow-'));
  gateways = await startFuzzTargets(
    folder,
    world.supergraph,
    {
      numbering: urlOf('numbering'),
      fraudCases: urlOf('fraud-cases'),
      operators: {
        kcell: `http://127.0.0.1:${(hung.address() as AddressInfo).port}/graphql`,
        beeline: urlOf('beeline'),
        tele2: urlOf('tele2'),
      },
    },
    DEADLINE_MS,
  );
}, 60_000);

afterAll(async () => {
  await gateways?.stop();
  await world?.close();
  hung.closeAllConnections();
  await new Promise((resolve) => hung.close(resolve));
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly data: { readonly phoneNumber: { readonly currentTenure: { readonly risk: object | null } } };
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly operatorCode?: string } }[];
}

async function ask(pool: Pool, msisdn: string, authorization: string | null): Promise<Answer> {
  const { body } = await pool.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json', ...(authorization === null ? {} : { authorization }) },
    body: JSON.stringify({ query: QUERY, variables: { m: msisdn } }),
  });
  return (await body.json()) as Answer;
}

async function until(holds: () => boolean): Promise<void> {
  for (let wait = 0; wait < 2_000 && !holds(); wait += 1) await sleep(5);
  expect(holds()).toBe(true);
}

describe.each(['bare', 'hosted'])('%s', (name) => {
  test('a hung operator has its own slots full, and the others answer all the while', async () => {
    const target = gateways.targets.find((candidate) => candidate.name === name);
    if (target === undefined) throw new Error('Both gateways were expected.');
    const authorization = target.authorization();
    const pool = new Pool(target.process.origin, { connections: 512 });
    mostHeld = 0;
    isReleased = false;
    let answered = 0;
    const askSlow = async (index: number): Promise<Answer> => {
      const answer = await ask(pool, worldNumber('kcell', index), authorization);
      answered += 1;
      return answer;
    };
    // A few at a time, so that a crowded machine does not make connecting itself too slow.
    const slow: Promise<Answer>[] = [];
    while (slow.length < SLOTS) {
      for (let few = 0; few < 4; few += 1) slow.push(askSlow(slow.length));
      await until(() => held.size === slow.length);
    }
    // Beyond slots and waiting room a call is refused at once.
    while (slow.length < SLOTS + WAITING_ROOM + REFUSED) slow.push(askSlow(slow.length));
    await until(() => answered === REFUSED);
    expect(held.size).toBe(SLOTS);

    const others = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        ask(pool, worldNumber(index % 2 === 0 ? 'beeline' : 'tele2', index), authorization),
      ),
    );
    // Every other answer is whole, and it came while all of the hung operator's slots were taken.
    for (const { data, errors } of others) {
      expect(errors).toBeUndefined();
      expect(data.phoneNumber.currentTenure.risk).not.toBeNull();
    }
    expect([answered, held.size]).toEqual([REFUSED, SLOTS]);

    // It lets go: every slot is given back, and each of those requests has lost this operator's field and nothing else.
    isReleased = true;
    for (const response of held) response.writeHead(503).end();
    for (const { data, errors = [] } of await Promise.all(slow)) {
      expect(data.phoneNumber.currentTenure.risk).toBeNull();
      expect(errors).toHaveLength(1);
      expect(errors[0]?.extensions).toMatchObject({ operatorCode: 'kcell', code: 'OPERATOR_UNAVAILABLE' });
    }
    expect(mostHeld).toBe(SLOTS);
    await until(() => held.size === 0);
    await pool.close();
  }, 60_000);
});
