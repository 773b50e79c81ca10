// Ports that are kept for services until these are there.

import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { type HeldPorts, holdPorts } from '../../../shared/local-network/ports';

const servers: Server[] = [];
const held: HeldPorts[] = [];

afterEach(async () => {
  for (const ports of held.splice(0)) await ports.release();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** The port on which a server of ours listens now; null when somebody else does. */
const listen = (port: number): Promise<number | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      servers.push(server);
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : null);
    });
  });
const keep = (ports: HeldPorts | null): HeldPorts => {
  if (ports === null) throw new Error('nothing is held');
  held.push(ports);
  return ports;
};

test('gives each service a port of its own, and nobody else until it is released', async () => {
  const ports = keep(
    await holdPorts(
      new Map([
        ['a', 0],
        ['b', 0],
        ['c', 70_000],
      ]),
    ),
  );
  const numbers = [...ports.byName.values()];
  expect(new Set(numbers).size).toBe(3);
  for (const port of numbers) expect(await listen(port)).toBeNull();
  await ports.release();
  for (const port of numbers) expect(await listen(port)).toBe(port);
});

test('takes the wished port when it is free, and another one when it is not', async () => {
  const taken = (await listen(0)) ?? 0;
  const free = keep(await holdPorts(new Map([['a', 0]])));
  const wish = free.byName.get('a') ?? 0;
  await free.release();
  const ports = keep(
    await holdPorts(
      new Map([
        ['a', wish],
        ['b', taken],
        ['c', wish],
      ]),
    ),
  );
  expect(ports.byName.get('a')).toBe(wish);
  expect([taken, wish]).not.toContain(ports.byName.get('b'));
  expect([taken, wish]).not.toContain(ports.byName.get('c'));
});

test('holds nothing when the one port that must be is in use', async () => {
  const taken = (await listen(0)) ?? 0;
  const free = keep(await holdPorts(new Map([['a', 0]])));
  const wish = free.byName.get('a') ?? 0;
  await free.release();
  expect(
    await holdPorts(
      new Map([
        ['a', wish],
        ['gateway', taken],
      ]),
      'gateway',
    ),
  ).toBeNull();
  expect(await listen(wish)).toBe(wish);
});
