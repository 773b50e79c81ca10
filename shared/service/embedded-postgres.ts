// Starts a real PostgreSQL server for one machine: for `npm start` and for tests, never for production. The server listens on
// 127.0.0.1 only, wants a password, and ends with the process that started it, even when that process is killed. Where the
// programs come from is decided in postgres-binaries.ts, where the files lie in postgres-place.ts.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { AppError } from '../vocabulary/app-error';
import { type FolderLock, lockFolder, startOf } from './folder-lock';
import { findPostgres, PLAIN_ENVIRONMENT, type SystemUser, unprivilegedUser } from './postgres-binaries';
import { type ClusterPlace, explain, prepareCluster, SUPERUSER } from './postgres-place';

/** A role that may log in and owns one database. */
export interface DatabaseOwner {
  readonly role: string;
  readonly password: string;
}

/** A server that runs. */
export interface EmbeddedPostgres {
  readonly port: number;
  /** Connection string of the superuser, or of `owner`. */
  url(database: string, owner?: DatabaseOwner): string;
  /** Makes a database unless it exists; with an owner, makes or updates his role, and lets nobody else connect. */
  createDatabase(name: string, options?: { readonly template?: string; readonly owner?: DatabaseOwner }): Promise<void>;
  /** Drops a database, also under the hands of those who use it; harmless when there is none. */
  dropDatabase(name: string): Promise<void>;
  /** Ends all connections, writes everything out, and resolves when the server is gone. Harmless when repeated. */
  stop(): Promise<void>;
}

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;
const LOCK = 'launcher.lock';

/**
 * Starts the cluster that lies in `dataDirectory`, making it at the first time (about a second). `fsync` is on unless told
 * otherwise; without it a power cut may destroy the data, which only a test can bear. A server of ours that outlived its
 * launcher is stopped first. Rejects with one plain sentence when another launcher holds the folder, when there is no
 * PostgreSQL, when the disk is full, or when a given `port` is taken.
 */
export async function startPostgres(options: {
  readonly dataDirectory: string;
  readonly fsync?: boolean;
  readonly port?: number;
}): Promise<EmbeddedPostgres> {
  const durable = options.fsync ?? true;
  const dataDirectory = resolve(options.dataDirectory);
  const user = unprivilegedUser();
  const binaries = findPostgres(user);
  mkdirSync(dataDirectory, { recursive: true, mode: 0o755 });
  const lock = lockFolder(dataDirectory, LOCK);
  if (lock === null) {
    throw new AppError('INTERNAL', `Another process already runs the database in ${dataDirectory}; stop it first.`);
  }
  try {
    const place = prepareCluster(dataDirectory, binaries, user, durable);
    await sweep(place.cluster);
    return await start(binaries.postgres, place, user, durable, options.port, lock);
  } catch (cause) {
    lock.release();
    throw cause;
  }
}

/** Stops a server that a killed launcher left behind, and removes the mark of one that is no longer there. */
async function sweep(cluster: string): Promise<void> {
  const mark = join(cluster, 'postmaster.pid');
  const pid = postmasterOf(mark)?.pid;
  if (pid === undefined) return;
  if (isServerOf(pid, cluster)) {
    process.kill(pid, 'SIGINT');
    if (!(await until(() => startOf(pid) === null, STOP_LIMIT_MS))) {
      process.kill(pid, 'SIGQUIT');
      await until(() => startOf(pid) === null, STOP_LIMIT_MS);
    }
  }
  rmSync(mark, { force: true });
}

/** A process number may have been given to a stranger since; only a command line with our folder is ours. */
function isServerOf(pid: number, cluster: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(cluster);
  } catch {
    return false;
  }
}

async function start(
  postgres: string,
  place: ClusterPlace,
  user: SystemUser | null,
  durable: boolean,
  wantedPort: number | undefined,
  lock: FolderLock,
): Promise<EmbeddedPostgres> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wantedPort ?? (await freePort());
    const server = launch(postgres, place, user, durable, port);
    if (await server.started()) return operate(server, place, port, lock);
    const words = readFileSync(place.log, 'utf8');
    const portTaken = /could not bind/.test(words);
    if (portTaken && wantedPort === undefined && attempt < 5) continue;
    throw new AppError(
      'INTERNAL',
      portTaken
        ? `PostgreSQL cannot listen on port ${port}: another program listens there.`
        : (explain(words) ?? `PostgreSQL did not start; its own words are in ${place.log}.`),
    );
  }
}

interface Server {
  started(): Promise<boolean>;
  stop(): Promise<void>;
}

