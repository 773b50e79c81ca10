// An operator's client over the real gateway and the real service: subscription, webhook and feed together, and a service that is killed.

import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../../../gateway/config';
import { type RunningGateway, startGateway } from '../../../../gateway/server';
import { loadOrMakeKeyFile } from '../../../../shared/audit-log/key-file';
import { webhookPublicKey } from '../../../../subgraphs/fraud-cases/live/webhook-message';
import { codeOfAnswer, listenTo } from '../../../support/event-listener';
import { gatewayIdentity } from '../../../support/gateway-identity';
import { type OperatorClient, startOperatorClient } from '../../../support/operator-client';
import { PROJECT_ROOT } from '../../../support/project-root';
import { startTokenIssuer, type TokenIssuer } from '../../../support/token-issuer';
import { logger } from '../fraud-cases-fixture';
import { type Ceremony, eventually, makeCeremony } from '../log-fixture';
import { caseIdOf, type LiveDatabase, openLiveDatabase, orderIdOf } from './live-fixture';

let folder: string;
let ceremony: Ceremony;
let issuer: TokenIssuer;
let database: LiveDatabase;
let gateway: RunningGateway;
let client: OperatorClient;
let program: ChildProcess;

/** The service as it is delivered: a process that can be killed. */
async function startProgram(): Promise<void> {
  const environment = {
    ...process.env,
    DATABASE_URL: database.url,
    PORT: String(ceremony.port),
    LOG_LEVEL: 'info',
    ...ceremony.log,
    ...ceremony.disclosure,
    ISSUER_URL: issuer.issuer,
    WEBHOOKS_FILE: join(folder, 'webhooks.json'),
    WEBHOOK_KEY_FILE: join(folder, 'webhook.pem'),
    NUMBERING_URL: 'http://127.0.0.1:1',
    GATEWAY_URL: 'http://127.0.0.1:1/graphql',
    TOKEN_ENDPOINT: 'http://127.0.0.1:1/token',
    DISPATCHER_KEY_FILE: join(folder, 'dispatcher.pem'),
  };
  let output = '';
  program = fork(join(PROJECT_ROOT, 'dist/subgraphs/fraud-cases/main.js'), ['serve'], {
    env: environment,
    stdio: 'pipe',
  });
  for (const stream of [program.stdout, program.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += String(chunk);
    });
  }
  await eventually(async () => {
    if (program.exitCode !== null) throw new Error(output);
    return output.includes('"listening"');
  });
}

