// The feed of block orders: everything that was committed comes exactly once and in one order, whatever else is open, and to nobody else.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeAct } from '../../../../shared/audit/act';
import { opensCommitment } from '../../../../shared/audit/commitment';
import { parseCompactJws } from '../../../../shared/audit/compact-jws';
import { startHttpHost } from '../../../../shared/service/http-host';
import { createLogger } from '../../../../shared/service/logger';
import { createFeedCursorSeal, type FeedCursorSeal } from '../../../../subgraphs/fraud-cases/live/feed-cursor';
import { feedRoute } from '../../../../subgraphs/fraud-cases/live/feed-route';
import { type FeedPage, type OrderFeed, orderFeed } from '../../../../subgraphs/fraud-cases/live/order-feed';
import { type LiveReads, liveReads } from '../../../../subgraphs/fraud-cases/store/live-reads';
import { documentOf, type LiveDatabase, openLiveDatabase, operatorOf, orderIdOf, plainAsker } from './live-fixture';

let database: LiveDatabase;
let reads: LiveReads;
let seal: FeedCursorSeal;
let feed: OrderFeed;

async function open(count: number): Promise<void> {
  database = await openLiveDatabase(count);
  reads = liveReads(database.pool);
  seal = createFeedCursorSeal(await reads.feedKey());
  feed = orderFeed(reads, seal);
}

async function page(operatorCode: string, after: string | null, limit = 50): Promise<FeedPage> {
  const read = await feed(operatorCode, after, limit);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

describe('the feed', () => {
  beforeAll(() => open(12));
  afterAll(() => database?.close());

  it('shows an operator its own orders alone, signed, with the act that commits to them', async () => {
    await database.issue(1);
    await database.issue(2);
    const own = await page('kcell', null);
    expect(own.events).toEqual([
      expect.objectContaining({
        kind: 'BLOCK',
        orderId: orderIdOf(1),
        sequence: 1,
        state: 'ISSUED',
        document: documentOf(1),
        receipt: null,
      }),
    ]);
    expect((await page('tele2', null)).events.map(({ orderId }) => orderId)).toEqual([orderIdOf(2)]);
    expect(await page('beeline', null)).toEqual({ events: [], next: expect.any(String), more: false });

    const act = own.events[0]?.act;
    const signed = decodeAct(parseCompactJws(act?.act ?? '').payload);
    expect(signed).toMatchObject({ kind: 'block.ordered', to: ['kcell'] });
    // What an order says is opened and fits the commitments; who at the bank acted is not.
    expect(act?.disclosures.map(({ field }) => field)).toEqual(['orderHash', 'orderId']);
    for (const { field, salt, value } of act?.disclosures ?? []) {
      const opening = { field, salt: Buffer.from(salt, 'base64url'), value: JSON.parse(value) as never };
      expect(opensCommitment(signed.commitments[field], opening)).toBe(true);
    }
    expect(JSON.stringify(own)).not.toContain('investigator-1');
  });

  it('goes on where a reader stopped, page by page, and shows the newest state beside each event', async () => {
    for (const ordinal of [3, 5, 7]) await database.issue(ordinal);
    await database.issue(3, 'LIFT');
    await database.issue(5, 'SUPERSEDED');
    const seen: string[] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const read: FeedPage = await page('kcell', after, 2);
      seen.push(...read.events.map(({ kind, orderId, state }) => `${kind} ${orderId} ${state}`));
      ({ next: after, more } = read);
    }
    expect(seen).toEqual([
      'BLOCK order-1 ISSUED',
      'BLOCK order-3 LIFT_ISSUED',
      'BLOCK order-5 SUPERSEDED',
      'BLOCK order-7 ISSUED',
      'LIFT order-3 LIFT_ISSUED',
      'SUPERSEDED order-5 SUPERSEDED',
    ]);
    const end = await page('kcell', after);
    expect(end.events).toEqual([]);
    await database.issue(9);
    expect((await page('kcell', end.next)).events.map(({ orderId }) => orderId)).toEqual([orderIdOf(9)]);
  });

  it('waits for a transaction that began earlier, instead of passing it by', async () => {
    const { next } = await page('tele2', null);
    const early = await database.begin(4);
    const late = await database.begin(6);
    await late.commit();
    // The later one is there for everybody who looks at the table, but nobody may read past the earlier one.
    const between = await page('tele2', next);
    expect(between.events).toEqual([]);
    await early.commit();
    expect((await page('tele2', between.next)).events.map(({ orderId }) => orderId)).toEqual([
      orderIdOf(4),
      orderIdOf(6),
    ]);
  });

  it('is not held back by what was rolled back', async () => {
    const { next } = await page('tele2', null, 200);
    const open = await database.begin(8);
    const other = await database.begin(10);
    await other.commit();
    await open.rollback();
    expect((await page('tele2', next)).events.map(({ orderId }) => orderId)).toEqual([orderIdOf(10)]);
  });

  it('takes no cursor of another operator, and none that was changed in any character', async () => {
    const { next } = await page('kcell', null, 1);
    expect(await feed('tele2', next, 1)).toEqual({ ok: false, error: 'BAD_CURSOR' });
    for (let at = 0; at < next.length; at += 1) {
      const changed = `${next.slice(0, at)}${next[at] === 'A' ? 'B' : 'A'}${next.slice(at + 1)}`;
      expect(await feed('kcell', changed, 1)).toEqual({ ok: false, error: 'BAD_CURSOR' });
    }
    for (const text of ['', 'x', 'A'.repeat(60), `${next}=`, ` ${next}`, 'A'.repeat(10_000)]) {
      expect(await feed('kcell', text, 1)).toEqual({ ok: false, error: 'BAD_CURSOR' });
    }
    // Another program over the same database opens what this one sealed.
    const elsewhere = createFeedCursorSeal(await reads.feedKey());
    expect(elsewhere.open(next, 'kcell')).toEqual(seal.open(next, 'kcell'));
  });
});

