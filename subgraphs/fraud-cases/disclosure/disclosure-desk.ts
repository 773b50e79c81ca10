// Where every look at operators' data is decided: ONE transaction that holds what the look rests on, its budgets, the act that tells it,
// allowed or refused, and the grants. Nothing is granted before COMMIT; whatever fails on the way, the log above all, is a look that was not
// granted. The person is locked first, the case after, the day of the whole bank last.
//
// The person waits for their own looks, so a look is three messages to the server: BEGIN with all that is read, the acts with all that is
// kept, COMMIT. What is rare costs another transaction: numbering that is to be asked first, and a day of the bank that is spent.

import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { GRANT_LIFE_MS, signGrant } from '../../../shared/access/lookup-grant';
import { isFreshlySignedIn, type Principal } from '../../../shared/access/principal';
import type { ActAuthor, ActDraft } from '../../../shared/audit-log/act-author';
import { appendAsideActs } from '../../../shared/audit-log/aside-acts';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import type { SqlSession } from '../../../shared/audit-log/sql-session';
import { runTogether, type Statement, type TextRows } from '../../../shared/audit-log/statement-group';
import { AppError, invariant } from '../../../shared/vocabulary/app-error';
import { type Instant, msToInstant } from '../../../shared/vocabulary/instant';
import type { Purpose } from '../../../shared/vocabulary/purpose';
import type { ActorRole } from '../../../shared/vocabulary/role';
import type { QuorumGate } from '../commands/quorum-gate';
import { type AccessAlarm, isBeyond, type LookLimits, patternsOf } from '../domain/look-limits';
import { openingExpiry } from '../log/retention';
import { NO_STANDING, type StandingQuestion, standingIn, standingStatements } from '../store/case-standing';
import type { CaseTransactions } from '../store/case-transaction';
import { type IdentityRead, identityReadStatements, type KeptGrant } from '../store/identity-read';
import {
  accessAlarm,
  bankLooks,
  type CountedSubject,
  countsWith,
  isBankSpent,
  keptLooks,
  keptMisses,
  lookerFirst,
  lookerLock,
  pastLooks,
  pastLooksIn,
} from '../store/look-store';
import { suspensionStatement } from '../store/suspension';
import { type DisclosureDecision, decideDisclosure, type GrantedRead, readingRolesOf } from './disclosure-decision';
import type { AskedSubject, DisclosureRequest } from './disclosure-request';
import type { KeyedHash } from './keyed-hash';
import { basisOf, type PastNumber, type ServedPlaces, tenuresOf } from './look-basis';

/** What the desk needs. */
export interface DisclosureParts {
  readonly transactions: CaseTransactions;
  readonly author: ActAuthor;
  readonly grantKey: KeyPair;
  readonly hash: KeyedHash;
  readonly limits: LookLimits;
  /** The unit whose cases these are, as tokens name it. */
  readonly caseUnit: string;
  /** Who served numbers; asked while no transaction is open. */
  readonly places: ServedPlaces;
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
        const done = await discloseOnce(parts, principal, request);
        for (const kind of done.alarms) parts.onAlarm(kind);
        return done.answer;
      } catch {
        return UNAVAILABLE;
      }
    },
  };
}

const UNAVAILABLE = { kind: 'REFUSED', code: 'AUDIT_UNAVAILABLE' } as const;
/** Numbering is asked once, the day of the bank may be spent once; a case may change in between. */
const MOST_ATTEMPTS = 4;

interface Done {
  readonly answer: DisclosureAnswer;
  readonly alarms: readonly AccessAlarm[];
}

/** Opens transactions until one of them decides. */
async function discloseOnce(parts: DisclosureParts, principal: Principal, request: DisclosureRequest): Promise<Done> {
  const asked = askedIn(parts.hash, principal, request);
  let isSpent = false;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    try {
      const done = await parts.transactions.run(async (session, now, rows) => {
        const look = { session, now, parts, principal, request, isBankSpent: isSpent };
        const value = await discloseIn(look, asked, await behindLock(session, asked, rows));
        return { commits: !('unknown' in value), value };
      }, asked.reads);
      if (!('unknown' in done)) return done;
      await parts.places.learn(done.unknown);
    } catch (fault) {
      if (isSpent || !isBankSpent(fault)) throw fault;
      isSpent = true;
    }
  }
  throw new AppError('AUDIT_UNAVAILABLE', 'What a look rests on changed again and again.');
}

