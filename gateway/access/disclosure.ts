// Asks the bank's case service before any operator is asked: who asks, for which case and why, of whom and what. The reads of one step of a
// plan are one question, whatever fields of the plan they belong to. The service writes them down, and gives a grant for each operator or
// says what is refused; when it gives no answer that can be read, nobody is asked. What a grant says is the operator's to check, not ours.

import { GRANT_HEADER, type SubjectType, subjectKey } from '../../shared/access/lookup-grant';
import { clearCoordinates } from '../../shared/access/policy';
import { type ErrorCode, isErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { RefusalsOf } from '../route/asked-fields';
import type { RootWatch, WatchRoots } from '../route/root-watch';
import type { PostAnswer, PostFault } from '../route/send';
import type { RequestContext } from '../route/subgraph-call';
import type { Disclosure, Watch, WaveGrant, WaveRead } from '../route/wave';
import { lookupsIn, type RootLookups } from './root-lookups';

/** Posts to a path of the case service, signed, in the name of the client of the context; by the context's deadline. */
export type AskCaseService = (
  path: '/internal/disclosures' | '/internal/occurrences',
  context: RequestContext,
  body: string,
) => Promise<PostAnswer | PostFault>;

/** A disclosure over the case service. */
export function createDisclosure(ask: AskCaseService): Disclosure {
  const open = new WeakMap<RequestContext, OpenWave>();
  const misses = new WeakMap<RequestContext, number>();

  const question = (context: RequestContext, asked: Asked): Promise<PostAnswer | PostFault> => {
    const missed = misses.get(context) ?? 0;
    if (missed > 0) misses.delete(context);
    return ask('/internal/disclosures', context, questionText(context, asked, missed));
  };

  const close = async (context: RequestContext, wave: Pick<OpenWave, 'reads'>): Promise<Allowed> => {
    // Every read of this step is handed in within the turn that began it.
    await null;
    open.delete(context);
    const outcome = await question(context, { reads: wave.reads });
    return allowedIn(outcome, context, async (body) => {
      await ask('/internal/occurrences', context, body);
    });
  };

  const watchRoots: WatchRoots = (calls, variables, context): RootWatch | null => {
    const lookups = lookupsIn(calls, variables);
    if (lookups === null) return null;
    const { subjects } = lookups;
    const refused =
      subjects.size === 0
        ? null
        : question(context, { reads: [], roots: [...new Set(subjects.values())] }).then((outcome) =>
            refusedRoots(outcome, lookups, context),
          );
    return {
      refused,
      answered(sourceKey, value) {
        const missed = lookups.missesIn(sourceKey, value);
        if (missed > 0) misses.set(context, Math.min(MOST_MISSES, (misses.get(context) ?? 0) + missed));
      },
      // Nobody was found and no operator is asked: the bank is told, and takes as long over it as over a look.
      ended: () => (misses.has(context) ? question(context, { reads: [] }).then(() => undefined) : null),
    };
  };

  return {
    watchRoots,
    allow(context, reads) {
      const known = open.get(context);
      if (known !== undefined) {
        known.reads.push(...reads);
        return known.allowed;
      }
      const begun: WaveRead[] = [...reads];
      const wave = { reads: begun, allowed: close(context, { reads: begun }) };
      open.set(context, wave);
      return wave.allowed;
    },
  };
}

type Allowed = (target: string) => WaveGrant;

interface OpenWave {
  readonly reads: WaveRead[];
  readonly allowed: Promise<Allowed>;
}

/** What one question to the service is about. */
interface Asked {
  readonly reads: readonly WaveRead[];
  /** Keys of those of whom root fields ask. */
  readonly roots?: readonly string[];
}

/** More than these are not counted. */
const MOST_MISSES = 100;

/** Without a word of the service, nothing was written down. */
const UNHEARD: WaveGrant = { lost: 'AUDIT_UNAVAILABLE' };
const LARGEST_GRANT = 65_536;

/** One read for each operator: of several, subjects and fields are put together. */
function questionText({ askedFor }: RequestContext, { reads, roots }: Asked, misses: number): string {
  const byTarget = new Map<string, { subjects: Set<string>; fields: Set<string> }>();
  for (const { target, subjects, fields } of reads) {
    let read = byTarget.get(target);
    if (read === undefined) {
      read = { subjects: new Set(), fields: new Set() };
      byTarget.set(target, read);
    }
    for (const subject of subjects) read.subjects.add(subject);
    for (const field of fields) read.fields.add(field);
  }
  return JSON.stringify({
    case: askedFor?.caseId ?? null,
    purpose: askedFor?.purpose ?? null,
    reads: [...byTarget].map(([operatorCode, read]) => ({
      operatorCode,
      subjects: [...read.subjects],
      fields: [...read.fields],
    })),
    ...(roots === undefined ? {} : { roots }),
    ...(misses === 0 ? {} : { misses }),
  });
}

/** Without a word of the service that can be read, nobody is looked up. */
function refusedRoots(
  outcome: PostAnswer | PostFault,
  { subjects }: RootLookups,
  context: RequestContext,
): ReadonlyMap<string, ErrorCode> {
  const told = outcome.answered ? parse(outcome.body) : null;
  const all = (code: ErrorCode) => new Map([...subjects.keys()].map((sourceKey) => [sourceKey, code]));
  if (!outcome.answered || told === null) return all('AUDIT_UNAVAILABLE');
  if (outcome.status !== 200) return all(isErrorCode(told.error) ? told.error : 'AUDIT_UNAVAILABLE');
  const refused = textsIn(told.rootsRefused);
  if (refused === null) return all('AUDIT_UNAVAILABLE');
  const code = isForCase(context) ? 'FORBIDDEN' : 'PURPOSE_REQUIRED';
  return new Map([...subjects].filter(([, subject]) => refused.includes(subject)).map(([key]) => [key, code]));
}

function allowedIn(
  outcome: PostAnswer | PostFault,
  context: RequestContext,
  tell: (body: string) => Promise<void>,
): Allowed {
  const told = outcome.answered ? parse(outcome.body) : null;
  if (!outcome.answered || told === null) return () => UNHEARD;
  if (outcome.status !== 200) {
    const lost: WaveGrant = { lost: isErrorCode(told.error) ? told.error : 'AUDIT_UNAVAILABLE' };
    return () => lost;
  }
  const { grants } = told;
  const fields = refusedIn(told.refused);
  const subjects = textsIn(told.subjectsRefused);
  if (fields === null || subjects === null) return () => UNHEARD;
  if (typeof grants !== 'object' || grants === null) return () => UNHEARD;
  const code: ErrorCode = isForCase(context) ? 'FORBIDDEN' : 'PURPOSE_REQUIRED';
  const refusedSubjects = new Map(subjects.map((subject) => [subject, code] as const));
  // Most waves name no case: nothing in clear was planned for them.
  const ofMasked = isForCase(context) ? new Map([...CLEAR_REFUSED, ...fields]) : fields;
  return (target) => {
    const grant: unknown = Object.hasOwn(grants, target) ? Reflect.get(grants, target) : undefined;
    if (typeof grant !== 'string' || !GRANT.test(grant) || grant.length > LARGEST_GRANT) {
      return { lost: code };
    }
    const headers = { [GRANT_HEADER]: grant };
    // Nothing in clear was planned for one who names no case.
    if (!isForCase(context)) {
      return { headers, refusalsOf: fields.size === 0 ? null : () => fields, refusedSubjects, watch: null };
    }
    const { jti, clear } = openedIn(grant);
    const refusalsOf: RefusalsOf = (subject) => (subject !== null && clear.has(subject) ? fields : ofMasked);
    const watch = clear.size === 0 ? null : watchOver(jti, clear, tell);
    return { headers, refusalsOf, refusedSubjects, watch };
  };
}

function isForCase({ askedFor }: RequestContext): boolean {
  return askedFor !== undefined && askedFor.caseId !== null && askedFor.purpose !== null;
}

/** What a row that is seen masked alone does not tell. */
const CLEAR_REFUSED = [...clearCoordinates].map((coordinate) => [coordinate, 'FORBIDDEN'] as const);

/** Of whom a grant opens clear fields. It was made for the operator, who checks it; here it only says where an answer will be null. */
function openedIn(grant: string): { readonly jti: unknown; readonly clear: ReadonlySet<string> } {
  const payload = parse(Buffer.from(grant.split('.')[1] ?? '', 'base64url'));
  const clear = payload?.class === 'CLEAR' ? textsIn(payload.clear ?? payload.subjects) : null;
  return { jti: payload?.jti, clear: new Set(clear ?? []) };
}

/**
 * People, companies and handsets that came in clear under the contract in force: the bank keeps them for the case, and only they may be
 * looked up by their own numbers afterwards.
 */
function watchOver(jti: unknown, clear: ReadonlySet<string>, tell: (body: string) => Promise<void>): Watch {
  return {
    coordinates: OCCURRENCES,
    async tell(values) {
      const identifiers = new Set<string>();
      for (const { subject, way, coordinate, value } of values) {
        const type = SUBJECT_OF.get(coordinate);
        if (type === undefined || way[0] !== 'contract' || subject === null || !clear.has(subject)) continue;
        identifiers.add(subjectKey(type, String(value)));
      }
      if (identifiers.size > 0) await tell(JSON.stringify({ grant: jti, identifiers: [...identifiers] }));
    },
  };
}

const SUBJECT_OF: ReadonlyMap<string, SubjectType> = new Map([
  ['Subscriber.iin', 'OperatorHolding'],
  ['Subscriber.bin', 'CorporateHolding'],
  ['DeviceUse.imei', 'DeviceSighting'],
]);
const OCCURRENCES: ReadonlySet<string> = new Set(SUBJECT_OF.keys());

/** A compact JWS, so that it can stand in a header. */
const GRANT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

function parse(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

function refusedIn(value: unknown): ReadonlyMap<string, ErrorCode> | null {
  if (!Array.isArray(value)) return null;
  const refused = new Map<string, ErrorCode>();
  for (const item of value as readonly unknown[]) {
    if (typeof item !== 'object' || item === null) return null;
    const { coordinate, code } = item as Readonly<Record<string, unknown>>;
    if (typeof coordinate !== 'string' || !isErrorCode(code)) return null;
    refused.set(coordinate, code);
  }
  return refused;
}

function textsIn(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  const items: readonly unknown[] = value;
  const texts = items.filter((item): item is string => typeof item === 'string');
  return texts.length === items.length ? texts : null;
}
