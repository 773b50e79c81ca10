// Writes an organisation's own acts, in the transaction of the change of state that they speak of. Each writing connection owns one chain of
// its author (a session advisory lock), so that no row is shared between writers; numbers are dense, because a number is taken in the
// act's own transaction. What an act says is decided by the house; its event must be in a registered table, or COMMIT fails.
//
// An act is signed before it is stored, so its number and its place in its case are supposed: by what this process wrote last. The database
// knows better, writes nothing when they are not what it has, and says what is next. A rolled back transaction is what makes them wrong.

import type { KeyObject } from 'node:crypto';
import { type Act, type HashText, type SeenCheckpoint, signAct } from '../audit/act';
import { type ActKind, ASIDE_KINDS } from '../audit/act-kind';
import { canonicalJson } from '../audit/canonical-json';
import { commitToFields, type Disclosure } from '../audit/commitment';
import { encodeBase64Url } from '../audit/encoding';
import { leafHash } from '../audit/hash';
import { leafData } from '../audit/leaf';
import { AppError } from '../vocabulary/app-error';
import type { Day } from '../vocabulary/day';
import type { Instant } from '../vocabulary/instant';
import { newActId, newSalt } from './act-id';
import { rowsOf, type SqlSession } from './sql-session';
import { runTogether, type Statement, type TextRows, textArray } from './statement-group';

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
  /** The place that the next act of a case will most likely have; of the cases written to last. */
  readonly places: Map<string, CasePlace>;
}

/** A place in a case: its number, and the leaf hash of the act before it. */
export interface CasePlace {
  readonly caseSeq: number | null;
  readonly casePrevious: HashText | null;
}

/** The chain that a connection holds, and the number that its next act will most likely have. */
export interface ChainSlot {
  readonly chain: number;
  nextSeq: bigint;
}

const DEFAULT_CHAINS = 32;
/** The first may have supposed wrong, and the case may be taken up by others until it is locked. */
const MOST_ATTEMPTS = 4;
/** Cases whose next place is remembered; one that is not costs a statement more. */
const MOST_PLACES = 4_096;
const NO_PLACE: CasePlace = { caseSeq: null, casePrevious: null };
const FIRST_PLACE: CasePlace = { caseSeq: 1, casePrevious: null };

/** An author; makes no connection. `chains` is 32 unless told. */
export function createActAuthor(options: {
  readonly party: string;
  readonly privateKey: KeyObject;
  readonly keepsCases: boolean;
  readonly seen: () => SeenCheckpoint | null;
  readonly chains?: number;
}): ActAuthor {
  return { ...options, chains: options.chains ?? DEFAULT_CHAINS, slots: new WeakMap(), places: new Map() };
}

/**
 * Signs an act and stores it with its opening and disclosures in the caller's transaction; a trigger queues it. AUDIT_UNAVAILABLE when every
 * chain is held by another connection. An act of the bank on a case locks the case's chain until the transaction ends.
 *
 * `along` gives statements that name the act, its event first of all: they are sent in one message with it, which saves a way there and
 * back for each, and are run once, after it.
 */
export async function appendAct(
  transaction: SqlSession,
  author: ActAuthor,
  draft: ActDraft,
  along: (actId: string) => readonly Statement[] = () => [],
): Promise<SignedAct> {
  const begun = beginAct(draft, Date.now());
  const slot = await chainSlotOf(transaction, author);
  let place = await supposedPlace(transaction, author, draft);
  let rest = along(begun.id);
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const signed = signBegunAct(author, begun, { chain: slot.chain, seq: slot.nextSeq, ...place });
    const next = await storeAct(transaction, signed, draft.expiresOn, rest);
    if (next === null) {
      slot.nextSeq = signed.act.seq + 1n;
      rememberPlace(author, signed);
      return signed;
    }
    rest = [];
    slot.nextSeq = next.seq;
    if (place.caseSeq !== null) place = next.place;
  }
  throw new AppError('AUDIT_UNAVAILABLE', 'The place of an act was taken by another writer each time.');
}

/** An act but for its place: what it commits to is drawn once, wherever it then comes to stand. */
export interface BegunAct extends Pick<SignedAct, 'salt' | 'disclosures'> {
  readonly draft: ActDraft;
  readonly id: string;
  readonly commitments: Act['commitments'];
}

/** Begins an act; the time, in milliseconds, gives it an id when the draft has none. */
export function beginAct(draft: ActDraft, nowMs: number): BegunAct {
  return { draft, id: draft.id ?? newActId(nowMs), salt: newSalt(), ...commitToFields(draft.fields, newSalt) };
}

