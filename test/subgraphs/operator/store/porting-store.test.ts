// Portings on a real database: what is written, what is repeated, what two requests at once do.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createActAuthor } from '../../../../shared/audit-log/act-author';
import type { Instant } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { OperatorFact } from '../../../../shared/vocabulary/seed-fact';
import { tenureKeyText } from '../../../../subgraphs/operator/domain/operator-tenure';
import { openPortingStore, type PortingStore } from '../../../../subgraphs/operator/store/porting-store';
import { openOperatorStore } from '../../../../subgraphs/operator/store/postgres-operator-store';
import { ACT_KEY } from '../log/log-fixture';
import {
  contract,
  createOperatorDatabase,
  daysAgo,
  iinOf,
  type OperatorDatabase,
  person,
  tenure,
} from '../operator-fixture';

const MSISDN = '+77011234567' as Msisdn;
const FROZEN = '+77011234568' as Msisdn;
const SINCE = daysAgo(100) as Instant;
const AT = daysAgo(0.1) as Instant;
const FACTS: readonly OperatorFact[] = [
  person('s-1', iinOf(1)),
  ...[MSISDN, FROZEN].flatMap((msisdn) => [tenure(msisdn, SINCE)]),
  ...[MSISDN, FROZEN].map((msisdn) => contract({ id: msisdn, msisdn, since: SINCE, subscriberId: 's-1' })),
  {
    kind: 'enforcement',
    orderId: '0a0a0a0a-0000-4000-8000-000000000001',
    sequence: 1,
    msisdn: FROZEN,
    since: SINCE,
    state: 'ENFORCED',
    measures: ['PORT_FREEZE'],
    receivedAt: daysAgo(1),
    enforcedAt: daysAgo(1),
    liftedAt: null,
  },
];
const LEAVE = { portId: 'p-1', msisdn: MSISDN, since: SINCE, at: AT };

const AUTHOR = createActAuthor({
  party: 'kcell',
  privateKey: ACT_KEY.privateKey,
  keepsCases: false,
  seen: () => null,
});

let database: OperatorDatabase;
let store: PortingStore;
beforeAll(async () => {
  database = await createOperatorDatabase(FACTS);
  store = openPortingStore(database.dataSource, AUTHOR);
});
afterAll(() => database.close());

const rows = (): Promise<unknown> =>
  database.dataSource.query(
    `SELECT tenure.msisdn, tenure.since, tenure.until, status, ended_at, subscriber_id
     FROM tenure JOIN line_contract USING (msisdn, since) ORDER BY 1, 2`,
  );

describe('a number that leaves', () => {
  let before: unknown;
  beforeEach(async () => {
    before = await rows();
  });

  it('is refused under a freeze, and stays as it was', async () => {
    const request = { ...LEAVE, msisdn: FROZEN };
    expect(await store.checkPortOut(request)).toEqual({ ok: false, error: 'PORT_FREEZE' });
    expect(await store.portOut(request)).toEqual({ ok: false, error: 'PORT_FREEZE' });
    expect(await rows()).toEqual(before);
  });

  it('is refused when the tenure is another', async () => {
    expect(await store.portOut({ ...LEAVE, since: daysAgo(99) as Instant })).toEqual({
      ok: false,
      error: 'NOT_SERVED_HERE',
    });
    expect(await rows()).toEqual(before);
  });

  it('may be asked for without leaving', async () => {
    expect(await store.checkPortOut(LEAVE)).toEqual({ ok: true, value: 'DO' });
    expect(await rows()).toEqual(before);
  });

  it('leaves once, however many ask at once', async () => {
    const steps = await Promise.all(Array.from({ length: 8 }, () => store.portOut(LEAVE)));
    expect(steps.map((step) => step.ok && step.value).sort()).toEqual(['DO', ...Array(7).fill('DONE')].sort());
    expect(await rows()).toContainEqual(
      expect.objectContaining({ msisdn: MSISDN, until: new Date(AT), status: 'PORTED_OUT', ended_at: new Date(AT) }),
    );
    expect(await store.checkPortOut(LEAVE)).toEqual({ ok: true, value: 'DONE' });
    expect(await store.portOut({ ...LEAVE, portId: 'p-2' })).toEqual({ ok: false, error: 'NOT_SERVED_HERE' });
  });
});

describe('a number that comes', () => {
  const COME = { portId: 'p-3', msisdn: MSISDN, since: daysAgo(0.05) as Instant };

  it('is refused while it is here', async () => {
    expect(await store.portIn({ ...COME, msisdn: FROZEN })).toEqual({ ok: false, error: 'ALREADY_SERVED_HERE' });
  });

  it('begins a tenure that waits for its holder, once', async () => {
    const steps = await Promise.all(Array.from({ length: 4 }, () => store.portIn(COME)));
    expect(steps.every((step) => step.ok)).toBe(true);
    const [found] = (await openOperatorStore(database.dataSource).readContracts([COME])).get(tenureKeyText(COME)) ?? [];
    expect(found).toMatchObject({ status: 'PENDING_IDENTIFICATION', subscriber: null, plan: null, activatedAt: null });
    expect(await store.portIn({ ...COME, since: daysAgo(0.04) as Instant })).toEqual({
      ok: false,
      error: 'PORT_ID_CONFLICT',
    });
  });

  it('may leave again before anybody identified themselves', async () => {
    const at = daysAgo(0.01) as Instant;
    expect(await store.portOut({ portId: 'p-4', msisdn: MSISDN, since: COME.since, at })).toEqual({
      ok: true,
      value: 'DO',
    });
  });
});
