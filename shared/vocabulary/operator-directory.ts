// The operators of the network as `operators.json` lists them: who they are, where they answer, which keys are theirs. Reads and
// checks the document; whether its signature is the bank's, and when it is read again, is decided by those who load it.

import { isOneOf } from './closed-list';
import type { JsonObject, JsonValue } from './json';
import { type OperatorCode, parseOperatorCode } from './operator-code';
import { accepted, type Result, refused } from './result';

/** Whether an operator is asked: one that LEFT keeps its history in the network, but no server. */
export const OPERATOR_STATES = ['CONNECTED', 'LEFT'] as const;
export type OperatorState = (typeof OPERATOR_STATES)[number];

/** For what an operator signs; one key never serves two purposes. */
export const OPERATOR_KEY_PURPOSES = ['act', 'receipt', 'response', 'witness'] as const;
export type OperatorKeyPurpose = (typeof OPERATOR_KEY_PURPOSES)[number];

/** One operator of the directory. */
export interface OperatorEntry {
  readonly code: OperatorCode;
  readonly name: string;
  readonly brands: readonly string[];
  /** Where its subgraph answers: an absolute http or https URL. */
  readonly endpoint: string;
  readonly state: OperatorState;
  /** SHA-256 of the SDL it must serve, hex; null when it is not pinned. */
  readonly schemaHash: string | null;
  /** File of that SDL, beside the list; null when the operator serves the contract. Only with `schemaHash`. */
  readonly schemaFile: string | null;
  /** Public keys by purpose, in the text form of that purpose. */
  readonly keys: Readonly<Partial<Record<OperatorKeyPurpose, string>>>;
}

/** The whole list, in its own order; every code occurs once. */
export interface OperatorDirectory {
  readonly operators: readonly OperatorEntry[];
}

/** Why a text is not a directory. */
export const OPERATOR_DIRECTORY_REFUSALS = [
  'NOT_JSON',
  'NO_OPERATORS',
  'BAD_CODE',
  'DUPLICATE_CODE',
  'BAD_NAME',
  'BAD_BRANDS',
  'BAD_ENDPOINT',
  'BAD_STATE',
  'BAD_SCHEMA_HASH',
  'BAD_SCHEMA_FILE',
  'BAD_KEYS',
] as const;
export type OperatorDirectoryRefusal = (typeof OPERATOR_DIRECTORY_REFUSALS)[number];

const SHA256_HEX = /^[0-9a-f]{64}$/;
/** A plain name: the file lies in the folder of the list and nowhere else. */
const FILE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;
const HTTP_URL = /^https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?$/;

/** The directory that a JSON document spells. Members that are not known are ignored, so that a newer file can be read. */
export function parseOperatorDirectory(text: string): Result<OperatorDirectory, OperatorDirectoryRefusal> {
  const document = parseJson(text);
  if (document === undefined) return refused('NOT_JSON');
  const list = isObject(document) ? document.operators : undefined;
  if (!Array.isArray(list)) return refused('NO_OPERATORS');
  const operators: OperatorEntry[] = [];
  const codes = new Set<OperatorCode>();
  for (const item of list as readonly JsonValue[]) {
    const entry = parseEntry(item);
    if (!entry.ok) return entry;
    if (codes.has(entry.value.code)) return refused('DUPLICATE_CODE');
    codes.add(entry.value.code);
    operators.push(entry.value);
  }
  return accepted({ operators });
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function parseEntry(item: JsonValue): Result<OperatorEntry, OperatorDirectoryRefusal> {
  if (!isObject(item)) return refused('NO_OPERATORS');
  const { name, brands, endpoint, state } = item;
  const code = typeof item.code === 'string' ? parseOperatorCode(item.code) : null;
  if (code === null || !code.ok) return refused('BAD_CODE');
  if (!isText(name)) return refused('BAD_NAME');
  if (!isTextList(brands)) return refused('BAD_BRANDS');
  if (typeof endpoint !== 'string' || !HTTP_URL.test(endpoint)) return refused('BAD_ENDPOINT');
  if (!isOneOf(OPERATOR_STATES, state)) return refused('BAD_STATE');
  const schemaHash = item.schemaHash ?? null;
  if (schemaHash !== null && !(typeof schemaHash === 'string' && SHA256_HEX.test(schemaHash))) {
    return refused('BAD_SCHEMA_HASH');
  }
  const schemaFile = item.schemaFile ?? null;
  if (schemaFile !== null && !(typeof schemaFile === 'string' && FILE_NAME.test(schemaFile) && schemaHash !== null)) {
    return refused('BAD_SCHEMA_FILE');
  }
  const keys = parseKeys(item.keys ?? {});
  if (keys === null) return refused('BAD_KEYS');
  return accepted({ code: code.value, name, brands, endpoint, state, schemaHash, schemaFile, keys });
}

function parseKeys(value: JsonValue): OperatorEntry['keys'] | null {
  if (!isObject(value)) return null;
  const keys: Partial<Record<OperatorKeyPurpose, string>> = {};
  for (const purpose of OPERATOR_KEY_PURPOSES) {
    const key = value[purpose];
    if (key === undefined) continue;
    if (!isText(key)) return null;
    keys[purpose] = key;
  }
  return keys;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

function isTextList(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && (value as readonly JsonValue[]).every(isText);
}
