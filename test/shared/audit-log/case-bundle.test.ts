// A case out of a real log: foreign acts taken in, a snapshot, the bundle, its verification offline; and what erasure leaves.

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type BundleReport, verifyBundle } from '../../../shared/audit/bundle';
import { formatBundle } from '../../../shared/audit/bundle-format';
import { encodeBase64Url } from '../../../shared/audit/encoding';
import { provePossession, registerKey } from '../../../shared/audit/party-key';
import { formatTrustRoot } from '../../../shared/audit/trust-root';
import type { SignedAct } from '../../../shared/audit-log/act-author';
import { exportBundle } from '../../../shared/audit-log/bundle-export';
import { appendSnapshot } from '../../../shared/audit-log/case-snapshot';
import { eraseOpenings } from '../../../shared/audit-log/erasure';
import { openMessage, takeInForeignAct, toMessage } from '../../../shared/audit-log/foreign-act';
import { SeenCheckpoints } from '../../../shared/audit-log/seen-checkpoint';
import type { Day } from '../../../shared/vocabulary/day';
import { type Instant, msToInstant } from '../../../shared/vocabulary/instant';
import { signingKey } from '../audit/signing-keys';
import {
  actKeyOf,
  actWithEvent,
  BANK_KEY,
  bankAuthor,
  draftOf,
  inTransaction,
  KCELL_KEY,
  kcellAuthor,
  type LogDatabase,
  openLogDatabase,
} from './log-database';
import { LogNetwork, until, WITNESS_NAMES } from './log-network';

const caseId = randomUUID();
const expiresOn = '2031-11-20' as Day;
const now = (): Instant => msToInstant(Date.now());

let net: LogNetwork;
let operator: LogDatabase;
let seen: SeenCheckpoints;
const author = bankAuthor(() => seen.current());

beforeAll(async () => {
  net = await LogNetwork.open();
  operator = await openLogDatabase();
  seen = new SeenCheckpoints(net.database.pool, net.policy);
});
afterAll(async () => {
  await operator.close();
  await net.close();
});

/** An act of kcell, committed with its event in kcell's own database. */
function kcellActs(drafts: readonly ReturnType<typeof draftOf>[]): Promise<readonly SignedAct[]> {
  const kcell = kcellAuthor();
  return inTransaction(operator.pool, async (session) => {
    const signed: SignedAct[] = [];
    for (const draft of drafts) signed.push(await actWithEvent(session, kcell, draft));
    return signed;
  });
}

function takeIn(foreign: SignedAct, takingCase: string | null) {
  return inTransaction(net.database.pool, (session) =>
    takeInForeignAct(session, author, { foreign, caseId: takingCase, at: now(), expiresOn }),
  );
}

async function exportAndVerify(): Promise<BundleReport> {
  const bundle = await inTransaction(net.database.pool, (session) => exportBundle(session, caseId));
  if (!bundle.ok) throw new Error(bundle.error);
  return verifyBundle({
    bundle: Buffer.from(formatBundle(bundle.value)),
    policy: readFileSync(join(net.folder, 'policy.txt')),
    root: Buffer.from(rootFile()),
  });
}

function rootFile(): string {
  const keyOf = (party: string, key: typeof BANK_KEY) => {
    const possession = encodeBase64Url(provePossession(party, 'act', key.privateKey));
    const claim = { role: 'act', key: encodeBase64Url(key.publicKey), possession };
    return { ...registerKey(party, claim), possession };
  };
  const keys: Readonly<Record<string, typeof BANK_KEY>> = { kcell: KCELL_KEY };
  return formatTrustRoot({
    opened: '2026-11-01T00:00:00.000Z' as Instant,
    bank: 'bank',
    parties: [
      { code: 'bank', witness: null, keys: [keyOf('bank', BANK_KEY)] },
      ...WITNESS_NAMES.map((code) => ({
        code,
        witness: code,
        keys: [keyOf(code, keys[code] ?? signingKey(`${code} act`))],
      })),
    ],
  });
}

async function snapshot(): Promise<void> {
  await seen.rememberOwnFinal();
  const signed = await inTransaction(net.database.pool, (session) =>
    appendSnapshot(session, author, { caseId, at: now(), expiresOn }),
  );
  await until('snapshot final', async () => (await net.stateOf(signed.act.id)) === 'FINAL');
}

const drafted = (kind: Parameters<typeof draftOf>[0], inCase: string | null, fields = {}) => ({
  ...draftOf(kind, inCase, fields),
  at: now(),
});