/** What a wave asks about, as it is counted, and the statements that read all that it is decided by. */
interface Asked {
  readonly counted: ReadonlyMap<AskedSubject, CountedSubject>;
  readonly reads: readonly Statement[];
  readonly person: string;
}

function askedIn(hash: KeyedHash, { person }: Principal, request: DisclosureRequest): Asked {
  const counted = new Map(
    request.reads.flatMap(({ operatorCode, subjects }) =>
      subjects.map((subject) => [subject, hash.countedOf(subject, operatorCode, false)] as const),
    ),
  );
  const standing = standingQuestion(hash, person, request);
  const reads = [
    lookerLock(person),
    suspensionStatement(person),
    pastLooks(person, [...counted.values()]),
    ...(standing === null ? [] : standingStatements(standing)),
  ];
  return { counted, reads, person };
}

/** What is asked of the case; null when none is named. */
function standingQuestion(hash: KeyedHash, person: string, request: DisclosureRequest): StandingQuestion | null {
  if (request.caseId === null) return null;
  const asked = [...request.reads.flatMap(({ subjects }) => subjects), ...request.roots];
  const others = asked.filter(({ type }) => type !== 'OperatorTenure');
  return {
    caseId: request.caseId,
    person,
    msisdns: [...new Set(tenuresOf(request).map(({ id }) => id))],
    identifiers: others.map(hash.identityOf),
  };
}

/** The rows of the reads, all of them read behind the lock of the person: at a first look ever they are read again, because there was nothing to lock. */
async function behindLock(
  session: SqlSession,
  { reads, person }: Asked,
  rows: readonly TextRows[],
): Promise<readonly TextRows[]> {
  invariant(rows.length === reads.length, 'a look is read as its transaction begins');
  if ((rows[0]?.length ?? 0) > 0) return rows;
  const [, ...again] = await runTogether(session, [lookerFirst(person), ...reads]);
  return again;
}

interface Wave {
  readonly session: SqlSession;
  readonly now: Instant;
  readonly parts: DisclosureParts;
  readonly principal: Principal;
  readonly request: DisclosureRequest;
  /** Whether the day of the bank has no room for what is new in the wave. */
  readonly isBankSpent: boolean;
}

async function discloseIn(
  wave: Wave,
  asked: Asked,
  [, suspended, looks, ...standing]: readonly TextRows[],
): Promise<Done | { readonly unknown: readonly PastNumber[] }> {
  const { parts, principal, request } = wave;
  const roles = readingRolesOf(principal);
  const [role = null] = roles;
  const stands = standing.length === 0 ? NO_STANDING : standingIn(standing);
  const found = basisOf(stands, parts.hash, principal, request, roles, parts.places, parts.caseUnit);
  if ('unknown' in found) return found;
  const { basis, as, glassId, caseId } = found;
  const look: Look = { ...wave, role: as ?? role, caseId, glassId };
  // One who may ask no operator found nobody: nothing was looked at, and there is nothing to tell.
  if (role === null && request.reads.length === 0 && request.roots.length === 0) return NOTHING_ASKED;
  if ((suspended?.length ?? 0) > 0 || as === null) return refuseLook(look, 'FORBIDDEN', NOTHING_SPENT);
  const decision = decideDisclosure(request, as, basis);
  const isClear = decision.granted.some((grant) => grant.class === 'CLEAR');
  if (isClear && !isFreshlySignedIn(principal, (parts.nowMs ?? Date.now)()))
    return refuseLook(look, 'STEP_UP_REQUIRED', NOTHING_SPENT);
  if (isClear && !(await isLetThrough(parts.mayExpose))) return refuseLook(look, 'AUDIT_UNAVAILABLE', NOTHING_SPENT);
  const counted = countedOf(asked, decision, basis.isStaffLink);
  const budget = budgetOf(look, decision, counted, as, looks);
  if (budget.code !== null) return refuseLook(look, budget.code, budget);
  const rootsRefused = as === 'BANK' ? request.roots : request.roots.filter((root) => !basis.hasOccurred(root));
  return grantLook(look, decision, rootsRefused, budget, as);
}

