// The one network call, against servers that fail in every way before, in and after an answer; and when a call is made twice.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { postWithRetry } from '../../../gateway/route/call-request';
import { Presence } from '../../../gateway/route/presence';
import { createSender, type PostRequest, type Sender } from '../../../gateway/route/send';

let opened: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of opened.reverse()) await close();
  opened = [];
});

interface Target {
  readonly url: string;
  readonly requests: IncomingMessage[];
  readonly server: Server;
}

async function targetThat(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<Target> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    request.on('end', () => answer(request, response, requests.length));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(
    () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql?x=1`, requests, server };
}

function sender(): Sender {
  const made = createSender({ connectionsPerOrigin: 4, connectTimeoutMs: 200 });
  opened.push(() => made.close());
  return made;
}

function requestTo(url: string, more: Partial<PostRequest> = {}): PostRequest {
  const context = { signal: new AbortController().signal };
  const deadlineMs = performance.now() + 5_000;
  return {
    url,
    server: 'kcell',
    body: '{"query":"{a}"}',
    headers: { 'x-own': 'yes' },
    deadlineMs,
    context,
    readRefusals: false,
    ...more,
  };
}

const ok = (_request: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end('{"data":{}}');
};

describe('a call', () => {
  test('posts JSON with its own headers, asks for no compression and reads the whole answer', async () => {
    const target = await targetThat(ok);
    const answer = await sender().post(requestTo(target.url));
    expect(answer).toMatchObject({ answered: true, status: 200, contentType: 'application/json' });
    expect(answer.answered && answer.body.toString()).toBe('{"data":{}}');
    expect(target.requests[0]).toMatchObject({ method: 'POST', url: '/graphql?x=1' });
    expect(target.requests[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'x-own': 'yes',
      'content-length': '15',
    });
  });

  test('keeps its connection for the next', async () => {
    const target = await targetThat(ok);
    const { post } = sender();
    for (let call = 0; call < 20; call += 1) await post(requestTo(target.url));
    // The pool may open a second one while the first is not yet free again; never one for each call.
    expect(new Set(target.requests.map(({ socket }) => socket)).size).toBeLessThanOrEqual(2);
  });

  test('is over before it begins when its deadline has passed or its client is gone', async () => {
    const target = await targetThat(ok);
    const { post } = sender();
    const gone = AbortSignal.abort();
    expect(await post(requestTo(target.url, { deadlineMs: performance.now() - 1 }))).toMatchObject({
      fault: 'TIMEOUT',
    });
    expect(await post(requestTo(target.url, { context: { signal: gone } }))).toMatchObject({ fault: 'ABORTED' });
    expect(target.requests).toHaveLength(0);
  });

  test('ends its connection when the deadline passes, before the headers or in the body', async () => {
    for (const begin of [() => undefined, (response: ServerResponse) => void response.write('{')]) {
      const closed: Promise<void>[] = [];
      const target = await targetThat((request, response) => {
        closed.push(new Promise((resolve) => request.socket.once('close', () => resolve())));
        begin(response);
      });
      const outcome = await sender().post(requestTo(target.url, { deadlineMs: performance.now() + 100 }));
      expect(outcome).toMatchObject({ answered: false, fault: 'TIMEOUT' });
      await Promise.all(closed);
      expect(closed).toHaveLength(1);
    }
  });

  test('ends its connection when the client leaves', async () => {
    const client = new AbortController();
    const target = await targetThat(() => client.abort());
    const outcome = await sender().post(requestTo(target.url, { context: { signal: client.signal } }));
    expect(outcome).toMatchObject({ fault: 'ABORTED', bytesSeen: false });
  });

  test('ends its connection when the presence that it was given ends', async () => {
    const presence = new Presence();
    const target = await targetThat(() => presence.leave());
    const { post } = sender();
    const context = {
      presence,
      get signal(): AbortSignal {
        throw new Error('Nobody needs a signal.');
      },
    };
    expect(await post(requestTo(target.url, { context }))).toMatchObject({ fault: 'ABORTED', bytesSeen: false });
    expect(await post(requestTo(target.url, { context }))).toMatchObject({ fault: 'ABORTED' });
    expect(target.requests).toHaveLength(1);
    expect([presence.left, presence.signal.aborted]).toEqual([true, true]);
  });

  test('leaves no connection behind after two hundred that hung', async () => {
    const target = await targetThat((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{');
    });
    const { post } = sender();
    const calls = Array.from({ length: 200 }, () =>
      post(requestTo(target.url, { deadlineMs: performance.now() + 300 })),
    );
    const outcomes = await Promise.all(calls);
    expect(new Set(outcomes.map((outcome) => !outcome.answered && outcome.fault))).toEqual(new Set(['TIMEOUT']));
    const count = () => new Promise((resolve) => target.server.getConnections((_fault, open) => resolve(open)));
    for (let wait = 0; wait < 100 && (await count()) !== 0; wait += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await count()).toBe(0);
  });

  test('does not follow, does not read a refusal, reads it when told to', async () => {
    const elsewhere = await targetThat(ok);
    const target = await targetThat((_request, response) => {
      response.writeHead(307, { location: elsewhere.url });
      response.end('not for us');
    });
    const { post } = sender();
    expect(await post(requestTo(target.url))).toMatchObject({ answered: true, status: 307, body: Buffer.alloc(0) });
    const read = await post(requestTo(target.url, { readRefusals: true }));
    expect(read.answered && read.body.toString()).toBe('not for us');
    expect(elsewhere.requests).toHaveLength(0);
  });

  test('stops at one MiB, told or not, and at any encoding', async () => {
    const target = await targetThat((_request, response, number) => {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (number === 2) headers['content-length'] = '1048577';
      if (number === 3) headers['content-encoding'] = 'br';
      response.writeHead(200, headers);
      response.write(number === 1 ? 'x'.repeat(1_048_577) : 'x');
      if (number === 4) response.end('x'.repeat(1_048_575));
    });
    const { post } = sender();
    const outcomes = [];
    for (let call = 0; call < 4; call += 1) outcomes.push(await post(requestTo(target.url)));
    expect(outcomes.slice(0, 3)).toMatchObject([{ fault: 'TOO_LARGE' }, { fault: 'TOO_LARGE' }, { fault: 'ENCODED' }]);
    expect(outcomes[3]).toMatchObject({ answered: true });
  });

  test('says that nobody is there', async () => {
    const target = await targetThat(ok);
    await new Promise((resolve) => target.server.close(resolve));
    expect(await sender().post(requestTo(target.url))).toMatchObject({ fault: 'UNREACHABLE', bytesSeen: false });
  });
});

describe('a second attempt', () => {
  const resetFirst = (request: IncomingMessage, response: ServerResponse, number: number): void => {
    if (number === 1) request.socket.resetAndDestroy();
    else ok(request, response);
  };

  test('is made when no byte was seen, time is left and it may be', async () => {
    const target = await targetThat(resetFirst);
    const outcomes: boolean[] = [];
    const answer = await postWithRetry(
      sender().post,
      requestTo(target.url),
      () => true,
      ({ answered }) => outcomes.push(answered),
    );
    expect(answer).toMatchObject({ answered: true, status: 200 });
    expect(outcomes).toEqual([false, true]);
  });

  test('is not made of what may be asked only once', async () => {
    const target = await targetThat(resetFirst);
    expect(await postWithRetry(sender().post, requestTo(target.url), () => false)).toMatchObject({
      fault: 'UNREACHABLE',
    });
    expect(target.requests).toHaveLength(1);
  });

  test('is not made when less than 300 ms are left', async () => {
    const target = await targetThat(resetFirst);
    const request = requestTo(target.url, { deadlineMs: performance.now() + 250 });
    expect(await postWithRetry(sender().post, request, () => true)).toMatchObject({ answered: false });
    expect(target.requests).toHaveLength(1);
  });

  test('is not made once a byte was seen, nor after a refusal, nor a third time', async () => {
    const begun = await targetThat((request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('{', () => request.socket.resetAndDestroy());
    });
    const refusing = await targetThat((_request, response) => void response.writeHead(503).end());
    const never = await targetThat((request) => void request.socket.resetAndDestroy());
    const { post } = sender();
    for (const { url } of [begun, refusing, never]) await postWithRetry(post, requestTo(url), () => true);
    expect([begun, refusing, never].map(({ requests }) => requests.length)).toEqual([1, 1, 2]);
  });
});
