// Where every command passes: ONE transaction that holds the change of state, approvals, orders with their way out, clocks, signed acts and
// the answer kept for the caller's key. The order of effects, and what holds if the process dies:
//   1. texts are checked, numbering is asked: nothing was written, the caller knows nothing, and comes again;
//   2. BEGIN, the key is claimed, the case locked, the step decided, rows and acts written: nothing holds, COMMIT was not said;
//   3. COMMIT: everything holds at once. A caller that was not answered comes again with its key and is given the kept answer; without a
//      key it reads the case, and its version tells it that the step was done;
//   4. after COMMIT nothing remains that the answer needs: orders leave by the outbox, acts by the sequencer, both from their tables.
// A refusal rolls the work back and keeps only itself for the key. Two commands that meet are told apart by constraints: the second is
// tried again on what is true then, and never answered with a fault.

import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import type { ActAuthor } from '../../../shared/audit-log/act-author';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import type { SqlSession } from '../../../shared/audit-log/sql-session';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { JsonObject } from '../../../shared/vocabulary/json';
import type { Result } from '../../../shared/vocabulary/result';
import type { UserErrorCode } from '../../../shared/vocabulary/user-error';
import type { Actor } from '../domain/actor';
import type { Refusal } from '../domain/refusal';
import type { CaseTransactions, Outcome } from '../store/case-transaction';
import { claimKey, type KeyClaim, keepAnswer } from '../store/idempotency-record';
import { checkTexts } from './argument-text';
import { type CaseWork, openCaseWork } from './case-work';
import { asPassingFault, raceRefusal } from './race-refusal';

/** What every command needs. */
export interface CommandDesk {
  readonly transactions: CaseTransactions;
  readonly author: ActAuthor;
  readonly orderKey: KeyPair;
  /** Told how each command ended: OK, or the code of its refusal. */
  readonly told?: (operation: string, outcome: string) => void;
}

/** Who gives a command, and the key under which its answer is kept; null when none was sent. */
export interface CommandCaller {
  readonly actor: Actor;
  readonly idempotencyKey: string | null;
}

/** One command as it was sent. */
export interface CommandRequest extends CommandCaller {
  /** Name of the mutation. */
  readonly operation: string;
  /** Its arguments by their names, in canonical form. */
  readonly arguments: JsonObject;
}

/** Ids of what was made or changed, and marks; never a personal datum, because it is kept. */
export type AnswerIds = Readonly<Record<string, string | boolean | null>>;

/** A refusal that the caller is told in the payload. */
export interface UserFault {
  readonly code: UserErrorCode;
  readonly message: string;
  readonly field: readonly string[] | null;
}

/** What a command is answered with; objects are read anew by their ids. */
export interface Answer {
  readonly ids: AnswerIds;
  readonly userErrors: readonly UserFault[];
}

/** What is done inside the transaction: ids of what was done, or a refusal, after which nothing of it holds. */
export type CommandStep = (work: CaseWork) => Promise<Result<AnswerIds, Refusal>>;

/**
 * Runs a command. Rejects with FORBIDDEN for a role that may never do it, IDEMPOTENCY_CONFLICT for a key that was used for another request,
 * BAD_USER_INPUT for a key that is none, and a passing fault when database or log cannot be reached. Everything else is an answer.
 */
export async function runCommand(desk: CommandDesk, request: CommandRequest, step: CommandStep): Promise<Answer> {
  const answer = await runChecked(desk, request, step);
  desk.told?.(request.operation, answer.userErrors[0]?.code ?? 'OK');
  return answer;
}

/** Runs work of the bank's own in one transaction: a timer, or what the outbox of a party brought. Commands that meet are told apart. */
export function runOwnWork<Value>(
  desk: CommandDesk,
  actor: Actor,
  step: (work: CaseWork) => Promise<Outcome<Value>>,
): Promise<Value> {
  return settleRaces(
    () => desk.transactions.run((session, now) => step(openCaseWork({ ...desk, session, now, actor }))),
    cameFirst,
  );
}

/** Transactions that are tried again when commands met in them, for whoever opens them without the desk. */
export function withRacesSettled(transactions: CaseTransactions): CaseTransactions {
  return { ...transactions, run: (work, first) => settleRaces(() => transactions.run(work, first), cameFirst) };
}

/** Tries until no other command came first, at most five times; then answers by what stood in the way. */
async function settleRaces<Value>(attempt: () => Promise<Value>, lost: (refused: Refusal) => Value): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (fault) {
      const race = raceRefusal(fault);
      if (race === null) throw asPassingFault(fault);
      if (tries === MOST_TRIES) return lost(race);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_PAUSE_MS * tries));
    }
  }
}

function cameFirst(): never {
  throw new AppError('SUBGRAPH_UNAVAILABLE', 'Another command came first, again and again.');
}

const MOST_TRIES = 5;
const LONGEST_PAUSE_MS = 8;
const KEY = /^[\x21-\x7e]{1,128}$/;

async function runChecked(desk: CommandDesk, request: CommandRequest, step: CommandStep): Promise<Answer> {
  const texts = checkTexts(request.arguments);
  if (!texts.ok) return refusal(texts.error);
  const claim = claimOf(request);
  return settleRaces(
    () => desk.transactions.run((session, now) => runOnce(desk, request, claim, step, session, now)),
    refusal,
  );
}

async function runOnce(
  desk: CommandDesk,
  request: CommandRequest,
  claim: KeyClaim | null,
  step: CommandStep,
  session: SqlSession,
  now: Instant,
): Promise<Outcome<Answer>> {
  if (claim !== null) {
    const known = await claimKey(session, claim);
    if (known.kind === 'OTHER') throw new AppError('IDEMPOTENCY_CONFLICT', 'The key was used for another request.');
    if (known.kind === 'ANSWERED') return { commits: false, value: known.answer as unknown as Answer };
    await session.query('SAVEPOINT work');
  }
  const done = await step(openCaseWork({ ...desk, session, now, actor: request.actor }));
  const answer = done.ok ? { ids: done.value, userErrors: [] } : refusal(done.error);
  if (claim === null) return { commits: done.ok, value: answer };
  if (!done.ok) await session.query('ROLLBACK TO SAVEPOINT work');
  await keepAnswer(session, claim, answer);
  return { commits: true, value: answer };
}

function claimOf({ actor, operation, arguments: sent, idempotencyKey }: CommandRequest): KeyClaim | null {
  if (idempotencyKey === null) return null;
  if (!KEY.test(idempotencyKey)) throw new AppError('BAD_USER_INPUT', 'A key is 1 to 128 visible ASCII characters.');
  const requestHash = createHash('sha256')
    .update(canonicalJson({ operation, arguments: sent }), 'utf8')
    .digest();
  return { person: `${actor.organisation}/${actor.person}`, key: idempotencyKey, operation, requestHash };
}

/** The answer to a refused command. A role that may never do this is no answer, but a fault of the request. */
function refusal({ code, message, field }: Refusal): Answer {
  if (code === 'FORBIDDEN') throw new AppError('FORBIDDEN', 'The role may not give this command.');
  return { ids: {}, userErrors: [{ code, message, field }] };
}