async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const ended = new Promise((resolve) => program.once('exit', resolve));
  program.kill(signal);
  await ended;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'senim-client-'));
  [ceremony, issuer, database] = await Promise.all([makeCeremony(), startTokenIssuer(), openLiveDatabase(60)]);
  loadOrMakeKeyFile(join(folder, 'dispatcher.pem'));
  const key = loadOrMakeKeyFile(join(folder, 'webhook.pem'));
  const config = readConfig({
    ...gatewayIdentity(folder, issuer),
    GATEWAY_KEY_FILE: ceremony.keyFile('afc', 'gateway'),
    PORT: '0',
    LOG_LEVEL: 'silent',
    OPERATORS_FILE: join(folder, 'operators.json'),
    NUMBERING_URL: 'http://127.0.0.1:1',
    FRAUD_CASES_URL: `http://127.0.0.1:${ceremony.port}`,
  });
  if (!config.ok) throw new Error(config.error.join('\n'));
  writeFileSync(join(folder, 'operators.json'), JSON.stringify({ operators: [] }));
  gateway = await startGateway(config.value, logger);
  client = await startOperatorClient({
    operatorCode: 'kcell',
    gatewayUrl: `${gateway.url}/graphql`,
    feedOrigin: `http://127.0.0.1:${ceremony.port}`,
    token: () => issuer.tokenOf('operator-kcell'),
    webhookKey: webhookPublicKey(key),
  });
  const endpoints = [{ operatorCode: 'kcell', url: client.webhookUrl }];
  writeFileSync(join(folder, 'webhooks.json'), JSON.stringify({ endpoints }));
  await startProgram();
}, 60_000);
afterAll(async () => {
  await client?.stop();
  await gateway?.stop();
  if (program?.exitCode === null) await end('SIGTERM');
  await database?.close();
  await issuer?.stop();
  ceremony?.remove();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** Orders of kcell so far. */
const issued = [1, 3];
const takenIds = (): readonly string[] => client.taken.map(({ kind, orderId }) => `${kind} ${orderId}`);

describe("an operator's client", () => {
  it('is woken by subscription and webhook, and takes each order once from the feed', async () => {
    // Its stream stands once the service does; an order tells.
    for (const ordinal of [1, 2, 3]) await database.issue(ordinal);
    await eventually(async () => takenIds().length === 2 && client.woken.webhook().length === 2);
    // The gateway's head comes before the subgraph's: until the stream stands, an order wakes by webhook alone.
    for (let ordinal = 31; client.woken.subscription.length === 0 && ordinal < 60; ordinal += 2) {
      await database.issue(ordinal);
      issued.push(ordinal);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    expect(client.woken.subscription.length).toBeGreaterThan(0);
    await eventually(async () => takenIds().length === issued.length);
    expect(takenIds()).toEqual(issued.map((ordinal) => `BLOCK ${orderIdOf(ordinal)}`));
    expect(client.taken.every(({ document, act }) => document !== null && act !== null)).toBe(true);
  });

  it('misses nothing and does nothing twice when the service is killed again and again', async () => {
    for (const [at, ordinal] of [7, 9, 11, 13, 15, 17, 19, 21, 23, 25].entries()) {
      if (at % 3 === 0) await end('SIGKILL');
      await database.issue(ordinal);
      issued.push(ordinal);
      if (at % 3 === 0) await startProgram();
    }
    await eventually(async () => takenIds().length === issued.length);
    expect(takenIds()).toEqual(issued.map((ordinal) => `BLOCK ${orderIdOf(ordinal)}`));
    // Webhooks are told at least once each, too.
    await eventually(async () => new Set(client.woken.webhook()).size === issued.length);
  }, 120_000);

  it('begins where another one stopped, by a cursor that outlived the service', async () => {
    const kept = client.cursor();
    await end('SIGKILL');
    await database.issue(27);
    await startProgram();
    const next = await startOperatorClient({
      operatorCode: 'kcell',
      gatewayUrl: `${gateway.url}/graphql`,
      feedOrigin: `http://127.0.0.1:${ceremony.port}`,
      token: () => issuer.tokenOf('operator-kcell'),
      webhookKey: webhookPublicKey(loadOrMakeKeyFile(join(folder, 'webhook.pem'))),
      cursor: kept,
    });
    try {
      await eventually(async () => next.taken.length > 0);
      expect(next.taken.map(({ orderId }) => orderId)).toEqual([orderIdOf(27)]);
    } finally {
      await next.stop();
    }
  }, 60_000);
});

describe('a stream through the gateway', () => {
  const CASE = 'subscription ($id: ID!) { caseUpdated(caseId: $id) { id number } }';
  const listen = (user: string, query: string, variables: Readonly<Record<string, unknown>>, changes = {}) =>
    listenTo(`${gateway.url}/graphql`, issuer.tokenOf(user, changes), query, variables);

  it('tells of a case', async () => {
    const stream = await listen('supervisor-1', CASE, { id: caseIdOf(40) });
    // The gateway's head comes before the subgraph's; until it stands, changes may be missed.
    await eventually(async () => {
      await database.issue(40, stream.answers.length === 0 ? 'BLOCK' : 'LIFT').catch(() => {});
      return stream.answers.length > 0;
    });
    expect(stream.answers[0]).toEqual({ data: { caseUpdated: { id: caseIdOf(40), number: 'AFC-2026-000040' } } });
    stream.leave();
  });

  const ORDERS = 'subscription { blockOrderIssued(operatorCode: "kcell") { id } }';

  it("carries the service's refusals by their codes", async () => {
    const stream = await listen('operator-tele2', ORDERS, {});
    expect(stream.status).toBe(200);
    expect(await stream.ended).toBe('COMPLETE');
    expect(stream.answers.map(codeOfAnswer)).toEqual(['FORBIDDEN']);
  });

  it.each(['supervisor-1', 'bank-1'])('is not opened for %s, who may never have it', async (user) => {
    const stream = await listen(user, ORDERS, {});
    expect(stream.status).toBe(403);
    expect(await stream.ended).toBe('REFUSED');
    expect(stream.answers.map(codeOfAnswer)).toEqual(['FORBIDDEN']);
  });

  it('ends with its token', async () => {
    const second = Math.floor(Date.now() / 1_000);
    const stream = await listen('supervisor-1', CASE, { id: caseIdOf(41) }, { iat: second - 1, exp: second + 2 });
    expect(await stream.ended).toBe('COMPLETE');
  });

  it('leaves nothing open behind a client that left', async () => {
    // More than one caller may hold at once, one after the other.
    for (let count = 0; count < 30; count += 1) {
      const stream = await listen(
        'operator-beeline',
        'subscription { blockOrderIssued(operatorCode: "beeline") { id } }',
        {},
      );
      stream.leave();
      await stream.ended;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
    const last = await listen(
      'operator-beeline',
      'subscription { blockOrderIssued(operatorCode: "beeline") { id } }',
      {},
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(last.answers).toEqual([]);
    last.leave();
  });
});
