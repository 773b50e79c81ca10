// An operator that still serves an older schema, through the gateway as it is run and real HTTP. The older server refuses every
// document that its schema does not allow, so that asking it for one field too many would cost all of its fields.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../../gateway/config';
import { type RunningGateway, startGateway } from '../../../gateway/server';
import { createLogger } from '../../../shared/service/logger';
import {
  contractOf,
  operatorSchema,
  startHonestServer,
  startWorld,
  type World,
  type WorldServer,
  worldNumber,
} from '../../support/contract-world';
import { gatewayIdentity } from '../../support/gateway-identity';
import { startTokenIssuer, type TokenIssuer } from '../../support/token-issuer';

/** The contract before simSwap, before risk's level and windows, before holdings, before receipts had a sequence. */
const OLDER = contractOf('operator')
  .replace(/^ {2}simSwap\(.*$/m, '')
  .replace(' level: RiskLevel ', ' ')
  .replace(' windowHours: Int! ', ' ')
  .replace(/type OperatorHolding [\s\S]*?\n}\n/, '')
  .replaceAll(' sequence: Int! ', ' ');
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

let world: World;
let older: WorldServer;
let folder: string;
let gateway: RunningGateway;
let issuer: TokenIssuer;
const lines: string[] = [];

beforeAll(async () => {
  world = await startWorld(['kcell', 'beeline']);
  older = await startHonestServer(operatorSchema('tele2', OLDER));
  issuer = await startTokenIssuer();
  folder = mkdtempSync(join(tmpdir(), 'senim-drift-'));
  writeFileSync(join(folder, 'tele2.graphql'), OLDER);
  writeFileSync(join(folder, 'operators.json'), operators({}));
  writeFileSync(join(folder, 'supergraph.graphql'), world.supergraph);
  writeFileSync(join(folder, 'partitions.json'), '{"subgraphs":["operator"]}');
  gateway = await openGateway();
});

afterAll(async () => {
  await gateway.stop();
  await Promise.all([world.close(), older.close(), issuer.stop()]);
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  older.calls.length = 0;
  lines.length = 0;
});

