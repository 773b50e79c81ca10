// `POST /internal/acts`: where other parties hand over their signed acts. Reads and bounds the request; whether the act fits its case, and what
// it causes, is the house's, which answers with the place of the leaf and a promise, or a refusal.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseStrictJson } from '../audit/strict-json';
import { readRequestBytes } from '../service/request-body';
import type { ForeignActRefusal, SignedActMessage } from './foreign-act';

/** What the house says of an act. `promise` is a signed promise (audit/promise.ts). */
export type ActAnswer =
  | { readonly ok: true; readonly leafHash: string; readonly promise: string }
  | { readonly ok: false; readonly refusal: ForeignActRefusal | 'NOT_ACCEPTED' };

/** Path of the hook. */
export const ACTS_PATH = '/internal/acts';

const LARGEST_BODY = 1_048_576;
const LIMITS = { maxBytes: LARGEST_BODY, maxDepth: 4 };

/** A handler for the hook; says false to every other path. 200 `{leafHash, promise}`, 409 `{refusal}`, 400, 405, 413. The same act again gets the same leaf hash. */
export function actRoutes(
  takeIn: (message: SignedActMessage) => Promise<ActAnswer>,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    if (request.url?.split('?', 1)[0] !== ACTS_PATH) return false;
    if (request.method !== 'POST') {
      send(response, 405, { error: 'METHOD_NOT_ALLOWED' });
      return true;
    }
    const body = await readRequestBytes(request, LARGEST_BODY);
    const message = body === null ? null : parseBody(body);
    if (body === null) send(response, 413, { error: 'TOO_LARGE' });
    else if (message === null) send(response, 400, { error: 'BAD_REQUEST' });
    else await answer(response, takeIn, message);
    return true;
  };
}

/** The message that a JSON value is; null for anything else. */
export function messageOf(value: unknown): SignedActMessage | null {
  if (!hasMembers(value, ['act', 'disclosures', 'salt'])) return null;
  const { act, salt, disclosures } = value;
  if (typeof act !== 'string' || typeof salt !== 'string' || !Array.isArray(disclosures)) return null;
  return disclosures.every(isDisclosure) ? { act, salt, disclosures } : null;
}

async function answer(
  response: ServerResponse,
  takeIn: (message: SignedActMessage) => Promise<ActAnswer>,
  message: SignedActMessage,
): Promise<void> {
  const outcome = await takeIn(message);
  if (outcome.ok) send(response, 200, { leafHash: outcome.leafHash, promise: outcome.promise });
  else send(response, 409, { refusal: outcome.refusal });
}

function parseBody(body: Buffer): SignedActMessage | null {
  try {
    return messageOf(parseStrictJson(body, LIMITS));
  } catch {
    return null;
  }
}

function isDisclosure(value: unknown): value is SignedActMessage['disclosures'][number] {
  return (
    hasMembers(value, ['field', 'salt', 'value']) &&
    typeof value.field === 'string' &&
    typeof value.salt === 'string' &&
    typeof value.value === 'string'
  );
}

function hasMembers<Name extends string>(
  value: unknown,
  names: readonly Name[],
): value is Readonly<Record<Name, unknown>> {
  return typeof value === 'object' && value !== null && Object.keys(value).sort().join() === names.join();
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
