// What a look rests on: an open case in the reader's charge, or a glass that the reader broke. Who served a number when the case was opened is
// numbering's to say; it is asked before the transaction, so that no lock waits for another program, and its word about the past is kept.

import type { Principal } from '../../../shared/access/principal';
import type { SqlSession, SqlSource } from '../../../shared/audit-log/sql-session';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { ActorRole } from '../../../shared/vocabulary/role';
import type { AskLineCourse } from '../commands/line-course-call';
import { type CaseStanding, occurredAmong, openGlass, seeCase, shareCase, subjectsAmong } from '../store/case-standing';
import { asksClear, isCasePurpose, type LookBasis, readingRolesOf } from './disclosure-decision';
import type { AskedSubject, DisclosureRequest } from './disclosure-request';
import type { KeyedHash } from './keyed-hash';

/** The tenures of a look that may be shown in clear if it rests on what it names: `<operator> <key>`. */
export type LookupTarget = ReadonlySet<string>;

/** Finds out which tenures those are. */
export interface ClearTenures {
  /** Rejects with SUBGRAPH_UNAVAILABLE when numbering does not answer. */
  targetOf(principal: Principal, request: DisclosureRequest): Promise<LookupTarget>;
}

/** A look's basis, and the role in which the reader has it. */
export interface FoundBasis {
  readonly basis: LookBasis;
  /** Null for a reader who may ask nothing. */
  readonly as: ActorRole | null;
  /** The case that is named, if there is one, whoever's it is. */
  readonly caseId: string | null;
  readonly glassId: string | null;
}

/** Over the tables of cases and numbering's word. Numbering is asked for a case in the reader's charge alone: how long a refusal takes tells nothing of a case. */
export function createClearTenures(source: SqlSource, askLineCourse: AskLineCourse, caseUnit: string): ClearTenures {
  const known = new Map<string, string | null>();
  const servedAt = async (msisdn: string, at: Instant): Promise<string | null> => {
    const place = `${msisdn} ${at}`;
    const remembered = known.get(place);
    if (remembered !== undefined) return remembered;
    const course = await askLineCourse(msisdn);
    if (course === null) throw new AppError('SUBGRAPH_UNAVAILABLE', 'Numbering did not say who served a number.');
    const tenure = course.tenures.find(({ since, until }) => since <= at && (until === null || at < until));
    const found = tenure === undefined ? null : placeOf(tenure.operatorCode, msisdn, tenure.since);
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(place, found);
    return found;
  };
  return {
    async targetOf(principal, request) {
      const { caseId } = request;
      const isAsked = readingRolesOf(principal).some((role) => role !== 'BANK' && asksClear(request, role));
      if (caseId === null || !isCasePurpose(request.purpose) || !isAsked) return new Set();
      const numbers = [...new Set(tenuresOf(request).map(({ id }) => id))];
      const found = await numbersAndInstant(source, principal, caseId, numbers, caseUnit);
      const places = await Promise.all(found.numbers.map((msisdn) => servedAt(msisdn, found.at)));
      return new Set(places.filter((place): place is string => place !== null));
    },
  };
}

/** The basis of a look, read under the locks of its transaction. `caseUnit` is the unit whose cases these are. */
export async function basisOf(
  session: SqlSession,
  hash: KeyedHash,
  principal: Principal,
  request: DisclosureRequest,
  roles: readonly ActorRole[],
  target: LookupTarget,
  caseUnit: string,
): Promise<FoundBasis> {
  const { caseId } = request;
  const people = roles.filter((role) => role !== 'BANK');
  const [first = null] = roles;
  const found = caseId === null ? null : await shareCase(session, caseId);
  const as = found === null ? undefined : people.find((role) => isInCharge(found, principal, role, caseUnit));
  if (caseId !== null && found !== null && as !== undefined && isCasePurpose(request.purpose)) {
    return { basis: await caseBasis(session, hash, principal, request, caseId, target), as, caseId, glassId: null };
  }
  const [reader] = people;
  const mayBreak = caseId !== null && found === null && reader !== undefined && isCasePurpose(request.purpose);
  const glass = mayBreak ? await openGlass(session, caseId, principal.person) : null;
  if (glass !== null && reader !== undefined) {
    const isClearTenure = (subject: AskedSubject, operatorCode: string): boolean =>
      subject.id === glass.msisdn && target.has(placeOf(operatorCode, subject.id, subject.since));
    const basis: LookBasis = { kind: 'GLASS', isClearTenure, hasOccurred: () => false, isOwnLink: () => false };
    return { basis, as: reader, caseId: null, glassId: glass.id };
  }
  return { basis: NO_BASIS, as: first, caseId: found === null ? null : caseId, glassId: null };
}

const MOST_REMEMBERED = 10_000;
const NO_BASIS: LookBasis = {
  kind: 'NONE',
  isClearTenure: () => false,
  hasOccurred: () => false,
  isOwnLink: () => false,
};

async function caseBasis(
  session: SqlSession,
  hash: KeyedHash,
  principal: Principal,
  request: DisclosureRequest,
  caseId: string,
  target: LookupTarget,
): Promise<LookBasis> {
  const numbers = await subjectsAmong(session, caseId, [...new Set(tenuresOf(request).map(({ id }) => id))]);
  const asked = [...request.reads.flatMap(({ subjects }) => subjects), ...request.roots];
  const others = asked.filter(({ type }) => type !== 'OperatorTenure');
  const occurred =
    others.length === 0 ? new Set<string>() : await occurredAmong(session, caseId, others.map(hash.identityOf));
  return {
    kind: 'CASE',
    isClearTenure: ({ id, since }, operatorCode) => numbers.has(id) && target.has(placeOf(operatorCode, id, since)),
    hasOccurred: (subject) => occurred.has(hash.identityOf(subject).toString('hex')),
    isOwnLink: ({ id }) => numbers.get(id) === principal.person,
  };
}

/** The numbers that may be meant, and the instant whose tenure counts: when the case was opened, or now for a broken glass. */
async function numbersAndInstant(
  source: SqlSource,
  principal: Principal,
  caseId: string,
  asked: readonly string[],
  caseUnit: string,
): Promise<{ readonly numbers: readonly string[]; readonly at: Instant }> {
  const found = await seeCase(source, caseId);
  if (found !== null) {
    const isTheirs = readingRolesOf(principal).some((role) => isInCharge(found, principal, role, caseUnit));
    const numbers = isTheirs ? [...(await subjectsAmong(source, caseId, asked)).keys()] : [];
    return { numbers, at: found.openedAt };
  }
  const glass = await openGlass(source, caseId, principal.person);
  const numbers = glass !== null && asked.includes(glass.msisdn) ? [glass.msisdn] : [];
  return { numbers, at: glass?.openedAt ?? NEVER };
}

/** An investigator has charge of the open cases assigned to them, a supervisor of those of the unit. */
function isInCharge(
  { isOpen, assignee }: CaseStanding,
  { person, unit }: Principal,
  role: ActorRole,
  caseUnit: string,
): boolean {
  if (!isOpen) return false;
  return role === 'INVESTIGATOR' ? assignee === person : role === 'SUPERVISOR' && unit === caseUnit;
}

const NEVER = '1900-01-01T00:00:00.000Z' as Instant;

function tenuresOf({ reads }: DisclosureRequest): readonly AskedSubject[] {
  return reads.flatMap(({ subjects }) => subjects.filter(({ type }) => type === 'OperatorTenure'));
}

function placeOf(operatorCode: string, msisdn: string, since: Instant | null): string {
  return `${operatorCode} ${msisdn} ${since ?? ''}`;
}
