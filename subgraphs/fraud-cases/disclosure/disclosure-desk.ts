// Where every look at operators' data is decided: ONE transaction that holds what the look rests on, its budgets, the act that tells it,
// allowed or refused, and the grants. Nothing is granted before COMMIT; whatever fails on the way, the log above all, is a look that was not
// granted. The person is locked first, the case after, the day of the whole bank last.

import { randomUUID } from 'node:crypto';
import { GRANT_LIFE_MS, signGrant } from '../../../shared/access/lookup-grant';
import { isFreshlySignedIn, type Principal } from '../../../shared/access/principal';
import { type ActAuthor, appendAct } from '../../../shared/audit-log/act-author';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import type { SqlSession } from '../../../shared/audit-log/sql-session';
import { type Instant, msToInstant } from '../../../shared/vocabulary/instant';
import type { Purpose } from '../../../shared/vocabulary/purpose';
import type { ActorRole } from '../../../shared/vocabulary/role';
import type { QuorumGate } from '../commands/quorum-gate';
import { type AccessAlarm, isBeyond, type LookLimits, patternsOf } from '../domain/look-limits';
import { openingExpiry } from '../log/retention';
import type { CaseTransactions } from '../store/case-transaction';
import { type IdentityRead, identityReadStatements, type KeptGrant } from '../store/identity-read';
import {
  type CountedSubject,
  countForBank,
  countLooks,
  keepLooks,
  keepMisses,
  lockLooker,
  raiseAccessAlarm,
} from '../store/look-store';
import { isSuspended } from '../store/suspension';
import { type DisclosureDecision, decideDisclosure, type GrantedRead, readingRolesOf } from './disclosure-decision';
import type { AskedSubject, DisclosureRequest } from './disclosure-request';
import type { KeyedHash } from './keyed-hash';
import { basisOf, type ClearTenures, type LookupTarget } from './look-basis';

/** What the desk needs. */
export interface DisclosureParts {
  readonly transactions: CaseTransactions;
  readonly author: ActAuthor;
  readonly grantKey: KeyPair;
  readonly hash: KeyedHash;
  readonly limits: LookLimits;
  /** The unit whose cases these are, as tokens name it. */
  readonly caseUnit: string;
  /** Which tenures may be shown in clear; asked before the transaction. */
  readonly clearTenures: ClearTenures;
  readonly mayExpose: QuorumGate;
  /** Whether the log takes acts; a log that stands still is no log. */
  readonly isLogWhole: () => boolean;
  /** Told after COMMIT of every alarm that is the first of its kind that day. */
  readonly onAlarm: (kind: AccessAlarm) => void;
  readonly nowMs?: () => number;
}

/** What a wave is answered with. */
export type DisclosureAnswer =
  | {
      readonly kind: 'GRANTED';
      readonly grants: Readonly<Record<string, string>>;
      readonly refused: DisclosureDecision['refused'];
      readonly subjectsRefused: readonly string[];
      /** Of the request's roots, those who did not occur in what was shown for the case. */
      readonly rootsRefused: readonly string[];
      readonly masked: readonly string[];
    }
  | {
      readonly kind: 'REFUSED';
      readonly code: 'FORBIDDEN' | 'STEP_UP_REQUIRED' | 'QUOTA_EXCEEDED' | 'AUDIT_UNAVAILABLE';
    };

/** Decides waves. */
export interface DisclosureDesk {
  /** Never rejects: a fault is AUDIT_UNAVAILABLE, and nothing is granted. */
  disclose(principal: Principal, request: DisclosureRequest): Promise<DisclosureAnswer>;
}

/** A desk; opens nothing. */
export function createDisclosureDesk(parts: DisclosureParts): DisclosureDesk {
  return {
    async disclose(principal, request) {
      try {
        if (!parts.isLogWhole()) return UNAVAILABLE;
        const target = await parts.clearTenures.targetOf(principal, request);
        const done = await parts.transactions.run(async (session, now) => ({
          commits: true,
          value: await discloseIn(session, now, parts, principal, request, target),
        }));
        for (const kind of done.alarms) parts.onAlarm(kind);
        return done.answer;
      } catch {
        return UNAVAILABLE;
      }
    },
  };
}

const UNAVAILABLE = { kind: 'REFUSED', code: 'AUDIT_UNAVAILABLE' } as const;

interface Done {
  readonly answer: DisclosureAnswer;
  readonly alarms: readonly AccessAlarm[];
}

