// Asks a running operator as the bank does: requests that a gateway's key signs, under grants that a grant key signs. Unless told otherwise a
// grant covers exactly the subjects that are asked, and every field there is.

import { randomUUID } from 'node:crypto';
import { type Grant, parseSubjectKey, signGrant, subjectKey } from '../../shared/access/lookup-grant';
import { clearCoordinates, maskedCoordinates } from '../../shared/access/policy';
import { signRequest } from '../../shared/access/request-signature';
import type { KeyPair } from '../../shared/audit-log/key-file';
import { msToInstant, parseInstant } from '../../shared/vocabulary/instant';
import { keyPair } from '../shared/audit-log/log-keys';
import type { GraphQLAnswer } from './http-call';

/** The keys of the bank in the tests' root of trust. */
export const TEST_BANK_KEYS: BankKeys = { gateway: keyPair('afc gateway'), grant: keyPair('afc grant') };

/** With what the bank signs. */
export interface BankKeys {
  readonly gateway: KeyPair;
  readonly grant: KeyPair;
}

/** Every field of operators that needs a grant. */
export const EVERY_FIELD: readonly string[] = [...maskedCoordinates, ...clearCoordinates];

/** A grant of now with everything, about these subjects. */
export function grantFor(operatorCode: string, subjects: readonly string[], changes: Partial<Grant> = {}): Grant {
  const nowMs = Date.now();
  return {
    jti: randomUUID(),
    audience: operatorCode,
    actor: 'AAAAAAAAAAAAAAAAAAAAAA',
    role: 'INVESTIGATOR',
    caseId: randomUUID(),
    purpose: 'INVESTIGATION',
    class: 'CLEAR',
    subjects,
    fields: EVERY_FIELD,
    issuedAt: msToInstant(nowMs),
    expiresAt: msToInstant(nowMs + 60_000),
    ...changes,
  };
}

/** The subject that a representation names; null for one that names none. */
export function subjectIn(representation: unknown): string | null {
  const subject = subjectOf(representation);
  return subject === null || parseSubjectKey(subject) === null ? null : subject;
}

function subjectOf(representation: unknown): string | null {
  if (typeof representation !== 'object' || representation === null) return null;
  const { __typename, msisdn, since, iin, bin, imei } = representation as Readonly<Record<string, string>>;
  if (__typename === 'OperatorTenure') {
    const first = parseInstant(String(since));
    return first.ok ? subjectKey(__typename, String(msisdn), first.value) : null;
  }
  if (__typename === 'OperatorHolding') return subjectKey(__typename, String(iin));
  if (__typename === 'CorporateHolding') return subjectKey(__typename, String(bin));
  return __typename === 'DeviceSighting' ? subjectKey(__typename, String(imei)) : null;
}

/** A request in the hands of a test, before it is signed. */
export interface SignedPost {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: KeyPair;
  readonly nowMs?: number;
  readonly path?: string;
}

/** The headers with which the gateway would send it. */
export function signedHeaders({ body, headers = {}, key, nowMs, path }: SignedPost): Readonly<Record<string, string>> {
  const message = { method: 'POST', path: path ?? '/graphql', body, headers };
  const signature = signRequest(message, key ?? TEST_BANK_KEYS.gateway, nowMs ?? Date.now());
  return { 'content-type': 'application/json', ...headers, ...signature };
}

/** Sends a signed request. */
export async function postSigned(
  origin: string,
  post: SignedPost,
): Promise<GraphQLAnswer & { readonly headers: Headers }> {
  const response = await fetch(`${origin}${post.path ?? '/graphql'}`, {
    method: 'POST',
    headers: signedHeaders(post),
    body: post.body,
  });
  const { data = null, errors = [] } = (await response.json()) as Partial<GraphQLAnswer>;
  return { status: response.status, data, errors, headers: response.headers };
}

/** Asks one operator. */
export interface GrantedReader {
  /** Posts one operation; the grant covers every representation among the variables. */
  ask(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    more?: { readonly grant?: Partial<Grant>; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<GraphQLAnswer>;
  /** Asks `_entities` of one type; answers in the order of the representations. */
  entities(
    typeName: string,
    selection: string,
    representations: readonly Readonly<Record<string, unknown>>[],
    grant?: Partial<Grant>,
  ): Promise<readonly (Record<string, unknown> | null)[]>;
}

/** A reader of the operator at `origin`. */
export function grantedReader(origin: string, operatorCode: string, keys: BankKeys = TEST_BANK_KEYS): GrantedReader {
  const ask: GrantedReader['ask'] = (query, variables = {}, { grant = {}, headers = {} } = {}) => {
    const named = Object.values(variables).flatMap((value): readonly unknown[] =>
      Array.isArray(value) ? value : [value],
    );
    const subjects = [...new Set(named.flatMap((one) => subjectIn(one) ?? []))];
    const granted: Readonly<Record<string, string>> =
      subjects.length === 0 && grant.subjects === undefined
        ? {}
        : { 'afc-grant': signGrant(grantFor(operatorCode, subjects, grant), keys.grant) };
    const body = JSON.stringify({ query, variables });
    return postSigned(origin, { body, headers: { ...granted, ...headers }, key: keys.gateway });
  };
  return {
    ask,
    async entities(typeName, selection, representations, grant) {
      const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${typeName} { ${selection} } } }`;
      const named = representations.map((key) => ({ __typename: typeName, ...key }));
      const answer = await ask(query, { representations: named }, grant === undefined ? {} : { grant });
      if (answer.errors.length > 0 || answer.data === null)
        throw new Error(`_entities failed: ${JSON.stringify(answer)}`);
      return answer.data._entities as readonly (Record<string, unknown> | null)[];
    },
  };
}
