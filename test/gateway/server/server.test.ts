// The gateway as it is run: operators that join, move and leave, supergraphs that are swapped and broken files, all while requests are in
// flight; and which headers go to whom.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../gateway/config';
import { type RunningGateway, startGateway } from '../../../gateway/server';
import { createLogger } from '../../../shared/service/logger';
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
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';

let world: World;
let movedKcell: WorldServer;
let folder: string;
let issuer: TokenIssuer;
let gateway: RunningGateway;
const lines: string[] = [];

beforeAll(async () => {
  world = await startWorld(WORLD_OPERATORS);
  movedKcell = await startHonestServer(operatorSchema('kcell'));
  issuer = await startTokenIssuer();
  folder = mkdtempSync(join(tmpdir(), 'senim-server-'));
  writeFileSync(join(folder, 'operators.json'), operators({}));
  writeFileSync(join(folder, 'supergraph.graphql'), world.supergraph);
  writeFileSync(join(folder, 'partitions.json'), '{"subgraphs":["operator"]}');
  const config = readConfig({
    PORT: '0',
    OPERATORS_FILE: join(folder, 'operators.json'),
    ...gatewayIdentity(folder, issuer),
    SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
    PARTITIONS_FILE: join(folder, 'partitions.json'),
    NUMBERING_URL: new URL(urlOf('numbering')).origin,
    FRAUD_CASES_URL: urlOf('fraud-cases'),
    LOG_LEVEL: 'debug',
    // Nothing here is about time; a busy machine is no finding.
    REQUEST_DEADLINE_MS: '30000',
    OPERATOR_DEADLINE_MS: '20000',
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  gateway = await startGateway(
    config.value,
    createLogger({ name: 'gateway', level: 'debug', destination: { write: (line) => void lines.push(line) } }),
    // Parties that know nothing of access.
    () => ({}),
  );
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([world.close(), movedKcell.close(), issuer.stop()]);
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  for (const { calls } of Object.values(world.servers)) calls.length = 0;
});

function urlOf(name: string): string {
  return world.servers[name]?.url ?? '';
}

function operators(changed: Readonly<Record<string, object>>, codes: readonly string[] = WORLD_OPERATORS): string {
  return JSON.stringify({
    operators: codes.map((code) => ({
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
  await writeFile(join(folder, `${name}.next`), text);
  await rename(join(folder, `${name}.next`), join(folder, name));
}

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions: Record<string, unknown> }[];
}

async function ask(query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${issuer.tokenOf('investigator-1')}`,
      ...headers,
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

const RISK = 'query($m:Msisdn!){phoneNumber(msisdn:$m){currentTenure{risk{level}} blockStatus{state}}}';
const WHOLE = { phoneNumber: { currentTenure: { risk: { level: 'LOW' } }, blockStatus: { state: 'BLOCKED' } } };

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let wait = 0; wait < 500; wait += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('It did not come to hold.');
}

/** Asks on and on while something happens; every answer is returned. */
async function askWhile(query: string, variables: object, happening: () => Promise<void>): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let over = false;
  const asking = Array.from({ length: 2 }, async () => {
    while (!over) answers.push(await ask(query, variables));
  });
  try {
    await happening();
  } finally {
    over = true;
  }
  await Promise.all(asking);
  return answers;
}

describe('operators', () => {
  test('move without a request being lost', async () => {
    const answers = await askWhile(RISK, { m: worldNumber('kcell', 1) }, async () => {
      await put('operators.json', operators({ kcell: { endpoint: movedKcell.url } }));
      await until(() => movedKcell.calls.length > 20);
      await put('operators.json', operators({}));
      const before = world.servers.kcell?.calls.length ?? 0;
      await until(() => (world.servers.kcell?.calls.length ?? 0) > before + 20);
    });
    expect(answers.length).toBeGreaterThan(40);
    for (const answer of answers) expect(answer).toEqual({ data: WHOLE });
  });

  test('leave and join again, and cost only their own fields meanwhile', async () => {
    const m = worldNumber('tele2', 1);
    await put('operators.json', operators({ tele2: { state: 'LEFT' } }));
    await until(async () => (await ask(RISK, { m })).errors !== undefined);
    const gone = await ask(RISK, { m });
    expect(gone.data).toEqual({ phoneNumber: { ...WHOLE.phoneNumber, currentTenure: { risk: null } } });
    expect(gone.errors?.map(({ path, extensions }) => [path, extensions.code, extensions.operatorCode])).toEqual([
      [['phoneNumber', 'currentTenure', 'risk'], 'NOT_ROUTABLE', 'tele2'],
    ]);
    await put('operators.json', operators({}, ['kcell', 'beeline']));
    expect((await ask(RISK, { m })).errors?.[0]?.extensions.code).toBe('NOT_ROUTABLE');
    await put('operators.json', operators({}));
    await until(async () => (await ask(RISK, { m })).errors === undefined);
  });

  test('stay as they are when the file breaks, which is told', async () => {
    lines.length = 0;
    await put('operators.json', '{"operators":[');
    await until(() => lines.some((line) => line.includes('stays in force')));
    expect(await ask(RISK, { m: worldNumber('kcell', 1) })).toEqual({ data: WHOLE });
    await put('operators.json', operators({}));
  });
});

describe('a supergraph', () => {
  const without = (field: string) => world.supergraph.replace(new RegExp(`\\n  ${field}.*@join__field.*`), '');

  test('takes a field away and gives it back', async () => {
    const query = 'query($m:Msisdn!){phoneNumber(msisdn:$m){currentTenure{simSwap{swapped}}}}';
    const m = worldNumber('kcell', 1);
    await put('supergraph.graphql', without('simSwap'));
    await until(async () => (await ask(query, { m })).data === undefined);
    expect((await ask(query, { m })).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    await put('supergraph.graphql', world.supergraph);
    await until(async () => (await ask(query, { m })).data !== undefined);
  });

  test.each([
    ['is no GraphQL', 'type {'],
    ['is no supergraph', 'type Query { a: Int }'],
    ['is empty', ''],
  ])('that %s changes nothing, which is told', async (_what, text) => {
    lines.length = 0;
    await put('supergraph.graphql', text);
    await until(() => lines.some((line) => line.includes('a new supergraph was refused')));
    expect(await ask(RISK, { m: worldNumber('kcell', 1) })).toEqual({ data: WHOLE });
    await put('supergraph.graphql', `${world.supergraph}\n`);
    await until(() => lines.some((line) => line.includes('a new supergraph is served')));
  });
});

describe('headers', () => {
  test('of the client that are credentials go to fraud-cases alone; ours, and unknown ones, to nobody', async () => {
    const sent = {
      authorization: `Bearer ${issuer.tokenOf('investigator-1')}`,
      'idempotency-key': 'key',
      'afc-grant': 'forged',
      'x-org': 'forged',
      'x-forwarded-for': '10.0.0.1',
      cookie: 'a=b',
    };
    expect(await ask(RISK, { m: worldNumber('kcell', 1) }, sent)).toEqual({ data: WHOLE });
    const headersAt = (name: string) => Object.keys(world.servers[name]?.calls[0]?.headers ?? {});
    expect(headersAt('fraud-cases')).toEqual(expect.arrayContaining(['authorization', 'idempotency-key']));
    for (const name of ['numbering', 'kcell']) {
      expect(headersAt(name).filter((header) => header in sent)).toEqual([]);
    }
    expect(
      headersAt('fraud-cases')
        .filter((header) => header in sent)
        .sort(),
    ).toEqual(['authorization', 'idempotency-key']);
  });
});

describe('the log', () => {
  test('names the document by its digest, and no number, name or variable', async () => {
    lines.length = 0;
    const m = worldNumber('kcell', 4_321);
    await ask('query Dossier($m:Msisdn!){phoneNumber(msisdn:$m){currentTenure{contract{subscriber{maskedName}}}}}', {
      m,
    });
    await ask(`{phoneNumber(msisdn:"${m}"){nope}}`);
    await until(() => lines.length >= 2);
    const text = lines.join('');
    expect(text).toMatch(/"document":"[0-9a-f]{64}"/);
    expect(text).not.toContain(m);
    expect(text).not.toContain(m.slice(-7));
  });
});

describe('a port in use', () => {
  test('is one plain sentence', async () => {
    const config = readConfig({
      PORT: new URL(gateway.url).port,
      OPERATORS_FILE: join(folder, 'operators.json'),
      ...gatewayIdentity(folder),
      SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
      PARTITIONS_FILE: join(folder, 'partitions.json'),
      NUMBERING_URL: urlOf('numbering'),
      FRAUD_CASES_URL: urlOf('fraud-cases'),
    });
    if (!config.ok) throw new Error(config.error.join('\n'));
    const logger = createLogger({ name: 'gateway', level: 'silent' });
    await expect(startGateway(config.value, logger)).rejects.toMatchObject({
      name: 'AppError',
      message: `Port ${config.value.PORT} is in use by another program.`,
    });
  });
});

describe('the configuration', () => {
  test('is refused with a sentence for every fault', () => {
    const config = readConfig({ PORT: 'x', NUMBERING_URL: 'ftp://a', REQUEST_DEADLINE_MS: '0' });
    expect(config.ok ? [] : config.error.map((sentence) => sentence.split(' ')[0]).sort()).toEqual([
      'FRAUD_CASES_URL',
      'GATEWAY_KEY_FILE',
      'ISSUER_URL',
      'NUMBERING_URL',
      'OPERATORS_FILE',
      'PORT',
      'PSEUDONYM_KEY_FILE',
      'REQUEST_DEADLINE_MS',
    ]);
  });
});
