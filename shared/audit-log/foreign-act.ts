// Acts of other parties on their way into the log: read from JSON that anybody may have sent, verified with their author's key, stored exactly
// as signed, and answered by an act of the bank's own that gives them their place. What an act causes in a case is decided by the house
// before it calls here, out of the signed payload and nothing else.

import { type Act, decodeAct, LONGEST_ACT, verifyAct } from '../audit/act';
import { AuditFault } from '../audit/audit-catalogue';
import { type Disclosure, isFieldName, opensCommitment } from '../audit/commitment';
import { parseCompactJws } from '../audit/compact-jws';
import type { PublicKey } from '../audit/ed25519';
import { decodeBase64Url, encodeBase64Url } from '../audit/encoding';
import { leafHash, sameBytes } from '../audit/hash';
import { leafData, SALT_SIZE } from '../audit/leaf';
import { parseStrictJson } from '../audit/strict-json';
import type { Day } from '../vocabulary/day';
import type { Instant } from '../vocabulary/instant';
import { accepted, type Result, refused } from '../vocabulary/result';
import { type ActAuthor, type ActDraft, appendAct, type SignedAct, storeAct } from './act-author';
import { rowsOf, type SqlSession } from './sql-session';
import type { Statement } from './statement-group';

/** An act as another party hands it over: compact JWS, salt of its leaf in base64url, and what opens its commitments; values as JSON text. */
export interface SignedActMessage {
  readonly act: string;
  readonly salt: string;
  readonly disclosures: readonly { readonly field: string; readonly salt: string; readonly value: string }[];
}

/** Why an act of another party is not taken in. SEQ_GAP: the one before it in its chain has to come first. EQUIVOCATION: its author signed another act for the same place. */
export type ForeignActRefusal =
  | 'MALFORMED'
  | 'UNKNOWN_KEY'
  | 'BAD_SIGNATURE'
  | 'BAD_DISCLOSURE'
  | 'NOT_FOREIGN'
  | 'SEQ_GAP'
  | 'EQUIVOCATION';

/** The act key of a party with this id, if it has one that is valid now. */
export type ActKeyOf = (party: string, keyId: string) => PublicKey | null;

/** What became of a foreign act. KNOWN: it was taken in before, and nothing was written. */
export interface TakenAct {
  readonly outcome: 'TAKEN' | 'KNOWN';
  readonly foreign: SignedAct;
}

const MOST_DISCLOSURES = 64;
const LONGEST_VALUE = 65_536;

/** The message of a signed act: what an author sends. */
export function toMessage(signed: SignedAct): SignedActMessage {
  return {
    act: signed.jws,
    salt: encodeBase64Url(signed.salt),
    disclosures: signed.disclosures.map(({ field, salt, value }) => ({
      field,
      salt: encodeBase64Url(salt),
      value: JSON.stringify(value),
    })),
  };
}

/** The act in a message whose author's signature was verified, and all of whose commitments are opened. Pure but for `actKeyOf`. */
export function openMessage(message: SignedActMessage, actKeyOf: ActKeyOf): Result<SignedAct, ForeignActRefusal> {
  const parts = parseMessage(message);
  if (parts === null) return refused('MALFORMED');
  const { jws, salt, disclosures } = parts;
  const act = openAct(jws, actKeyOf);
  if (!act.ok) return act;
  const { commitments } = act.value;
  const isOpen = disclosures.every((disclosure) => opensCommitment(commitments[disclosure.field], disclosure));
  const fields = new Set(disclosures.map(({ field }) => field));
  if (!isOpen || fields.size !== disclosures.length || fields.size !== Object.keys(commitments).length) {
    return refused('BAD_DISCLOSURE');
  }
  const leaf = leafData(salt, jws);
  return accepted({ act: act.value, jws, salt, disclosures, leaf, leafHash: encodeBase64Url(leafHash(leaf)) });
}

/**
 * Stores a foreign act and the bank's own `act.received` about it, in the caller's transaction, which also has to hold the house's event if
 * it wants one. The same act again is KNOWN and writes nothing. Acts of one chain are taken in by their numbers, so that the log's
 * order never contradicts their author's. After EQUIVOCATION the caller commits, to keep the evidence.
 */
