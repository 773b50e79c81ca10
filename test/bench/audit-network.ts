// The joint log as it runs at the bank, for a measurement: keeper and HTTP in the process of the house, where they are in production, and
// four witnesses as processes of their own, each with its key and folder. Three of them are the quorum.

import { type ChildProcess, spawn } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { HASH_SIZE } from '../../shared/audit/hash';
import { formatVerifierKey, type SignatureType } from '../../shared/audit/verifier-key';
import { type ActAuthor, createActAuthor } from '../../shared/audit-log/act-author';
import { type JointLog, startJointLog } from '../../shared/audit-log/joint-log';
import { type KeyPair, loadOrMakeKeyFile } from '../../shared/audit-log/key-file';
import type { LogAlarm } from '../../shared/audit-log/log-alarm';
import { type LogReads, logReads } from '../../shared/audit-log/log-reads';
import { logRoutes } from '../../shared/audit-log/log-routes';
import { loadPolicyFile, type NetworkPolicy } from '../../shared/audit-log/policy-file';
import { SeenCheckpoints } from '../../shared/audit-log/seen-checkpoint';

const WITNESSES = ['kcell', 'beeline', 'tele2', 'regulator'] as const;
const QUORUM = 3;
const ORIGIN = 'senim.bench/log';
/** More than writers at once, because a connection that ended gives its chain back a moment later. */
const CHAINS = 128;

/** A log that runs, with its witnesses. */
export interface AuditNetwork {
  readonly url: string;
  readonly author: ActAuthor;
  readonly actKey: KeyPair;
  readonly policy: NetworkPolicy;
  readonly reads: LogReads;
  readonly pool: Pool;
  readonly alarms: readonly LogAlarm[];
  readonly witnessPids: readonly number[];
  /** Waits until everything committed is final and mirrored by every witness. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts log and witnesses over a house's database; the folder keeps their keys and state. */
export async function startNetwork(url: string, folder: string): Promise<AuditNetwork> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ports = await freePorts(WITNESSES.length);
  const logKey = loadOrMakeKeyFile(join(folder, 'log.pem'));
  const actKey = loadOrMakeKeyFile(join(folder, 'act.pem'));
  const policyFile = join(folder, 'policy');
  writeFileSync(policyFile, policyText(portOf(server), ports, folder, logKey));
  const policy = loadPolicyFile(policyFile);
  const pool = new Pool({ connectionString: url, max: 8 });
  pool.on('error', () => {});
  const reads = logReads(pool, policy);
  const answer = logRoutes(reads, '/log');
  server.on('request', (request, response) => {
    void answer(request, response).then((done) => done || response.writeHead(404).end());
  });
  const children = WITNESSES.map((name, at) => spawnWitness(name, ports[at] ?? 0, folder, policyFile));
  const alarms: LogAlarm[] = [];
  const log = startJointLog({
    databaseUrl: url,
    policy,
    logKey,
    lockDirectory: join(folder, 'lock'),
    onAlarm: (alarm) => alarms.push(alarm),
  });
  const seen = new SeenCheckpoints(pool, policy);
  await seen.load();
  log.onFinal(() => void seen.rememberOwnFinal().catch(() => {}));
  await until('the log runs', 60_000, async () => log.state() === 'RUNNING');
  const author = createActAuthor({
    party: 'afc',
    privateKey: actKey.privateKey,
    keepsCases: true,
    chains: CHAINS,
    seen: () => seen.current(),
  });
  return {
    url,
    author,
    actKey,
    policy,
    reads,
    pool,
    alarms,
    witnessPids: children.flatMap(({ pid }) => pid ?? []),
    settle: () => settle(pool, folder),
    stop: () => stop(log, children, server, pool),
  };
}

function policyText(logPort: number, ports: readonly number[], folder: string, logKey: KeyPair): string {
  const lines = WITNESSES.map((name, at) => {
    const key = loadOrMakeKeyFile(join(folder, `${name}.pem`));
    return `witness ${name} ${vkeyOf(name, 4, key)} http://127.0.0.1:${ports[at]}/witness`;
  });
  const log = `log ${vkeyOf(ORIGIN, 1, logKey)} http://127.0.0.1:${logPort}/log`;
  return [log, ...lines, `group quorum-of-all ${QUORUM} ${WITNESSES.join(' ')}`, 'quorum quorum-of-all', ''].join('\n');
}

function vkeyOf(name: string, type: SignatureType, key: KeyPair): string {
  return formatVerifierKey(name, type, key.publicKey.bytes);
}

function spawnWitness(name: string, port: number, folder: string, policyFile: string): ChildProcess {
  return spawn(process.execPath, [join(__dirname, 'witness-process.js'), 'serve'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'silent',
      WITNESS_NAME: name,
      WITNESS_KEY_FILE: join(folder, `${name}.pem`),
      WITNESS_STATE_DIR: join(folder, name),
      TRUST_POLICY_FILE: policyFile,
    },
  });
}

async function settle(pool: Pool, folder: string): Promise<void> {
  await until('everything is final', 120_000, async () => {
    const { rows } = await pool.query<{ rest: string }>(
      `SELECT (SELECT count(*) FROM audit.pending) + (SELECT tree_size FROM audit.log_state)
         - coalesce((SELECT max(size) FROM audit.checkpoint_final), 0) AS rest`,
    );
    return rows[0]?.rest === '0';
  });
  const { rows } = await pool.query<{ size: string }>('SELECT tree_size AS size FROM audit.log_state');
  const bytes = Number(rows[0]?.size) * HASH_SIZE;
  await until('every witness has the leaf hashes', 300_000, async () =>
    WITNESSES.every((name) => bytes === 0 || sizeOf(join(folder, name, 'leaf-hashes')) >= bytes),
  );
}

async function stop(log: JointLog, children: readonly ChildProcess[], server: Server, pool: Pool): Promise<void> {
  await log.stop();
  const ended = children.map(
    (child) =>
      new Promise<void>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) resolve();
        else child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  );
  await Promise.race([Promise.all(ended), sleep(10_000)]);
  for (const child of children) child.kill('SIGKILL');
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await pool.end();
}

async function until(what: string, limitMs: number, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It did not happen in ${limitMs / 1000} seconds: ${what}.`);
    await sleep(50);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(
    servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))),
  );
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  return ports;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