/** Signs an act for a place. */
export function signBegunAct(
  author: ActAuthor,
  { draft, id, salt, commitments, disclosures }: BegunAct,
  place: Pick<Act, 'chain' | 'seq'> & CasePlace,
): SignedAct {
  const act: Act = {
    kind: draft.kind,
    id,
    author: author.party,
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
  return { act, jws, salt, disclosures, leaf, leafHash: encodeBase64Url(leafHash(leaf)) };
}

/** What is next in the chain and in the case of an act that could not be written. */
export interface NextPlace {
  readonly seq: bigint;
  readonly place: CasePlace;
}

/**
 * Writes a signed act, and in the same message what goes along with it. Null when it was written; otherwise its number is not its chain's
 * next one, or its place not its case's: then the act alone was not written, and what is next is told.
 */
export async function storeAct(
  transaction: SqlSession,
  signed: SignedAct,
  expiresOn: Day,
  along: readonly Statement[] = [],
): Promise<NextPlace | null> {
  const [rows] = await runTogether(transaction, [storeStatement(signed, expiresOn), ...along]);
  return nextPlaceIn(rows);
}

/** The statement that writes a signed act. */
export function storeStatement({ act, jws, salt, leaf, disclosures }: SignedAct, expiresOn: Day): Statement {
  const values = [
    act.author,
    act.chain,
    act.seq.toString(),
    act.id,
    act.kind,
    act.caseId,
    act.caseSeq,
    act.casePrevious === null ? null : Buffer.from(act.casePrevious, 'base64url'),
    act.at,
    leaf,
    Buffer.from(jws, 'latin1'),
    salt,
    expiresOn,
    textArray(disclosures.map(({ field }) => field)),
    textArray(disclosures.map(({ value }) => canonicalJson(value))),
    Buffer.concat(disclosures.map((disclosure) => disclosure.salt)),
  ];
  return { ...APPEND_ACT, values };
}

/** What that statement answered: null when the act was written, otherwise what is next. */
export function nextPlaceIn(rows: TextRows | undefined): NextPlace | null {
  const answer = rows?.[0]?.[0] ?? null;
  return answer === null ? null : readNext(answer);
}

/** The chain of a connection, claimed at its first act. */
export async function chainSlotOf(transaction: SqlSession, author: ActAuthor): Promise<ChainSlot> {
  return author.slots.get(transaction) ?? (await claimChain(transaction, author));
}

const APPEND_ACT = {
  name: 'audit_append_act',
  text: `SELECT audit.append_act($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
} as const;

function readNext(answer: string): NextPlace {
  const next = JSON.parse(answer) as { seq: string; caseSeq: number; casePrevious: string | null };
  const { caseSeq, casePrevious } = next;
  return {
    seq: BigInt(next.seq),
    place: {
      caseSeq,
      casePrevious: casePrevious === null ? null : encodeBase64Url(Buffer.from(casePrevious, 'hex')),
    },
  };
}

async function supposedPlace(transaction: SqlSession, author: ActAuthor, draft: ActDraft): Promise<CasePlace> {
  const { caseId } = draft;
  const hasPlace = author.keepsCases && !ASIDE_KINDS.includes(draft.kind);
  if (!hasPlace || caseId === null) return NO_PLACE;
  return author.places.get(caseId) ?? (await readPlace(transaction, caseId));
}

async function readPlace(transaction: SqlSession, caseId: string): Promise<CasePlace> {
  const [head] = await rowsOf<{ readonly seq: number; readonly leaf_hash: Buffer }>(transaction, {
    name: 'audit_case_head',
    text: 'SELECT seq, leaf_hash FROM audit.case_chain WHERE case_id = $1',
    values: [caseId],
  });
  return head === undefined ? FIRST_PLACE : { caseSeq: head.seq + 1, casePrevious: encodeBase64Url(head.leaf_hash) };
}

/** Whether the transaction will be committed is not known yet; if it is not, the next act of the case learns it. */
function rememberPlace(author: ActAuthor, { act, leafHash: casePrevious }: SignedAct): void {
  const { places } = author;
  if (act.caseSeq === null || act.caseId === null) return;
  places.delete(act.caseId);
  places.set(act.caseId, { caseSeq: act.caseSeq + 1, casePrevious });
  const [oldest] = places.keys();
  if (places.size > MOST_PLACES && oldest !== undefined) places.delete(oldest);
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
