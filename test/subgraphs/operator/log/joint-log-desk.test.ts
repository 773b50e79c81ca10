// An operator's process with its side of the joint log, beside a real log with real witnesses over HTTP.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyAct } from '../../../../shared/audit/act';
import { parseCompactJws } from '../../../../shared/audit/compact-jws';
import { verifyEquivocation } from '../../../../shared/audit/equivocation';
import { signLogCheckpoint } from '../../../../shared/audit-log/log-checkpoint';
import { originHash } from '../../../../shared/audit-log/witness-client';
import type { RunningService } from '../../../../subgraphs/operator/server';
import { LOG_KEY, ORIGIN, until } from '../../../shared/audit-log/log-network';
import {
  contract,
  createOperatorDatabase,
  daysAgo,
  type OperatorDatabase,
  serveOperator,
  tenure,
} from '../operator-fixture';
import { ACT_KEY, type LogWorld, openLogWorld, TEST_PACE } from './log-fixture';
import { simBoxFacts } from './suspicious-line';

const QUIET_SINCE = daysAgo(100);

let world: LogWorld;
let database: OperatorDatabase;
let service: RunningService;

beforeAll(async () => {
  world = await openLogWorld();
  const quiet = contract({ id: 'quiet', msisdn: '+77011230099', since: QUIET_SINCE, subscriberId: 'person-0' });
  const facts = [...simBoxFacts(3)];
  database = await createOperatorDatabase([
    ...facts.filter((fact) => fact.kind !== 'contract'),
    tenure(quiet.msisdn, quiet.since),
    ...facts.filter((fact) => fact.kind === 'contract'),
    quiet,
  ]);
  service = await serveOperator(database.url, 'kcell', { config: world.config, pace: TEST_PACE });
  world.network.server('kcell').handler = async (request, response) => {
    request.url = `/witness${request.url}`;
    return (await service.desk?.handle(request, response)) === true;
  };
}, 60_000);
afterAll(async () => {
  await service?.stop();
  await database?.close();
  await world.close();
});

const counts = () => service.desk?.outbox.counts();
const rows = (statement: string): Promise<readonly Record<string, unknown>[]> => database.dataSource.query(statement);

describe('an operator with its keys', () => {
  it('reports its risky lines by itself, and holds a proof for each that its own witness agrees with', async () => {
    await until('three proofs', async () => (await counts())?.PROVEN === 3, 20_000);
    expect(await counts()).toEqual({ WAITING: 0, PROMISED: 0, PROVEN: 3, PARKED: 0 });
    expect(world.bank.taken.map(({ act }) => act.kind)).toEqual(Array(3).fill('suspicion.reported'));
    expect(await rows('SELECT act_id FROM act_alarm')).toEqual([]);
    expect(service.desk?.witness.newest()?.size).toBeGreaterThanOrEqual(6n);
    expect(await rows('SELECT suspect FROM suspicion_report ORDER BY suspect')).toEqual([
      { suspect: '+77011230001' },
      { suspect: '+77011230002' },
      { suspect: '+77011230003' },
    ]);
  }, 30_000);

  it('says in later acts which final checkpoint it has seen', async () => {
    await until('a seen checkpoint', async () => (await rows('SELECT size FROM audit.seen_checkpoint')).length === 1);
    const [first] = world.bank.taken;
    expect(verifyAct(parseCompactJws(first?.jws ?? ''), ACT_KEY.publicKey).author).toBe('kcell');
  });

  it('answers GraphQL and portings beside its witness', async () => {
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    expect((await fetch(`${service.url}/internal/port-in`)).status).toBe(401);
    expect((await fetch(`${service.url}/graphql`, { method: 'POST', body: '{}' })).status).not.toBe(404);
  });

  it('shows the newest checkpoint that it cosigned, and refuses what is no checkpoint', async () => {
    const shown = await fetch(`${service.url}/witness/${originHash(ORIGIN)}/checkpoint`);
    expect(shown.status).toBe(200);
    expect(await shown.text()).toContain('kcell.test/witness');
    const nonsense = await fetch(`${service.url}/witness/add-checkpoint`, { method: 'POST', body: 'old 0\n' });
    expect(nonsense.status).toBe(400);
  });

  it('proves an equivocation of the log with what its witness holds', async () => {
    const newest = service.desk?.witness.newest();
    const size = newest?.size ?? 0n;
    const fork = signLogCheckpoint({ origin: ORIGIN, size, root: Buffer.alloc(32, 7) }, LOG_KEY);
    const body = `old ${size}\n\n${fork.note}`;
    const answer = await fetch(`${service.url}/witness/add-checkpoint`, { method: 'POST', body });
    expect([409, 422]).toContain(answer.status);
    const evidence = readFileSync(join(world.config.WITNESS_STATE_DIR, 'equivocation.json'));
    const policy = readFileSync(world.config.TRUST_POLICY_FILE);
    expect(verifyEquivocation({ evidence, policy }).verdict).toBe('EQUIVOCATION');
  });
});

describe('an operator that starts anew', () => {
  it('reports nothing twice, and goes on where it stood', async () => {
    await service.stop();
    service = await serveOperator(database.url, 'kcell', { config: world.config, pace: TEST_PACE });
    await until('a second scan', async () => (await counts())?.PROVEN === 3);
    expect(await rows('SELECT count(*)::int AS n FROM suspicion_report')).toEqual([{ n: 3 }]);
    expect(new Set(world.bank.asked).size).toBe(3);
  });

  it('signs and keeps its acts while the bank is down, and delivers them when it is back', async () => {
    await service.stop();
    world.bank.close();
    await database.dataSource.query(
      'DELETE FROM reported_line WHERE contract_key = (SELECT min(contract_key) FROM reported_line)',
    );
    service = await serveOperator(database.url, 'kcell', { config: world.config, pace: TEST_PACE });
    await until('a fourth act', async () => (await counts())?.WAITING === 1);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    world.bank.open();
    await until('the fourth proof', async () => (await counts())?.PROVEN === 4, 20_000);
    expect(await rows('SELECT act_id FROM act_alarm')).toEqual([]);
  }, 30_000);
});

describe('an operator with the wrong files', () => {
  it.each([
    ['an act key that the root does not know', { ACT_KEY_FILE: 'WITNESS_KEY_FILE' as const }],
    ['a witness key that is another', { WITNESS_KEY_FILE: 'ACT_KEY_FILE' as const }],
    ['a policy that is none', { TRUST_POLICY_FILE: 'TRUST_ROOT_FILE' as const }],
    ['a root that is none', { TRUST_ROOT_FILE: 'TRUST_POLICY_FILE' as const }],
  ])('does not start with %s, and says so in one sentence', async (_what, swap) => {
    await service.stop();
    const swapped = Object.entries(swap).map(([name, other]) => [name, world.config[other]]);
    const config = { ...world.config, ...Object.fromEntries(swapped) };
    await expect(serveOperator(database.url, 'kcell', { config, pace: TEST_PACE })).rejects.toThrow(/^[A-Z][^\n]*\.$/);
  });
});