async function discloseIn(
  session: SqlSession,
  now: Instant,
  parts: DisclosureParts,
  principal: Principal,
  request: DisclosureRequest,
  target: LookupTarget,
): Promise<Done> {
  await lockLooker(session, principal.person);
  const roles = readingRolesOf(principal);
  const [role] = roles;
  const isBarred = role === undefined || (await isSuspended(session, principal.person));
  const { basis, as, glassId, caseId } = await basisOf(
    session,
    parts.hash,
    principal,
    request,
    roles,
    target,
    parts.caseUnit,
  );
  const look = { session, now, parts, principal, request, role: as ?? role ?? null, caseId, glassId };
  // One who may ask no operator found nobody: nothing was looked at, and there is nothing to tell.
  if (role === undefined && request.reads.length === 0 && request.roots.length === 0) return NOTHING_ASKED;
  if (isBarred || as === null) return refuseLook(look, 'FORBIDDEN', []);
  const decision = decideDisclosure(request, as, basis);
  const isClear = decision.granted.some((grant) => grant.class === 'CLEAR');
  if (isClear && !isFreshlySignedIn(principal, (parts.nowMs ?? Date.now)()))
    return refuseLook(look, 'STEP_UP_REQUIRED', []);
  if (isClear && !(await isLetThrough(parts.mayExpose))) return refuseLook(look, 'AUDIT_UNAVAILABLE', []);
  const counted = countedOf(parts.hash, decision, basis.isOwnLink);
  const budget = await spend(look, decision, counted, as);
  if (budget.code !== null) return refuseLook(look, budget.code, budget.alarms);
  const rootsRefused = as === 'BANK' ? request.roots : request.roots.filter((root) => !basis.hasOccurred(root));
  return grantLook(look, decision, rootsRefused, budget.alarms, as);
}

const NOTHING_ASKED: Done = {
  answer: { kind: 'GRANTED', grants: {}, refused: [], subjectsRefused: [], rootsRefused: [], masked: [] },
  alarms: [],
};

interface Look {
  readonly session: SqlSession;
  readonly now: Instant;
  readonly parts: DisclosureParts;
  readonly principal: Principal;
  readonly request: DisclosureRequest;
  readonly role: ActorRole | null;
  readonly caseId: string | null;
  readonly glassId: string | null;
}

function countedOf(
  hash: KeyedHash,
  { granted }: DisclosureDecision,
  isOwnLink: (subject: GrantedRead['subjects'][number]) => boolean,
): readonly CountedSubject[] {
  const counted = granted.flatMap(({ operatorCode, subjects, clearSubjects }) =>
    subjects.map((each) => hash.countedOf(each, operatorCode, clearSubjects.includes(each) && isOwnLink(each))),
  );
  return [...new Map(counted.map((each) => [each.subject.toString('base64'), each])).values()].sort((one, other) =>
    one.subject.compare(other.subject),
  );
}

/** Counts the look, and keeps the count if it is within the limits. */
async function spend(
  { session, parts, principal, request }: Look,
  { isPreliminary }: DisclosureDecision,
  counted: readonly CountedSubject[],
  role: ActorRole,
): Promise<{ readonly code: 'QUOTA_EXCEEDED' | null; readonly alarms: readonly AccessAlarm[] }> {
  const { limits, hash } = parts;
  const { person } = principal;
  if (request.misses > 0) await keepMisses(session, person, request.misses);
  const counts = await countLooks(session, person, counted, isPreliminary);
  const found: AccessAlarm[] = role === 'BANK' ? [] : [...patternsOf(counts)];
  const canaries = new Set(
    limits.canaries.map((id) => hash.identityOf({ type: 'OperatorTenure', id }).toString('base64')),
  );
  if (counted.some(({ identity }) => canaries.has(identity.toString('base64')))) found.push('CANARY');
  const isSpent = role === 'BANK' ? counts.day > limits.signalsDay : isBeyond(limits, counts);
  if (isSpent) return { code: 'QUOTA_EXCEEDED', alarms: [...found, 'QUOTA'] };
  await session.query('SAVEPOINT counted');
  await keepLooks(session, person, counted, isPreliminary);
  if (role !== 'BANK' && counted.length > 0 && !(await countForBank(session, counted, limits.bankDay))) {
    await session.query('ROLLBACK TO SAVEPOINT counted');
    return { code: 'QUOTA_EXCEEDED', alarms: [...found, 'BANK_QUOTA'] };
  }
  return { code: null, alarms: found };
}

