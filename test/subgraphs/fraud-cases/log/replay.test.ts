// The whole demonstration told to the log: the bank by its own replay, operators by acts that they sign with their own keys; then witnesses make
// it final, and what is exported verifies offline.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AUDIT_CATALOGUE } from '../../../../shared/audit/audit-catalogue';
import { type BundleReport, verifyBundle } from '../../../../shared/audit/bundle';
import { SeenCheckpoints } from '../../../../shared/audit-log/seen-checkpoint';
import { generateDemo } from '../../../../shared/local-network/demo-data/demo';
import { bankAuthor } from '../../../../subgraphs/fraud-cases/log/bank-log';
import { loadBankTrust } from '../../../../subgraphs/fraud-cases/log/bank-trust';
import { eraseCase, exportCase } from '../../../../subgraphs/fraud-cases/log/case-export';
import type { RunningService } from '../../../../subgraphs/fraud-cases/server';
import { openLogPool } from '../../../../subgraphs/fraud-cases/store/log-pool';
import { askGraphQL } from '../../../support/http-call';
import { statementsOf } from '../../../support/statement-log';
import { startTokenIssuer, type TokenIssuer } from '../../../support/token-issuer';
import { bankRound, replayDemo } from '../demo-replay';
import { createCaseDatabase, serveFraudCases } from '../fraud-cases-fixture';
import {
  type Ceremony,
  eventually,
  makeCeremony,
  OPERATORS,
  openOperator,
  replayLine,
  suspicion,
  type TestOperator,
} from '../log-fixture';

const DEMO = generateDemo({ scale: 0, asOfMs: Date.now() });
const CASES = [...DEMO.caseFacts()];
const { caseId, orderId } = DEMO.stories.blocked;
const TRAIL = `query ($id: ID!, $first: Int, $after: String) { fraudCase(id: $id) { trail(first: $first, after: $after) {
  nodes { act author actor at recordedAt summary logIndex leafHash state } pageInfo { hasNextPage endCursor } } } }`;

interface Trail {
  readonly nodes: readonly Readonly<Record<string, string | null>>[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

let ceremony: Ceremony;
let database: Awaited<ReturnType<typeof createCaseDatabase>>;
let operators: readonly TestOperator[];
let replayed: Awaited<ReturnType<typeof replayDemo>>;
let witnesses: { stop(): Promise<void> } | undefined;
let service: RunningService | undefined;
let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await startTokenIssuer();
  ceremony = await makeCeremony();
  database = await createCaseDatabase(CASES);
  operators = await Promise.all(OPERATORS.map((code) => openOperator(ceremony, code)));
}, 60_000);
afterAll(async () => {
  await issuer?.stop();
  await service?.stop();
  await witnesses?.stop();
  for (const operator of operators ?? []) await operator.close();
  await database?.close();
  ceremony?.remove();
});

