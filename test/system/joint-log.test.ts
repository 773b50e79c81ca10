// The joint log on the running network: the demo's history is in it, an operator's own reports arrive by themselves, a case leaves as evidence
// that a stranger checks offline, and witnesses may be away. Every process real; what is verified is verified from outside.

import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { verifyBundle } from '../../shared/audit/bundle';
import { parseBundle } from '../../shared/audit/bundle-format';
import { parseCheckpoint } from '../../shared/audit/checkpoint';
import { parseNote } from '../../shared/audit/note';
import { openReceiptCheckpoint } from '../../shared/audit/receipt';
import { parseTlogProof } from '../../shared/audit/tlog-proof';
import { loadPolicyFile, type NetworkPolicy } from '../../shared/audit-log/policy-file';
import { originHash } from '../../shared/audit-log/witness-client';
import { keyedClients } from '../../shared/local-network/demo-users';
import { askGraphQL } from '../support/http-call';
import { type CommandOutcome, run, runWith, startTestNetwork, type TestNetwork } from '../support/network';

const VERIFIER = join(__dirname, '..', '..', 'dist', 'shared', 'verifier', 'main.js');
const START = join(__dirname, '..', '..', 'dist', 'shared', 'local-network', 'start.js');
const OPERATORS = ['kcell', 'beeline', 'tele2'] as const;

let network: TestNetwork;
/** What a court holds: the bundle and the two files of trust, apart from the network's own. */
let court = '';
let policy: NetworkPolicy;

beforeAll(async () => {
  network = await startTestNetwork({ scale: 100 });
  court = mkdtempSync(join(tmpdir(), 'senim-court-'));
  const { trust } = network.record();
  writeFileSync(inCourt('policy.txt'), readFileSync(trust.policy));
  writeFileSync(inCourt('root.json'), readFileSync(trust.root));
  policy = loadPolicyFile(trust.policy);
}, 180_000);

afterAll(async () => {
  await network?.stop();
  if (court !== '') rmSync(court, { recursive: true, force: true });
}, 60_000);

const inCourt = (name: string): string => join(court, name);
const story = (name: string): { readonly msisdn: string; readonly caseId: string; readonly orderId: string } =>
  network.record().stories[name] as never;
const exportCase = (caseId: string, file: string): Promise<CommandOutcome> =>
  network.command('audit-export', '--case', caseId, '--out', inCourt(file));
/** With an empty environment: no variable leads back to the network. */
const verify = (file: string): Promise<CommandOutcome> =>
  runWith(VERIFIER, [inCourt(file), '--policy', inCourt('policy.txt'), '--root', inCourt('root.json')], {});

interface Receipt {
  readonly state: string;
  readonly proof: string | null;
}

const logOrigin = (): string => new URL(network.record().subgraphs['fraud-cases'].url).origin;
async function receiptOf(actId: string): Promise<Receipt | null> {
  const response = await fetch(`${logOrigin()}/log/receipts/${actId}`);
  return response.status === 200 ? ((await response.json()) as Receipt) : null;
}

/** Size of the newest checkpoint at an address. */
async function sizeAt(url: string): Promise<bigint> {
  const response = await fetch(url);
  if (response.status !== 200) return 0n;
  return parseCheckpoint(parseNote(Buffer.from(await response.arrayBuffer())).text).size;
}
const logSize = (): Promise<bigint> => sizeAt(`${logOrigin()}/log/checkpoint`);
const witnessSize = (name: string): Promise<bigint> => {
  const url = policy.witnesses.find((witness) => witness.name === name)?.url ?? '';
  return sizeAt(`${url}/${originHash(policy.origin)}/checkpoint`);
};

