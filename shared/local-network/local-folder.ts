// What lies where in the folder of a local network (`.local` unless told otherwise), and how its small files are written: whole or
// not at all, so that whoever watches them never reads half a document.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { JsonValue } from '../vocabulary/json';

/** Absolute paths inside one local network's folder. */
export interface LocalFolder {
  readonly path: string;
  /** Where the running network is; there while it is ready. */
  readonly network: string;
  /** How `service` reaches the launcher; readable by its owner alone. */
  readonly control: string;
  /** The directory of operators that every program reads. */
  readonly operators: string;
  /** How much each may look up; the fraud cases read it. */
  readonly budgets: string;
  /** Which demo data the databases hold; written when seeding is complete. */
  readonly demo: string;
  /** Processes of the last start, so that the next one can end what a killed launcher left. */
  readonly processes: string;
  readonly postgres: string;
  readonly logs: string;
  /** Private keys: a folder per party, a file per purpose. */
  readonly keys: string;
  /** The two files that a verifier is given, and nothing else: the witness policy and the root of trust. */
  readonly trust: string;
  readonly policy: string;
  readonly root: string;
  /** Who takes part in the joint log and who else holds keys; the ceremony reads it. */
  readonly parties: string;
  /** Public keys of the clients that get tokens; the identity provider reads it. */
  readonly clients: string;
  /** The last checkpoint that the log signed, outside its database. */
  readonly log: string;
  /** What each witness has cosigned, in a folder of its own. */
  readonly witnesses: string;
}

/** Name of the launcher's lock file in the folder. */
export const LAUNCHER_LOCK = 'launcher.lock';

/** The layout of a folder; nothing is read or made. */
export function localFolder(path: string): LocalFolder {
  const root = resolve(path);
  return {
    path: root,
    network: join(root, 'network.json'),
    control: join(root, 'control.json'),
    operators: join(root, 'operators.json'),
    budgets: join(root, 'budgets.json'),
    demo: join(root, 'demo.json'),
    processes: join(root, 'processes.json'),
    postgres: join(root, 'postgres'),
    logs: join(root, 'logs'),
    keys: join(root, 'keys'),
    trust: join(root, 'trust'),
    policy: join(root, 'trust', 'policy.txt'),
    root: join(root, 'trust', 'root.json'),
    parties: join(root, 'parties.json'),
    clients: join(root, 'clients.json'),
    log: join(root, 'log'),
    witnesses: join(root, 'witness'),
  };
}

/** Makes the folder and its log folder. Others may pass through it, because PostgreSQL may run as another user, but not list it. */
export function makeLocalFolder(folder: LocalFolder): void {
  mkdirSync(folder.path, { recursive: true, mode: 0o711 });
  mkdirSync(folder.logs, { recursive: true, mode: 0o700 });
}

/** Puts a document in place of the one before; only its owner may read it when `isPrivate`. */
export function writeDocument(file: string, document: unknown, isPrivate = false): void {
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, `${JSON.stringify(document, null, 2)}\n`, { mode: isPrivate ? 0o600 : 0o644 });
  renameSync(draft, file);
}

/** The document in a file; null when there is none or it is not JSON. */
export function readDocument(file: string): JsonValue {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JsonValue;
  } catch {
    return null;
  }
}