describe('a case with acts of two parties', () => {
  let report: SignedAct;
  let second: SignedAct;

  test('a foreign act is taken in once, in the order of its chain, and only as its author signed it', async () => {
    const acts = await kcellActs([
      drafted('suspicion.reported', null, { msisdn: '+77010000001' }),
      drafted('evidence.added', caseId, { sha256: 'ab' }),
    ]);
    const [first, next] = acts;
    if (first === undefined || next === undefined) throw new Error('two acts');
    report = first;
    second = next;
    expect(openMessage(toMessage(report), actKeyOf)).toMatchObject({ ok: true, value: { leafHash: report.leafHash } });
    expect(await takeIn(second, caseId)).toEqual({ ok: false, error: 'SEQ_GAP' });
    expect(await takeIn(report, caseId)).toMatchObject({ ok: true, value: { outcome: 'TAKEN' } });
    expect(await takeIn(report, caseId)).toMatchObject({ ok: true, value: { outcome: 'KNOWN' } });
    expect(await takeIn(second, caseId)).toMatchObject({ ok: true, value: { outcome: 'TAKEN' } });
  });

  test('messages that are not exactly what their author signed are refused', () => {
    const message = toMessage(report);
    const [disclosure] = message.disclosures;
    if (disclosure === undefined) throw new Error('a disclosure');
    const broken = { ...message, act: `${message.act.slice(0, -3)}AAA` };
    expect(openMessage(broken, actKeyOf).ok).toBe(false);
    expect(openMessage({ ...message, salt: 'AA' }, actKeyOf)).toEqual({ ok: false, error: 'MALFORMED' });
    expect(openMessage({ ...message, disclosures: [] }, actKeyOf)).toEqual({ ok: false, error: 'BAD_DISCLOSURE' });
    const other = { ...disclosure, value: '"+77010000002"' };
    expect(openMessage({ ...message, disclosures: [other] }, actKeyOf)).toEqual({ ok: false, error: 'BAD_DISCLOSURE' });
    expect(openMessage(message, () => null)).toEqual({ ok: false, error: 'UNKNOWN_KEY' });
  });

  test('two acts for one place of a chain are refused and kept as evidence', async () => {
    const rival = await openLogDatabase();
    const forged = await inTransaction(rival.pool, (session) =>
      actWithEvent(session, kcellAuthor(), drafted('suspicion.reported', null, { msisdn: '+77010000009' })),
    );
    await rival.close();
    expect(await takeIn(forged, caseId)).toEqual({ ok: false, error: 'EQUIVOCATION' });
    const { rows } = await net.database.pool.query('SELECT jws FROM audit.author_equivocation');
    expect(rows).toEqual([{ jws: Buffer.from(forged.jws) }]);
  });

  test('its bundle verifies offline', async () => {
    const { pool } = net.database;
    const bank = await inTransaction(pool, async (session) => {
      await actWithEvent(session, author, drafted('identity.read', caseId, { fields: ['fullName'] }));
      return actWithEvent(session, author, {
        ...drafted('case.triaged', caseId, { severity: 'HIGH' }),
        ref: [report.leafHash],
      });
    });
    await until('final', async () => (await net.stateOf(bank.act.id)) === 'FINAL');
    await snapshot();
    const verified = await exportAndVerify();
    expect(verified.findings.filter((finding) => finding.code !== 'OPEN_BELOW')).toEqual([]);
    expect(verified.verdict).toBe('VALID');
    expect(verified.acts).toHaveLength(7);
  });

  test('after its openings are erased, every remaining proof holds and the erasure explains the rest', async () => {
    const erased = await inTransaction(net.database.pool, (session) =>
      eraseOpenings(session, author, { scope: { caseId }, basis: 'retention over', at: now(), expiresOn }),
    );
    await until('final', async () => (await net.stateOf(erased?.act.id ?? '')) === 'FINAL');
    const again = await inTransaction(net.database.pool, (session) =>
      eraseOpenings(session, author, { scope: { caseId }, basis: 'retention over', at: now(), expiresOn }),
    );
    expect(again).toBeNull();
    await snapshot();
    const verified = await exportAndVerify();
    const codes = new Set(verified.findings.map((finding) => finding.code));
    expect(verified.verdict).toBe('VALID');
    expect(codes.has('ERASED')).toBe(true);
    const { rows } = await net.database.pool.query(
      'SELECT count(*)::int AS count FROM audit.opening WHERE act_id = $1',
      [report.act.id],
    );
    expect(rows).toEqual([{ count: 0 }]);
  });
});
