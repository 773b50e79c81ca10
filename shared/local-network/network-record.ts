// `network.json`: where everything of a running local network is. The launcher writes it when all is ready and removes it when it
// stops; commands, scripts and tests find the network through it and through nothing else. It holds passwords of databases, so only
// its owner may read it.

import { isLocked } from '../service/folder-lock';
import type { JsonObject, JsonValue } from '../vocabulary/json';
import { LAUNCHER_LOCK, type LocalFolder, readDocument } from './local-folder';

/** One service that answers GraphQL and owns a database. */
export interface SubgraphRecord {
  /** Where it answers GraphQL. */
  readonly url: string;
  /** Null while the service is stopped. */
  readonly pid: number | null;
  /** Connection string of the service's own role. */
  readonly database: string;
}

/** The whole file. */
export interface NetworkRecord {
  readonly gateway: { readonly url: string; readonly ready: string; readonly explorer: string };
  readonly subgraphs: {
    readonly numbering: SubgraphRecord;
    readonly 'fraud-cases': SubgraphRecord;
    readonly operators: Readonly<Record<string, SubgraphRecord>>;
  };
  readonly gatewayPid: number | null;
  /** Who gives tokens; pid is null while it is stopped. */
  readonly identity: { readonly issuer: string; readonly tokenEndpoint: string; readonly pid: number | null };
  /** Witnesses in processes of their own; `url` is the prefix of their addresses, and pid null while one is stopped. */
  readonly witnesses: Readonly<Record<string, { readonly url: string; readonly pid: number | null }>>;
  /** Files that the verifier is given: paths from the folder in which the network was started. */
  readonly trust: { readonly policy: string; readonly root: string };
  /** Numbers, handsets and cases of the demo data that show something, by story. */
  readonly stories: JsonObject;
  /** Numbers of ordinary lines that demonstrations use up, by operator. */
  readonly spares: Readonly<Record<string, readonly string[]>>;
}

/** What a command says when there is no network to ask. */
export const NOT_RUNNING = 'The network is not running; start it with `npm start`.';

/** The running network of a folder; null when there is none, also when a killed launcher left its file behind. */
export function readNetwork(folder: LocalFolder): NetworkRecord | null {
  if (!isLocked(folder.path, LAUNCHER_LOCK)) return null;
  const document = readDocument(folder.network);
  return isNetworkRecord(document) ? document : null;
}

function isNetworkRecord(document: JsonValue): document is JsonValue & NetworkRecord {
  if (!isObject(document)) return false;
  const { gateway, subgraphs, identity } = document;
  if (!isObject(gateway) || !isObject(subgraphs) || !isObject(identity)) return false;
  const { numbering, operators } = subgraphs;
  return (
    typeof gateway.url === 'string' &&
    typeof identity.issuer === 'string' &&
    typeof identity.tokenEndpoint === 'string' &&
    isObject(numbering) &&
    typeof numbering.url === 'string' &&
    isObject(operators)
  );
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
