// The hook for acts of other parties, by real HTTP: what reaches the house, and what does not.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACTS_PATH, actRoutes } from '../../../shared/audit-log/act-routes';
import type { SignedActMessage } from '../../../shared/audit-log/foreign-act';

const reached: SignedActMessage[] = [];
let server: Server;
let url: string;

beforeAll(async () => {
  const handle = actRoutes(async (message) => {
    reached.push(message);
    return message.act === 'late'
      ? { ok: false, refusal: 'SEQ_GAP' }
      : { ok: true, leafHash: 'leaf', promise: 'promise' };
  });
  server = createServer((request, response) => {
    void handle(request, response).then((done) => (done ? undefined : response.writeHead(404).end()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

const post = (body: string): Promise<Response> => fetch(`${url}${ACTS_PATH}`, { method: 'POST', body });
const message = { act: 'a.b.c', disclosures: [{ field: 'f', salt: 's', value: '1' }], salt: 's' };

describe('the hook', () => {
  test('hands a message to the house and answers with leaf hash and promise, or the refusal', async () => {
    const answer = await post(JSON.stringify(message));
    expect([answer.status, await answer.json()]).toEqual([200, { leafHash: 'leaf', promise: 'promise' }]);
    expect(reached.splice(0)).toEqual([message]);
    const refusal = await post(JSON.stringify({ ...message, act: 'late' }));
    expect([refusal.status, await refusal.json()]).toEqual([409, { refusal: 'SEQ_GAP' }]);
    reached.length = 0;
  });

  test.each([
    ['no JSON', 'hello'],
    ['a list', '[]'],
    ['null', 'null'],
    ['an unknown member', JSON.stringify({ ...message, more: 1 })],
    ['a missing member', JSON.stringify({ act: 'a', salt: 's' })],
    ['a salt that is a number', JSON.stringify({ ...message, salt: 1 })],
    ['disclosures that are no list', JSON.stringify({ ...message, disclosures: {} })],
    [
      'a disclosure with a value that is no text',
      JSON.stringify({ ...message, disclosures: [{ field: 'f', salt: 's', value: 1 }] }),
    ],
    ['a member twice', JSON.stringify(message).replace('{', '{"act":"other",')],
    ['deep nesting', '['.repeat(50_000)],
  ])('answers 400 to %s, and the house hears nothing', async (_what, body) => {
    expect((await post(body)).status).toBe(400);
    expect(reached).toEqual([]);
  });

  test('bounds the body, and answers POST alone', async () => {
    expect((await post(`"${'x'.repeat(1_100_000)}"`)).status).toBe(413);
    expect((await fetch(`${url}${ACTS_PATH}`)).status).toBe(405);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    expect(reached).toEqual([]);
  });
});
