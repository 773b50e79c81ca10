// Where a cluster's files lie and how they come to be. The caller names a folder of his project; when PostgreSQL runs as another
// user who may not enter it, the files lie in a folder of the system instead, and a note in the project's folder says where.

import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../vocabulary/app-error';
import { canEnter, PLAIN_ENVIRONMENT, type PostgresBinaries, type SystemUser } from './postgres-binaries';

/** Name of the superuser of every embedded cluster. */
export const SUPERUSER = 'postgres';

/** A cluster's files, made or found. */
export interface ClusterPlace {
  /** PGDATA. */
  readonly cluster: string;
  /** What the server writes; truncated at each start. */
  readonly log: string;
  readonly superuserPassword: string;
}

const NOTE = 'cluster-place';
const PASSWORD = 'superuser';

/** The folder that holds the cluster of `dataDirectory`: itself, or the one its note or its path leads to. */
export function clusterFolder(dataDirectory: string, user: SystemUser | null): string {
  const note = join(dataDirectory, NOTE);
  if (existsSync(note)) {
    const noted = readFileSync(note, 'utf8').trim();
    if (existsSync(noted)) return noted;
  }
  if (user === null || canEnter(dataDirectory, user)) return dataDirectory;
  const name = createHash('sha256').update(realpathSync(dataDirectory)).digest('hex').slice(0, 16);
  for (const parent of ['/var/lib/senim', join(tmpdir(), 'senim-clusters')]) {
    const place = join(parent, name);
    try {
      mkdirSync(place, { recursive: true, mode: 0o755 });
      const stat = statSync(parent);
      if (stat.uid === 0 && (stat.mode & 0o022) === 0 && canEnter(place, user)) {
        writeFileSync(note, `${place}\n`);
        return place;
      }
    } catch {
      // The next parent.
    }
  }
  throw new AppError(
    'INTERNAL',
    `The user that runs PostgreSQL may not enter ${dataDirectory}; choose another folder.`,
  );
}

/** Finds the cluster of `dataDirectory`, or makes it: `initdb` runs beside its place, so that half a cluster is never taken for one. */
export function prepareCluster(
  dataDirectory: string,
  binaries: PostgresBinaries,
  user: SystemUser | null,
  durable: boolean,
): ClusterPlace {
  const folder = clusterFolder(dataDirectory, user);
  const cluster = join(folder, 'cluster');
  // Beside the cluster: a folder that was deleted and made again at the same path finds both or none.
  const passwordFile = join(folder, PASSWORD);
  if (!existsSync(cluster)) {
    writeFileSync(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 });
    initialise(folder, cluster, readFileSync(passwordFile, 'utf8'), binaries, user, durable);
  }
  const owner = statSync(cluster).uid;
  if (owner !== (user?.uid ?? process.getuid?.() ?? owner)) {
    throw new AppError(
      'INTERNAL',
      `The data in ${cluster} belongs to another user; run as that user or choose another folder.`,
    );
  }
  const major = Number(readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim());
  if (major !== binaries.major) {
    throw new AppError(
      'INTERNAL',
      `The data in ${cluster} was made by PostgreSQL ${major}, and PostgreSQL ${binaries.major} was found; start with --reset.`,
    );
  }
  return { cluster, log: join(dataDirectory, 'postgres.log'), superuserPassword: readFileSync(passwordFile, 'utf8') };
}

/** Removes a cluster that is not running, wherever its files lie, and its folder in the project. */
export function removeCluster(dataDirectory: string): void {
  if (!existsSync(dataDirectory)) return;
  const note = join(dataDirectory, NOTE);
  if (existsSync(note)) {
    const place = readFileSync(note, 'utf8').trim();
    // Only a folder that this module could have named.
    if (/\/senim(-clusters)?\/[0-9a-f]{16}$/.test(place)) rmSync(place, { recursive: true, force: true });
  }
  rmSync(dataDirectory, { recursive: true, force: true });
}

/** One plain sentence for what PostgreSQL's own words mean, or null when they mean nothing we know. */
export function explain(words: string): string | null {
  if (/No space left on device|wrote only \d+ of \d+ bytes|\b53100\b/.test(words))
    return 'The disk is full: PostgreSQL could not write its files.';
  if (/could not create shared memory segment|could not map anonymous shared memory/.test(words)) {
    return 'The system has too little shared memory for PostgreSQL.';
  }
  return null;
}

function initialise(
  folder: string,
  cluster: string,
  password: string,
  binaries: PostgresBinaries,
  user: SystemUser | null,
  durable: boolean,
): void {
  const draft = `${cluster}.new`;
  const secret = join(folder, 'initdb-password');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(secret, password, { mode: 0o600 });
  try {
    if (user !== null) {
      chownSync(draft, user.uid, user.gid);
      chownSync(secret, user.uid, user.gid);
    }
    const locale = binaries.major >= 17 ? ['--locale=C.UTF-8', '--locale-provider=builtin'] : ['--locale=C'];
    const flags = ['-E', 'UTF8', ...locale, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${secret}`];
    const answer = spawnSync(binaries.initdb, [...flags, ...(durable ? [] : ['--no-sync']), '-D', draft], {
      ...(user ?? {}),
      cwd: '/',
      env: PLAIN_ENVIRONMENT,
      encoding: 'utf8',
    });
    if (answer.status !== 0) {
      const words = `${answer.stderr ?? ''}${answer.stdout ?? ''}`;
      throw new AppError('INTERNAL', explain(words) ?? `PostgreSQL could not make its files: ${lastLine(words)}.`);
    }
    chmodSync(draft, 0o700);
    renameSync(draft, cluster);
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new AppError('INTERNAL', explain('No space left on device') ?? '');
    throw cause;
  } finally {
    rmSync(secret, { force: true });
  }
}

function lastLine(words: string): string {
  const lines = words.split('\n').filter((line) => /error|fatal/i.test(line));
  return (lines[0] ?? 'it gave no reason').trim().replace(/\.$/, '');
}
