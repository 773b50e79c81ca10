// The lookup grant: the bank's case service tells one operator who may read what of whom, for which case and purpose, for a minute. Signed
// with a key that the gateway does not hold, so that whoever holds the gateway alone reads nothing. Pure: keys are handed in; whether a
// read is justified was decided by whoever signs, and that a grant is used once is kept by whoever opens it.

import { AuditFault } from '../audit/audit-catalogue';
import { canonicalJson } from '../audit/canonical-json';
import { parseCompactJws, signCompactJws, verifyTypedJws } from '../audit/compact-jws';
import type { PublicKey } from '../audit/ed25519';
import { parseStrictJson } from '../audit/strict-json';
import type { KeyPair } from '../audit-log/key-file';
import { parseBin } from '../vocabulary/bin';
import { isOneOf } from '../vocabulary/closed-list';
import { parseIin } from '../vocabulary/iin';
import { parseImei } from '../vocabulary/imei';
import { type Instant, instantToMs, parseInstant } from '../vocabulary/instant';
import { parseMsisdn } from '../vocabulary/msisdn';
import { parseOperatorCode } from '../vocabulary/operator-code';
import { PURPOSES, type Purpose } from '../vocabulary/purpose';
import { accepted, type Result, refused } from '../vocabulary/result';
import { ACTOR_ROLES, type ActorRole } from '../vocabulary/role';
import { clearCoordinates, type GrantClass } from './policy';

/** MASKED opens fields that are masked by the owner or name nobody; CLEAR opens personal fields in full as well, of the subjects that it names for it. */
export const GRANT_CLASSES = ['MASKED', 'CLEAR'] as const satisfies readonly GrantClass[];

/** Types of which a subject can be. */
export const SUBJECT_TYPES = ['OperatorTenure', 'OperatorHolding', 'CorporateHolding', 'DeviceSighting'] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];