function openGateway(): Promise<RunningGateway> {
  const config = readConfig({
    PORT: '0',
    OPERATORS_FILE: join(folder, 'operators.json'),
    ...gatewayIdentity(folder, issuer),
    SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
    PARTITIONS_FILE: join(folder, 'partitions.json'),
    NUMBERING_URL: world.servers.numbering?.url,
    FRAUD_CASES_URL: world.servers['fraud-cases']?.url,
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const destination = { write: (line: string) => void lines.push(line) };
  return startGateway(config.value, createLogger({ name: 'gateway', level: 'info', destination }), () => ({}));
}

function operators(tele2: object): string {
  const entry = (code: string, endpoint: string | undefined, more: object = {}) => ({
    code,
    name: code,
    brands: [code],
    endpoint,
    state: 'CONNECTED',
    ...more,
  });
  return JSON.stringify({
    operators: [
      entry('kcell', world.servers.kcell?.url),
      entry('beeline', world.servers.beeline?.url),
      entry('tele2', older.url, { schemaHash: hashOf(OLDER), schemaFile: 'tele2.graphql', ...tele2 }),
    ],
  });
}

interface Answer {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { readonly path?: readonly unknown[]; readonly extensions: Record<string, unknown> }[];
}

async function ask(query: string, variables: object = {}, user = 'investigator-1'): Promise<Answer> {
  const signedIn = {
    authorization: `Bearer ${issuer.tokenOf(user)}`,
    'afc-case': '0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10',
    'afc-purpose': 'INVESTIGATION',
  };
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signedIn },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

const told = ({ errors = [] }: Answer) =>
  errors.map(({ path, extensions }) => `${path?.join('.')} ${extensions.code} ${extensions.operatorCode}`).sort();

const m = worldNumber('tele2', 5);

describe('an operator with an older schema', () => {
  test('loses the fields that it lacks, each by its own path, and nothing else', async () => {
    const answer = await ask(
      `query($m:[Msisdn!]!){numbers:phoneNumbers(msisdns:$m){currentTenure{
        swap:simSwap{swapped} contract{subscriber{name:maskedName}} danger:risk{how:level list:indicators{code}}} blockStatus{state}}}`,
      { m: [m, worldNumber('kcell', 6)] },
    );
    expect(answer.data).toEqual({
      numbers: [
        {
          currentTenure: {
            swap: null,
            contract: { subscriber: { name: `Name ${m.slice(-7)}` } },
            danger: { how: null, list: [{ code: `NIGHT-${m.slice(-7)}` }] },
          },
          blockStatus: { state: 'BLOCKED' },
        },
        expect.objectContaining({ currentTenure: expect.objectContaining({ swap: { swapped: false } }) }),
      ],
    });
    expect(told(answer)).toEqual([
      'numbers.0.currentTenure.danger.how OPERATOR_ERROR tele2',
      'numbers.0.currentTenure.swap OPERATOR_ERROR tele2',
    ]);
    expect(older.calls).toHaveLength(1);
    expect(older.calls[0]?.query).not.toMatch(/simSwap|level/);
  });

  test('loses what a field that may not be null takes with it', async () => {
    const answer = await ask(
      'query($m:Msisdn!){phoneNumber(msisdn:$m){currentTenure{contract{id} risk{indicators{code windowHours}}}}}',
      { m },
    );
    expect(answer.data).toEqual({
      phoneNumber: { currentTenure: { contract: { id: `contract-${m.slice(-7)}` }, risk: { indicators: null } } },
    });
    expect(told(answer)).toEqual(['phoneNumber.currentTenure.risk.indicators.0.windowHours OPERATOR_ERROR tele2']);
  });

  test('is asked whether an object is there of which it has no field', async () => {
    const answer = await ask('query($m:Msisdn!){phoneNumber(msisdn:$m){currentTenure{risk{level}}}}', { m });
    expect(answer.data).toEqual({ phoneNumber: { currentTenure: { risk: { level: null } } } });
    expect(told(answer)).toEqual(['phoneNumber.currentTenure.risk.level OPERATOR_ERROR tele2']);
  });

  test('tells nothing of fields that the client has left out', async () => {
    const query =
      'query($m:Msisdn!,$b:Boolean!){phoneNumber(msisdn:$m){currentTenure{contract{id} simSwap @include(if:$b){swapped}}}}';
    expect(told(await ask(query, { m, b: false }))).toEqual([]);
    expect(told(await ask(query, { m, b: true }))).toEqual(['phoneNumber.currentTenure.simSwap OPERATOR_ERROR tele2']);
  });

  test('is not asked for rows of a type that it does not have', async () => {
    const answer = await ask('{person(iin:"900101300007"){holdings{operatorCode activeLineCount}}}');
    expect(answer.data).toEqual({
      person: {
        holdings: [
          { operatorCode: 'kcell', activeLineCount: 2 },
          { operatorCode: 'beeline', activeLineCount: 2 },
          { operatorCode: 'tele2', activeLineCount: null },
        ],
      },
    });
    expect(told(answer)).toEqual(['person.holdings.2.activeLineCount OPERATOR_ERROR tele2']);
    expect(older.calls).toHaveLength(0);
  });

  test('loses a field of what a mutation gives back', async () => {
    const delivered = (fields: string) =>
      ask(`mutation{executeBlockOrder(operatorCode:"tele2",order:"o1"){${fields}}}`, {}, 'afc-dispatcher');
    const answer = await delivered('orderId receipt');
    expect(answer).toEqual({ data: { executeBlockOrder: { orderId: 'o1', receipt: 'receipt of tele2 for o1' } } });
    const lost = await delivered('orderId sequence');
    expect(lost.data).toEqual({ executeBlockOrder: null });
    expect(told(lost)).toEqual(['executeBlockOrder.sequence OPERATOR_ERROR tele2']);
  });
});

describe('a list of operators', () => {
  async function put(name: string, text: string): Promise<void> {
    await writeFile(join(folder, `${name}.next`), text);
    await rename(join(folder, `${name}.next`), join(folder, name));
  }
  async function until(holds: () => boolean): Promise<void> {
    for (let wait = 0; wait < 500 && !holds(); wait += 1) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(holds()).toBe(true);
  }
  const refusals = () => lines.filter((line) => line.includes('has another hash')).length;
  const readAgain = () => lines.filter((line) => line.includes('read again')).length;
  const SWAP = 'query($m:Msisdn!){phoneNumber(msisdn:$m){currentTenure{simSwap{swapped}}}}';

  test('whose schema file has another hash changes nothing until the file is delivered', async () => {
    const newer = contractOf('operator');
    await put('operators.json', operators({ schemaFile: 'tele2-next.graphql', schemaHash: hashOf(newer) }));
    await until(() => refusals() === 1);
    expect(told(await ask(SWAP, { m }))).toEqual(['phoneNumber.currentTenure.simSwap OPERATOR_ERROR tele2']);

    await put('tele2-next.graphql', `${newer}\n`);
    await put('tele2-next.graphql', newer);
    await until(() => readAgain() === 1);
    expect(refusals()).toBe(1);
    // The list says that the operator has the field now; the server behind it has not, and refuses the call.
    expect(told(await ask(SWAP, { m }))).toHaveLength(1);
    expect(older.calls.at(-1)?.query).toContain('simSwap');

    await put('operators.json', operators({}));
    await until(() => readAgain() === 2);
    expect(told(await ask(SWAP, { m }))).toEqual(['phoneNumber.currentTenure.simSwap OPERATOR_ERROR tele2']);
  });

  test('that names a schema that is not there is nothing to start with', async () => {
    await put('operators.json', operators({ schemaFile: 'nobody.graphql' }));
    await expect(openGateway()).rejects.toThrow('schema file');
    await put('operators.json', operators({}));
  });
});
