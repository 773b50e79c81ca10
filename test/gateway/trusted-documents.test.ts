// Documents that the bank has agreed to answer, through the real server: what is refused, what is only told, and that the manifest is
// followed while the gateway runs.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../gateway/config';
import { type RunningGateway, startGateway } from '../../gateway/server';
import { parseManifest, type TrustedDocumentMode } from '../../gateway/trusted-documents';
import { createLogger } from '../../shared/service/logger';
import { startWorld, type World, worldNumber } from '../support/contract-world';
import { gatewayIdentity } from '../support/gateway-identity';
import { type GraphQLAnswer, postJson } from '../support/http-call';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer';

const KNOWN = 'query ($m: Msisdn!) { phoneNumber(msisdn: $m) { msisdn } }';
const UNKNOWN = 'query ($m: Msisdn!) { phoneNumber(msisdn: $m) { msisdn currentTenure { since } } }';
const VARIABLES = { m: worldNumber('kcell', 1) };

let world: World;
let folder: string;
let issuer: TokenIssuer;
const lines: string[] = [];

beforeAll(async () => {
  [world, issuer] = await Promise.all([startWorld(['kcell']), startTokenIssuer()]);
  folder = mkdtempSync(join(tmpdir(), 'senim-trusted-'));
  writeFileSync(join(folder, 'operators.json'), '{"operators":[]}');
  writeFileSync(join(folder, 'supergraph.graphql'), world.supergraph);
  writeFileSync(join(folder, 'partitions.json'), '{"subgraphs":["operator"]}');
});

beforeEach(() => {
  lines.length = 0;
  writeFileSync(join(folder, 'manifest.json'), manifestOf([KNOWN]));
});

afterAll(async () => {
  await Promise.all([world.close(), issuer.stop()]);
  rmSync(folder, { recursive: true });
});

const signedIn = () => ({ authorization: `Bearer ${issuer.tokenOf('investigator-1')}` });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function manifestOf(documents: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(documents.map((document) => [sha256(document), document])));
}

async function start(mode: TrustedDocumentMode, file: string | undefined = 'manifest.json'): Promise<RunningGateway> {
  const config = readConfig({
    PORT: '0',
    OPERATORS_FILE: join(folder, 'operators.json'),
    ...gatewayIdentity(folder, issuer),
    SUPERGRAPH_FILE: join(folder, 'supergraph.graphql'),
    PARTITIONS_FILE: join(folder, 'partitions.json'),
    NUMBERING_URL: world.servers.numbering?.url,
    FRAUD_CASES_URL: world.servers['fraud-cases']?.url,
    TRUSTED_DOCUMENTS: mode,
    ...(file === '' ? {} : { TRUSTED_DOCUMENTS_FILE: join(folder, file) }),
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  const destination = { write: (line: string) => void lines.push(line) };
  return startGateway(config.value, createLogger({ name: 'gateway', level: 'info', destination }), () => ({}));
}

async function ask(gateway: RunningGateway, query: string): Promise<{ status: number; code: string | null }> {
  const { status, body } = await postJson(`${gateway.url}/graphql`, { query, variables: VARIABLES }, signedIn());
  const { errors = [] } = body as Partial<GraphQLAnswer>;
  return { status, code: errors[0]?.extensions.code ?? null };
}

async function running(mode: TrustedDocumentMode, use: (gateway: RunningGateway) => Promise<void>): Promise<void> {
  const gateway = await start(mode);
  try {
    await use(gateway);
  } finally {
    await gateway.stop();
  }
}

describe('a gateway that enforces its trusted documents', () => {
  test('answers those and refuses every other text, were it different by a space alone', () =>
    running('enforce', async (gateway) => {
      expect(await ask(gateway, KNOWN)).toEqual({ status: 200, code: null });
      for (const document of [UNKNOWN, `${KNOWN} `, `\ufeff${KNOWN}`, '', '{ __typename }', '__proto__']) {
        expect(await ask(gateway, document)).toEqual({ status: 403, code: 'FORBIDDEN' });
      }
    }));

  test('refuses before parsing: what is no GraphQL gets the same answer as what is', () =>
    running('enforce', async (gateway) => {
      const url = `${gateway.url}/graphql`;
      const [document, rubbish] = await Promise.all(
        [UNKNOWN, '{{{{'].map((query) => postJson(url, { query, variables: VARIABLES }, signedIn())),
      );
      const withoutId = (answer: unknown): string => JSON.stringify(answer).replace(/"requestId":"[^"]*"/, '');
      expect(withoutId(document)).toBe(withoutId(rubbish));
    }));

  test('follows the manifest, and keeps the one before when the next is none', () =>
    running('enforce', async (gateway) => {
      await replaceManifest(manifestOf([UNKNOWN]), 'were read again');
      expect((await ask(gateway, UNKNOWN)).status).toBe(200);
      expect((await ask(gateway, KNOWN)).status).toBe(403);
      await replaceManifest('{"half":', 'stays in force');
      expect((await ask(gateway, UNKNOWN)).status).toBe(200);
      expect((await ask(gateway, KNOWN)).status).toBe(403);
    }));

  test('does not start without a manifest that holds together', async () => {
    await expect(start('enforce', '')).rejects.toThrow('TRUSTED_DOCUMENTS_FILE is missing');
    await expect(start('enforce', 'absent.json')).rejects.toThrow('cannot be read');
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ [sha256(KNOWN)]: UNKNOWN }));
    await expect(start('enforce')).rejects.toThrow('is not a manifest');
  });
});

describe('a gateway that audits', () => {
  test('answers everything and logs the digest of what is unknown, and nothing else of it', () =>
    running('audit', async (gateway) => {
      expect(await ask(gateway, KNOWN)).toEqual({ status: 200, code: null });
      expect(lines.join('')).not.toContain(sha256(KNOWN));
      expect(await ask(gateway, UNKNOWN)).toEqual({ status: 200, code: null });
      const told = lines.filter((line) => line.includes(sha256(UNKNOWN)));
      expect(told).toHaveLength(1);
      expect(told.join('')).not.toContain('phoneNumber');
      expect(lines.join('')).not.toContain(VARIABLES.m);
    }));
});

test('a gateway that is told off asks for no manifest', async () => {
  const gateway = await start('off', 'absent.json');
  expect((await ask(gateway, UNKNOWN)).status).toBe(200);
  await gateway.stop();
});

test('the configuration refuses a mode that does not exist', () => {
  const config = readConfig({ TRUSTED_DOCUMENTS: 'maybe' });
  expect(config.ok ? [] : config.error).toContain('TRUSTED_DOCUMENTS is not valid: off, audit or enforce is required.');
});

describe('a manifest', () => {
  test.each(['', 'null', '[]', '"x"', '{"a":1}', '{"a":"b"}', `{"${'0'.repeat(64)}":"{ a }"}`])(
    'is refused when it is %j',
    (text) => {
      expect(parseManifest(text)).toBeNull();
    },
  );

  test('may be empty', () => {
    expect(parseManifest('{}')?.size).toBe(0);
  });
});

async function replaceManifest(text: string, told: string): Promise<void> {
  const file = join(folder, 'manifest.json');
  await writeFile(`${file}.next`, text);
  await rename(`${file}.next`, file);
  for (let wait = 0; wait < 500 && !lines.some((line) => line.includes(told)); wait += 1) await sleep(10);
  expect(lines.join('')).toContain(told);
}