async function grantLook(
  look: Look,
  decision: DisclosureDecision,
  rootsRefused: readonly AskedSubject[],
  alarms: readonly AccessAlarm[],
  role: ActorRole,
): Promise<Done> {
  const { parts, principal, request, caseId, glassId } = look;
  const issuedMs = (parts.nowMs ?? Date.now)();
  const kept = decision.granted.map((grant): KeptGrant & { readonly text: string } => {
    const id = randomUUID();
    const text = signGrant(
      {
        jti: id,
        audience: grant.operatorCode,
        actor: parts.hash.actorOf(principal.person),
        role,
        caseId,
        purpose: purposeOf(request),
        class: grant.class,
        subjects: grant.subjects.map(({ key }) => key),
        ...(grant.class === 'CLEAR' && grant.clearSubjects.length < grant.subjects.length
          ? { clearSubjects: grant.clearSubjects.map(({ key }) => key) }
          : {}),
        fields: grant.fields,
        issuedAt: msToInstant(issuedMs),
        expiresAt: msToInstant(issuedMs + GRANT_LIFE_MS),
      },
      parts.grantKey,
    );
    return { id, operatorCode: grant.operatorCode, class: grant.class, caseId: glassId === null ? caseId : null, text };
  });
  const isRefused = decision.granted.length === 0 && request.reads.length > 0;
  const refusal = isRefused ? (decision.refused[0]?.code ?? 'FORBIDDEN') : null;
  if (request.reads.length > 0) await tellLook(look, decision.granted, refusal, kept);
  // What was tried beside it and not given is a look of its own, refused.
  const [beside] = decision.granted.length > 0 ? decision.refused : [];
  if (beside !== undefined) {
    const fields = decision.refused.map(({ coordinate }) => coordinate);
    await tellLook(look, [], beside.code, [], fields);
  }
  if (rootsRefused.length > 0)
    await tellLook({ ...look, request: { ...request, reads: [], roots: rootsRefused } }, [], 'FORBIDDEN', []);
  const raised = await raiseAll(look, alarms);
  const answer = {
    kind: 'GRANTED' as const,
    grants: Object.fromEntries(kept.map(({ operatorCode, text }) => [operatorCode, text])),
    refused: decision.refused,
    subjectsRefused: decision.subjectsRefused,
    rootsRefused: rootsRefused.map(({ key }) => key),
    masked: decision.masked,
  };
  return { answer, alarms: raised };
}

async function refuseLook(
  look: Look,
  code: 'FORBIDDEN' | 'STEP_UP_REQUIRED' | 'QUOTA_EXCEEDED' | 'AUDIT_UNAVAILABLE',
  alarms: readonly AccessAlarm[],
): Promise<Done> {
  await tellLook(look, [], code, []);
  return { answer: { kind: 'REFUSED', code }, alarms: await raiseAll(look, alarms) };
}

async function raiseAll({ session, principal }: Look, alarms: readonly AccessAlarm[]): Promise<readonly AccessAlarm[]> {
  const first: AccessAlarm[] = [];
  for (const kind of alarms) if (await raiseAccessAlarm(session, kind, principal.person)) first.push(kind);
  return first;
}

/** The act of the look, with all that is kept of it. A refused look names what was asked, or that part of it that is told. */
async function tellLook(
  { session, now, parts, principal, request, role, caseId, glassId }: Look,
  granted: readonly GrantedRead[],
  refusal: string | null,
  grants: readonly KeptGrant[],
  asked?: readonly string[],
): Promise<void> {
  const { hash, author } = parts;
  const about = granted.length > 0 ? granted : request.reads;
  const roots = granted.length > 0 ? [] : request.roots;
  const subjects = [...about.flatMap(({ subjects: each }) => each), ...roots];
  const fieldsAbout = [...about.flatMap(({ fields }) => fields), ...roots.map(({ type }) => ROOT_FIELDS[type])];
  const identities = new Map(subjects.map((subject) => [subject.id, hash.identityOf(subject)]));
  const read: IdentityRead = {
    at: now,
    person: principal.person,
    actor: hash.actorOf(principal.person),
    organisation: principal.organisation,
    role,
    caseId,
    purpose: purposeOf(request),
    class: granted.length === 0 ? null : granted.some((each) => each.class === 'CLEAR') ? 'CLEAR' : 'MASKED',
    fields: [...new Set(asked ?? fieldsAbout)].sort(),
    subjectCount: identities.size,
    refusal,
    breakGlassId: glassId,
  };
  await appendAct(
    session,
    author,
    {
      kind: 'identity.read',
      caseId,
      at: now,
      purpose: read.purpose,
      to: [...new Set(grants.map(({ operatorCode }) => operatorCode))],
      fields: {
        actor: read.actor,
        organisation: read.organisation,
        role: read.role,
        class: read.class,
        fields: read.fields,
        subjects: read.subjectCount,
        allowed: refusal === null,
        refusal,
        grants: grants.map(({ id }) => id),
        breakGlass: glassId,
      },
      expiresOn: openingExpiry(now),
    },
    (actId) => identityReadStatements(actId, read, [...identities.values()], grants),
  );
}

/** The fields of the root that ask for subjects of a type. */
const ROOT_FIELDS: Readonly<Record<AskedSubject['type'], string>> = {
  OperatorTenure: 'Query.phoneNumber',
  OperatorHolding: 'Query.person',
  CorporateHolding: 'Query.legalEntity',
  DeviceSighting: 'Query.device',
};

function isLetThrough(gate: QuorumGate): Promise<boolean> {
  return gate().then(
    () => true,
    () => false,
  );
}

/** A look that names no purpose is a preliminary check. */
function purposeOf({ purpose }: DisclosureRequest): Purpose {
  return purpose ?? 'PRELIMINARY_CHECK';
}
