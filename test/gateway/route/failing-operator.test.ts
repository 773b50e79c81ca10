// Operators that cannot be reached, cannot be trusted as whom they say they are, ask for rest, or come and go; through real sockets and
// a real gateway. What is counted is who was called how often.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startBareGateway } from '../../../gateway/bare-server';
import type { Edge } from '../../../gateway/edge/listen';
import { makeAuthority, makeServerCertificate, type ServerCertificate } from '../../support/certificates';
import {
  executeHonestly,
  operatorSchema,
  startWorld,
  startWorldServer,
  type World,
  worldNumber,
} from '../../support/contract-world';
import { type GatewayProcess, startBareProcess } from '../../support/gateway-process';

let world: World;
let folder: string;

beforeAll(async () => {
  world = await startWorld(['beeline']);
  folder = mkdtempSync(join(tmpdir(), 'senim-failing-'));
});

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  for (const { calls } of Object.values(world.servers)) calls.length = 0;
});

function startGateway(kcell: string, deadlineMs: number): Promise<Edge> {
  return startBareGateway({
    sdl: world.supergraph,
    partitions: { operator: { kcell, beeline: world.servers.beeline?.url ?? '' } },
    host: '127.0.0.1',
    port: 0,
    deadlineMs,
  });
}

/** Asks for a number of each of two operators; what became of each: the level of risk, or the code of the error. */
async function ask(origin: string, first = 'kcell' as const): Promise<readonly string[]> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'query($m:[Msisdn!]!){phoneNumbers(msisdns:$m){currentTenure{risk{level}} blockStatus{state}}}',
      variables: { m: [worldNumber(first, 1), worldNumber('beeline', 1)] },
    }),
  });
  expect(response.status).toBe(200);
  const { data, errors = [] } = (await response.json()) as {
    data: { phoneNumbers: { currentTenure: { risk: { level: string } | null }; blockStatus: object }[] };
    errors?: { path: (string | number)[]; extensions: { code: string } }[];
  };
  return data.phoneNumbers.map(({ currentTenure, blockStatus }, row) => {
    expect(blockStatus).toEqual({ state: 'BLOCKED' });
    const error = errors.find(({ path }) => path[1] === row);
    return currentTenure.risk?.level ?? error?.extensions.code ?? 'NOTHING';
  });
}

describe('an operator to which no connection comes about (F02)', () => {
  /** Listens in a thread that never takes a connection; with its queue full, the system drops every further attempt. */
  async function startDeafServer(): Promise<{ url: string; close(): Promise<void> }> {
    const worker = new Worker(
      `const { parentPort } = require('node:worker_threads');
       const server = require('node:net').createServer();
       server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
         parentPort.postMessage(server.address().port);
         setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 20);
       });`,
      { eval: true },
    );
    const port = await new Promise<number>((resolve) => worker.once('message', resolve));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const waiting: Socket[] = [];
    for (let full = false; !full; ) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      waiting.push(socket);
      full = await new Promise((resolve) => {
        socket.once('connect', () => resolve(false));
        setTimeout(() => resolve(socket.connecting), 300);
      });
      if (waiting.length > 64) throw new Error('The queue does not become full.');
    }
    return {
      url: `http://127.0.0.1:${port}/graphql`,
      async close() {
        for (const socket of waiting) socket.destroy();
        await worker.terminate();
      },
    };
  }

  test('costs its own fields, long before its deadline', async () => {
    const deaf = await startDeafServer();
    const gateway = await startGateway(deaf.url, 20_000);
    try {
      const begun = performance.now();
      expect(await ask(gateway.url)).toEqual(['OPERATOR_TIMEOUT', 'LOW']);
      // 200 ms for connecting, of 20 s for the answer.
      expect(performance.now() - begun).toBeLessThan(10_000);
    } finally {
      await gateway.stop();
      await deaf.close();
    }
  });
});

