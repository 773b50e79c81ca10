// The gateway as a process of its own, under load, while its files are swapped: supergraph, partitions, operators. No request may fail
// for it, and a file that cannot be served changes nothing and is told.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ERROR_CATALOGUE } from '../../../shared/vocabulary/error-catalogue';
import {
  operatorSchema,
  startHonestServer,
  startWorld,
  WORLD_OPERATORS,
  type World,
  type WorldServer,
  worldNumber,
} from '../../support/contract-world';
import { gatewayIdentity } from '../../support/gateway-identity';
import { type GatewayProcess, startOpenProcess } from '../../support/gateway-process';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';
import { type SteadyFigures, type SteadyQuestion, startSteadyLoad } from './steady-load';

const SWAPS = 100;

let world: World;
let movedKcell: WorldServer;
let joined: WorldServer;
let folder: string;
let gateway: GatewayProcess;
let issuer: TokenIssuer;
const signedIn = (): string => `Bearer ${issuer.tokenOf('investigator-1')}`;

beforeAll(async () => {
  issuer = await startTokenIssuer();
  world = await startWorld(WORLD_OPERATORS);
  movedKcell = await startHonestServer(operatorSchema('kcell'));
  joined = await startHonestServer(operatorSchema('beeline'));
  folder = mkdtempSync(join(tmpdir(), 'senim-reload-'));
  writeFileSync(join(folder, 'operators.json'), operators({}));
  writeFileSync(join(folder, 'supergraph.graphql'), world.supergraph);
  writeFileSync(join(folder, 'partitions.json'), '{"subgraphs":["operator"]}');
  gateway = await startOpenProcess({
    OPERATORS_FILE: join(folder, 'operators.json'),
    ...gatewayIdentity(folder, issuer),
    SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
    PARTITIONS_FILE: join(folder, 'partitions.json'),
    NUMBERING_URL: urlOf('numbering'),
    FRAUD_CASES_URL: urlOf('fraud-cases'),
    // A crowded machine must not look like a lost request.
    REQUEST_DEADLINE_MS: '20000',
    OPERATOR_DEADLINE_MS: '15000',
    LOG_LEVEL: 'info',
  });
}, 60_000);

afterEach(() => {
  for (const { calls } of [...Object.values(world.servers), movedKcell, joined]) calls.length = 0;
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
  await Promise.all([world.close(), movedKcell.close(), joined.close(), issuer.stop()]);
  rmSync(folder, { recursive: true });
});

function urlOf(name: string): string {
  return world.servers[name]?.url ?? '';
}

function operators(changed: Readonly<Record<string, object | null>>): string {
  return JSON.stringify({
    operators: WORLD_OPERATORS.filter((code) => changed[code] !== null).map((code) => ({
      code,
      name: code,
      brands: [code],
      endpoint: urlOf(code),
      state: 'CONNECTED',
      schemaHash: null,
      keys: {},
      ...changed[code],
    })),
  });
}

/** Replaces a file as a whole, as deployments do. */
async function put(name: string, text: string): Promise<void> {
  const file = join(folder, name);
  await writeFile(`${file}.next`, text);
  await rename(`${file}.next`, file);
}

/** Resolves when the log holds a sentence once more than before. */
async function putAndRead(name: string, text: string, sentence: string): Promise<void> {
  const told = (): number => gateway.output().split(sentence).length;
  const before = told();
  await put(name, text);
  for (let wait = 0; wait < 3_000 && told() === before; wait += 1) await sleep(5);
  expect(told()).toBeGreaterThan(before);
}

const SERVED = 'a new supergraph is served';
const REFUSED = 'a new supergraph was refused';

const question = (query: string, variables: object, ...right: object[]): SteadyQuestion => ({
  query,
  variables: { ...variables },
  right: right.map((answer) => JSON.stringify(answer)),
});

const ACROSS =
  'query ($m: Msisdn!) { phoneNumber(msisdn: $m) { currentTenure { risk { level } } blockStatus { state } } }';
const SWAP = 'query ($m: Msisdn!) { phoneNumber(msisdn: $m) { currentTenure { simSwap { swapped } } } }';
const LIST = 'query ($m: [Msisdn!]!) { phoneNumbers(msisdns: $m) { msisdn currentTenure { risk { level } } } }';
const whole = {
  data: { phoneNumber: { currentTenure: { risk: { level: 'LOW' } }, blockStatus: { state: 'BLOCKED' } } },
};
const numbers = WORLD_OPERATORS.map((operator) => worldNumber(operator, 7));
const list = {
  data: { phoneNumbers: numbers.map((msisdn) => ({ msisdn, currentTenure: { risk: { level: 'LOW' } } })) },
};

const STEADY: readonly SteadyQuestion[] = [
  ...WORLD_OPERATORS.map((operator) => question(ACROSS, { m: worldNumber(operator, 1) }, whole)),
  question(LIST, { m: numbers }, list),
];

const refusal = {
  errors: [
    {
      message: ERROR_CATALOGUE.BAD_USER_INPUT.message,
      locations: [{ line: 1, column: 65 }],
      extensions: { code: 'BAD_USER_INPUT', requestId: '', retryable: false },
    },
  ],
};

/** The supergraph without one field of an operator. */
const withoutField = (field: string): string =>
  world.supergraph.replace(new RegExp(`\\n  ${field}\\(?.*@join__field.*`), '');

