// Webhooks to real endpoints: what they say and who signed it, endpoints that fail, hang, redirect or point where they must not, and a sender
// that dies between the steps.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { loadOrMakeKeyFile } from '../../../../shared/audit-log/key-file';
import { mayConnect, reachOf } from '../../../../subgraphs/fraud-cases/live/webhook-address';
import {
  pauseAfter,
  startWebhooks,
  WEBHOOK_PACE,
  type WebhookAlarm,
  type WebhookPace,
} from '../../../../subgraphs/fraud-cases/live/webhook-carrier';
import { readWebhookFile, type WebhookEndpoint } from '../../../../subgraphs/fraud-cases/live/webhook-file';
import { webhookMessage, webhookPublicKey } from '../../../../subgraphs/fraud-cases/live/webhook-message';
import { createWebhookPost } from '../../../../subgraphs/fraud-cases/live/webhook-post';
import { type EventBell, openEventBell } from '../../../../subgraphs/fraud-cases/store/event-bell';
import { liveReads } from '../../../../subgraphs/fraud-cases/store/live-reads';
import { webhookOutbox } from '../../../../subgraphs/fraud-cases/store/webhook-outbox';
import { isAuthentic, startWebhookReceiver, type WebhookReceiver } from '../../../support/webhook-receiver';
import { eventually } from '../log-fixture';
import { type LiveDatabase, openLiveDatabase, orderIdOf } from './live-fixture';

const folder = mkdtempSync(join(tmpdir(), 'senim-webhooks-'));
const key = loadOrMakeKeyFile(join(folder, 'webhook.pem'));
const FAST: WebhookPace = { attempts: 3, firstPauseMs: 20, longestPauseMs: 40, atOnce: 2, idleMs: 100, leaseMs: 400 };

