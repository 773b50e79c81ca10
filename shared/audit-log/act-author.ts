// Writes an organisation's own acts, in the transaction of the change of state that they speak of. Each writing connection owns one chain of
// its author (a session advisory lock), so that no row is shared between writers; numbers are dense, because a number is taken in the
// act's own transaction. What an act says is decided by the house; its event must be in a registered table, or COMMIT fails.

import { type KeyObject, randomBytes } from 'node:crypto';
import { type Act, type HashText, type SeenCheckpoint, signAct } from '../audit/act';
import { type ActKind, ASIDE_KINDS } from '../audit/act-kind';
import { canonicalJson } from '../audit/canonical-json';
import { commitToFields, type Disclosure } from '../audit/commitment';
import { encodeBase64Url } from '../audit/encoding';
import { leafHash } from '../audit/hash';
import { leafData, SALT_SIZE } from '../audit/leaf';
import { AppError } from '../vocabulary/app-error';
import type { Day } from '../vocabulary/day';
import type { Instant } from '../vocabulary/instant';
import { newActId } from './act-id';
import { rowsOf, type SqlSession } from './sql-session';

/** What the house wants to say. */
export interface ActDraft {
  readonly kind: ActKind;
  /** UUID, the same as in the house's event; a new one when left out, which costs the least (act-id.ts). */
  readonly id?: string;
  readonly caseId: string | null;
  /** Leaf hashes of the acts that this one answers. */
  readonly ref?: readonly HashText[];
  /** Parties who are meant to know. */
  readonly to?: readonly string[];
  /** When it was done, by the database's clock. */
  readonly at: Instant;
  readonly purpose?: string | null;
  /** Facts, personal ones included: only salted commitments to them are signed. JSON values. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** From this day on the opening may be erased. */
  readonly expiresOn: Day;
}

/** A signed act with what opens it: what its addressees are handed. */
export interface SignedAct {
  readonly act: Act;
  readonly jws: string;
  readonly salt: Uint8Array;
  readonly disclosures: readonly Disclosure[];
  readonly leaf: Uint8Array;
  readonly leafHash: HashText;
}

/** An organisation that signs here. */
export interface ActAuthor {
  readonly party: string;
  /** Whether it gives acts their places in cases: the bank alone. */
  readonly keepsCases: boolean;
  /** Chains at most; more than connections that write. */
  readonly chains: number;
  readonly privateKey: KeyObject;
  /** The newest final checkpoint that this party has verified; asked at each act, never backwards. */
  readonly seen: () => SeenCheckpoint | null;
  /** Chain of each connection, and the number that its next act will most likely have. */
  readonly slots: WeakMap<SqlSession, ChainSlot>;
}

interface ChainSlot {
  readonly chain: number;
  nextSeq: bigint;
}

const DEFAULT_CHAINS = 32;
/** A rolled back transaction leaves the slot's number ahead: then the first attempt is told the right one. */
const MOST_ATTEMPTS = 3;

/** An author; makes no connection. `chains` is 32 unless told. */
export function createActAuthor(options: {
  readonly party: string;
  readonly privateKey: KeyObject;
  readonly keepsCases: boolean;
  readonly seen: () => SeenCheckpoint | null;
  readonly chains?: number;
}): ActAuthor {
  return { ...options, chains: options.chains ?? DEFAULT_CHAINS, slots: new WeakMap() };
}

/**
 * Signs an act and stores it with its opening and disclosures in the caller's transaction; a trigger queues it. One statement, and one more
 * for the place of a case. AUDIT_UNAVAILABLE when every chain is held by another connection. An act of the bank on a case locks the
 * case's chain until the transaction ends.
 */
