// An act: one signed sentence about who did what, when and on what ground, made of commitments and never of personal data. This file
// decides its exact bytes. Where it stands in the log, and whether it fits the acts around it, is decided by the checks of a bundle.

import type { KeyObject } from 'node:crypto';
import { isOneOf } from '../vocabulary/closed-list';
import { type Instant, parseInstant } from '../vocabulary/instant';
import { ACT_KINDS, type ActKind } from './act-kind';
import { AuditFault, requireThat } from './audit-catalogue';
import { isFieldName } from './commitment';
import { signCompactJws, type UnverifiedJws, verifyTypedJws } from './compact-jws';
import { keyIdOf, type PublicKey, publicKeyBytes } from './ed25519';
import { decodeBase64Url, decodeDecimal, isUint64 } from './encoding';
import { HASH_SIZE, sameBytes } from './hash';
import { parseStrictJson } from './strict-json';

/** `typ` of the JWS of an act. */
export const ACT_TYPE = 'senim-act+jws';
/** Characters of the longest JWS of an act. */
export const LONGEST_ACT = 16_384;

/** 32 bytes in base64url, 43 characters: a leaf hash, a commitment, the hash of a note. */
export type HashText = string;

/** The newest final checkpoint that the author knew when it signed: what bounds the act's time from below. */
export interface SeenCheckpoint {
  readonly size: bigint;
  /** SHA-256 of the whole note, cosignatures included: a root alone could be known to the log before. */
  readonly note: HashText;
}

export interface Act {
  readonly kind: ActKind;
  /** UUID in lower case; the same in the tables of the author. */
  readonly id: string;
  /** Party whose key signs. */
  readonly author: string;
  /** The author numbers its acts in chains, one per writer, so that omission shows. */
  readonly chain: number;
  readonly seq: bigint;
  /** UUID of the case; null for what belongs to none. */
  readonly caseId: string | null;
  /** Place in the case, from 1; given by the bank alone, to its own acts. */
  readonly caseSeq: number | null;
  /** Leaf hash of the act one place before; null at the first place and where there is no place. */
  readonly casePrevious: HashText | null;
  /** Leaf hashes of the acts that this one answers or takes up. */
  readonly ref: readonly HashText[];
  /** Parties who are meant to know. */
  readonly to: readonly string[];
  /** When the author says it was done. */
  readonly at: Instant;
  /** Null when the author had seen no final checkpoint. */
  readonly seen: SeenCheckpoint | null;
  /** Word of a closed list that says why personal data was read; null elsewhere. */
  readonly purpose: string | null;
  /** Commitments by field name. */
  readonly commitments: Readonly<Record<string, HashText>>;
}

const FORMAT_VERSION = 1;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PARTY = /^[a-z][a-z0-9-]{1,31}$/;
const PURPOSE = /^[A-Z][A-Z_]{1,31}$/;
const MOST_REFS = 64;
const MOST_PARTIES = 64;
const MOST_FIELDS = 64;
const MOST_CHAINS = 65_536;
const LAST_PLACE = 2 ** 31 - 1;
const LIMITS = { maxBytes: LONGEST_ACT, maxDepth: 3 };

/** The JWS of an act, signed by its author's key; `kid` follows from the key. ACT_MALFORMED when the act is not one. */
export function signAct(act: Act, privateKey: KeyObject): string {
  requireForm(act);
  const payload = encodeAct(act);
  requireThat(payload.length <= LIMITS.maxBytes, 'ACT_MALFORMED', 'An act is within its length.');
  return signCompactJws({ kid: keyIdOf(publicKeyBytes(privateKey)), typ: ACT_TYPE, payload }, privateKey);
}

/** The act in a JWS that this key signed. Faults of `verifyTypedJws` and `decodeAct`. That the key is its author's is the caller's question. */
export function verifyAct(jws: UnverifiedJws, key: PublicKey): Act {
  return decodeAct(verifyTypedJws(jws, ACT_TYPE, key));
}

/** The bytes of an act: JSON without spaces, members in this order, field names sorted, numbers that may grow as decimal strings. */
export function encodeAct(act: Act): Uint8Array {
  const names = Object.keys(act.commitments).sort();
  const payload = {
    v: FORMAT_VERSION,
    act: act.kind,
    id: act.id,
    author: act.author,
    chain: act.chain,
    seq: act.seq.toString(),
    case: act.caseId,
    case_seq: act.caseSeq,
    case_prev: act.casePrevious,
    ref: act.ref,
    to: act.to,
    at: act.at,
    seen: act.seen === null ? null : { size: act.seen.size.toString(), note: act.seen.note },
    purpose: act.purpose,
    d: Object.fromEntries(names.map((name) => [name, act.commitments[name]])),
  };
  return Buffer.from(JSON.stringify(payload), 'utf8');
}