async function rowsIn<Row>(database: string, sql: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Ids of acts of a kind that a party keeps, newest first. */
async function actsOf(database: string, kind: string): Promise<readonly string[]> {
  const sql = `SELECT id FROM audit.act WHERE kind = '${kind}' ORDER BY recorded_at DESC, id`;
  return (await rowsIn<{ readonly id: string }>(database, sql)).map((row) => row.id);
}

async function until(what: string, isSo: () => Promise<boolean>, limitMs = 30_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${limitMs} ms`);
    await sleep(100);
  }
}

describe('the history of the demonstration', () => {
  it('was replayed by every party with its own key, before the services started', async () => {
    expect(network.output()).toMatch(/round \d+: \d+ acts of operators, 0 steps of the bank wait for one/);
    const { operators } = network.record().subgraphs;
    for (const code of OPERATORS) {
      const authors = await rowsIn<{ author: string; kinds: string[] }>(
        operators[code]?.database ?? '',
        'SELECT author, array_agg(DISTINCT kind ORDER BY kind) AS kinds FROM audit.act GROUP BY author',
      );
      expect(authors.map((row) => row.author)).toEqual([code]);
      expect(authors[0]?.kinds).toEqual(expect.arrayContaining(['block.enforced', 'suspicion.reported']));
    }
  });

  it('exports the decided case, and the verifier calls it VALID, with its past BACKFILLED', async () => {
    const { exitCode, stdout } = await exportCase(story('blocked').caseId, 'blocked.json');
    expect([exitCode, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^Wrote \S+, [\d,]+ bytes\./)]);
    const { exitCode: verdict, stdout: report, stderr } = await verify('blocked.json');
    expect([verdict, stderr]).toEqual([0, '']);
    expect(report).toContain('verdict: VALID\n');
    expect(report).toContain('BACKFILLED');
    expect(report).not.toContain('not final');
    for (const party of ['afc', ...OPERATORS, 'regulator']) expect(report).toContain(`party ${party}: BOUND`);
  }, 60_000);

  it('holds the whole way of that case: reports, decision, order, receipt', () => {
    const report = verifyBundle({
      bundle: readFileSync(inCourt('blocked.json')),
      policy: readFileSync(inCourt('policy.txt')),
      root: readFileSync(inCourt('root.json')),
      notBefore: null,
    });
    const kinds = report.acts.map(({ act }) => `${act.author} ${act.kind}`);
    const way = [
      'afc suspicion.reported',
      'afc case.triaged',
      'afc block.ordered',
      'beeline block.enforced',
      'afc act.received',
      'afc decision.proposed',
      'afc decision.approved',
      'afc case.snapshot',
    ];
    expect(way.map((step) => kinds.indexOf(step)).every((place) => place >= 0)).toBe(true);
    expect(kinds.filter((kind) => kind === 'afc suspicion.reported')).toHaveLength(2);
    expect(kinds.at(-1)).toBe('afc case.snapshot');
    const bundle = parseBundle(readFileSync(inCourt('blocked.json')));
    const disclosed = bundle.entries.flatMap((entry) => entry.opening?.disclosed ?? []);
    expect(
      disclosed.filter(({ field, value }) => field === 'orderId' && value === story('blocked').orderId).length,
    ).toBeGreaterThan(1);
  });

  it('exports every story that has a case, and says plainly that there is no such case', async () => {
    expect((await exportCase(story('openCase').caseId, 'open.json')).exitCode).toBe(0);
    expect((await verify('open.json')).exitCode).toBe(0);
    const none = await exportCase('11111111-2222-4333-8444-555555555555', 'none.json');
    expect([none.exitCode, none.stdout]).toEqual([1, '']);
    expect(none.stderr).toMatch(/^[^\n]+\.\n$/);
  }, 60_000);
});

describe('a bundle that was changed', () => {
  it('is never VALID, whichever byte it is', async () => {
    const bundle = readFileSync(inCourt('blocked.json'));
    const trust = { policy: readFileSync(inCourt('policy.txt')), root: readFileSync(inCourt('root.json')) };
    // A prime step walks over every part of the file.
    for (let at = 7; at < bundle.length; at += 691) {
      const changed = Buffer.from(bundle);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const { verdict } = verifyBundle({ bundle: changed, ...trust, notBefore: null });
      expect([at, verdict]).not.toEqual([at, 'VALID']);
    }
    writeFileSync(inCourt('cut.json'), bundle.subarray(0, -1));
    expect((await verify('cut.json')).exitCode).toBe(2);
  }, 60_000);

  it('is not VALID under the trust of somebody else', async () => {
    const root = JSON.parse(readFileSync(inCourt('root.json'), 'utf8'));
    writeFileSync(inCourt('other.json'), JSON.stringify({ ...root, bank: 'kcell' }));
    const args = [inCourt('blocked.json'), '--policy', inCourt('policy.txt'), '--root', inCourt('other.json')];
    expect([1, 2]).toContain((await runWith(VERIFIER, args, {})).exitCode);
  });
});

describe("an operator's own reports", () => {
  it('arrive by themselves, become FINAL, and are proven to the operator', async () => {
    const { operators } = network.record().subgraphs;
    let count = 0;
    for (const code of OPERATORS) {
      const ids = await actsOf(operators[code]?.database ?? '', 'suspicion.reported');
      count += ids.length;
      for (const id of ids) {
        await until(`${code}'s report is final`, async () => (await receiptOf(id))?.state === 'FINAL');
        const { proof } = (await receiptOf(id)) ?? { proof: null };
        const { checkpoint } = parseTlogProof(Buffer.from(proof ?? '', 'utf8'));
        expect(openReceiptCheckpoint(policy, checkpoint)).toMatchObject({ final: true });
      }
    }
    // More than the demo's history holds: live ones came on top.
    expect(count).toBeGreaterThan(10);
  }, 120_000);

  it('make a case of a number that had none, with the operator as its reporter', async () => {
    const query = `query ($msisdn: Msisdn!) {
      phoneNumber(msisdn: $msisdn) { openCase { state } reports(first: 5) { nodes { source reporter } } }
    }`;
    const ask = async (): Promise<Readonly<Record<string, unknown>> | null> => {
      const origin = new URL(network.record().gateway.url).origin;
      const headers = { authorization: `Bearer ${await network.tokenOf('supervisor-1')}` };
      const { data } = await askGraphQL(origin, query, { msisdn: story('simBox').msisdn }, headers);
      return (data?.phoneNumber ?? null) as Readonly<Record<string, unknown>> | null;
    };
    await until('the SIM box has a case', async () => (await ask())?.openCase !== null);
    expect(await ask()).toEqual({
      openCase: { state: 'REPORTED' },
      reports: { nodes: [{ source: 'OPERATOR_DETECTION', reporter: 'operator-beeline' }] },
    });
  }, 60_000);
});

