// The operator's door: nothing is read for anybody but the gateway, and nothing for the gateway beyond a grant of the bank's case service. The
// request's signature is believed first, then the grant; every representation must be one of its subjects, else the whole request is
// refused; the use is recorded, and the persons of the day counted, beside the reading, and nothing is shown before the record is safe. Fields
// are asked about one by one where they are resolved. An order needs no grant: its own signature says what may be done.

import { hash } from 'node:crypto';
import { GRANT_HEADER, type Grant, openGrant, type SubjectType, subjectKey } from '../../../shared/access/lookup-grant';
import type { BelievedSignature } from '../../../shared/access/request-signature';
import { type AskedOperation, operationReader } from '../../../shared/graphql/asked-entities';
import type { Reference } from '../../../shared/graphql/representation';
import {
  type RequestInfo,
  type SubgraphAnswer,
  type SubgraphDoor,
  wholeFault,
} from '../../../shared/graphql/subgraph-host';
import { MOST_REPRESENTATIONS, type Subgraph } from '../../../shared/graphql/subgraph-schema';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { ErrorCode } from '../../../shared/vocabulary/error-catalogue';
import { type Instant, instantToMs, msToInstant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import { type AskedSubject, type RecordUse, tenureSubject } from '../domain/disclosure';
import { type Disclosure, disclosureOf, NOTHING_DISCLOSED } from './disclosure';
import { createFirstAnswers } from './first-answers';
import type { OperatorContext } from './operator-context';

/** Why a request that the gateway signed was refused; the operator's keepers are told. */
export type DoorAlarm =
  | 'NO_GRANT'
  | `GRANT_${'MALFORMED' | 'UNKNOWN_KEY' | 'WRONG_AUDIENCE' | 'NOT_YET' | 'EXPIRED'}`
  | 'GRANT_SPENT'
  | 'GRANT_REPLAYED'
  | 'NOT_A_SUBJECT'
  | 'CLOSED_FIELD'
  | 'REPRESENTATION'
  | 'OVER_CAP';

/** What a door is made of. */
export interface GrantDoorParts {
  readonly operatorCode: OperatorCode;
  readonly subgraph: Subgraph;
  /** Coordinates that need no grant. */
  readonly freeFields: ReadonlySet<string>;
  /** The gateway's signature of a request; throws for any other. */
  readonly believe: (request: RequestInfo) => BelievedSignature;
  readonly signAnswer: (answer: SubgraphAnswer, believed: BelievedSignature) => Readonly<Record<string, string>>;
  /** The bank's keys for grants. */
  readonly grantKeyOf: Parameters<typeof openGrant>[1];
  readonly recordUse: RecordUse;
  /** Makes the context of a request; throws for a context of the gateway that cannot be believed. */
  readonly contextOf: (request: RequestInfo, disclosure: Disclosure) => OperatorContext;
  readonly onAlarm: (alarm: DoorAlarm) => void;
  /** Told of a read that named fields outside of its grant, which are null: a gateway that plans well asks for few of them. */
  readonly onWithheld: () => void;
  readonly nowMs?: () => number;
}

/** The door of an operator. Every answer to a believed request is signed, refusals included. */
export function createGrantDoor(parts: GrantDoorParts): SubgraphDoor<OperatorContext> {
  const { operatorCode, subgraph, contextOf, onAlarm, nowMs = Date.now } = parts;
  const readOperation = operationReader(subgraph.schema);
  const firstAnswers = createFirstAnswers(nowMs);

  return async (request, enter) => {
    const believed = parts.believe(request);
    const answer = await admit(request, believed, enter).catch((fault: unknown) => {
      if (fault instanceof AppError) return wholeFault(fault, request.requestId);
      throw fault;
    });
    return { ...answer, headers: parts.signAnswer(answer, believed) };
  };

  async function admit(
    request: RequestInfo,
    { contentDigest, nonce }: BelievedSignature,
    enter: (context: OperatorContext) => Promise<SubgraphAnswer>,
  ): Promise<SubgraphAnswer> {
    const asked = readOperation(request.body.query);
    // What is no operation is refused where it would be executed; an order brings its own authority.
    if (asked === null || asked.kind === 'mutation') return enter(contextOf(request, NOTHING_DISCLOSED));
    const { grant, grantHash } = openedGrant(request);
    if (asked.asksOther) throw refuse('CLOSED_FIELD');
    const disclosure = disclosureOf(grant);
    const context = contextOf(request, disclosure);
    const subjects = subjectsOf(asked, request, disclosure);
    if (subjects.length === 0) return enter(context);
    const fields = [...asked.coordinates].filter(disclosure.mayRead).sort();
    if ([...asked.coordinates].some((field) => !disclosure.mayRead(field) && !parts.freeFields.has(field)))
      parts.onWithheld();
    // Both begin now. What was read is shown when the record says so, and else forgotten.
    const recorded = parts.recordUse({
      grantId: grant.jti,
      grantHash,
      contentDigest,
      nonce,
      actor: grant.actor,
      role: grant.role,
      caseId: grant.caseId,
      purpose: grant.purpose,
      class: grant.class,
      fields,
      subjects,
    });
    const read = firstAnswers.answerTo(`${grant.jti} ${contentDigest}`, keptUntil(grant), () => enter(context));
    const [outcome, answer] = await Promise.all([recorded, read]);
    if (outcome === 'OVER_CAP') throw refuse('OVER_CAP', 'QUOTA_EXCEEDED');
    if (outcome === 'SPENT') throw refuse('GRANT_SPENT');
    if (outcome === 'REPLAYED') throw refuse('GRANT_REPLAYED', 'UNAUTHENTICATED');
    return answer;
  }

  function openedGrant({ headers }: RequestInfo): { readonly grant: Grant; readonly grantHash: string } {
    const [text, ...more] = headers[GRANT_HEADER] ?? [];
    if (text === undefined || more.length > 0) throw refuse('NO_GRANT');
    const opened = openGrant(text, parts.grantKeyOf, { audience: operatorCode, now: msToInstant(nowMs()) });
    if (!opened.ok) throw refuse(`GRANT_${opened.error}`);
    return { grant: opened.value, grantHash: hash('sha256', text, 'base64url') };
  }

  /** The distinct subjects of a request, all of which are the grant's. */
  function subjectsOf(asked: AskedOperation, request: RequestInfo, disclosure: Disclosure): readonly AskedSubject[] {
    const sent = asked.representations(request.body.variables);
    if (sent.length > MOST_REPRESENTATIONS) throw refuse('REPRESENTATION', 'BAD_USER_INPUT');
    const subjects = new Map<string, AskedSubject>();
    for (const one of sent) {
      const reference = readReference(one);
      const subject = reference.operatorCode === operatorCode ? subjectOf(reference) : null;
      if (subject === null || !disclosure.includes(subject.key)) throw refuse('NOT_A_SUBJECT');
      subjects.set(subject.key, subject);
    }
    return [...subjects.values()];
  }

  function readReference(sent: unknown): Reference {
    try {
      return subgraph.readReference(sent);
    } catch {
      throw refuse('REPRESENTATION', 'BAD_USER_INPUT');
    }
  }

  function refuse(alarm: DoorAlarm, code: ErrorCode = 'FORBIDDEN'): AppError {
    onAlarm(alarm);
    return new AppError(code, `A read within a grant was required, but got ${alarm}.`);
  }
}

/** Clocks differ: an answer is kept a little longer than its grant can be used. */
const CLOCK_TOLERANCE_MS = 10_000;

function keptUntil({ expiresAt }: Grant): number {
  return instantToMs(expiresAt) + CLOCK_TOLERANCE_MS;
}

/** What a reference names; null for a type that no grant is about. */
export function subjectOf(reference: Reference): AskedSubject | null {
  const { __typename, msisdn, since, iin, bin, imei } = reference;
  switch (__typename) {
    case 'OperatorTenure':
      return tenureSubject(subjectKey(__typename, String(msisdn), String(since)), msisdn as Msisdn, since as Instant);
    case 'OperatorHolding':
      return keyed(__typename, iin);
    case 'CorporateHolding':
      return keyed(__typename, bin);
    case 'DeviceSighting':
      return keyed(__typename, imei);
    default:
      return null;
  }
}

function keyed(type: Exclude<SubjectType, 'OperatorTenure'>, key: unknown): AskedSubject {
  const id = String(key);
  return { key: subjectKey(type, id), type, id, tenure: null };
}