const signedIn = () => ({ authorization: `Bearer ${issuer.tokenOf('supervisor-1')}` });
const askSignedIn = (origin: string, query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  askGraphQL(origin, query, variables, signedIn());

const query = <Row>(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
  database.dataSource.query(sql, [...values]);
const counted = async (sql: string): Promise<number> => (await query<{ readonly n: number }>(sql))[0]?.n ?? -1;

async function trailOf(id: string, first = 100, after: string | null = null): Promise<Trail> {
  const { data, errors } = await askSignedIn(service?.url ?? '', TRAIL, { id, first, after });
  expect(errors).toEqual([]);
  const shown = data?.fraudCase as { readonly trail: Trail } | undefined;
  return shown?.trail ?? { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
}

/** Runs with the bank as author who knows what is final. */
async function asBank<Value>(run: (author: ReturnType<typeof bankAuthor>) => Promise<Value>): Promise<Value> {
  const trust = loadBankTrust(ceremony);
  const pool = openLogPool(database.url);
  try {
    const seen = new SeenCheckpoints(pool, trust.policy);
    await seen.load();
    await seen.rememberOwnFinal();
    return await run(bankAuthor(trust, trust.ownKey('act', ceremony.log.ACT_KEY_FILE), seen));
  } finally {
    await pool.end();
  }
}

function verified(bundle: string): BundleReport {
  const [policy, root] = [readFileSync(ceremony.policyFile), readFileSync(ceremony.rootFile)];
  return verifyBundle({ bundle: Buffer.from(bundle, 'utf8'), policy, root });
}

describe('a replay of the demonstration', () => {
  it('waits for the operators before they have said anything', async () => {
    const { lines, waiting } = await bankRound(database.dataSource, ceremony, []);
    expect(waiting).toBeGreaterThan(100);
    expect(lines.map(({ subject }) => subject)).toContain('block-order');
    expect(lines.every(({ leafHash }) => /^[A-Za-z0-9_-]{43}$/.test(leafHash))).toBe(true);
  });

  it('refuses an act that says something else than the tables, and writes nothing of it', async () => {
    const [kcell] = operators;
    const report = CASES.flatMap(({ reports }) => reports).find(({ reporter }) => reporter === 'operator-kcell');
    const other = await openOperator(ceremony, 'kcell');
    const { id = '', reporter: _, receivedAt = '', ...rest } = report ?? {};
    const altered = { ...suspicion(id, '+77010000001'), ...rest, suspect: '+77010000001' };
    const signed = await other.sign({ kind: 'suspicion.reported', at: receivedAt, fields: altered });
    const before = await counted('SELECT count(*)::int AS n FROM audit.act');
    const round = bankRound(database.dataSource, ceremony, [replayLine('report', id, signed)]);
    await expect(round).rejects.toThrow(/differs in suspect/);
    expect(await counted(`SELECT count(*)::int AS n FROM audit.act WHERE author <> 'afc'`)).toBe(0);
    expect(await counted('SELECT count(*)::int AS n FROM audit.act')).toBeGreaterThanOrEqual(before);
    await other.close();
    expect(kcell?.code).toBe('kcell');
  });

  it('tells every step once, in a few rounds', async () => {
    replayed = await replayDemo(database.dataSource, ceremony, operators, CASES);
    expect(replayed.waiting).toBe(0);
    expect(replayed.rounds).toBeLessThanOrEqual(6);
    const acts = await counted('SELECT count(*)::int AS n FROM audit.act');
    const again = await bankRound(database.dataSource, ceremony, replayed.lines);
    expect(again.waiting).toBe(0);
    expect(await counted('SELECT count(*)::int AS n FROM audit.act')).toBe(acts);
    expect(await counted('SELECT count(*)::int AS n FROM seeded_case WHERE NOT is_told')).toBe(0);
  });

  it('has an act for every report, order and decision, by its rightful author', async () => {
    const kinds = await query<{ readonly kind: string; readonly author: string; readonly n: number }>(
      'SELECT kind, author, count(*)::int AS n FROM audit.act GROUP BY 1, 2',
    );
    const sum = (kind: string, isBank?: boolean): number =>
      kinds
        .filter((row) => row.kind === kind && (isBank === undefined || (row.author === 'afc') === isBank))
        .reduce((total, { n }) => total + n, 0);
    const all = <Part>(partsOf: (fact: (typeof CASES)[number]) => readonly Part[]): readonly Part[] =>
      CASES.flatMap(partsOf);
    const reports = all((fact) => fact.reports);
    const byOperators = reports.filter(({ reporter }) => reporter.startsWith('operator-'));
    expect(sum('suspicion.reported', false)).toBe(byOperators.length);
    expect(sum('suspicion.reported', true)).toBe(reports.length - byOperators.length);
    expect(sum('block.ordered') + sum('block.reissued')).toBe(all((fact) => fact.blockOrders).length);
    expect(sum('decision.approved')).toBe(CASES.filter(({ decision }) => decision?.approvedBy).length);
    expect(sum('evidence.added')).toBe(all((fact) => fact.evidence).length);
    expect(sum('act.received')).toBe(replayed.lines.length);
    expect(sum('block.enforced', true) + sum('block.failed', true) + sum('lift.done', true)).toBe(0);
  });

  it('leaves documents and receipts with the orders', async () => {
    const orders = await query<{
      readonly document: string | null;
      readonly receipt: string | null;
      readonly state: string;
    }>('SELECT document, receipt, state FROM block_order WHERE issued_at IS NOT NULL');
    expect(orders.every(({ document }) => document !== null)).toBe(true);
    expect(orders.filter(({ state }) => state === 'ENFORCED').every(({ receipt }) => receipt !== null)).toBe(true);
    const lifted = await query<{ readonly lift_receipt: string | null }>(
      `SELECT lift_receipt FROM block_order WHERE state = 'LIFTED'`,
    );
    expect(lifted.length).toBeGreaterThan(0);
    expect(lifted.every(({ lift_receipt: receipt }) => receipt !== null)).toBe(true);
  });
});

describe('a case that no witness has seen', () => {
  it('is not exported: nothing about it is final', async () => {
    const early = asBank((author) => exportCase(database.dataSource, author, caseId, 300));
    await expect(early).rejects.toThrow(/not final yet/);
  });
});

describe('the trail of a case', () => {
  it('is shown before anything is sequenced, and becomes final by the witnesses', async () => {
    service = await serveFraudCases(database.url, ceremony, issuer);
    const committed = await trailOf(caseId);
    expect(committed.nodes.length).toBeGreaterThan(15);
    witnesses = await ceremony.startWitnesses();
    await eventually(async () => (await trailOf(caseId)).nodes.every(({ state }) => state === 'FINAL'));
    const final = await trailOf(caseId);
    expect(final.nodes.map(({ leafHash }) => leafHash)).toEqual(committed.nodes.map(({ leafHash }) => leafHash));
    const indexes = final.nodes.map(({ logIndex }) => Number(logIndex));
    expect(indexes).toEqual([...indexes].sort((left, right) => left - right));
    expect(final.nodes.filter(({ author }) => author === 'beeline').length).toBeGreaterThan(0);
    expect(final.nodes.some(({ summary }) => summary === 'A block was ordered.')).toBe(true);
    expect(final.nodes.some(({ actor }) => actor === 'supervisor-1')).toBe(true);
    const order = await askSignedIn(service.url, `{ blockOrder(id: "${orderId}") { document receipt } }`);
    expect(order.data?.blockOrder).toEqual({ document: expect.any(String), receipt: expect.any(String) });
  }, 60_000);

  it('comes in pages that hold every act once', async () => {
    const whole = await trailOf(caseId);
    const paged: (string | null | undefined)[] = [];
    for (let after: string | null = null; ; ) {
      const page: Trail = await trailOf(caseId, 4, after);
      paged.push(...page.nodes.map(({ leafHash }) => leafHash));
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    expect(paged).toEqual(whole.nodes.map(({ leafHash }) => leafHash));
  });

  it('of many cases costs one statement', async () => {
    const ask = (ids: readonly string[]) =>
      statementsOf(() =>
        askSignedIn(
          service?.url ?? '',
          `{ ${ids.map((id, at) => `c${at}: fraudCase(id: "${id}") { trail(first: 10) { nodes { summary } } }`).join(' ')} }`,
        ),
      );
    const own = (statements: readonly string[]): number => statements.filter((text) => text.includes('LATERAL')).length;
    expect(own(await ask(CASES.slice(0, 20).map(({ id }) => id)))).toBe(1);
    expect(own(await ask([caseId]))).toBe(1);
  });

  it('has receipts, and the log its checkpoint', async () => {
    const [act] = await query<{ readonly id: string }>(
      `SELECT id FROM audit.act WHERE kind = 'block.enforced' LIMIT 1`,
    );
    const { data, errors } = await askSignedIn(
      service?.url ?? '',
      `{ auditReceipt(actId: "${act?.id}") { actId state leafHash logIndex promise proof }
         none: auditReceipt(actId: "${caseId}") { actId } odd: auditReceipt(actId: "x") { actId }
         auditCheckpoint { origin size rootHash note state signedAt } }`,
    );
    expect(errors).toEqual([]);
    const proof = expect.stringMatching(/^c2sp\.org\/tlog-proof@v1\n/);
    expect(data?.auditReceipt).toMatchObject({ actId: act?.id, state: 'FINAL', promise: null, proof });
    expect([data?.none, data?.odd]).toEqual([null, null]);
    expect(data?.auditCheckpoint).toMatchObject({ origin: 'senim.test/log', state: 'FINAL' });
    const note = await (await fetch(`${service?.url}/log/checkpoint`)).text();
    expect(note).toMatch(/^senim\.test\/log\n/);
  });
});

describe('an exported case', () => {
  it('verifies offline, with BACKFILLED times and nothing worse, for every case', async () => {
    // A few at once: an export asks for a connection again and again, and none of them waits long for one.
    const reports = await asBank(async (author) => {
      const all: BundleReport[] = [];
      for (let at = 0; at < CASES.length; at += 4) {
        const some = CASES.slice(at, at + 4).map(async ({ id }) =>
          verified(await exportCase(database.dataSource, author, id)),
        );
        all.push(...(await Promise.all(some)));
      }
      return all;
    });
    const worst = reports
      .flatMap(({ findings }) => findings)
      .filter(({ code }) => AUDIT_CATALOGUE[code].severity !== 'REMARK');
    expect(worst).toEqual([]);
    expect(reports.map(({ verdict }) => verdict)).toEqual(CASES.map(() => 'VALID'));
    const codes = new Set(reports.flatMap(({ findings }) => findings.map(({ code }) => code)));
    // OPEN_BELOW is the early snapshot, made before its author had seen anything final.
    expect([...codes].sort()).toEqual(['BACKFILLED', 'ON_BEHALF', 'OPEN_BELOW']);
  }, 120_000);

  it('is refused for a case that the log does not hold', async () => {
    const none = '00000000-0000-4000-8000-000000000000';
    await expect(asBank((author) => exportCase(database.dataSource, author, none))).rejects.toThrow(/holds no case/);
  });
});

describe('an erasure', () => {
  it('closes the acts of a case, is an act itself, and every remaining proof verifies', async () => {
    const closed = await asBank((author) => eraseCase(database.dataSource, author, { caseId, basis: 'COURT_ORDER' }));
    expect(closed).toBeGreaterThan(15);
    expect(await asBank((author) => eraseCase(database.dataSource, author, { caseId, basis: 'COURT_ORDER' }))).toBe(0);
    const trail = await trailOf(caseId);
    expect(trail.nodes.filter(({ act }) => act === '').length).toBe(closed);
    expect(trail.nodes.every(({ summary }) => summary !== '')).toBe(true);
    const report = verified(await asBank((author) => exportCase(database.dataSource, author, caseId)));
    expect(report.verdict).toBe('VALID');
    expect(report.findings.map(({ code }) => code)).toContain('ERASED');
  }, 60_000);
});