/** The act that bytes hold, not yet believed. ACT_MALFORMED unless they are exactly what `encodeAct` prints for it; faults of `parseStrictJson` as they are. */
export function decodeAct(payload: Uint8Array): Act {
  const value = parseStrictJson(payload, LIMITS);
  requireThat(isRecord(value) && value.v === FORMAT_VERSION, 'ACT_MALFORMED', 'An act is an object of version 1.');
  const act: Act = {
    kind: wordOf(value.act),
    id: matching(value.id, UUID),
    author: matching(value.author, PARTY),
    chain: numberWithin(value.chain, 0, MOST_CHAINS - 1),
    seq: decimalOf(value.seq),
    caseId: value.case === null ? null : matching(value.case, UUID),
    caseSeq: value.case_seq === null ? null : numberWithin(value.case_seq, 1, LAST_PLACE),
    casePrevious: value.case_prev === null ? null : hashOf(value.case_prev),
    ref: listOf(value.ref, MOST_REFS).map(hashOf),
    to: listOf(value.to, MOST_PARTIES).map((party) => matching(party, PARTY)),
    at: instantOf(value.at),
    seen: seenOf(value.seen),
    purpose: value.purpose === null ? null : matching(value.purpose, PURPOSE),
    commitments: commitmentsOf(value.d),
  };
  requireConsistent(act);
  requireThat(sameBytes(encodeAct(act), payload), 'ACT_MALFORMED', 'An act has one form.');
  return act;
}

/** Whether a text may name a party: an operator's code, the bank, a regulator. */
export function isPartyCode(text: unknown): text is string {
  return typeof text === 'string' && PARTY.test(text);
}

/** Whether a text may be the identifier of an act or a case. */
export function isUuid(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text);
}

/** What `decodeAct` asks of the members of an act, asked of an act that was never bytes: its author's own. */
function requireForm(act: Act): void {
  wordOf(act.kind);
  matching(act.id, UUID);
  matching(act.author, PARTY);
  numberWithin(act.chain, 0, MOST_CHAINS - 1);
  requireThat(isUint64(act.seq), 'ACT_MALFORMED', 'The number of an act is below 2^64.');
  if (act.caseId !== null) matching(act.caseId, UUID);
  if (act.caseSeq !== null) numberWithin(act.caseSeq, 1, LAST_PLACE);
  if (act.casePrevious !== null) hashOf(act.casePrevious);
  listOf(act.ref, MOST_REFS).forEach(hashOf);
  for (const party of listOf(act.to, MOST_PARTIES)) matching(party, PARTY);
  requireThat(instantOf(act.at) === act.at, 'ACT_MALFORMED', 'A time is an instant in its one form.');
  if (act.seen !== null) {
    requireThat(isUint64(act.seen.size), 'ACT_MALFORMED', 'The size that was seen is below 2^64.');
    hashOf(act.seen.note);
  }
  if (act.purpose !== null) matching(act.purpose, PURPOSE);
  commitmentsOf(act.commitments);
  requireConsistent(act);
}

function requireConsistent(act: Act): void {
  requireThat(
    (act.caseSeq === null || act.caseId !== null) &&
      (act.casePrevious !== null) === (act.caseSeq !== null && act.caseSeq > 1),
    'ACT_MALFORMED',
    'An act with a place has a case, and from the second place on a predecessor.',
  );
  requireThat(
    new Set(act.ref).size === act.ref.length && new Set(act.to).size === act.to.length,
    'ACT_MALFORMED',
    'References and addressees are named once.',
  );
}

function seenOf(value: unknown): SeenCheckpoint | null {
  if (value === null) return null;
  requireThat(isRecord(value), 'ACT_MALFORMED', 'What was seen is null or an object.');
  return { size: decimalOf(value.size), note: hashOf(value.note) };
}

function commitmentsOf(value: unknown): Readonly<Record<string, HashText>> {
  requireThat(isRecord(value), 'ACT_MALFORMED', 'Commitments are an object.');
  const members = Object.entries(value);
  requireThat(
    members.length <= MOST_FIELDS && members.every(([name]) => isFieldName(name)),
    'ACT_MALFORMED',
    'At most 64 fields are committed to, by proper names.',
  );
  return Object.fromEntries(members.map(([name, commitment]) => [name, hashOf(commitment)]));
}

function wordOf(value: unknown): ActKind {
  requireThat(isOneOf(ACT_KINDS, value), 'ACT_MALFORMED', 'The kind of an act is of the closed list.');
  return value;
}

function matching(value: unknown, form: RegExp): string {
  requireThat(typeof value === 'string' && form.test(value), 'ACT_MALFORMED', 'A text has the form of its member.');
  return value;
}

function numberWithin(value: unknown, least: number, most: number): number {
  requireThat(
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
    'ACT_MALFORMED',
    'A number is whole and within its range.',
  );
  return value;
}

function decimalOf(value: unknown): bigint {
  const number = typeof value === 'string' ? decodeDecimal(value) : null;
  requireThat(number !== null, 'ACT_MALFORMED', 'A number that may grow is a decimal string below 2^64.');
  return number;
}

function hashOf(value: unknown): HashText {
  const bytes = typeof value === 'string' ? decodeBase64Url(value) : null;
  requireThat(
    typeof value === 'string' && bytes?.length === HASH_SIZE,
    'ACT_MALFORMED',
    'A hash is 32 bytes in base64url.',
  );
  return value;
}

function instantOf(value: unknown): Instant {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  if (instant === null || !instant.ok) throw new AuditFault('ACT_MALFORMED', 'A time is an instant.');
  return instant.value;
}

function listOf(value: unknown, most: number): readonly unknown[] {
  requireThat(Array.isArray(value) && value.length <= most, 'ACT_MALFORMED', 'A list is within its length.');
  return value;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
