// The trail of looks, for an auditor and for the one whom the looks were about: who looked, for what, at which fields. Reading it is itself a
// look, told by an act in the same transaction before anything is answered. Auditors know staff by pseudonyms; a subject is told roles.

import { hasRole, type Principal } from '../../../shared/access/principal';
import { type ActAuthor, appendAct } from '../../../shared/audit-log/act-author';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { Purpose } from '../../../shared/vocabulary/purpose';
import { type Page, type PageRequest, pageOf } from '../domain/page';
import { openingExpiry } from '../log/retention';
import type { CaseTransactions } from '../store/case-transaction';
import { type AccessRecord, accessRecords, type IdentityRead, identityReadStatements } from '../store/identity-read';
import { isSuspended } from '../store/suspension';
import type { KeyedHash } from './keyed-hash';

/** What is asked of the trail; null does not narrow. */
export interface AccessTrailQuestion {
  readonly subject: Msisdn | null;
  /** As the trail names those who look. */
  readonly actor: string | null;
  readonly caseId: string | null;
  readonly from: Instant | null;
  readonly to: Instant | null;
}

/** Reads the trail. */
export interface AccessTrail {
  /**
   * A page, newest first. FORBIDDEN for who is neither an auditor nor the citizens' portal; PURPOSE_REQUIRED for a portal that names no
   * subject, or another purpose than SUBJECT_ACCESS; AUDIT_UNAVAILABLE when the reading cannot be logged.
   */
  read(
    principal: Principal,
    purpose: Purpose | null,
    question: AccessTrailQuestion,
    page: PageRequest,
  ): Promise<Page<AccessRecord>>;
}

/** The trail over transactions that write acts. */
export function createAccessTrail(parts: {
  readonly transactions: CaseTransactions;
  readonly author: ActAuthor;
  readonly hash: KeyedHash;
}): AccessTrail {
  const { transactions, author, hash } = parts;
  return {
    async read(principal, purpose, question, page) {
      const role = readerRole(principal, purpose, question);
      const { subject } = question;
      const identity = subject === null ? null : hash.identityOf({ type: 'OperatorTenure', id: subject });
      const filter = { ...question, subject: identity, allowedOnly: role === 'PORTAL' };
      const told = await logged(() =>
        transactions.run(async (session, now) => {
          if (await isSuspended(session, principal.person)) return { commits: false, value: null };
          const records = await accessRecords(session, filter, page);
          const read = readingOf(principal, role, now, hash, identity === null ? 0 : 1);
          const { person: _person, at: _at, caseId: _case, ...fields } = read;
          await appendAct(
            session,
            author,
            {
              kind: 'identity.read',
              caseId: null,
              at: now,
              purpose: read.purpose,
              fields: { ...fields, allowed: true },
              expiresOn: openingExpiry(now),
            },
            (actId) => identityReadStatements(actId, read, identity === null ? [] : [identity], []),
          );
          return { commits: true, value: records };
        }),
      );
      if (told === null) throw new AppError('FORBIDDEN', 'A suspended person does nothing.');
      return pageOf(role === 'PORTAL' ? told.map(asRoleNames) : told, page.first);
    },
  };
}

const READING = 'Query.accessTrail';

function readerRole(
  principal: Principal,
  purpose: Purpose | null,
  question: AccessTrailQuestion,
): 'AUDITOR' | 'PORTAL' {
  if (hasRole(principal, 'AUDITOR')) return 'AUDITOR';
  if (!hasRole(principal, 'PORTAL')) throw new AppError('FORBIDDEN', 'The trail is for auditors and for subjects.');
  const isOwn = question.subject !== null && question.actor === null && question.caseId === null;
  if (isOwn && purpose === 'SUBJECT_ACCESS') return 'PORTAL';
  throw new AppError('PURPOSE_REQUIRED', 'The portal asks about one subject, for that subject.');
}

function readingOf(
  principal: Principal,
  role: 'AUDITOR' | 'PORTAL',
  at: Instant,
  hash: KeyedHash,
  subjectCount: number,
): IdentityRead {
  return {
    at,
    person: principal.person,
    actor: hash.actorOf(principal.person),
    organisation: principal.organisation,
    role,
    caseId: null,
    purpose: role === 'AUDITOR' ? 'AUDIT' : 'SUBJECT_ACCESS',
    class: null,
    fields: [READING],
    subjectCount,
    refusal: null,
    breakGlassId: null,
  };
}

/** A subject is told in which role somebody looked, not who it was, and of no case. */
function asRoleNames(record: AccessRecord): AccessRecord {
  return { ...record, actor: record.role ?? 'NONE', caseId: null };
}

async function logged<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch {
    throw new AppError('AUDIT_UNAVAILABLE', 'A reading that cannot be logged is not answered.');
  }
}
