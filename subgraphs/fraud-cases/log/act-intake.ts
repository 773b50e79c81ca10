// Takes in the acts that operators hand over while the log runs. What an act causes is derived from what was signed and from nothing else: its
// author's key, its addressee, its place in its author's chain, its time, its fields; whatever does not fit is refused and nothing is
// written. One transaction holds the effect on the case, the act, the bank's act about it and the promise. If we stop before COMMIT,
// nothing happened and the operator comes again; if after, it comes again and is given the same promise.

import type { Act } from '../../../shared/audit/act';
import { CLOCK_TOLERANCE_MS } from '../../../shared/audit/bundle-checkpoints';
import { signPromise } from '../../../shared/audit/promise';
import type { ActAuthor, SignedAct } from '../../../shared/audit-log/act-author';
import type { ActAnswer } from '../../../shared/audit-log/act-routes';
import { openMessage, type SignedActMessage, takeInForeignAct } from '../../../shared/audit-log/foreign-act';
import { rowsOf, type SqlSession } from '../../../shared/audit-log/sql-session';
import { AppError } from '../../../shared/vocabulary/app-error';
import { type Instant, instantToMs, msToInstant } from '../../../shared/vocabulary/instant';
import { writeReceptionEvent } from '../store/case-event';
import type { CaseTransactions } from '../store/case-transaction';
import type { ApplyAct } from './act-effect';
import type { BankTrust } from './bank-trust';
import { openingExpiry } from './retention';

/** Merge delay that the bank promises: a checkpoint made later covers the act. */
const PROMISE_MS = 60_000;

/** What the intake needs. */
export interface ActIntakeOptions {
  readonly transactions: CaseTransactions;
  readonly trust: BankTrust;
  /** The bank as author; its key also signs promises. */
  readonly author: ActAuthor;
  /** What a new act causes. */
  readonly apply: ApplyAct;
}

/** Takes in one act that somebody handed over; the same act again gets the same answer. */
export async function takeInAct(options: ActIntakeOptions, message: SignedActMessage): Promise<ActAnswer> {
  const { trust, transactions } = options;
  const opened = openMessage(message, (party, keyId) => trust.keyOf(party, 'act', keyId));
  if (!opened.ok) return { ok: false, refusal: opened.error };
  const foreign = opened.value;
  return transactions.run(async (transaction, now) => {
    await lockChain(transaction, foreign.act);
    const answer = (await isKnown(transaction, foreign))
      ? await answerKnown(options, transaction, foreign, now)
      : await answerNew(options, transaction, foreign, now);
    // Evidence of an equivocation is kept; any other refusal leaves nothing.
    return { commits: answer.ok || answer.refusal === 'EQUIVOCATION', value: answer };
  });
}

/** Acts of one chain come one after the other, and one act that is sent twice at once is taken in once. */
export async function lockChain(transaction: SqlSession, act: Act): Promise<void> {
  await rowsOf(transaction, {
    name: 'lock_foreign_chain',
    text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 2))',
    values: [`${act.author}/${act.chain}`],
  });
}

async function isKnown(transaction: SqlSession, { act }: SignedAct): Promise<boolean> {
  const rows = await rowsOf(transaction, {
    name: 'known_foreign_act',
    text: 'SELECT 1 FROM audit.act WHERE id = $1 OR (author, chain, seq) = ($2, $3, $4)',
    values: [act.id, act.author, act.chain, act.seq.toString()],
  });
  return rows.length > 0;
}

/** The act itself, of any kind, gets its promise again; another in its place is evidence against its author. */
async function answerKnown(
  { author }: ActIntakeOptions,
  transaction: SqlSession,
  foreign: SignedAct,
  now: Instant,
): Promise<ActAnswer> {
  const taking = { foreign, caseId: null, at: now, expiresOn: openingExpiry(now) };
  const taken = await takeInForeignAct(transaction, author, taking);
  if (!taken.ok) return { ok: false, refusal: taken.error };
  return promised(transaction, author, foreign, now);
}

/**
 * Every act that an operator signed for the bank has its place in the log, because acts of one chain follow each other and one that was turned
 * away would stop all after it. What the rules refuse has no effect: it is taken in without a case.
 */
async function answerNew(
  { author, trust, apply }: ActIntakeOptions,
  transaction: SqlSession,
  foreign: SignedAct,
  now: Instant,
): Promise<ActAnswer> {
  if (!isAddressed(foreign.act, trust)) return { ok: false, refusal: 'NOT_ACCEPTED' };
  requirePast(foreign.act, now);
  const applied = await apply(transaction, now, author, foreign);
  const caseId = applied?.caseId ?? null;
  const taking = { foreign, caseId, at: applied?.at ?? now, expiresOn: openingExpiry(now) };
  const taken = await takeInForeignAct(transaction, author, taking);
  if (!taken.ok) return { ok: false, refusal: taken.error };
  if (caseId !== null) await writeReceptionEvent(transaction, { foreign, caseId, step: null });
  return promised(transaction, author, foreign, now);
}

/** Signed by an operator, for the bank alone. */
export function isAddressed(act: Act, { bank }: BankTrust): boolean {
  return act.author !== bank && act.to.length === 1 && act.to[0] === bank;
}

/** An author's clock that runs ahead is waited for: the act comes again. */
export function requirePast(act: Act, now: Instant): void {
  if (instantToMs(act.at) <= instantToMs(now) + CLOCK_TOLERANCE_MS) return;
  throw new AppError('BAD_USER_INPUT', 'An act is dated in the past; this one is ahead of the clock.');
}

async function promised(
  transaction: SqlSession,
  author: ActAuthor,
  { act, leafHash }: SignedAct,
  now: Instant,
): Promise<ActAnswer> {
  const due = msToInstant(instantToMs(now) + PROMISE_MS);
  const promise = signPromise({ leafHash, due }, author.privateKey);
  const [kept] = await rowsOf<{ readonly promise: string }>(transaction, {
    name: 'keep_promise',
    text: `WITH made AS (INSERT INTO act_promise (act_id, promise) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING promise)
      SELECT promise FROM made UNION ALL SELECT promise FROM act_promise WHERE act_id = $1 LIMIT 1`,
    values: [act.id, promise],
  });
  return { ok: true, leafHash, promise: kept?.promise ?? promise };
}
