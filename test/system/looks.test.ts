// Looks at one person on the running network: in clear for whose case it is, a mask and a refusal for everybody else, and every one of them in
// the trail, for the auditor and for the person who was looked at, with a leaf in the log that is proven offline, by the verifier or by hand.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { verifyBundle } from '../../shared/audit/bundle';
import { parseBundle } from '../../shared/audit/bundle-format';
import { verifyInclusion } from '../../shared/audit/proof';
import { openReceiptCheckpoint } from '../../shared/audit/receipt';
import { parseTlogProof } from '../../shared/audit/tlog-proof';
import { loadPolicyFile } from '../../shared/audit-log/policy-file';
import { maskIin } from '../../shared/vocabulary/iin';
import { maskName } from '../../shared/vocabulary/name';
import { askGraphQL, type GraphQLAnswer } from '../support/http-call';
import { type CommandOutcome, runWith, startTestNetwork, type TestNetwork } from '../support/network';

const README = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');
const VERIFIER = join(__dirname, '..', '..', 'dist', 'shared', 'verifier', 'main.js');

const HOLDER = `query ($msisdn: Msisdn!) {
  phoneNumber(msisdn: $msisdn) { currentTenure { contract { subscriber { maskedIin maskedName iin fullName } } } }
}`;
const TRAIL = `query ($filter: AccessTrailFilter!) {
  accessTrail(filter: $filter, first: 100) {
    nodes { act actor organisation purpose fields subjectCount allowed at logIndex leafHash state }
  }
}`;

interface Look {
  readonly act: string;
  readonly actor: string;
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly allowed: boolean;
  readonly logIndex: string | null;
  readonly leafHash: string;
  readonly state: string;
}

interface Holder {
  readonly fullName: string;
  readonly iin: string;
}

let network: TestNetwork;
let court = '';
let told: { readonly msisdn: string; readonly caseId: string };
let holder: Holder;
/** Tokens outlive the test. */
const tokens = new Map<string, string>();

beforeAll(async () => {
  network = await startTestNetwork();
  court = mkdtempSync(join(tmpdir(), 'senim-looks-'));
  told = network.record().stories.openCase as never;
  holder = await holderOf(told.msisdn);
}, 150_000);

afterAll(async () => {
  await network?.stop();
  if (court !== '') rmSync(court, { recursive: true, force: true });
}, 60_000);

/** Who holds the number, in the operators' own words. */
async function holderOf(msisdn: string): Promise<Holder> {
  for (const { database } of Object.values(network.record().subgraphs.operators)) {
    const client = new Client({ connectionString: database });
    await client.connect();
    try {
      const { rows } = await client.query<Holder>(
        `SELECT s.full_name AS "fullName", s.iin FROM line_contract c JOIN subscriber s ON s.id = c.subscriber_id
         WHERE c.msisdn = $1 AND c.ended_at IS NULL`,
        [msisdn],
      );
      if (rows[0] !== undefined) return rows[0];
    } finally {
      await client.end();
    }
  }
  throw new Error('Nobody holds the number.');
}

const forCase = (purpose = 'INVESTIGATION'): Record<string, string> => ({
  'afc-case': told.caseId,
  'afc-purpose': purpose,
});

