// Acts that stand beside their case and not in its chain, several at once: they, and everything that is kept with them, are one message to
// the server. What a look at personal data costs is mostly this message, and the author's other acts need a place in a case first.

import { ASIDE_KINDS } from '../audit/act-kind';
import { AppError, invariant } from '../vocabulary/app-error';
import {
  type ActAuthor,
  type ActDraft,
  type BegunAct,
  beginAct,
  type ChainSlot,
  chainSlotOf,
  nextPlaceIn,
  type SignedAct,
  signBegunAct,
  storeAct,
  storeStatement,
} from './act-author';
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
  // By their ids, too, they come one after the other.
  const begun = drafts.map((draft, place) => beginAct(draft, nowMs + place));
  const first = slot.nextSeq;
  const acts: SignedAct[] = [];
  const stores: Statement[] = [];
  for (const [place, each] of begun.entries()) {
    const act = signBegunAct(author, each, { chain: slot.chain, seq: first + BigInt(place), ...NO_CASE_PLACE });
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
    const act = signBegunAct(author, begun, { chain: slot.chain, seq: slot.nextSeq, ...NO_CASE_PLACE });
    const next = await storeAct(transaction, act, begun.draft.expiresOn);
    slot.nextSeq = next?.seq ?? act.act.seq + 1n;
    if (next === null) return act;
  }
  throw new AppError('AUDIT_UNAVAILABLE', 'The chain of a connection was written by another one.');
}

/** A chain may have grown by the other acts of the same message. */
const MOST_ATTEMPTS = 2;

const NO_CASE_PLACE = { caseSeq: null, casePrevious: null } as const;