/** What a grant says. */
export interface Grant {
  /** Id of the grant, a UUID. */
  readonly jti: string;
  /** Code of the one operator that it is for. */
  readonly audience: string;
  /** Pseudonym of who asks. */
  readonly actor: string;
  readonly role: ActorRole;
  readonly caseId: string | null;
  readonly purpose: Purpose;
  readonly class: GrantClass;
  /** Keys of what may be read, e.g. `OperatorTenure:+77011234567:2024-01-31T19:00:00.000Z`. Personal data. */
  readonly subjects: readonly string[];
  /** Those of them of which clear fields may be read; all of them when left out of a CLEAR grant. */
  readonly clearSubjects?: readonly string[];
  /** Coordinates that may be read of each of them, e.g. `Subscriber.maskedIin`. */
  readonly fields: readonly string[];
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** Why a text is no grant for this operator now. */
export const GRANT_REFUSALS = ['MALFORMED', 'UNKNOWN_KEY', 'WRONG_AUDIENCE', 'NOT_YET', 'EXPIRED'] as const;
export type GrantRefusal = (typeof GRANT_REFUSALS)[number];

/** Header that carries it. */
export const GRANT_HEADER = 'afc-grant';
/** Type of the signed document. */
export const GRANT_TYPE = 'senim-grant+jws';
/** The longest that one may be used. */
export const GRANT_LIFE_MS = 60_000;
/** Most subjects of one grant: its text stays below 64 KiB. */
export const MOST_SUBJECTS = 400;
/** Most coordinates of one grant. */
export const MOST_FIELDS = 250;

/** The signed grant, one line. Throws SHAPE for a grant that `openGrant` would refuse as malformed. */
export function signGrant(grant: Grant, key: KeyPair): string {
  const payload = printGrant(grant);
  if (readGrant(JSON.parse(payload)) === null) throw new AuditFault('SHAPE', 'A grant has the form of a grant.');
  const document = { kid: key.publicKey.keyId, typ: GRANT_TYPE, payload: Buffer.from(payload, 'utf8') };
  return signCompactJws(document, key.privateKey);
}

/**
 * The grant in a text, for the operator that it names, at an instant. UNKNOWN_KEY when `keyOf` knows no key by its id; MALFORMED for every
 * text but the one that `signGrant` writes, another signature included. Clocks may differ by five seconds.
 */
export function openGrant(
  text: string,
  keyOf: (keyId: string) => PublicKey | null,
  now: { readonly audience: string; readonly now: Instant },
): Result<Grant, GrantRefusal> {
  const opened = verify(text, keyOf);
  if (!opened.ok) return opened;
  const grant = opened.value;
  if (grant.audience !== now.audience) return refused('WRONG_AUDIENCE');
  const nowMs = instantToMs(now.now);
  if (nowMs < instantToMs(grant.issuedAt) - CLOCK_TOLERANCE_MS) return refused('NOT_YET');
  if (nowMs >= instantToMs(grant.expiresAt) + CLOCK_TOLERANCE_MS) return refused('EXPIRED');
  return accepted(grant);
}

/** Whether a field of a subject may be read under the grant. Key fields, `__typename` and `operatorCode` need no grant of their own: do not ask for them. */
export function grantAllows(grant: Grant, subjectKey: string, coordinate: string): boolean {
  if (!grant.subjects.includes(subjectKey) || !grant.fields.includes(coordinate)) return false;
  if (!clearCoordinates.has(coordinate)) return true;
  return grant.class === 'CLEAR' && (grant.clearSubjects ?? grant.subjects).includes(subjectKey);
}

/** The key of a subject: its type and its own key fields in canonical form, without the operator's code, which the audience tells. */
export function subjectKey(type: SubjectType, ...keys: readonly string[]): string {
  return [type, ...keys].join(':');
}

/** The parts of a subject's key; null for a text that is none. `id` is the number, IIN, BIN or IMEI; `since` is set for a tenure alone. */
export function parseSubjectKey(
  text: string,
): { readonly type: SubjectType; readonly id: string; readonly since: Instant | null } | null {
  const [type = '', id = '', ...more] = text.split(':');
  if (!isOneOf(SUBJECT_TYPES, type)) return null;
  const parsed = PARSE[type](id);
  if (!parsed.ok || parsed.value !== id) return null;
  if (type !== 'OperatorTenure') return more.length === 0 ? { type, id, since: null } : null;
  const since = instantIn(more.join(':'));
  return since === null ? null : { type, id, since };
}

/** Whether a text has the form of a coordinate, `Type.field`. */
export function isCoordinate(text: string): boolean {
  return COORDINATE.test(text);
}

const VERSION = 1;
const CLOCK_TOLERANCE_MS = 5_000;
const LONGEST = 65_536;
const MEMBERS = 'act,aud,case,class,exp,fields,iat,jti,purpose,role,subjects,v';
const MEMBERS_WITH_CLEAR = 'act,aud,case,class,clear,exp,fields,iat,jti,purpose,role,subjects,v';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PSEUDONYM = /^[A-Za-z0-9_-]{22}$/;
const COORDINATE = /^[A-Z][A-Za-z0-9]{0,63}\.[a-z][A-Za-z0-9]{0,63}$/;

const PARSE: Readonly<Record<SubjectType, (text: string) => Result<string, string>>> = {
  OperatorTenure: parseMsisdn,
  OperatorHolding: parseIin,
  CorporateHolding: parseBin,
  DeviceSighting: parseImei,
};

function printGrant(grant: Grant): string {
  return canonicalJson({
    v: VERSION,
    jti: grant.jti,
    aud: grant.audience,
    act: grant.actor,
    role: grant.role,
    case: grant.caseId,
    purpose: grant.purpose,
    class: grant.class,
    subjects: grant.subjects,
    ...(grant.clearSubjects === undefined ? {} : { clear: grant.clearSubjects }),
    fields: grant.fields,
    iat: grant.issuedAt,
    exp: grant.expiresAt,
  });
}

function verify(text: string, keyOf: (keyId: string) => PublicKey | null): Result<Grant, GrantRefusal> {
  if (text.length > LONGEST) return refused('MALFORMED');
  try {
    const jws = parseCompactJws(text);
    const key = keyOf(jws.kid);
    if (key === null) return refused('UNKNOWN_KEY');
    const payload = verifyTypedJws(jws, GRANT_TYPE, key);
    const grant = readGrant(parseStrictJson(payload));
    if (grant === null || Buffer.from(payload).toString('utf8') !== printGrant(grant)) return refused('MALFORMED');
    return accepted(grant);
  } catch (cause) {
    if (cause instanceof AuditFault) return refused('MALFORMED');
    throw cause;
  }
}

function readGrant(payload: unknown): Grant | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const members = Object.keys(payload).sort().join();
  if (members !== MEMBERS && members !== MEMBERS_WITH_CLEAR) return null;
  const told = payload as Readonly<Record<string, unknown>>;
  const { jti, aud, act, role, case: caseId, purpose, class: grantClass } = told;
  const subjects = distinctTexts(told.subjects, MOST_SUBJECTS, (text) => parseSubjectKey(text) !== null);
  const fields = distinctTexts(told.fields, MOST_FIELDS, isCoordinate);
  const issuedAt = instantIn(told.iat);
  const expiresAt = instantIn(told.exp);
  if (told.v !== VERSION || subjects === null || fields === null || issuedAt === null || expiresAt === null)
    return null;
  if (typeof jti !== 'string' || !UUID.test(jti)) return null;
  if (typeof aud !== 'string' || !parseOperatorCode(aud).ok) return null;
  if (typeof act !== 'string' || !PSEUDONYM.test(act)) return null;
  if (caseId !== null && (typeof caseId !== 'string' || !UUID.test(caseId))) return null;
  if (!isOneOf(ACTOR_ROLES, role) || !isOneOf(PURPOSES, purpose) || !isOneOf(GRANT_CLASSES, grantClass)) return null;
  const lifeMs = instantToMs(expiresAt) - instantToMs(issuedAt);
  if (lifeMs <= 0 || lifeMs > GRANT_LIFE_MS) return null;
  const clear = readClear(told.clear, subjects, grantClass);
  if (clear === null) return null;
  const named = { jti, audience: aud, actor: act, role, caseId, purpose, class: grantClass };
  return { ...named, subjects, ...clear, fields, issuedAt, expiresAt };
}

/** Some of the subjects of a CLEAR grant, in any order; null for anything else. */
function readClear(
  value: unknown,
  subjects: readonly string[],
  grantClass: GrantClass,
): Pick<Grant, 'clearSubjects'> | null {
  if (value === undefined) return {};
  const clearSubjects = distinctTexts(value, MOST_SUBJECTS, (text) => subjects.includes(text));
  return clearSubjects === null || grantClass !== 'CLEAR' ? null : { clearSubjects };
}

/** A list of distinct texts of one form, not empty; null for anything else. */
function distinctTexts(value: unknown, most: number, isFit: (text: string) => boolean): readonly string[] | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > most) return null;
  const items: readonly unknown[] = value;
  const texts = items.filter((item): item is string => typeof item === 'string' && isFit(item));
  return texts.length === items.length && new Set(texts).size === texts.length ? texts : null;
}

function instantIn(value: unknown): Instant | null {
  const parsed = typeof value === 'string' ? parseInstant(value) : null;
  return parsed?.ok === true && parsed.value === value ? parsed.value : null;
}