async function ask(
  user: string,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphQLAnswer> {
  const token = tokens.get(user) ?? (await network.tokenOf(user));
  tokens.set(user, token);
  const authorization = `Bearer ${token}`;
  return askGraphQL(new URL(network.record().gateway.url).origin, query, variables, { authorization, ...headers });
}

/** What a user is shown of the holder, and the codes beside it. */
async function looked(user: string, headers: Readonly<Record<string, string>> = {}): Promise<readonly unknown[]> {
  const { data, errors } = await ask(user, HOLDER, { msisdn: told.msisdn }, headers);
  const number = data?.phoneNumber as {
    readonly currentTenure: { readonly contract: { readonly subscriber: object } };
  } | null;
  const codes = errors.map(({ path, extensions }) => `${path?.at(-1)} ${extensions.code}`).sort();
  return [number?.currentTenure.contract.subscriber ?? null, codes];
}

async function trailOf(user: string, filter: object, headers: Readonly<Record<string, string>> = {}): Promise<Look[]> {
  const { data, errors } = await ask(user, TRAIL, { filter }, headers);
  expect(errors).toEqual([]);
  const { nodes } = (data?.accessTrail ?? { nodes: [] }) as { readonly nodes: Look[] };
  return nodes;
}

const logOrigin = (): string => new URL(network.record().subgraphs['fraud-cases'].url).origin;

/** The proof of a leaf once witnesses have cosigned it, checked without asking anybody. */
async function isProven({ act, leafHash, logIndex }: Look): Promise<boolean> {
  for (const end = performance.now() + 30_000; performance.now() < end; await sleep(100)) {
    const response = await fetch(`${logOrigin()}/log/receipts/${act}`);
    const receipt = (await response.json()) as { readonly state: string; readonly proof: string };
    if (receipt.state !== 'FINAL') continue;
    const proof = parseTlogProof(Buffer.from(receipt.proof, 'utf8'));
    const checkpoint = openReceiptCheckpoint(loadPolicyFile(network.record().trust.policy), proof.checkpoint);
    const claim = { index: proof.index, size: checkpoint.size, root: checkpoint.root, proof: proof.proof };
    const isThere = verifyInclusion({ ...claim, leafHash: Buffer.from(leafHash, 'base64url') });
    return checkpoint.final && isThere && (logIndex === null || logIndex === proof.index.toString());
  }
  return false;
}

const masked = (): object => ({
  maskedIin: maskIin(holder.iin as never),
  maskedName: maskName(holder.fullName),
  iin: null,
  fullName: null,
});

describe('who is shown the holder of the number of an open case', () => {
  it('in clear: the investigator whose case it is, for the case', async () => {
    expect(await looked('investigator-1', forCase())).toEqual([
      { maskedIin: maskIin(holder.iin as never), maskedName: maskName(holder.fullName), ...holder },
      [],
    ]);
  });

  it('masked, with a refusal: the same without the case, and another investigator with it or without', async () => {
    const refusedAs = (code: string): readonly string[] => [`fullName ${code}`, `iin ${code}`];
    expect(await looked('investigator-1')).toEqual([masked(), refusedAs('PURPOSE_REQUIRED')]);
    expect(await looked('investigator-2')).toEqual([masked(), refusedAs('PURPOSE_REQUIRED')]);
    expect(await looked('investigator-2', forCase())).toEqual([masked(), refusedAs('FORBIDDEN')]);
  });

  it('not at all: everybody who works no cases, whatever they name', async () => {
    for (const user of ['appeals-1', 'analyst-1', 'auditor-1', 'admin-1', 'operator-kcell', 'portal-1', 'bank-1']) {
      for (const headers of [{}, forCase(), forCase('SUBJECT_ACCESS')]) {
        const { data, errors } = await ask(user, HOLDER, { msisdn: told.msisdn }, headers);
        const codes = [...new Set(errors.map(({ extensions }) => extensions.code))];
        expect([user, JSON.stringify(data).includes('*'), codes]).toEqual([user, false, ['FORBIDDEN']]);
        expect(JSON.stringify(data)).not.toContain(holder.iin);
      }
    }
  }, 60_000);

  it('the same by the commands of the README', async () => {
    const commands = [...README.matchAll(/npm run -s dossier -- (\+\d+)(?: --case ([0-9a-f-]{36}))?/g)];
    const named = commands.filter(([, msisdn]) => msisdn === told.msisdn).map(([, , caseId]) => caseId);
    expect(named).toEqual([told.caseId, told.caseId]);
    const shown = (...words: readonly string[]): Promise<CommandOutcome> =>
      network.command('dossier', told.msisdn, ...words);
    const mine = await shown('--case', told.caseId);
    expect([mine.exitCode, mine.stderr]).toEqual([0, '']);
    expect(mine.stdout).toContain(holder.fullName);
    expect(mine.stdout).toContain(holder.iin);
    for (const words of [[], ['--as', 'investigator-2'], ['--as', 'investigator-2', '--case', told.caseId]]) {
      const { exitCode, stdout } = await shown(...words);
      expect([words, exitCode]).toEqual([words, 0]);
      expect(stdout).toContain(maskName(holder.fullName));
      expect(stdout).not.toContain(holder.fullName);
      expect(stdout).not.toContain(holder.iin);
      expect(/WITHHELD .*fullName/.test(stdout)).toBe(words.includes('--case'));
    }
  }, 60_000);
});

describe('the trail', () => {
  const CLEAR = ['Subscriber.fullName', 'Subscriber.iin'];

  it('tells the auditor every look of the case, given and refused, by pseudonyms', async () => {
    const looks = await trailOf('auditor-1', { caseId: told.caseId });
    const [given, refused] = [true, false].map((allowed) =>
      looks.filter((look) => look.allowed === allowed && CLEAR.every((field) => look.fields.includes(field))),
    );
    expect([given?.length, refused?.length]).toEqual([2, 2]);
    expect(new Set(given?.map(({ actor }) => actor)).size).toBe(1);
    expect(new Set([...(given ?? []), ...(refused ?? [])].map(({ actor }) => actor)).size).toBe(2);
    expect(looks.map(({ actor }) => actor).filter((actor) => actor.includes('investigator'))).toEqual([]);
    const [first] = given ?? [];
    const byOne = await trailOf('auditor-1', { actor: first?.actor });
    expect(byOne.map(({ act }) => act)).toEqual(expect.arrayContaining((given ?? []).map(({ act }) => act)));
  });

  it('tells the person who was looked at, through the portal, of every look that was given, and by whom in one word', async () => {
    const whole = await trailOf('auditor-1', { subject: told.msisdn });
    const given = whole.filter(({ allowed, fields }) => allowed && !fields.includes('Query.accessTrail'));
    const mine = await trailOf('portal-1', { subject: told.msisdn }, { 'afc-purpose': 'SUBJECT_ACCESS' });
    expect(mine.map(({ act }) => act)).toEqual(expect.arrayContaining(given.map(({ act }) => act)));
    expect(mine.every(({ allowed }) => allowed)).toBe(true);
    expect([...new Set(mine.map(({ actor }) => actor))].sort()).toEqual(['AUDITOR', 'INVESTIGATOR']);
    // Six looks under two numbers of people, each of which somebody was given something of: the masked ones count too.
    expect(mine.filter(({ actor }) => actor === 'INVESTIGATOR').length).toBeGreaterThanOrEqual(6);
  });

  it('is not told to the portal about everybody, about a case, or without saying why', async () => {
    const why = { 'afc-purpose': 'SUBJECT_ACCESS' };
    for (const [filter, headers] of [
      [{ subject: told.msisdn }, {}],
      [{}, why],
      [{ caseId: told.caseId }, why],
      [{ subject: told.msisdn, caseId: told.caseId }, why],
    ] as const) {
      const { data, errors } = await ask('portal-1', TRAIL, { filter }, headers);
      expect([filter, data, errors[0]?.extensions.code]).toEqual([filter, null, 'PURPOSE_REQUIRED']);
    }
    for (const user of ['investigator-1', 'supervisor-1', 'admin-1']) {
      const { errors } = await ask(user, TRAIL, { filter: { subject: told.msisdn } });
      expect([user, errors[0]?.extensions.code]).toEqual([user, 'FORBIDDEN']);
    }
  });

  it('tells of its own reading', async () => {
    const readings = async (): Promise<readonly Look[]> =>
      (await trailOf('auditor-1', {})).filter(({ fields }) => fields.includes('Query.accessTrail'));
    const before = await readings();
    await trailOf('portal-1', { subject: told.msisdn }, { 'afc-purpose': 'SUBJECT_ACCESS' });
    const since = (await readings()).filter(({ act }) => !before.some((each) => each.act === act));
    // That of the portal, and the reading of `before`; the last one is told to the next.
    expect(since.map(({ purpose }) => purpose).sort()).toEqual(['AUDIT', 'SUBJECT_ACCESS']);
  });

  it('has a leaf in the log for every look and reading, proven under a checkpoint of the witnesses', async () => {
    const looks = await trailOf('auditor-1', {});
    expect(looks.length).toBeGreaterThan(10);
    for (const look of looks) expect([look.act, await isProven(look)]).toEqual([look.act, true]);
    const [look] = looks;
    if (look === undefined) throw new Error('There is no look.');
    const other = `${look.leafHash.startsWith('A') ? 'B' : 'A'}${look.leafHash.slice(1)}`;
    expect(await isProven({ ...look, leafHash: other })).toBe(false);
  }, 60_000);

  it('stands in the evidence of the case, which a stranger verifies without a network', async () => {
    const looks = (await trailOf('auditor-1', { caseId: told.caseId })).filter(({ fields }) =>
      fields.includes('Subscriber.fullName'),
    );
    const file = join(court, 'open.json');
    expect((await network.command('audit-export', '--case', told.caseId, '--out', file)).exitCode).toBe(0);
    const { trust } = network.record();
    for (const name of ['policy', 'root'] as const) writeFileSync(join(court, name), readFileSync(trust[name]));
    const words = [file, '--policy', join(court, 'policy'), '--root', join(court, 'root')];
    const verified = await runWith(VERIFIER, words, {});
    expect([verified.exitCode, verified.stderr]).toEqual([0, '']);
    expect(verified.stdout).toContain('verdict: VALID\n');
    const bundle = parseBundle(readFileSync(file));
    const [policy, root] = [readFileSync(trust.policy), readFileSync(trust.root)];
    const { acts } = verifyBundle({ bundle: readFileSync(file), policy, root, notBefore: null });
    const reads = acts.filter(({ act }) => act.kind === 'identity.read').map(({ act }) => act.id);
    expect(reads).toEqual(expect.arrayContaining(looks.map(({ act }) => act)));
    const indexes = bundle.entries.map(({ index }) => index.toString());
    expect(indexes).toEqual(expect.arrayContaining(looks.map(({ logIndex }) => logIndex)));
    const disclosed = JSON.stringify(
      bundle.entries.flatMap(({ opening }) => opening?.disclosed ?? []).map(({ value }) => value),
    );
    expect(disclosed).not.toContain(holder.iin);
  }, 60_000);
});