/**
 * A shell stands between us and the server and reads a pipe that only we hold open: whatever ends us closes it, and the shell
 * stops the server. Both are in a session of their own, so that Ctrl-C in our terminal does not reach the server before we have
 * stopped its users.
 */
const KEEPER = `
"$@" </dev/null 3<&- & server=$!
(trap '' INT TERM; read -r nothing; kill -INT $server) <&3 3<&- 2>/dev/null & watcher=$!
exec 3<&-
trap 'kill -INT $server' INT TERM
while kill -0 $server 2>/dev/null; do wait $server; done
kill -KILL $watcher 2>/dev/null`;

function launch(
  postgres: string,
  place: ClusterPlace,
  user: SystemUser | null,
  durable: boolean,
  port: number,
): Server {
  const mark = join(place.cluster, 'postmaster.pid');
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    max_connections: 200,
    timezone: 'UTC',
    jit: 'off',
    password_encryption: 'scram-sha-256',
    log_min_messages: 'warning',
    // Nothing of a statement's values reaches the log: they may be personal data.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_parameter_max_length: 0,
    log_parameter_max_length_on_error: 0,
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(place.log, 'w', 0o600);
  const keeper: ChildProcess = spawn('/bin/sh', ['-c', KEEPER, 'sh', postgres, '-D', place.cluster, ...args], {
    ...(user ?? {}),
    cwd: '/',
    env: PLAIN_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', 'ignore', log, 'pipe'],
  });
  closeSync(log);
  let ended = false;
  keeper.once('exit', () => {
    ended = true;
  });
  keeper.once('error', () => {
    ended = true;
  });
  keeper.unref();
  const pipe = keeper.stdio[3] as Writable & { unref?: () => void };
  pipe.on('error', () => {});
  pipe.unref?.();
  return {
    async started() {
      await until(() => ended || postmasterOf(mark)?.ready === true, START_LIMIT_MS);
      return !ended && postmasterOf(mark)?.ready === true;
    },
    async stop() {
      const pid = postmasterOf(mark)?.pid;
      pipe.end();
      const gone = (): boolean => ended && (pid === undefined || startOf(pid) === null);
      if (await until(gone, STOP_LIMIT_MS)) return;
      if (pid !== undefined && startOf(pid) !== null) process.kill(pid, 'SIGQUIT');
      await until(gone, STOP_LIMIT_MS);
    },
  };
}

function operate(server: Server, place: ClusterPlace, port: number, lock: FolderLock): EmbeddedPostgres {
  const superuser: DatabaseOwner = { role: SUPERUSER, password: place.superuserPassword };
  const url = (database: string, owner: DatabaseOwner = superuser): string =>
    `postgres://${encodeURIComponent(owner.role)}:${encodeURIComponent(owner.password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  let stopping: Promise<void> | undefined;
  return {
    port,
    url,
    createDatabase: (name, options = {}) =>
      asSuperuser(url('postgres'), async (client) => {
        const { owner, template } = options;
        if (owner !== undefined) await ensureRole(client, owner);
        const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
        if (rowCount === 0) {
          const ownership = owner === undefined ? '' : ` OWNER ${escapeIdentifier(owner.role)}`;
          const copy = template === undefined ? '' : ` TEMPLATE ${escapeIdentifier(template)}`;
          await client.query(`CREATE DATABASE ${escapeIdentifier(name)}${ownership}${copy}`);
        }
        if (owner !== undefined) await client.query(`REVOKE ALL ON DATABASE ${escapeIdentifier(name)} FROM PUBLIC`);
      }),
    dropDatabase: (name) =>
      asSuperuser(url('postgres'), async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
      }),
    stop() {
      stopping ??= server.stop().finally(() => lock.release());
      return stopping;
    },
  };
}

async function ensureRole(client: Client, owner: DatabaseOwner): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [owner.role]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  // DDL takes no parameters; the log never holds a statement's text.
  await client.query(`${verb} ROLE ${escapeIdentifier(owner.role)} LOGIN PASSWORD ${escapeLiteral(owner.password)}`);
}

async function asSuperuser(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The server's own mark: its process, and whether it takes connections. Undefined when there is none, or half of one. */
function postmasterOf(mark: string): { readonly pid: number; readonly ready: boolean } | undefined {
  try {
    const lines = readFileSync(mark, 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 0 ? { pid, ready: lines[7]?.trim() === 'ready' } : undefined;
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolvePort(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

async function until(holds: () => boolean, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) return false;
    await sleep(20);
  }
  return true;
}
