// What a look rests on: an open case in the reader's charge, or a glass that the reader broke. Who served a number when the case was opened is
// numbering's to say; it is asked when no transaction is open, so that no lock waits for another program, and its word about the past is kept.

import type { Principal } from '../../../shared/access/principal';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { ActorRole } from '../../../shared/vocabulary/role';
import type { AskLineCourse } from '../commands/line-course-call';
import type { CaseStanding, Standing } from '../store/case-standing';
import { asksClear, isCasePurpose, type LookBasis } from './disclosure-decision';
import type { AskedSubject, DisclosureRequest } from './disclosure-request';
import type { KeyedHash } from './keyed-hash';

/** A number at an instant of the past. */
export interface PastNumber {
  readonly msisdn: string;
  readonly at: Instant;
}

/** Who served numbers in the past. */
export interface ServedPlaces {
  /** The operator and the tenure, null when nobody served it, undefined when it was not learnt yet. */
  placeOf(number: PastNumber): string | null | undefined;
  /** Asks numbering. Rejects with SUBGRAPH_UNAVAILABLE when it does not answer. */
  learn(numbers: readonly PastNumber[]): Promise<void>;
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

/** Over numbering's word. */
export function createServedPlaces(askLineCourse: AskLineCourse): ServedPlaces {
  const known = new Map<string, string | null>();
  return {
    placeOf: ({ msisdn, at }) => known.get(`${msisdn} ${at}`),
    async learn(numbers) {
      const learnt = await Promise.all(
        numbers.map(async ({ msisdn, at }) => {
          const course = await askLineCourse(msisdn);
          if (course === null) throw new AppError('SUBGRAPH_UNAVAILABLE', 'Numbering did not say who served a number.');
          const tenure = course.tenures.find(({ since, until }) => since <= at && (until === null || at < until));
          return [
            `${msisdn} ${at}`,
            tenure === undefined ? null : placeName(tenure.operatorCode, msisdn, tenure.since),
          ] as const;
        }),
      );
      if (known.size + learnt.length > MOST_REMEMBERED) known.clear();
      for (const [number, place] of learnt) known.set(number, place);
    },
  };
}

/**
 * The basis of a look, of what was read under the locks of its transaction; or the numbers of it about which numbering is to be asked first.
 * It is asked for a case in the reader's charge alone: how long a refusal takes tells nothing of a case. `caseUnit`: whose cases these are.
 */
export function basisOf(
  { found, subjects, occurred, glass }: Standing,
  hash: KeyedHash,
  principal: Principal,
  request: DisclosureRequest,
  roles: readonly ActorRole[],
  places: ServedPlaces,
  caseUnit: string,
): FoundBasis | { readonly unknown: readonly PastNumber[] } {
  const { caseId } = request;
  const people = roles.filter((role) => role !== 'BANK');
  const [first = null] = roles;
  const [reader] = people;
  const isForCase = caseId !== null && isCasePurpose(request.purpose);
  const as = found === null ? undefined : people.find((role) => isInCharge(found, principal, role, caseUnit));
  const isClear = people.some((role) => asksClear(request, role));
  if (isForCase && found !== null && as !== undefined) {
    const shown = shownIn(places, isClear ? [...subjects.keys()] : [], found.openedAt);
    if (shown.unknown.length > 0) return shown;
    const basis: LookBasis = {
      kind: 'CASE',
      isClearTenure: ({ id, since }, operatorCode) => shown.tenures.has(placeName(operatorCode, id, since)),
      hasOccurred: (subject) => occurred.has(hash.identityOf(subject).toString('hex')),
      isStaffLink: ({ id }) => subjects.get(id) !== true,
    };
    return { basis, as, caseId, glassId: null };
  }
  if (isForCase && found === null && glass !== null && reader !== undefined) {
    const isAsked = isClear && tenuresOf(request).some(({ id }) => id === glass.msisdn);
    const shown = shownIn(places, isAsked ? [glass.msisdn] : [], glass.openedAt);
    if (shown.unknown.length > 0) return shown;
    const isClearTenure = ({ id, since }: AskedSubject, operatorCode: string): boolean =>
      shown.tenures.has(placeName(operatorCode, id, since));
    const basis: LookBasis = { kind: 'GLASS', isClearTenure, hasOccurred: () => false, isStaffLink: () => false };
    return { basis, as: reader, caseId: null, glassId: glass.id };
  }
  return { basis: NO_BASIS, as: first, caseId: found === null ? null : caseId, glassId: null };
}

/** The tenures that a wave asks about. */
export function tenuresOf({ reads }: DisclosureRequest): readonly AskedSubject[] {
  return reads.flatMap(({ subjects }) => subjects.filter(({ type }) => type === 'OperatorTenure'));
}

const MOST_REMEMBERED = 10_000;
const NO_BASIS: LookBasis = {
  kind: 'NONE',
  isClearTenure: () => false,
  hasOccurred: () => false,
  isStaffLink: () => false,
};

/** The tenures of numbers that ran at an instant, and those of the numbers of which it is not known. */
function shownIn(
  places: ServedPlaces,
  msisdns: readonly string[],
  at: Instant,
): { readonly tenures: ReadonlySet<string>; readonly unknown: readonly PastNumber[] } {
  const tenures = new Set<string>();
  const unknown: PastNumber[] = [];
  for (const msisdn of msisdns) {
    const place = places.placeOf({ msisdn, at });
    if (place === undefined) unknown.push({ msisdn, at });
    else if (place !== null) tenures.add(place);
  }
  return { tenures, unknown };
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

function placeName(operatorCode: string, msisdn: string, since: Instant | null): string {
  return `${operatorCode} ${msisdn} ${since ?? ''}`;
}