function tell(what: string, { requests, seconds, wrong }: SteadyFigures): void {
  process.stdout.write(
    `${what}: ${requests} requests, ${Math.round(requests / seconds)} a second, ${wrong.length} failed\n`,
  );
}

describe('under load', () => {
  test('a hundred swaps between two supergraphs cost no request', async () => {
    const withLess = withoutField('simSwap');
    expect(withLess).not.toBe(world.supergraph);
    const swapped = { data: { phoneNumber: { currentTenure: { simSwap: { swapped: false } } } } };
    const load = startSteadyLoad(
      gateway.origin,
      [...STEADY, question(SWAP, { m: worldNumber('kcell', 2) }, swapped, refusal)],
      signedIn(),
    );
    for (let swap = 1; swap <= SWAPS; swap += 1) {
      await putAndRead('supergraph.graphql', swap % 2 === 0 ? world.supergraph : withLess, SERVED);
      await load.more(4);
    }
    const figures = await load.stop();
    tell('supergraph swapped a hundred times', figures);
    expect(figures.wrong.slice(0, 3)).toEqual([]);
    expect(figures.requests).toBeGreaterThan(400);
    // Both supergraphs were really served.
    const [given = 0, ...taken] = figures.counts.at(-1) ?? [];
    expect(given).toBeGreaterThan(0);
    expect(taken.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  }, 120_000);

  test('files that cannot be served change nothing, and the log says why', async () => {
    const load = startSteadyLoad(gateway.origin, STEADY, signedIn());
    for (const [name, text, reason] of [
      ['supergraph.graphql', 'type {', 'cannot be loaded'],
      ['supergraph.graphql', '', 'supergraph was expected'],
      ['supergraph.graphql', world.supergraph.slice(0, world.supergraph.length / 2), 'cannot be loaded'],
      ['partitions.json', '{"subgraphs":', 'does not name the partitioned subgraphs'],
      ['partitions.json', '{"subgraphs":["nobody"]}', 'that the supergraph does not have'],
    ] as const) {
      const before = gateway.output().length;
      await putAndRead(name, text, REFUSED);
      expect([name, text.slice(0, 30), gateway.output().slice(before)]).toEqual([
        name,
        text.slice(0, 30),
        expect.stringContaining(reason),
      ]);
      await load.more(20);
      if (name === 'partitions.json') await putAndRead(name, '{"subgraphs":["operator"]}', SERVED);
      else await putAndRead(name, `${world.supergraph}\n# ${before}\n`, SERVED);
    }
    const figures = await load.stop();
    tell('broken files', figures);
    expect(figures.wrong.slice(0, 3)).toEqual([]);
  }, 60_000);

  test('the list of partitioned subgraphs takes effect by itself', async () => {
    const load = startSteadyLoad(gateway.origin, [STEADY[0] ?? question('', {})], signedIn());
    const before = gateway.output().split(SERVED).length;
    await putAndRead('partitions.json', '{ "subgraphs": ["operator"] }', SERVED);
    expect(gateway.output().split(SERVED).length).toBe(before + 1);
    await load.more(20);
    expect((await load.stop()).wrong.slice(0, 3)).toEqual([]);
  });

  test('operators move, leave and join again, and only what they alone hold is missing meanwhile', async () => {
    const gone = {
      errors: [
        {
          message: ERROR_CATALOGUE.NOT_ROUTABLE.message,
          path: ['phoneNumber', 'currentTenure', 'risk'],
          extensions: { code: 'NOT_ROUTABLE', requestId: '', retryable: false, operatorCode: 'beeline' },
        },
      ],
      data: { phoneNumber: { currentTenure: { risk: null }, blockStatus: { state: 'BLOCKED' } } },
    };
    const load = startSteadyLoad(
      gateway.origin,
      [
        question(ACROSS, { m: worldNumber('kcell', 1) }, whole),
        question(ACROSS, { m: worldNumber('tele2', 1) }, whole),
        question(ACROSS, { m: worldNumber('beeline', 1) }, whole, gone),
      ],
      signedIn(),
    );
    const follow = (text: string) => putAndRead('operators.json', text, 'the operators file was read again');
    for (let round = 0; round < 10; round += 1) {
      await follow(operators({ kcell: { endpoint: movedKcell.url } }));
      await load.more(10);
      await follow(operators({ kcell: { endpoint: movedKcell.url }, beeline: { state: 'LEFT' } }));
      await load.more(10);
      await follow(operators({ beeline: null }));
      await load.more(10);
      await follow(operators({ beeline: { endpoint: joined.url } }));
      await load.more(10);
    }
    const figures = await load.stop();
    tell('operators changed forty times', figures);
    expect(figures.wrong.slice(0, 3)).toEqual([]);
    expect(movedKcell.calls.length).toBeGreaterThan(0);
    expect(joined.calls.length).toBeGreaterThan(0);
    for (const count of figures.counts[2] ?? []) expect(count).toBeGreaterThan(0);
  }, 60_000);

  test('a broken list of operators changes nothing, and is told', async () => {
    const load = startSteadyLoad(gateway.origin, STEADY, signedIn());
    for (const text of ['', '{"operators":[', '[]', '{"operators":[{"code":"KCELL"}]}']) {
      await putAndRead('operators.json', text, 'is not a list of operators; the one before stays in force');
      await load.more(10);
    }
    expect((await load.stop()).wrong.slice(0, 3)).toEqual([]);
  });
});
