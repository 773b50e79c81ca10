// Subscriptions through the bare gateway: events of the bank's subgraph over server-sent events, each completed by the others, among them
// an operator; and everything that ends a stream.

import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startBareGateway } from '../../../gateway/bare-server';
import type { Edge } from '../../../gateway/edge/listen';
import { readEvents } from '../../../gateway/route/event-stream';
import { startWorld, startWorldServer, type World, type WorldServer, worldNumber } from '../../support/contract-world';

let world: World;
let source: WorldServer;
let gateway: Edge;
/** The streams that the gateway holds open at the source. */
let streams: ServerResponse[] = [];
/** What the source waits for before it opens a stream. */
let opening: Promise<void> = Promise.resolve();

beforeAll(async () => {
  world = await startWorld(['kcell', 'tele2']);
  source = await startWorldServer(async (_call, request, response) => {
    if (request.headers.accept !== 'text/event-stream') {
      response.writeHead(406).end();
      return;
    }
    await opening;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
    streams.push(response);
  });
});

afterAll(async () => {
  await Promise.all([world.close(), source.close()]);
});

beforeEach(async () => {
  streams = [];
  opening = Promise.resolve();
  source.calls.length = 0;
  gateway = await startBareGateway({
    sdl: world.supergraph.replace(world.servers['fraud-cases']?.url ?? '-', source.url),
    partitions: { operator: { kcell: world.servers.kcell?.url ?? '', tele2: world.servers.tele2?.url ?? '' } },
    host: '127.0.0.1',
    port: 0,
  });
});

afterEach(() => gateway.stop());

const QUERY =
  'subscription($o:ID!){blockOrderIssued(operatorCode:$o){id target{msisdn currentTenure{operatorCode contract{subscriber{maskedName}}}}}}';

async function until(holds: () => boolean): Promise<void> {
  for (let wait = 0; wait < 500 && !holds(); wait += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}

/** Opens a subscription; `next` gives the next event's answer, null at its end. */
async function open(query = QUERY) {
  const leave = new AbortController();
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    signal: leave.signal,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables: { o: 'kcell' } }),
  });
  const chunks = (response.body ?? []) as AsyncIterable<Buffer>;
  const events = readEvents(chunks)[Symbol.asyncIterator]();
  return {
    type: response.headers.get('content-type'),
    leave: () => leave.abort(),
    async next(): Promise<unknown> {
      const { done, value } = await events.next();
      return done === true || value.name === 'complete' ? null : JSON.parse(value.data);
    },
  };
}

const order = (msisdn: string) => ({ id: `order-${msisdn}`, target: { __typename: 'PhoneNumber', msisdn } });
const tell = (data: unknown, errors?: unknown): void => {
  streams[0]?.write(`event: next\ndata: ${JSON.stringify(errors === undefined ? { data } : { data, errors })}\n\n`);
};
const completed = (msisdn: string, operatorCode: string) => ({
  data: {
    blockOrderIssued: {
      id: `order-${msisdn}`,
      target: {
        msisdn,
        currentTenure: { operatorCode, contract: { subscriber: { maskedName: `Name ${msisdn.slice(-7)}` } } },
      },
    },
  },
});

