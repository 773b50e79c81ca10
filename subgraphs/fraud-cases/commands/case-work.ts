// What a command works with inside its transaction: the connection, the instant, who acts, the keys. A case is read under its lock, changed by
// the pure steps of the domain, saved as far as it changed, and told by acts, all of it in the one transaction that the desk opens.

import type { HashText } from '../../../shared/audit/act';
import { type ActAuthor, appendAct, type SignedAct } from '../../../shared/audit-log/act-author';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import type { SqlSession } from '../../../shared/audit-log/sql-session';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { ActDraft } from '../domain/act-draft';
import type { Actor } from '../domain/actor';
import type { CaseRecord } from '../domain/case-record';
import { openingExpiry } from '../log/retention';
import { caseEvent } from '../store/case-event';
import { lockCase } from '../store/case-record-reads';
import { writeCase } from '../store/case-record-writes';

/** One command in its transaction. */
export interface CaseWork {
  readonly session: SqlSession;
  /** By the database's clock; moves on when a case is locked, so that nothing is dated before what it follows. */
  readonly now: Instant;
  readonly actor: Actor;
  readonly author: ActAuthor;
  readonly orderKey: KeyPair;
  /** Moves `now` on; an earlier instant changes nothing. */
  advance(to: Instant): void;
}

/** Work over an open transaction that began at `now`. */
export function openCaseWork(parts: Omit<CaseWork, 'advance'>): CaseWork {
  const { session, actor, author, orderKey } = parts;
  let now = parts.now;
  return {
    session,
    actor,
    author,
    orderKey,
    get now() {
      return now;
    },
    advance(to) {
      if (to > now) now = to;
    },
  };
}

/** The case as it is, locked until the transaction ends; null when there is none. */
export async function loadCaseRecord(work: CaseWork, caseId: string): Promise<CaseRecord | null> {
  const locked = await lockCase(work.session, caseId);
  if (locked === null) return null;
  work.advance(locked.now);
  return locked.record;
}

/**
 * Writes what changed between the record that was loaded (null: a new case) and the one that a step left, except its orders. The case's row
 * is changed only from the version that was loaded. `reportsFrom` names the case whose reports move into this one.
 */
export async function saveCaseRecord(
  work: CaseWork,
  before: CaseRecord | null,
  after: CaseRecord,
  reportsFrom: string | null = null,
): Promise<void> {
  const { session, now, actor } = work;
  await writeCase(session, { before, after, person: actor.person, now, reportsFrom });
}

/** What all acts of one call have beside their drafts. */
export interface ActsBeside {
  /** Leaf hashes of the acts that they answer. */
  readonly refs?: readonly HashText[];
  /** When it was done, if that was before now. */
  readonly at?: Instant;
}

/**
 * Signs the acts that a step drafted, in their order, each with its event on the case. The field `actor` names who acted, unless the draft
 * names somebody for whom the bank speaks. Drafts whose author is an operator are the bank's word here: an operator's own act is
 * taken in instead.
 */
export async function writeActs(
  work: CaseWork,
  drafts: readonly ActDraft[],
  { refs = [], at = work.now }: ActsBeside = {},
): Promise<readonly SignedAct[]> {
  const signed: SignedAct[] = [];
  for (const draft of drafts) {
    const { kind, caseId, to } = draft;
    const fields = { actor: draft.actor, ...draft.fields };
    const said = { kind, caseId, ref: refs, to, at, fields, expiresOn: openingExpiry(work.now) };
    signed.push(
      await appendAct(work.session, work.author, said, (actId) => [caseEvent({ actId, kind, caseId, step: null })]),
    );
  }
  return signed;
}
