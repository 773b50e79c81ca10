// Bodies that a witness does not wait for: too slow, too large, cut off. It cosigns nothing of them and serves the next caller.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openWitness, type Witness } from '../../../shared/witness/witness';
import { witnessRoutes } from '../../../shared/witness/witness-routes';
import { keyPair } from '../audit-log/log-keys';
import { MemoryLog, testPolicy } from './memory-log';

const folder = mkdtempSync(join(tmpdir(), 'senim-witness-routes-'));
const log = new MemoryLog(9);
let witness: Witness;
let server: Server;
let port = 0;
beforeAll(async () => {
  witness = openWitness({
    policy: testPolicy(),
    name: 'kcell',
    key: keyPair('kcell witness'),
    directory: folder,
    fetchTile: async () => null,
    onAlarm: () => {},
    nowMs: () => 1_795_000_000_999,
  });
  witness.admit();
  const answer = witnessRoutes(witness, testPolicy(), '/witness', 50);
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await witness.close();
  rmSync(folder, { recursive: true });
});

/** Sends the head of a submission of `length` bytes, then these bytes, and resolves with all that is answered until the connection is closed. */
function send(length: number, body: Uint8Array, thenEnds = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let answered = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      answered += text;
    });
    socket.once('close', () => resolve(answered));
    socket.once('error', reject);
    // Whoever leaves something out does not ask to be cut off.
    const close = body.length === length ? 'connection: close\r\n' : '';
    socket.write(`POST /witness/add-checkpoint HTTP/1.1\r\nhost: x\r\n${close}content-length: ${length}\r\n\r\n`);
    socket.write(body);
    if (thenEnds) socket.end();
  });
}

test('a body that does not come is refused, the connection is closed, and nothing was cosigned', async () => {
  const body = log.request(0, 5);
  expect(await send(body.length, body.subarray(0, 40))).toMatch(
    /^HTTP\/1\.1 408 [\s\S]*connection: close[\s\S]*refused/i,
  );
  expect(witness.newest()).toBeNull();
});

test('a body that is too large is refused before its end', async () => {
  expect(await send(1_000_000, Buffer.alloc(70_000))).toMatch(/^HTTP\/1\.1 413 /);
});

test('a body that is cut off changes nothing, and the next caller is served', async () => {
  const body = log.request(0, 5);
  await send(body.length, body.subarray(0, 40), true);
  expect(witness.newest()).toBeNull();
  expect(await send(body.length, body)).toMatch(/^HTTP\/1\.1 200 /);
  expect(witness.newest()?.size).toBe(5n);
});