const NOTHING_ASKED: Done = {
  answer: { kind: 'GRANTED', grants: {}, refused: [], subjectsRefused: [], rootsRefused: [], masked: [] },
  alarms: [],
};

interface Look extends Wave {
  readonly role: ActorRole | null;
  readonly caseId: string | null;
  readonly glassId: string | null;
}

/** What a look costs: whether it is within the limits, of what people are told, and what is kept of it. */
interface Budget {
  readonly code: 'QUOTA_EXCEEDED' | null;
  readonly alarms: readonly AccessAlarm[];
  readonly kept: readonly Statement[];
  /** Locks the day of the bank, so it comes last. */
  readonly last: readonly Statement[];
}

const NOTHING_SPENT = { alarms: [], kept: [], last: [] } as const;

function countedOf(
  asked: Asked,
  { granted }: DisclosureDecision,
  isStaffLink: (subject: AskedSubject) => boolean,
): readonly CountedSubject[] {
  const counted = new Map<string, CountedSubject>();
  for (const { subjects, clearSubjects } of granted) {
    for (const subject of subjects) {
      const hashes = asked.counted.get(subject);
      invariant(hashes !== undefined, 'nobody is granted who was not asked about');
      counted.set(hashes.subject.toString('base64'), {
        ...hashes,
        isStaffLink: clearSubjects.includes(subject) && isStaffLink(subject),
      });
    }
  }
  return [...counted.values()].sort((one, other) => one.subject.compare(other.subject));
}

function budgetOf(
  { parts: { limits, hash }, principal: { person }, request: { misses }, isBankSpent: isSpentToday }: Look,
  { isPreliminary }: DisclosureDecision,
  counted: readonly CountedSubject[],
  role: ActorRole,
  past: TextRows | undefined,
): Budget {
  const counts = countsWith(pastLooksIn(past), counted, isPreliminary, misses);
  const found: AccessAlarm[] = role === 'BANK' ? [] : [...patternsOf(counts)];
  const canaries = new Set(
    limits.canaries.map((id) => hash.identityOf({ type: 'OperatorTenure', id }).toString('base64')),
  );
  if (counted.some(({ identity }) => canaries.has(identity.toString('base64')))) found.push('CANARY');
  const missed = misses > 0 ? [keptMisses(person, misses)] : [];
  const isSpent = role === 'BANK' ? counts.day > limits.signalsDay : isBeyond(limits, counts);
  if (isSpent) return { code: 'QUOTA_EXCEEDED', alarms: [...found, 'QUOTA'], kept: missed, last: [] };
  const isForBank = role !== 'BANK' && counted.length > 0;
  if (isForBank && isSpentToday) {
    return { code: 'QUOTA_EXCEEDED', alarms: [...found, 'BANK_QUOTA'], kept: missed, last: [] };
  }
  return {
    code: null,
    alarms: found,
    kept: [...missed, ...keptLooks(person, counted, isPreliminary)],
    last: isForBank ? [bankLooks(counted, limits.bankDay)] : [],
  };
}

