// An act that comes as the argument of a mutation: its signature, author and addressee are checked, what it opens must equal the other
// arguments, and then it has the effect that it has by itself. If it came before by the operator's outbox, the answer is the same and
// nothing is done; if it did not, it is taken in here, and the outbox finds it known.

import { canonicalJson } from '../../../shared/audit/canonical-json';
import type { SignedAct } from '../../../shared/audit-log/act-author';
import { openMessage, type SignedActMessage, takeInForeignAct } from '../../../shared/audit-log/foreign-act';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { JsonValue } from '../../../shared/vocabulary/json';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import type { Actor } from '../domain/actor';
import { type Refusal, refuse } from '../domain/refusal';
import { isAddressed, lockChain, requirePast } from '../log/act-intake';
import type { BankTrust } from '../log/bank-trust';
import { openingExpiry } from '../log/retention';
import { receptionOf } from '../store/act-reads';
import { writeReceptionEvent } from '../store/case-event';
import { effectOf } from './act-effects';
import type { CaseWork } from './case-work';
import type { AnswerIds } from './command-desk';

/** What the arguments of a mutation say, as the act must have signed it. */
export interface ArgumentsOfAct {
  readonly kind: string;
  /** The case that the act must name; undefined leaves that to the effect. */
  readonly caseId?: string;
  /** Fields that must have been opened with these values. */
  readonly fields: Readonly<Record<string, JsonValue>>;
}

/** The act in an argument, when the actor's organisation signed it for the bank and it says what the arguments say. Pure but for keys. */
export function openArgument(
  trust: BankTrust,
  actor: Actor,
  message: SignedActMessage,
  said: ArgumentsOfAct,
): Result<SignedAct, Refusal> {
  const opened = openMessage(message, (party, keyId) => trust.keyOf(party, 'act', keyId));
  if (!opened.ok) return refuse('BAD_ACT');
  const { act, disclosures } = opened.value;
  const signed = new Map(disclosures.map(({ field, value }) => [field, canonicalJson(value)]));
  const isSame = Object.entries(said.fields).every(([field, value]) => signed.get(field) === canonicalJson(value));
  const isTheirs = act.author === actor.organisation && isAddressed(act, trust) && act.kind === said.kind;
  const isOfCase = said.caseId === undefined || act.caseId === said.caseId;
  return isSame && isTheirs && isOfCase ? accepted(opened.value) : refuse('BAD_ACT');
}

/**
 * Takes the act in with its effect. `known` gives the answer when it had its effect before. Refused: what the effect is refused for, an act
 * that was taken in without effect, an author who signed two acts for one place. Rejects when an earlier act of its chain has to come first.
 */
export async function takeArgument(
  work: CaseWork,
  trust: BankTrust,
  foreign: SignedAct,
  known: (caseId: string) => AnswerIds,
): Promise<Result<AnswerIds, Refusal>> {
  const { session, author } = work;
  requirePast(foreign.act, work.now);
  await lockChain(session, foreign.act);
  const before = await receptionOf(session, foreign.act.id);
  if (before !== null && before.caseId === null) return refuse('SPENT_ACT');
  const effect = before === null ? await effectOf(work, trust, foreign) : null;
  if (effect?.ok === false) return effect;
  const caseId = effect?.value.caseId ?? before?.caseId ?? null;
  const taking = { foreign, caseId, at: work.now, expiresOn: openingExpiry(work.now) };
  const taken = await takeInForeignAct(session, author, taking);
  if (!taken.ok) {
    if (taken.error === 'SEQ_GAP') throw new AppError('AUDIT_UNAVAILABLE', 'An earlier act of the chain comes first.');
    return refuse('BAD_ACT');
  }
  if (effect !== null) {
    await writeReceptionEvent(session, { foreign, caseId: effect.value.caseId, step: null });
    return accepted(effect.value.ids);
  }
  return caseId === null ? refuse('SPENT_ACT') : accepted(known(caseId));
}
