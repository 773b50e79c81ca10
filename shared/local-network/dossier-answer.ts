// What came back for a dossier: which part of it is there, who did not answer, and why. Every value was written by a party that
// we do not trust with our terminal; the table cleans what it prints.

import { ERROR_CATALOGUE, isErrorCode } from '../vocabulary/error-catalogue';
import type { JsonObject, JsonValue } from '../vocabulary/json';

/** A value of the answer that may be missing. */
export type Maybe<Value> = Value | null | undefined;

/** Somebody whose answer is missing, wholly or in part. */
export interface MissingAnswer {
  /** `Kcell`, `fraud-cases`, or whoever the gateway names. */
  readonly who: string;
  readonly operatorCode: string | null;
  /** One plain sentence. */
  readonly why: string;
}

/** The answer, sorted out. */
export interface DossierAnswer {
  /** Null when nobody ever served the number, or when numbering did not answer. */
  readonly number: JsonObject | null;
  /** Name by operator code. */
  readonly operatorNames: ReadonlyMap<string, string>;
  readonly missing: readonly MissingAnswer[];
  /** Fields that are not shown to whoever asks, or not under this case; each once. */
  readonly withheld: readonly string[];
  /** Whether the gateway gave any data at all. */
  readonly hasData: boolean;
}

/** Reads the body of a GraphQL response; null when it is none. */
export function readDossierAnswer(body: JsonValue): DossierAnswer | null {
  if (!isObject(body) || (!isObject(body.data) && !Array.isArray(body.errors))) return null;
  const data = isObject(body.data) ? body.data : null;
  const operatorNames = new Map<string, string>();
  for (const operator of objectsIn(data?.operators)) {
    if (typeof operator.code === 'string' && typeof operator.name === 'string')
      operatorNames.set(operator.code, operator.name);
  }
  const missing = new Map<string, MissingAnswer>();
  const withheld = new Set<string>();
  for (const error of objectsIn(body.errors)) {
    const field = withheldField(error);
    if (field !== null) {
      withheld.add(field);
      continue;
    }
    const entry = missingOf(error, operatorNames);
    missing.set(`${entry.who} ${entry.why}`, entry);
  }
  return {
    number: isObject(data?.phoneNumber) ? data.phoneNumber : null,
    operatorNames,
    missing: [...missing.values()],
    withheld: [...withheld],
    hasData: data !== null,
  };
}

/** The objects of a list; nothing for anything else. */
export function objectsIn(value: Maybe<JsonValue>): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter(isObject) : [];
}

/** A member that is an object; an empty one otherwise. */
export function objectIn(parent: Maybe<JsonObject>, member: string): JsonObject {
  const value = parent?.[member];
  return isObject(value) ? value : {};
}

/** Whether a JSON value is an object. */
export function isObject(value: Maybe<JsonValue>): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The field below the root that an error withholds; null for another error, and for one that takes the whole answer. */
function withheldField(error: JsonObject): string | null {
  const { code } = objectIn(error, 'extensions');
  if (code !== 'FORBIDDEN' && code !== 'PURPOSE_REQUIRED') return null;
  const names = Array.isArray(error.path) ? error.path.filter((step) => typeof step === 'string') : [];
  return names.length > 1 ? String(names[names.length - 1]) : null;
}

function missingOf(error: JsonObject, names: ReadonlyMap<string, string>): MissingAnswer {
  const extensions = objectIn(error, 'extensions');
  const { code, operatorCode, subgraph } = extensions;
  const why = isErrorCode(code) ? ERROR_CATALOGUE[code].message : 'A part of the answer is missing.';
  if (typeof operatorCode === 'string') {
    return { who: names.get(operatorCode) ?? operatorCode, operatorCode, why };
  }
  return { who: typeof subgraph === 'string' ? subgraph : 'gateway', operatorCode: null, why };
}