async function grantLook(
  look: Look,
  decision: DisclosureDecision,
  rootsRefused: readonly AskedSubject[],
  budget: Budget,
  role: ActorRole,
): Promise<Done> {
  const { request, caseId, glassId } = look;
  const kept = decision.granted.map(
    ({ operatorCode, class: grantClass }): KeptGrant => ({
      id: randomUUID(),
      operatorCode,
      class: grantClass,
      caseId: glassId === null ? caseId : null,
    }),
  );
  const isRefused = decision.granted.length === 0 && request.reads.length > 0;
  const refusal = isRefused ? (decision.refused[0]?.code ?? 'FORBIDDEN') : null;
  const told = request.reads.length > 0 ? [toldLook(look, decision.granted, refusal, kept)] : [];
  // What was tried beside it and not given is a look of its own, refused.
  const [beside] = decision.granted.length > 0 ? decision.refused : [];
  if (beside !== undefined) {
    const fields = decision.refused.map(({ coordinate }) => coordinate);
    told.push(toldLook(look, [], beside.code, [], fields));
  }
  if (rootsRefused.length > 0) {
    const tried = { ...look, request: { ...request, reads: [], roots: rootsRefused } };
    told.push(toldLook(tried, [], 'FORBIDDEN', []));
  }
  // Signed while the server works, and handed out by nobody before COMMIT.
  const [alarms, grants] = await Promise.all([keep(look, told, budget), signGrants(look, decision, kept, role)]);
  const { refused, subjectsRefused, masked } = decision;
  const roots = rootsRefused.map(({ key }) => key);
  return { answer: { kind: 'GRANTED', grants, refused, subjectsRefused, rootsRefused: roots, masked }, alarms };
}

async function signGrants(
  { parts, principal, request, caseId }: Look,
  { granted }: DisclosureDecision,
  kept: readonly KeptGrant[],
  role: ActorRole,
): Promise<Readonly<Record<string, string>>> {
  // Whatever is to be written is on its way by then.
  await setImmediate();
  const issuedMs = (parts.nowMs ?? Date.now)();
  const grants = granted.map((grant, place) => {
    const text = signGrant(
      {
        jti: kept[place]?.id ?? '',
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
    return [grant.operatorCode, text] as const;
  });
  return Object.fromEntries(grants);
}

async function refuseLook(
  look: Look,
  code: 'FORBIDDEN' | 'STEP_UP_REQUIRED' | 'QUOTA_EXCEEDED' | 'AUDIT_UNAVAILABLE',
  budget: Pick<Budget, 'alarms' | 'kept' | 'last'>,
): Promise<Done> {
  const alarms = await keep(look, [toldLook(look, [], code, [])], budget);
  return { answer: { kind: 'REFUSED', code }, alarms };
}

/** Writes the acts of a look and all that is kept of it, in one message; resolves with the alarms that are the first of their kind that day. */
async function keep(
  { session, parts, principal }: Look,
  told: readonly ToldLook[],
  { alarms, kept, last }: Pick<Budget, 'alarms' | 'kept' | 'last'>,
): Promise<readonly AccessAlarm[]> {
  const raised = alarms.map((kind) => accessAlarm(kind, principal.person));
  const beside = [...raised, ...kept, ...last];
  if (told.length === 0 && beside.length === 0) return [];
  const drafts = told.map(({ draft }) => draft);
  const events = (ids: readonly string[]): readonly Statement[] =>
    told.flatMap(({ eventsOf }, place) => eventsOf(ids[place] ?? ''));
  const written = await appendAsideActs(session, parts.author, drafts, (ids) => [...events(ids), ...beside]);
  const answers = written.rows.slice(written.rows.length - beside.length);
  return alarms.filter((_, place) => answers[place]?.[0]?.[0] === '1');
}

/** An act of a look, and the statements that keep the look with it. */
interface ToldLook {
  readonly draft: ActDraft;
  readonly eventsOf: (actId: string) => readonly Statement[];
}

/** What the act says. A refused look names what was asked, or that part of it that is told. */
function toldLook(
  { now, parts: { hash }, principal, request, role, caseId, glassId }: Look,
  granted: readonly GrantedRead[],
  refusal: string | null,
  grants: readonly KeptGrant[],
  asked?: readonly string[],
): ToldLook {
  const told = granted.length > 0 ? granted : request.reads;
  const roots = granted.length > 0 ? [] : request.roots;
  const subjects = [...told.flatMap(({ subjects: each }) => each), ...roots];
  const fields = [...told.flatMap((each) => each.fields), ...roots.map(({ type }) => ROOT_FIELDS[type])];
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
    fields: [...new Set(asked ?? fields)].sort(),
    subjectCount: identities.size,
    refusal,
    breakGlassId: glassId,
  };
  const draft: ActDraft = {
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
  };
  const about = [...identities.values()];
  return { draft, eventsOf: (actId) => identityReadStatements(actId, read, about, grants) };
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
