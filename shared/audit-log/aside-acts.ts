// Acts that stand beside their case and not in its chain, several at once: they, and everything that is kept with them, are one message to
// the server. What a look at personal data costs is mostly this message, and the author's other acts need a place in a case first.

import { type Act, signAct } from '../audit/act';
import { ASIDE_KINDS } from '../audit/act-kind';
import { commitToFields } from '../audit/commitment';
import { encodeBase64Url } from '../audit/encoding';
import { leafHash } from '../audit/hash';
import { leafData } from '../audit/leaf';
import { AppError, invariant } from '../vocabulary/app-error';
import {
  type ActAuthor,
  type ActDraft,
  type ChainSlot,
  chainSlotOf,
  nextPlaceIn,
  type SignedAct,
  storeAct,
  storeStatement,
} from './act-author';
import { newActId, newSalt } from './act-id';
import type { SqlSession } from './sql-session';
import { runTogether, type Statement, type TextRows } from './statement-group';

/** Acts as they were written, and what the statements beside them answered. */
export interface AppendedActs {
  readonly acts: readonly SignedAct[];
  readonly rows: readonly TextRows[];
}

/**
 * Signs acts of kinds that have no place in a case, and stores them in the caller's transaction in the order of the drafts. `along` gives
 * the statements that name them, the event of each first of all; they are run once, after the acts. AUDIT_UNAVAILABLE when every chain is
 * held by another connection.
 */
export async function appendAsideActs(
  transaction: SqlSession,
  author: ActAuthor,
  drafts: readonly ActDraft[],
  along: (actIds: readonly string[]) => readonly Statement[],
): Promise<AppendedActs> {
  invariant(
    drafts.every(({ kind }) => ASIDE_KINDS.includes(kind)),
    'an act that stands aside has no place in a case',
  );
  const slot = await chainSlotOf(transaction, author);
  const nowMs = Date.now();
  const begun = drafts.map((draft, place) => ({
    draft,
    // By their ids, too, they come one after the other.
    id: draft.id ?? newActId(nowMs + place),
    salt: newSalt(),
    ...commitToFields(draft.fields, newSalt),
  }));
  const first = slot.nextSeq;
  const acts: SignedAct[] = [];
  const stores: Statement[] = [];
  for (const [place, each] of begun.entries()) {
    const act = signedAs(author, each, slot.chain, first + BigInt(place));
    acts.push(act);
    stores.push(storeStatement(act, each.draft.expiresOn));
  }
  const answers = await runTogether(transaction, [...stores, ...along(begun.map(({ id }) => id))]);
  slot.nextSeq += BigInt(acts.length);
  for (const [place, each] of begun.entries()) {
    const next = nextPlaceIn(answers[place]);
    // Its number was supposed wrong, so that it alone was not written.
    if (next !== null) acts[place] = await storeAgain(transaction, author, each, slot, next.seq);
  }
  return { acts, rows: answers.slice(acts.length) };
}

interface BegunAct extends Pick<SignedAct, 'salt' | 'disclosures'> {
  readonly draft: ActDraft;
  readonly id: string;
  readonly commitments: SignedAct['act']['commitments'];
}

/** The chain is this connection's alone: what it says is next holds until it is written. */
async function storeAgain(
  transaction: SqlSession,
  author: ActAuthor,
  begun: BegunAct,
  slot: ChainSlot,
  told: bigint,
): Promise<SignedAct> {
  slot.nextSeq = told;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const act = signedAs(author, begun, slot.chain, slot.nextSeq);
    const next = await storeAct(transaction, act, begun.draft.expiresOn);
    slot.nextSeq = next?.seq ?? act.act.seq + 1n;
    if (next === null) return act;
  }
  throw new AppError('AUDIT_UNAVAILABLE', 'The chain of a connection was written by another one.');
}

/** A chain may have grown by the other acts of the same message. */
const MOST_ATTEMPTS = 2;

function signedAs(
  author: ActAuthor,
  { draft, id, salt, commitments, disclosures }: BegunAct,
  chain: number,
  seq: bigint,
): SignedAct {
  const act: Act = {
    kind: draft.kind,
    id,
    author: author.party,
    chain,
    seq,
    caseId: draft.caseId,
    caseSeq: null,
    casePrevious: null,
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