let database: LiveDatabase;
let bell: EventBell;
const alarms: WebhookAlarm[] = [];
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await openLiveDatabase(60);
  bell = openEventBell(database.url);
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await webhookOutbox(database.pool).register([]);
  alarms.length = 0;
});
afterAll(async () => {
  await bell?.stop();
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function receiver(): Promise<WebhookReceiver> {
  const started = await startWebhookReceiver(webhookPublicKey(key));
  closers.push(started.stop);
  return started;
}

function endpoint(operatorCode: string, url: string): WebhookEndpoint {
  const reach = reachOf(url);
  if (reach === null) throw new Error('a test names an address that may be reached');
  return { id: `${operatorCode} ${url}`, operatorCode, url, reach };
}

/** Starts the workers; they know their endpoints when it resolves. */
async function carry(endpoints: readonly WebhookEndpoint[], timeMs = 1_000, pace = FAST) {
  const outbox = webhookOutbox(database.pool);
  await outbox.register(endpoints);
  const carrier = startWebhooks({
    outbox,
    endpoints,
    messageOf: (event) => webhookMessage(event, key, Date.now()),
    post: createWebhookPost(timeMs),
    onRing: bell.onRing,
    onAlarm: (alarm) => alarms.push(alarm),
    random: Math.random,
    pace,
  });
  closers.push(carrier.stop);
  return carrier;
}

describe('a webhook', () => {
  it('tells an operator that an order of its own was signed, and nobody’s number', async () => {
    const [kcell, tele2] = [await receiver(), await receiver()];
    const endpoints = [endpoint('kcell', kcell.url), endpoint('tele2', tele2.url)];
    await carry(endpoints);
    await database.issue(1);
    await database.issue(2);
    await database.issue(1, 'LIFT');
    await eventually(async () => kcell.received.length === 2 && tele2.received.length === 1);
    expect(kcell.received.map(({ type, data }) => [type, data.orderId, data.kind])).toEqual([
      ['block_order.issued', orderIdOf(1), 'BLOCK'],
      ['block_order.lift_issued', orderIdOf(1), 'LIFT'],
    ]);
    expect(kcell.received[0]).toEqual({
      id: expect.any(String),
      type: 'block_order.issued',
      timestamp: expect.stringMatching(/Z$/),
      data: {
        orderId: orderIdOf(1),
        kind: 'BLOCK',
        sequence: 1,
        issuedAt: expect.any(String),
        feed: '/feed/block-orders',
      },
    });
    expect(JSON.stringify(kcell.received)).not.toMatch(/\+?7701/);
    // The id is the feed's: whoever reads both knows what it has already.
    const placed = await liveReads(database.pool).ordersOf('kcell', { transaction: '0', place: '0' }, 10);
    expect(kcell.received.map(({ id }) => id)).toEqual(placed.map(({ event }) => event.id));
    expect([kcell.refused(), tele2.refused(), alarms]).toEqual([0, 0, []]);
  });

  it('verifies with the public key, and with no byte changed', () => {
    const event = { id: 'e', kind: 'BLOCK', at: 't', orderId: 'o', sequence: 1, issuedAt: null } as never;
    const { headers, body } = webhookMessage(event, key, Date.now());
    const publicKey = webhookPublicKey(key);
    const isGood = (more: Record<string, string>, text = body): boolean =>
      isAuthentic(publicKey, { ...headers, ...more }, text);
    expect(isGood({})).toBe(true);
    expect(isGood({ 'webhook-signature': `v1,AAAA ${headers['webhook-signature']}` })).toBe(true);
    expect(isGood({ 'webhook-id': 'f' })).toBe(false);
    expect(isGood({ 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) })).toBe(false);
    expect(isGood({ 'webhook-signature': headers['webhook-signature']?.replace('v1a', 'v1') ?? '' })).toBe(false);
    expect(isGood({}, `${body} `)).toBe(false);
    const old = webhookMessage(event, key, Date.now() - 86_400_000);
    expect(isAuthentic(publicKey, old.headers, old.body)).toBe(false);
    const other = loadOrMakeKeyFile(join(folder, 'other.pem'));
    expect(isAuthentic(webhookPublicKey(other), headers, body)).toBe(false);
  });

  it('is not sent of what happened before the endpoint was known; that is in the feed', async () => {
    const kcell = await receiver();
    await database.issue(3);
    await carry([endpoint('kcell', kcell.url)]);
    await database.issue(5);
    await eventually(async () => kcell.received.length > 0);
    expect(kcell.received.map(({ data }) => data.orderId)).toEqual([orderIdOf(5)]);
  });
});

describe('an endpoint that does not take it', () => {
  it('is told again until it does', async () => {
    const kcell = await receiver();
    let failures = 0;
    kcell.answerWith((_request, response) => {
      failures += 1;
      if (failures === 2) kcell.answerWith(null);
      response.writeHead(failures === 1 ? 503 : 400).end();
    });
    await carry([endpoint('kcell', kcell.url)]);
    await database.issue(7);
    await eventually(async () => kcell.received.length === 1);
    expect(kcell.requests()).toBe(3);
    expect(alarms).toEqual([]);
  });

  it('has the message parked after the last attempt, with one alarm, and gets the next one all the same', async () => {
    const kcell = await receiver();
    kcell.answerWith((_request, response) => response.writeHead(500).end());
    await carry([endpoint('kcell', kcell.url)]);
    await database.issue(9);
    await eventually(async () => alarms.length === 1);
    expect(alarms).toEqual([expect.objectContaining({ kind: 'PARKED', operatorCode: 'kcell', outcome: 'REFUSED' })]);
    expect(kcell.requests()).toBe(FAST.attempts);
    kcell.answerWith(null);
    await database.issue(11);
    await eventually(async () => kcell.received.length === 1);
    expect(kcell.received.map(({ data }) => data.orderId)).toEqual([orderIdOf(11)]);
    expect(kcell.requests()).toBe(FAST.attempts + 1);
  });

  it('keeps no other endpoint waiting while it hangs', async () => {
    const [hanging, healthy] = [await receiver(), await receiver()];
    hanging.answerWith(() => {});
    const carrier = await carry([endpoint('kcell', hanging.url), endpoint('tele2', healthy.url)], 60_000);
    for (const ordinal of [13, 15, 17, 19, 14, 16, 18]) await database.issue(ordinal);
    await eventually(async () => healthy.received.length === 3 && hanging.requests() > 0);
    expect(hanging.requests()).toBeLessThanOrEqual(FAST.atOnce);
    await hanging.stop();
    await carrier.stop();
  });

  it('is not followed where it redirects to', async () => {
    const [kcell, elsewhere] = [await receiver(), await receiver()];
    kcell.answerWith((_request, response) => response.writeHead(307, { location: elsewhere.url }).end());
    await carry([endpoint('kcell', kcell.url)]);
    await database.issue(21);
    await eventually(async () => alarms.length === 1);
    expect(elsewhere.requests()).toBe(0);
  });
});

describe('a sender that ends', () => {
  it('after it queued, after it claimed and after it posted tells every event at least once', async () => {
    const kcell = await receiver();
    const target = endpoint('kcell', kcell.url);
    const outbox = webhookOutbox(database.pool);
    await outbox.register([target]);
    for (const ordinal of [23, 25, 27, 29]) await database.issue(ordinal);
    // Queued by a process that is not there any more, some of it claimed, one of that posted and not noted.
    expect(await outbox.fill(target.id, 3)).toBe(3);
    const [posted] = await outbox.claim(target.id, 2, 100);
    if (posted !== undefined) await createWebhookPost(1_000)(target, webhookMessage(posted.event, key, Date.now()));
    await carry([target]);
    await eventually(async () => kcell.received.length === 4 && kcell.requests() >= 5);
    expect(new Set(kcell.received.map(({ data }) => data.orderId))).toEqual(new Set([23, 25, 27, 29].map(orderIdOf)));
    await eventually(async () => (await outbox.nextDueMs(target.id)) === null);
  });

  it('is one of two that run at once, and neither tells what the other tells', async () => {
    const kcell = await receiver();
    const target = endpoint('kcell', kcell.url);
    await carry([target]);
    await carry([target]);
    for (const ordinal of [31, 33, 35, 37, 39, 41, 43, 45]) await database.issue(ordinal);
    await eventually(async () => kcell.received.length === 8);
    await eventually(async () => (await webhookOutbox(database.pool).nextDueMs(target.id)) === null);
    expect(kcell.requests()).toBe(8);
  });
});

describe('an address', () => {
  it.each([
    ['https://operator.example/hooks', 'PUBLIC'],
    ['https://operator.example:8443/hooks?x=1', 'PUBLIC'],
    ['https://8.8.8.8/', 'PUBLIC'],
    ['http://127.0.0.1:4000/', 'LOOPBACK'],
    ['http://localhost:4000/', 'LOOPBACK'],
    ['http://[::1]:4000/', 'LOOPBACK'],
    ['http://operator.example/hooks', null],
    ['ftp://operator.example/', null],
    ['https://user:secret@operator.example/', null],
    ['https://operator.example/#x', null],
    ['https://10.0.0.1/', null],
    ['https://192.168.1.1/', null],
    ['https://172.31.255.255/', null],
    ['https://169.254.169.254/latest/meta-data', null],
    ['https://0.0.0.0/', null],
    ['https://0x0a000001/', null],
    ['https://167772161/', null],
    ['https://[fd00::1]/', null],
    ['https://[fe80::1]/', null],
    ['https://[::ffff:10.0.0.1]/', null],
    ['https://[64:ff9b::a00:1]/', null],
    ['https://[2002:a00:1::]/', null],
    ['not an address', null],
  ])('%s reaches %s', (url, reach) => {
    expect(reachOf(url)).toBe(reach);
  });

  it('that a name resolves to is judged when it is connected to', async () => {
    for (const ip of [
      '10.1.2.3',
      '127.0.0.1',
      '169.254.169.254',
      '::1',
      '::ffff:127.0.0.1',
      'fc00::1',
      '100.64.0.1',
      'x',
    ]) {
      expect(mayConnect(ip, 'PUBLIC')).toBe(false);
    }
    expect(mayConnect('1.1.1.1', 'PUBLIC')).toBe(true);
    expect(mayConnect('2606:4700::1111', 'PUBLIC')).toBe(true);
    expect(mayConnect('10.0.0.1', 'LOOPBACK')).toBe(false);
    const kcell = await receiver();
    // A name that is public by its look and means this machine.
    const url = kcell.url.replace('127.0.0.1', 'localhost');
    const event = { id: 'e', kind: 'BLOCK', at: 't', orderId: 'o', sequence: 1, issuedAt: null } as never;
    const message = webhookMessage(event, key, Date.now());
    const target = { id: 'x', operatorCode: 'kcell', url, reach: 'PUBLIC' } as const;
    expect(await createWebhookPost()(target, message)).toBe('FORBIDDEN');
    expect(kcell.requests()).toBe(0);
  });
});

describe('the pauses between attempts', () => {
  it('double with chance in them, up to a longest, and last about a day', () => {
    expect(pauseAfter(1, WEBHOOK_PACE, () => 0)).toBe(2_500);
    expect(pauseAfter(1, WEBHOOK_PACE, () => 1)).toBe(5_000);
    expect(pauseAfter(4, WEBHOOK_PACE, () => 1)).toBe(40_000);
    expect(pauseAfter(60, WEBHOOK_PACE, () => 1)).toBe(WEBHOOK_PACE.longestPauseMs);
    const all = Array.from({ length: WEBHOOK_PACE.attempts - 1 }, (_, at) =>
      pauseAfter(at + 1, WEBHOOK_PACE, () => 0.5),
    );
    const hours = all.reduce((sum, ms) => sum + ms, 0) / 3_600_000;
    expect(hours).toBeGreaterThan(6);
    expect(hours).toBeLessThan(48);
  });
});

describe('the file of endpoints', () => {
  const file = (text: string): string => {
    const path = join(folder, 'webhooks.json');
    writeFileSync(path, text);
    return path;
  };

  it('names operators and addresses', () => {
    const text = JSON.stringify({ endpoints: [{ operatorCode: 'kcell', url: 'https://kcell.example/hooks' }] });
    expect(readWebhookFile(file(text))).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{64}$/),
        operatorCode: 'kcell',
        url: 'https://kcell.example/hooks',
        reach: 'PUBLIC',
      },
    ]);
  });

  it.each([
    ['no JSON', '{', /JSON/],
    ['another shape', '[]', /list endpoints/],
    [
      'an unknown member',
      '{"endpoints":[{"operatorCode":"kcell","url":"https://k.example","secret":"x"}]}',
      /list endpoints/,
    ],
    ['a code that is none', '{"endpoints":[{"operatorCode":"K!","url":"https://k.example"}]}', /operatorCode/],
    ['a private address', '{"endpoints":[{"operatorCode":"kcell","url":"https://10.0.0.1/"}]}', /public/],
    [
      'an endpoint twice',
      `{"endpoints":[${Array(2).fill('{"operatorCode":"kcell","url":"https://k.example"}').join()}]}`,
      /twice/,
    ],
  ])('is refused with %s', (_, text, sentence) => {
    expect(() => readWebhookFile(file(text))).toThrow(sentence);
  });
});