describe('the feed under transactions that end in another order than they began', () => {
  const count = 40;
  beforeAll(() => open(count));
  afterAll(() => database?.close());

  it('shows each committed event once, none that was rolled back, and never goes back', async () => {
    const seed = 20_261;
    const steps = fc.sample(
      fc.record({
        begins: fc.boolean(),
        which: fc.nat(),
        rollsBack: fc.boolean(),
        reads: fc.boolean(),
        limit: fc.integer({ min: 1, max: 3 }),
      }),
      { numRuns: 400, seed },
    );
    const open: { readonly ordinal: number; readonly issue: Awaited<ReturnType<LiveDatabase['begin']>> }[] = [];
    const committed: string[] = [];
    const seen: string[] = [];
    let next: string | null = null;
    let ordinal = 0;
    const read = async (limit: number): Promise<number> => {
      const got: FeedPage = await page('kcell', next, limit);
      next = got.next;
      seen.push(...got.events.map(({ orderId }) => orderId));
      return got.events.length;
    };
    for (const { begins, which, rollsBack, reads: looks, limit } of steps) {
      if (begins && ordinal < count && open.length < 8) {
        ordinal += 1;
        open.push({ ordinal, issue: await database.begin(ordinal) });
      } else if (open.length > 0) {
        const [ended] = open.splice(which % open.length, 1);
        if (ended !== undefined && rollsBack && which % 4 === 0) await ended.issue.rollback();
        else if (ended !== undefined) {
          await ended.issue.commit();
          if (operatorOf(ended.ordinal) === 'kcell') committed.push(orderIdOf(ended.ordinal));
        }
      }
      if (looks) await read(limit);
    }
    for (const { ordinal: last, issue } of open) {
      await issue.commit();
      if (operatorOf(last) === 'kcell') committed.push(orderIdOf(last));
    }
    while ((await read(3)) > 0);
    expect(seen).toHaveLength(committed.length);
    expect(new Set(seen)).toEqual(new Set(committed));
    // Whoever begins today reads the same, in the same order.
    expect((await page('kcell', null, 200)).events.map(({ orderId }) => orderId)).toEqual(seen);
  });
});

describe('GET /feed/block-orders', () => {
  let url: string;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    await open(2);
    const host = await startHttpHost({
      host: '127.0.0.1',
      port: 0,
      handlers: feedRoute(feed, plainAsker),
      readiness: async () => true,
      logger: createLogger({ name: 'feed-test', level: 'silent' }),
    });
    url = `${host.url}/feed/block-orders`;
    stop = host.stop;
  });
  afterAll(async () => {
    await stop?.();
    await database?.close();
  });

  async function get(query: string, token: string | null = 'operator-kcell:kcell:OPERATOR', method = 'GET') {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(url + query, { headers, method });
    return {
      status: response.status,
      body: (await response.json()) as FeedPage & { errors: [{ extensions: object }] },
    };
  }

  it('answers the operator of the token', async () => {
    await database.issue(1);
    const { status, body } = await get('');
    expect(status).toBe(200);
    expect(body.events.map(({ orderId }) => orderId)).toEqual([orderIdOf(1)]);
    expect((await get(`?after=${body.next}&limit=1`)).body.events).toEqual([]);
    expect((await get('', 'operator-tele2:tele2:OPERATOR')).body.events).toEqual([]);
  });

  it.each([
    ['nobody', '', null, 401, 'UNAUTHENTICATED'],
    ['a token that is none', '', 'nonsense', 401, 'UNAUTHENTICATED'],
    ['an investigator', '', 'investigator-1:afc:INVESTIGATOR', 403, 'FORBIDDEN'],
    ['a suspended machine', '', 'operator-suspended:kcell:OPERATOR', 403, 'FORBIDDEN'],
    ['a bank', '', 'bank-1:bank-1:BANK', 403, 'FORBIDDEN'],
    ['a cursor that is none', '?after=zzz', undefined, 400, 'BAD_USER_INPUT'],
    ['a limit of 0', '?limit=0', undefined, 400, 'BAD_USER_INPUT'],
    ['a limit that is too high', '?limit=201', undefined, 400, 'BAD_USER_INPUT'],
    ['a limit that is no number', '?limit=1e2', undefined, 400, 'BAD_USER_INPUT'],
    ['another operator named', '?operatorCode=tele2', undefined, 400, 'BAD_USER_INPUT'],
    ['a parameter twice', '?limit=1&limit=2', undefined, 400, 'BAD_USER_INPUT'],
  ])('refuses %s', async (_, query, token, status, code) => {
    const answer = await get(query, token);
    expect(answer.status).toBe(status);
    expect(answer.body.errors[0].extensions).toMatchObject({ code });
  });

  it('is read by GET alone', async () => {
    expect((await get('', undefined, 'POST')).status).toBe(405);
  });
});