describe('an operator behind TLS (F22)', () => {
  const authority = makeAuthority('Test authority');
  const other = makeAuthority('Other authority');
  let gateway: GatewayProcess;
  let port = 0;
  let requests = 0;

  /** A gateway that trusts the first authority, as a deployment would tell it to; the same for every certificate. */
  beforeAll(async () => {
    await new Promise((resolve) => {
      const probe = createPlainServer().listen(0, '127.0.0.1', () => {
        port = (probe.address() as AddressInfo).port;
        probe.close(resolve);
      });
    });
    const files = ['supergraph.graphql', 'partitions.json', 'authority.pem'].map((name) => join(folder, name));
    const [supergraph = '', partitions = '', trusted = ''] = files;
    const kcell = `https://127.0.0.1:${port}/graphql`;
    writeFileSync(supergraph, world.supergraph);
    writeFileSync(partitions, JSON.stringify({ operator: { kcell, beeline: world.servers.beeline?.url } }));
    writeFileSync(trusted, authority.certificate);
    const environment = { NODE_EXTRA_CA_CERTS: trusted };
    gateway = await startBareProcess(['--supergraph', supergraph, '--partitions', partitions], environment);
  });

  afterAll(async () => {
    await gateway.stop();
  });

  async function askBehind(certificate: ServerCertificate | null): Promise<readonly string[]> {
    const schema = operatorSchema('kcell');
    const server = (certificate === null ? createPlainServer() : createServer({ ...certificate })) as Server;
    server.on('request', (request, response) => {
      requests += 1;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', async () => {
        const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(await executeHonestly(schema, { query, variables, headers: request.headers })));
      });
    });
    server.on('tlsClientError', () => undefined);
    server.on('clientError', (_cause, socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    requests = 0;
    try {
      return await ask(gateway.origin);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  test('is asked when its certificate is good', async () => {
    expect(await askBehind(makeServerCertificate({ authority, host: '127.0.0.1' }))).toEqual(['LOW', 'LOW']);
    expect(requests).toBe(1);
  });

  test.each<readonly [string, () => ServerCertificate | null]>([
    ['vouches for itself', () => makeServerCertificate({ authority: null, host: '127.0.0.1' })],
    ['is vouched for by nobody we know', () => makeServerCertificate({ authority: other, host: '127.0.0.1' })],
    ['has run out', () => makeServerCertificate({ authority, host: '127.0.0.1', fromDay: -30, toDay: -1 })],
    ['is not yet valid', () => makeServerCertificate({ authority, host: '127.0.0.1', fromDay: 1, toDay: 30 })],
    ['is for another address', () => makeServerCertificate({ authority, host: '127.0.0.2' })],
    ['is for a name', () => makeServerCertificate({ authority, host: 'operator.invalid' })],
    ['is none, because it speaks in the clear', () => null],
  ])('is told nothing when its certificate %s', async (_what, certificate) => {
    expect(await askBehind(certificate())).toEqual(['OPERATOR_UNAVAILABLE', 'LOW']);
    expect(requests).toBe(0);
  });
});

describe('an operator that asks for rest (F08)', () => {
  test.each([503, 429])('is not called until then after a %d with Retry-After', async (status) => {
    const tired = await startWorldServer(async (_call, _request, response) => {
      response.writeHead(status, { 'retry-after': '20' }).end();
    });
    const gateway = await startGateway(tired.url, 2_000);
    try {
      for (let request = 0; request < 10; request += 1) {
        expect(await ask(gateway.url)).toEqual(['OPERATOR_UNAVAILABLE', 'LOW']);
      }
      expect(tired.calls).toHaveLength(1);
      expect(world.servers.beeline?.calls).toHaveLength(10);
    } finally {
      await gateway.stop();
      await tired.close();
    }
  });

  test('is called again after it, and then as before', async () => {
    const schema = operatorSchema('kcell');
    const rested = await startWorldServer(async (call, _request, response) => {
      if (rested.calls.length === 1) response.writeHead(503, { 'retry-after': '1' }).end();
      else response.end(JSON.stringify(await executeHonestly(schema, call)));
    });
    rested.server.prependListener('request', (_request, response) =>
      response.setHeader('content-type', 'application/json'),
    );
    const gateway = await startGateway(rested.url, 2_000);
    try {
      const first: string[] = [];
      while (first.at(-1) !== 'LOW' && first.length < 200) {
        first.push((await ask(gateway.url))[0] ?? '');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(first.at(-1)).toBe('LOW');
      // One was refused and one let in again; those between them were not sent.
      expect(rested.calls).toHaveLength(2);
      expect(await ask(gateway.url)).toEqual(['LOW', 'LOW']);
    } finally {
      await gateway.stop();
      await rested.close();
    }
  });
});

describe('an operator that comes and goes (F26)', () => {
  const OFFERED = 300;

  async function offer(gateway: Edge): Promise<ReadonlyMap<string, number>> {
    const outcomes = new Map<string, number>();
    for (let sent = 0; sent < OFFERED; sent += 10) {
      for (const [outcome = '', other] of await Promise.all(Array.from({ length: 10 }, () => ask(gateway.url)))) {
        expect(other).toBe('LOW');
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    return outcomes;
  }

  test('by resetting every third call is called no more than a tenth above what is offered', async () => {
    const schema = operatorSchema('kcell');
    let calls = 0;
    const flapping = await startWorldServer(async (call, request, response) => {
      calls += 1;
      if (calls % 3 === 0) return void request.socket.resetAndDestroy();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(await executeHonestly(schema, call)));
    });
    const gateway = await startGateway(flapping.url, 5_000);
    try {
      const outcomes = await offer(gateway);
      expect(calls).toBeGreaterThan(OFFERED);
      expect(calls).toBeLessThanOrEqual(OFFERED * 1.1);
      expect(outcomes.get('LOW') ?? 0).toBeGreaterThan(OFFERED / 2);
    } finally {
      await gateway.stop();
      await flapping.close();
    }
  });

  // The gateway's clock stands still, so that how long the requests take on this machine decides nothing: what hangs is given up by a timer,
  // and the operator's rest ends when the test says so.
  test('by hanging every other call makes ten requests wait, and then one each time its rest is over', async () => {
    const schema = operatorSchema('kcell');
    let calls = 0;
    const hanging = await startWorldServer(async (call, _request, response) => {
      calls += 1;
      if (calls > 20 || calls % 2 === 0) return;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(await executeHonestly(schema, call)));
    });
    const stoodAt = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(stoodAt);
    const gateway = await startGateway(hanging.url, 2_000);
    try {
      const outcomes = await offer(gateway);
      expect(Object.fromEntries(outcomes)).toEqual({
        LOW: 10,
        OPERATOR_TIMEOUT: 10,
        OPERATOR_UNAVAILABLE: OFFERED - 20,
      });
      expect(calls).toBe(20);
      clock.mockReturnValue(stoodAt + 5_000);
      const after = (await Promise.all(Array.from({ length: 10 }, () => ask(gateway.url)))).map(([outcome]) => outcome);
      expect(after.toSorted()).toEqual(['OPERATOR_TIMEOUT', ...Array(9).fill('OPERATOR_UNAVAILABLE')]);
      expect(calls).toBe(21);
    } finally {
      clock.mockRestore();
      await gateway.stop();
      await hanging.close();
    }
  });
});
