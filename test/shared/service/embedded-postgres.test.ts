// The launcher, on real clusters: who may hold a folder, what survives a restart, and what happens to a server whose launcher was
// killed. Launchers that are killed run as processes of their own, from the build.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { type EmbeddedPostgres, startPostgres } from '../../../shared/service/embedded-postgres';
import { startOf } from '../../../shared/service/folder-lock';
import { unprivilegedUser } from '../../../shared/service/postgres-binaries';
import { clusterFolder, removeCluster } from '../../../shared/service/postgres-place';

const COMPILED = join(__dirname, '..', '..', '..', 'dist', 'shared', 'service', 'embedded-postgres.js');
const open: { servers: EmbeddedPostgres[]; folders: string[]; launchers: ChildProcess[] } = {
  servers: [],
  folders: [],
  launchers: [],
};

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'senim-launcher-'));
  open.folders.push(made);
  return join(made, 'data');
}

async function start(dataDirectory: string, port?: number): Promise<EmbeddedPostgres> {
  const server = await startPostgres({ dataDirectory, fsync: false, port });
  open.servers.push(server);
  return server;
}

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query(statement)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

function postmasterIn(dataDirectory: string): number {
  const place = clusterFolder(dataDirectory, unprivilegedUser());
  return Number(readFileSync(join(place, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

/** A launcher of its own that starts a server and then waits. */
async function launchApart(dataDirectory: string): Promise<ChildProcess> {
  const script = `require(${JSON.stringify(COMPILED)}).startPostgres({ dataDirectory: ${JSON.stringify(dataDirectory)}, fsync: false })
    .then(() => { console.log('up'); setInterval(() => {}, 1000); }, (cause) => console.log(cause.message));`;
  const launcher = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  open.launchers.push(launcher);
  const [line] = (await once(launcher.stdout ?? launcher, 'data')) as [Buffer];
  expect(String(line).trim()).toBe('up');
  return launcher;
}

async function until(holds: () => boolean): Promise<boolean> {
  for (let attempt = 0; attempt < 250 && !holds(); attempt += 1) await sleep(40);
  return holds();
}

afterEach(async () => {
  for (const launcher of open.launchers.splice(0)) launcher.kill('SIGKILL');
  await Promise.all(open.servers.splice(0).map((server) => server.stop()));
  for (const made of open.folders.splice(0)) {
    removeCluster(join(made, 'data'));
    removeCluster(made);
  }
});

describe('startPostgres', () => {
  test('keeps data over a restart and gives each owner a database that no other role may enter', async () => {
    const data = folder();
    const first = await start(data);
    const kcell = { role: 'kcell', password: 'one' };
    const beeline = { role: 'beeline', password: 'two' };
    await first.createDatabase('kcell', { owner: kcell });
    await first.createDatabase('beeline', { owner: beeline });
    await ask(first.url('kcell', kcell), 'CREATE TABLE kept AS SELECT 7 AS value');
    await expect(ask(first.url('kcell', beeline), 'SELECT 1')).rejects.toThrow('permission denied for database');
    await expect(ask(first.url('kcell', { role: 'kcell', password: 'wrong' }), 'SELECT 1')).rejects.toThrow('password');
    await first.stop();

    const second = await start(data);
    const renewed = { role: 'kcell', password: 'three' };
    await second.createDatabase('kcell', { owner: renewed });
    expect(await ask(second.url('kcell', renewed), 'SELECT value FROM kept')).toBe(7);
    await expect(ask(second.url('kcell', kcell), 'SELECT 1')).rejects.toThrow('password');
  });

  test('copies a template, drops a database under open connections, and listens on loopback only', async () => {
    const server = await start(folder());
    await server.createDatabase('model');
    await ask(server.url('model'), 'CREATE TABLE thing AS SELECT 1 AS id');
    await server.createDatabase('copy', { template: 'model' });
    const client = new Client({ connectionString: server.url('copy') });
    client.on('error', () => {});
    await client.connect();
    expect((await client.query('SELECT id FROM thing')).rows).toEqual([{ id: 1 }]);
    await server.dropDatabase('copy');
    await server.dropDatabase('copy');
    await client.end();
    expect(await ask(server.url('postgres'), 'SHOW listen_addresses')).toBe('127.0.0.1');
    expect(await ask(server.url('postgres'), 'SHOW unix_socket_directories')).toBe('');
  });

  test('refuses a folder that a living launcher holds, in one sentence', async () => {
    const data = folder();
    const server = await start(data);
    await expect(start(data)).rejects.toThrow(/^Another process already runs the database in .*; stop it first\.$/);
    await server.stop();
    await server.stop();
    await start(data);
  });

  test('says which port is taken when it was told to use that one', async () => {
    const blocker: Server = createServer();
    blocker.listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    try {
      await expect(start(folder(), port)).rejects.toThrow(
        `cannot listen on port ${port}: another program listens there.`,
      );
    } finally {
      blocker.close();
    }
  });

  test('keeps the values of a failing statement out of the server’s log', async () => {
    const data = folder();
    const server = await start(data);
    await ask(server.url('postgres'), 'CREATE TABLE person (iin text PRIMARY KEY)');
    const client = new Client({ connectionString: server.url('postgres') });
    await client.connect();
    try {
      const insert = () => client.query('INSERT INTO person VALUES ($1)', ['030405500007']);
      await insert();
      await expect(insert()).rejects.toThrow('duplicate key');
    } finally {
      await client.end();
    }
    await server.stop();
    const log = readFileSync(join(data, 'postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('030405500007');
  });

  test('works in a folder that the server’s user may not enter, also after the folder was deleted and made again', async () => {
    const data = folder();
    const user = unprivilegedUser();
    const first = await start(data);
    await first.createDatabase('kept');
    await first.stop();
    const place = clusterFolder(data, user);
    expect(place === data).toBe(user === null);
    rmSync(data, { recursive: true });
    const second = await start(data);
    expect(await ask(second.url('postgres'), 'SELECT count(*)::int FROM pg_database WHERE datname = $$kept$$')).toBe(
      user === null ? 0 : 1,
    );
    await second.stop();
    removeCluster(data);
    expect(existsSync(place)).toBe(false);
  });

  test('keeps its secrets to its own user', async () => {
    const data = folder();
    await start(data);
    const place = clusterFolder(data, unprivilegedUser());
    expect(statSync(join(place, 'superuser')).mode & 0o077).toBe(0);
    expect(readdirSync(place)).not.toContain('initdb-password');
  });
});

describe('a launcher that was killed', () => {
  test('leaves no server, and its folder can be used again', async () => {
    const data = folder();
    const launcher = await launchApart(data);
    const pid = postmasterIn(data);
    launcher.kill('SIGKILL');
    expect(await until(() => startOf(pid) === null)).toBe(true);
    await start(data);
  });

  test('together with the shell that watches it leaves a server, which the next start stops', async () => {
    const data = folder();
    const launcher = await launchApart(data);
    const pid = postmasterIn(data);
    const keeper = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1];
    for (const child of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (parentOf(child) === keeper && Number(child) !== pid) process.kill(Number(child), 'SIGKILL');
    }
    process.kill(Number(keeper), 'SIGKILL');
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    expect(startOf(pid)).not.toBeNull();
    const server = await start(data);
    expect(startOf(pid)).toBeNull();
    expect(await ask(server.url('postgres'), 'SELECT 1')).toBe(1);
  });

  test('whose process number was given to a stranger does not harm the stranger', async () => {
    const data = folder();
    await (await start(data)).stop();
    const stranger = spawn('sleep', ['60']);
    open.launchers.push(stranger);
    const place = join(clusterFolder(data, unprivilegedUser()), 'cluster');
    writeFileSync(join(place, 'postmaster.pid'), `${stranger.pid}\n${place}\n1\n1\n\n127.0.0.1\n\nready\n`);
    writeFileSync(join(data, 'launcher.lock'), `${stranger.pid} 1`);
    await start(data);
    expect(stranger.exitCode).toBeNull();
    expect(startOf(stranger.pid ?? 0)).not.toBeNull();
    expect(existsSync(join(data, 'launcher.lock'))).toBe(true);
  });
});

function parentOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1];
  } catch {
    return undefined;
  }
}
