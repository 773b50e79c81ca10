// The bare HTTP server: health, limits, faults that tell nothing, and a stop that finishes what was begun.

import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type HttpHandler, type HttpHost, startHttpHost } from '../../../shared/service/http-host';
import { createLogger } from '../../../shared/service/logger';

const hosts: HttpHost[] = [];
const written: string[] = [];

async function host(handlers: HttpHandler = () => false, readiness = async () => true): Promise<HttpHost> {
  const logger = createLogger({
    name: 'test',
    level: 'info',
    destination: { write: (line) => void written.push(line) },
  });
  const started = await startHttpHost({ host: '127.0.0.1', port: 0, handlers, readiness, logger });
  hosts.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((started) => started.stop()));
  written.splice(0);
});

describe('health', () => {
  test('is alive as soon as it listens, and ready when the program says so', async () => {
    let ready = false;
    const { url } = await host(undefined, async () => ready);
    expect(written.some((line) => line.includes('"msg":"listening"') && line.includes(url))).toBe(true);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    ready = true;
    expect((await fetch(`${url}/readyz?from=probe`)).status).toBe(200);
  });

  test('is not ready when asking fails', async () => {
    const { url } = await host(undefined, () => Promise.reject(new Error('down')));
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });
});

describe('requests', () => {
  test('that no handler takes are not found', async () => {
    const { url } = await host();
    expect((await fetch(`${url}/nothing`)).status).toBe(404);
  });

  test('whose handler fails get a fixed answer', async () => {
    const { url } = await host(() => Promise.reject(new Error('SELECT secret')));
    const response = await fetch(`${url}/x`);
    expect([response.status, await response.text()]).toEqual([500, 'internal error\n']);
  });

  test('that are not HTTP are cut off', async () => {
    const { port } = await host();
    const socket = connect(port, '127.0.0.1');
    socket.write('rubbish\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });
});

describe('stop', () => {
  test('finishes a request in flight, refuses new ones, and closes idle connections', async () => {
    let finish: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      void host(async (_request, response) => {
        resolve();
        await new Promise<void>((go) => {
          finish = go;
        });
        response.end('done');
        return true;
      });
    });
    await Promise.resolve();
    while (hosts.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const [started] = hosts;
    const url = started?.url ?? '';
    await (await fetch(`${url}/livez`)).text();
    const inFlight = fetch(`${url}/slow`);
    await begun;
    const stopped = started?.stop();
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
    finish();
    expect(await (await inFlight).text()).toBe('done');
    await stopped;
    await started?.stop();
  });
});

test('a port that is taken is told in one sentence', async () => {
  const { port } = await host();
  const logger = createLogger({ name: 'test', level: 'silent' });
  const second = startHttpHost({ host: '127.0.0.1', port, handlers: () => false, readiness: async () => true, logger });
  await expect(second).rejects.toThrow(`Cannot listen on 127.0.0.1, port ${port}: another program listens there.`);
});