export async function appendAct(transaction: SqlSession, author: ActAuthor, draft: ActDraft): Promise<SignedAct> {
  const place = await placeOf(transaction, author, draft);
  const { commitments, disclosures } = commitToFields(draft.fields, newSalt);
  const salt = newSalt();
  const id = draft.id ?? newActId(Date.now());
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const slot = author.slots.get(transaction) ?? (await claimChain(transaction, author));
    const act: Act = {
      kind: draft.kind,
      id,
      author: author.party,
      chain: slot.chain,
      seq: slot.nextSeq,
      caseId: draft.caseId,
      ...place,
      ref: draft.ref ?? [],
      to: draft.to ?? [],
      at: draft.at,
      seen: author.seen(),
      purpose: draft.purpose ?? null,
      commitments,
    };
    const jws = signAct(act, author.privateKey);
    const leaf = leafData(salt, jws);
    const signed = { act, jws, salt, disclosures, leaf, leafHash: encodeBase64Url(leafHash(leaf)) };
    const taken = await storeAct(transaction, signed, draft.expiresOn);
    slot.nextSeq = taken === act.seq ? taken + 1n : taken;
    if (taken === act.seq) return signed;
  }
  throw new AppError('AUDIT_UNAVAILABLE', 'The number of an act was taken by another writer of the same chain.');
}

/** 32 random bytes. */
export function newSalt(): Uint8Array {
  return randomBytes(SALT_SIZE);
}

/** Writes a signed act when its number is its chain's next one; resolves with the number that was next. Nothing is written when they differ. */
export async function storeAct(transaction: SqlSession, signed: SignedAct, expiresOn: Day): Promise<bigint> {
  const { act, jws, salt, leaf, disclosures } = signed;
  const [row] = await rowsOf<{ readonly seq: string }>(transaction, {
    name: 'audit_append_act',
    text: 'SELECT audit.append_act($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AS seq',
    values: [
      act.author,
      act.chain,
      act.seq.toString(),
      act.id,
      act.kind,
      act.caseId,
      act.caseSeq,
      act.at,
      leaf,
      Buffer.from(jws, 'latin1'),
      salt,
      expiresOn,
      disclosures.map(({ field }) => field),
      disclosures.map((disclosure) => disclosure.salt),
      disclosures.map(({ value }) => Buffer.from(canonicalJson(value), 'utf8')),
    ],
  });
  return BigInt(row?.seq ?? 0);
}

interface Place {
  readonly caseSeq: number | null;
  readonly casePrevious: HashText | null;
}

async function placeOf(transaction: SqlSession, author: ActAuthor, draft: ActDraft): Promise<Place> {
  const { caseId } = draft;
  const hasPlace = author.keepsCases && !ASIDE_KINDS.includes(draft.kind);
  if (!hasPlace || caseId === null) return { caseSeq: null, casePrevious: null };
  const head = (await lockCaseHead(transaction, caseId)) ?? (await awaitFirstAct(transaction, caseId));
  if (head === undefined) return { caseSeq: 1, casePrevious: null };
  return { caseSeq: head.seq + 1, casePrevious: encodeBase64Url(head.leaf_hash) };
}

interface CaseHead {
  readonly seq: number;
  readonly leaf_hash: Buffer;
}

async function lockCaseHead(transaction: SqlSession, caseId: string): Promise<CaseHead | undefined> {
  const [head] = await rowsOf<CaseHead>(transaction, {
    name: 'audit_case_head',
    text: 'SELECT seq, leaf_hash FROM audit.case_chain WHERE case_id = $1 FOR UPDATE',
    values: [caseId],
  });
  return head;
}

/** A case without acts has no row to lock: two that would both be first wait for each other here. */
async function awaitFirstAct(transaction: SqlSession, caseId: string): Promise<CaseHead | undefined> {
  await rowsOf(transaction, {
    name: 'audit_first_of_case',
    text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))',
    values: [caseId],
  });
  return lockCaseHead(transaction, caseId);
}

async function claimChain(transaction: SqlSession, author: ActAuthor): Promise<ChainSlot> {
  const [row] = await rowsOf<{ readonly chain: number | null; readonly next_seq: string | null }>(transaction, {
    text: 'SELECT chain, next_seq FROM audit.claim_chain($1, $2)',
    values: [author.party, author.chains],
  });
  if (row === undefined || row.chain === null || row.next_seq === null) {
    throw new AppError('AUDIT_UNAVAILABLE', 'Every chain of the author is held by another connection.');
  }
  const slot = { chain: row.chain, nextSeq: BigInt(row.next_seq) };
  author.slots.set(transaction, slot);
  return slot;
}