export async function takeInForeignAct(
  transaction: SqlSession,
  author: ActAuthor,
  taking: {
    readonly foreign: SignedAct;
    /** The case that takes it up; null for none. */
    readonly caseId: string | null;
    readonly at: Instant;
    readonly expiresOn: Day;
  },
): Promise<Result<TakenAct, ForeignActRefusal>> {
  const { foreign, caseId, at, expiresOn } = taking;
  if (foreign.act.author === author.party) return refused('NOT_FOREIGN');
  const known = await findKnown(transaction, foreign.act);
  if (known !== null) {
    if (sameBytes(known, foreign.leaf)) return accepted({ outcome: 'KNOWN', foreign });
    await keepEvidence(transaction, foreign);
    return refused('EQUIVOCATION');
  }
  if ((await storeAct(transaction, foreign, expiresOn)) !== null) return refused('SEQ_GAP');
  const reception = (actId: string): Statement => ({
    name: 'audit_receive',
    text: 'INSERT INTO audit.reception (act_id, foreign_act_id, case_id) VALUES ($1, $2, $3)',
    values: [actId, foreign.act.id, caseId],
  });
  const received: ActDraft = {
    kind: 'act.received',
    caseId,
    ref: [foreign.leafHash],
    to: [foreign.act.author],
    at,
    fields: {},
    expiresOn,
  };
  await appendAct(transaction, author, received, (actId) => [reception(actId)]);
  return accepted({ outcome: 'TAKEN', foreign });
}

interface MessageParts {
  readonly jws: string;
  readonly salt: Uint8Array;
  readonly disclosures: readonly Disclosure[];
}

function parseMessage(message: SignedActMessage): MessageParts | null {
  const salt = saltOf(message.salt);
  if (salt === null || message.act.length > LONGEST_ACT || message.disclosures.length > MOST_DISCLOSURES) return null;
  const disclosures: Disclosure[] = [];
  for (const { field, salt: text, value } of message.disclosures) {
    const fieldSalt = saltOf(text);
    if (fieldSalt === null || !isFieldName(field) || value.length > LONGEST_VALUE) return null;
    try {
      disclosures.push({ field, salt: fieldSalt, value: parseStrictJson(Buffer.from(value, 'utf8')) });
    } catch {
      return null;
    }
  }
  const sorted = disclosures.toSorted((left, right) => (left.field < right.field ? -1 : 1));
  return { jws: message.act, salt, disclosures: sorted };
}

function saltOf(text: string): Uint8Array | null {
  const salt = decodeBase64Url(text);
  return salt?.length === SALT_SIZE ? salt : null;
}

function openAct(jws: string, actKeyOf: ActKeyOf): Result<Act, ForeignActRefusal> {
  try {
    const unverified = parseCompactJws(jws);
    const claimed = decodeAct(unverified.payload);
    // Places in cases are given by the bank, to its own acts.
    if (claimed.caseSeq !== null) return refused('MALFORMED');
    const key = actKeyOf(claimed.author, unverified.kid);
    return key === null ? refused('UNKNOWN_KEY') : accepted(verifyAct(unverified, key));
  } catch (cause) {
    const code = cause instanceof AuditFault ? cause.code : null;
    return refused(code === 'JWS_SIGNATURE' || code === 'JWS_TYPE' ? 'BAD_SIGNATURE' : 'MALFORMED');
  }
}

/** Leaf of the act that has this id or this place in its author's chain; null when there is none. */
async function findKnown(transaction: SqlSession, act: Act): Promise<Uint8Array | null> {
  const [row] = await rowsOf<{ readonly leaf: Buffer }>(transaction, {
    name: 'audit_known_act',
    text: 'SELECT leaf FROM audit.act WHERE id = $1 UNION ALL SELECT leaf FROM audit.act WHERE author = $2 AND chain = $3 AND seq = $4',
    values: [act.id, act.author, act.chain, act.seq.toString()],
  });
  return row?.leaf ?? null;
}

async function keepEvidence(transaction: SqlSession, foreign: SignedAct): Promise<void> {
  await rowsOf(transaction, {
    name: 'audit_author_equivocation',
    text: 'INSERT INTO audit.author_equivocation (act_id, leaf, jws, salt) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    values: [foreign.act.id, foreign.leaf, Buffer.from(foreign.jws, 'latin1'), foreign.salt],
  });
}