describe('a subscription', () => {
  test('gives each event, completed by numbering and the operator', async () => {
    const client = await open();
    expect(client.type).toBe('text/event-stream; charset=utf-8');
    await until(() => streams.length === 1);
    for (const [operator, index] of [
      ['kcell', 1],
      ['tele2', 2],
      ['kcell', 3],
    ] as const) {
      const msisdn = worldNumber(operator, index);
      tell({ blockOrderIssued: order(msisdn) });
      expect(await client.next()).toEqual(completed(msisdn, operator));
    }
    streams[0]?.end('event: complete\ndata:\n\n');
    expect(await client.next()).toBeNull();
  });

  test('begins for the client when its source stands, so that no event is missed at the start', async () => {
    let stand: () => void = () => undefined;
    opening = new Promise((resolve) => {
      stand = resolve;
    });
    let hasBegun = false;
    const opened = open().then((client) => {
      hasBegun = true;
      return client;
    });
    await until(() => source.calls.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(hasBegun).toBe(false);
    stand();
    const client = await opened;
    // Told in the very moment in which the client knows that it listens.
    expect(streams).toHaveLength(1);
    const msisdn = worldNumber('kcell', 1);
    tell({ blockOrderIssued: order(msisdn) });
    expect(await client.next()).toEqual(completed(msisdn, 'kcell'));
    client.leave();
  });

  test('whose source does not stand in time is one event that says so', async () => {
    opening = new Promise(() => undefined);
    try {
      const client = await open();
      expect(client.type).toBe('text/event-stream; charset=utf-8');
      expect(await client.next()).toMatchObject({ errors: [{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] });
      expect(await client.next()).toBeNull();
    } finally {
      opening = Promise.resolve();
    }
  });

  test('tells the error of one event in that event alone', async () => {
    const client = await open();
    await until(() => streams.length === 1);
    tell(null, [{ message: 'FORBIDDEN-TEXT', extensions: { code: 'FORBIDDEN' } }]);
    const lost = (await client.next()) as { data: unknown; errors: { extensions: { code: string } }[] };
    expect([lost.data, lost.errors[0]?.extensions.code]).toEqual([null, 'FORBIDDEN']);
    expect(JSON.stringify(lost)).not.toContain('FORBIDDEN-TEXT');
    const unknown = worldNumber('beeline', 5);
    tell({ blockOrderIssued: order(unknown) });
    const partial = (await client.next()) as { errors: { extensions: { code: string }; path: unknown }[] };
    expect(partial.errors.map(({ extensions, path }) => [extensions.code, path])).toEqual([
      ['NOT_ROUTABLE', ['blockOrderIssued', 'target', 'currentTenure', 'contract']],
    ]);
    const msisdn = worldNumber('kcell', 6);
    tell({ blockOrderIssued: order(msisdn) });
    expect(await client.next()).toEqual(completed(msisdn, 'kcell'));
    client.leave();
  });

  test('is closed at the subgraph when its client leaves', async () => {
    const client = await open();
    await until(() => streams.length === 1);
    client.leave();
    await until(() => streams[0]?.destroyed === true || streams[0]?.closed === true);
  });

  test('ends when the subgraph breaks off, and when the gateway stops', async () => {
    const broken = await open();
    await until(() => streams.length === 1);
    streams[0]?.destroy();
    expect(await broken.next()).toBeNull();
    const stopped = await open();
    await until(() => streams.length === 2);
    const stopping = gateway.stop();
    expect(await stopped.next()).toBeNull();
    await stopping;
    expect(streams[1]?.closed || streams[1]?.destroyed).toBe(true);
  });

  test('is not given as one answer, and an operation is given as one event', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: QUERY, variables: { o: 'kcell' } }),
    });
    expect(response.status).toBe(406);
    const once = await open('query($o:ID){x:__typename @skip(if:false)}'.replace('($o:ID)', ''));
    expect(await once.next()).toEqual({ data: { x: 'Query' } });
    expect(await once.next()).toBeNull();
  });

  test('that is refused is refused as JSON', async () => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription{nope}' }),
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/json; charset=utf-8']);
  });
});

describe('the reader of events', () => {
  async function* pieces(text: string, size: number) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const TEXT =
    ': hello\n\nevent: next\r\ndata: {"a":\r\ndata: "ж"}\r\n\r\n\n\ndata:x\n\nevent:complete\ndata:\n\ndata: unfinished';

  test.each([1, 2, 3, 7, 1_000])('reads them whole from pieces of %i bytes', async (size) => {
    const events = [];
    for await (const event of readEvents(pieces(TEXT, size))) events.push(event);
    expect(events).toEqual([
      { name: 'next', data: '{"a":\n"ж"}' },
      { name: 'message', data: 'x' },
      { name: 'complete', data: '' },
    ]);
  });

  test('ends at an event that is larger than an answer may be', async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read += 1;
        yield Buffer.alloc(100_000, 'x');
      }
    }
    for await (const _event of readEvents(endless())) throw new Error('There is no event.');
    expect(read).toBe(11);
  });
});