describe('witnesses that are away', () => {
  const service = (action: 'start' | 'stop', name: string): Promise<CommandOutcome> =>
    network.command('service', action, name);

  it('one: everything goes on and becomes FINAL', async () => {
    await service('stop', 'regulator');
    expect(network.record().witnesses.regulator?.pid).toBeNull();
    const before = await logSize();
    expect((await exportCase(story('blocked').caseId, 'three.json')).exitCode).toBe(0);
    expect(await logSize()).toBeGreaterThan(before);
    const { exitCode, stdout } = await verify('three.json');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/of size \d+: 3 witnesses, FINAL/);
  }, 90_000);

  it('two: SIGNED, never FINAL; back again, they catch up by themselves', async () => {
    await service('stop', 'tele2');
    const final = await logSize();
    const waiting = exportCase(story('blocked').caseId, 'back.json');
    const bank = network.record().subgraphs['fraud-cases'].database;
    const stateOfNewest = async (): Promise<string | undefined> => {
      const [snapshot = ''] = await actsOf(bank, 'case.snapshot');
      return (await receiptOf(snapshot))?.state;
    };
    await until('the new act is signed', async () => (await stateOfNewest()) === 'SIGNED');
    for (let look = 0; look < 20; look += 1) {
      expect(await stateOfNewest()).toBe('SIGNED');
      expect(await logSize()).toBe(final);
      await sleep(100);
    }
    await Promise.all([service('start', 'tele2'), service('start', 'regulator')]);
    await until('the new act is final', async () => (await stateOfNewest()) === 'FINAL');
    expect((await waiting).exitCode).toBe(0);
    expect((await verify('back.json')).exitCode).toBe(0);
    const size = await logSize();
    for (const name of ['kcell', 'beeline', 'tele2', 'regulator']) {
      await until(`${name} has caught up`, async () => (await witnessSize(name)) >= size);
    }
  }, 120_000);
});

describe('a network that was stopped', () => {
  const keysNow = (): readonly string[] =>
    readdirSync(join(network.folder, 'keys'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.pem'))
      .map((name) => `${name} ${readFileSync(join(network.folder, 'keys', name), 'utf8')}`)
      .toSorted();
  let keys: readonly string[] = [];
  let root = '';

  it('has keys that only their owner may read, one for each party and purpose', async () => {
    keys = keysNow();
    root = readFileSync(inCourt('root.json'), 'utf8');
    await network.stop({ keeps: true });
    const parties = /^(?:afc|afc-gateway|afc-numbering|kcell|beeline|tele2|regulator)\//;
    const besides = [
      'afc/webhook.pem',
      'identity/signing-1.pem',
      ...keyedClients().map((name) => `${name}/client.pem`),
    ];
    const names = keys.map((key) => key.split(' ')[0] ?? '');
    expect(names.filter((name) => parties.test(name) && !besides.includes(name))).toHaveLength(20);
    expect(names.filter((name) => !parties.test(name) || besides.includes(name))).toEqual(besides.toSorted());
    for (const key of keys) {
      expect(statSync(join(network.folder, 'keys', key.split(' ')[0] ?? '')).mode & 0o777).toBe(0o600);
    }
  }, 60_000);

  it('does not start with a key that others may read, and says so in one sentence', async () => {
    const file = join(network.folder, 'keys', 'tele2', 'act.pem');
    chmodSync(file, 0o644);
    const { exitCode, stderr } = await run(START, ['--data', network.folder, '--port', '12345']);
    chmodSync(file, 0o600);
    expect([exitCode, stderr]).toEqual([
      1,
      `The key file ${file} must be a file that only its owner may read (mode 0600).\n`,
    ]);
  }, 60_000);

  it('goes on with the same keys and the same log, under the trust that was handed out before', async () => {
    network = await startTestNetwork({ folder: network.folder });
    expect(keysNow()).toEqual(keys);
    expect(readFileSync(network.record().trust.root, 'utf8')).toBe(root);
    policy = loadPolicyFile(network.record().trust.policy);
    const before = parseBundle(readFileSync(inCourt('back.json'))).entries.length;
    expect((await exportCase(story('blocked').caseId, 'later.json')).exitCode).toBe(0);
    expect((await verify('later.json')).exitCode).toBe(0);
    expect(parseBundle(readFileSync(inCourt('later.json'))).entries.length).toBe(before + 1);
  }, 120_000);
});

it('verifies when the network is gone, with everything of it', async () => {
  await network.stop();
  const { exitCode, stdout } = await verify('blocked.json');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('verdict: VALID\n');
}, 60_000);
