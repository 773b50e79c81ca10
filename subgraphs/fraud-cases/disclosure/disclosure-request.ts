// What the gateway asks in one wave of a request: of which operators, about whom, which fields, for which case and purpose. Read strictly; a
// body that is nearly right is refused whole. It says nothing about who asks: that is the token's.

import { isCoordinate, MOST_FIELDS, MOST_SUBJECTS, parseSubjectKey } from '../../../shared/access/lookup-grant';
import { isOneOf } from '../../../shared/vocabulary/closed-list';
import type { Instant } from '../../../shared/vocabulary/instant';
import { parseOperatorCode } from '../../../shared/vocabulary/operator-code';
import { PURPOSES, type Purpose } from '../../../shared/vocabulary/purpose';

/** One of whom something is asked. */
export interface AskedSubject {
  /** As grants write it. Personal datum. */
  readonly key: string;
  readonly type: 'OperatorTenure' | 'OperatorHolding' | 'CorporateHolding' | 'DeviceSighting';
  /** The number, IIN, BIN or IMEI. */
  readonly id: string;
  /** First instant of a tenure; null for others. */
  readonly since: Instant | null;
}

/** What is asked of one operator. */
export interface AskedRead {
  readonly operatorCode: string;
  readonly subjects: readonly AskedSubject[];
  /** Coordinates. */
  readonly fields: readonly string[];
}

/** One wave. */
export interface DisclosureRequest {
  /** Id of a case, or of a broken glass in its place; whether it is the reader's is decided here. */
  readonly caseId: string | null;
  readonly purpose: Purpose | null;
  readonly reads: readonly AskedRead[];
  /** People, companies and handsets whom fields of the root ask for, before any operator is asked. */
  readonly roots: readonly AskedSubject[];
  /** Look-ups of the request that found nobody. */
  readonly misses: number;
}

/** Identifiers that came in what a grant opened. */
export interface OccurrenceReport {
  readonly grantId: string;
  readonly identifiers: readonly AskedSubject[];
}

/** The wave in a JSON value; null for anything else. */
export function readDisclosureRequest(value: unknown): DisclosureRequest | null {
  const told = membersOf(value, ['case', 'purpose', 'reads'], ['misses', 'roots']);
  if (told === null) return null;
  const { case: caseId, purpose, misses = 0 } = told;
  if (caseId !== null && (typeof caseId !== 'string' || !UUID.test(caseId))) return null;
  if (purpose !== null && !isOneOf(PURPOSES, purpose)) return null;
  if (typeof misses !== 'number' || !Number.isInteger(misses) || misses < 0 || misses > MOST_MISSES) return null;
  const roots = told.roots === undefined ? [] : readSubjects(told.roots);
  if (roots === null || roots.some(({ type }) => type === 'OperatorTenure')) return null;
  // They are asked before anything is read.
  if (roots.length > 0 && (!Array.isArray(told.reads) || told.reads.length > 0)) return null;
  if (!Array.isArray(told.reads) || told.reads.length > MOST_READS) return null;
  const reads = told.reads.map(readOne);
  const known = reads.filter((read): read is AskedRead => read !== null);
  if (known.length < reads.length || new Set(known.map(({ operatorCode }) => operatorCode)).size < known.length) {
    return null;
  }
  return { caseId, purpose, reads: known, roots, misses };
}

/** The report in a JSON value; null for anything else. */
export function readOccurrenceReport(value: unknown): OccurrenceReport | null {
  const told = membersOf(value, ['grant', 'identifiers'], []);
  if (told === null || typeof told.grant !== 'string' || !UUID.test(told.grant)) return null;
  const identifiers = readSubjects(told.identifiers);
  if (identifiers === null || identifiers.some(({ type }) => type === 'OperatorTenure')) return null;
  return { grantId: told.grant, identifiers };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOST_READS = 16;
const MOST_MISSES = 100;

function readOne(value: unknown): AskedRead | null {
  const told = membersOf(value, ['fields', 'operatorCode', 'subjects'], []);
  if (told === null || typeof told.operatorCode !== 'string' || !parseOperatorCode(told.operatorCode).ok) return null;
  const subjects = readSubjects(told.subjects);
  const fields: readonly unknown[] = Array.isArray(told.fields) ? told.fields : [];
  if (subjects === null || fields.length === 0 || fields.length > MOST_FIELDS) return null;
  if (!fields.every((field): field is string => typeof field === 'string' && isCoordinate(field))) return null;
  return { operatorCode: told.operatorCode, subjects, fields: [...new Set(fields)] };
}

/** Distinct subjects, at least one; null for anything else. */
function readSubjects(value: unknown): readonly AskedSubject[] | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_SUBJECTS) return null;
  const subjects = new Map<string, AskedSubject>();
  for (const key of value as readonly unknown[]) {
    const parsed = typeof key === 'string' ? parseSubjectKey(key) : null;
    if (parsed === null || typeof key !== 'string') return null;
    subjects.set(key, { key, ...parsed });
  }
  return [...subjects.values()];
}

function membersOf(
  value: unknown,
  needed: readonly string[],
  optional: readonly string[],
): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const names = Object.keys(value);
  if (!needed.every((name) => names.includes(name))) return null;
  if (!names.every((name) => needed.includes(name) || optional.includes(name))) return null;
  return value as Readonly<Record<string, unknown>>;
}
