// What the head of a request must be before its body is read: one host, one length, plain JSON in UTF-8, uncompressed. Node's parser
// has refused what is not HTTP; here is refused what two parsers might read differently, and what we do not speak.

import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isOneOf } from '../../shared/vocabulary/closed-list';
import { PURPOSES, type Purpose } from '../../shared/vocabulary/purpose';
import { BAD_REQUEST, HEADERS_TOO_LARGE, type HttpRefusal, UNSUPPORTED_MEDIA } from './refusal';

/** Most header lines of a request. */
export const HEADER_LINES = 100;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ONCE: ReadonlySet<string> = new Set([
  'host',
  'authorization',
  'content-length',
  'content-type',
  'transfer-encoding',
  'afc-case',
  'afc-purpose',
  'idempotency-key',
  'dpop',
]);

/** Why a request of any method cannot be read, or null. */
export function headRefusal(request: IncomingMessage): HttpRefusal | null {
  const raw = request.rawHeaders;
  if (raw.length > HEADER_LINES * 2) return HEADERS_TOO_LARGE;
  const seen = new Set<string>();
  for (let line = 0; line < raw.length; line += 2) {
    const name = (raw[line] ?? '').toLowerCase();
    if (!ONCE.has(name)) continue;
    if (seen.has(name)) return { ...BAD_REQUEST, close: true };
    seen.add(name);
  }
  if (!seen.has('host') && request.httpVersion === '1.1') return { ...BAD_REQUEST, close: true };
  if (seen.has('transfer-encoding')) {
    const chunkedAlone = request.headers['transfer-encoding']?.trim().toLowerCase() === 'chunked';
    if (!chunkedAlone || seen.has('content-length')) return { ...BAD_REQUEST, close: true };
  }
  return request.url?.startsWith('/') === true ? null : { ...BAD_REQUEST, close: true };
}

/** Why the body of a request is not JSON that we read, by its head; or null. */
export function mediaRefusal(request: IncomingMessage): HttpRefusal | null {
  const { 'content-encoding': encoding, 'content-type': type } = request.headers;
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') return UNSUPPORTED_MEDIA;
  if (type === 'application/json') return null;
  const [media = '', ...parameters] = (type ?? '').split(';').map((part) => part.trim().toLowerCase());
  if (media !== 'application/json') return UNSUPPORTED_MEDIA;
  const plain = parameters.every((parameter) => /^(charset=("utf-8"|utf-8|utf8)|)$/.test(parameter));
  return plain ? null : UNSUPPORTED_MEDIA;
}

/** The id under which a request is known: the client's own when it is a UUID, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const told = request.headers['x-request-id'];
  return typeof told === 'string' && UUID.test(told) ? told.toLowerCase() : randomUUID();
}

/** For which case and why a reader asks: what the client says, by form alone. */
export interface AskedFor {
  readonly caseId: string | null;
  readonly purpose: Purpose | null;
}

/** What `afc-case` and `afc-purpose` say; null when one of them is not the id of a case or not a purpose of the list. */
export function askedForBy(request: IncomingMessage): AskedFor | null {
  const { 'afc-case': told, 'afc-purpose': purpose } = request.headers;
  if (told === undefined && purpose === undefined) return FOR_NOTHING;
  const caseId = typeof told === 'string' && UUID.test(told) ? told.toLowerCase() : null;
  if (told !== undefined && caseId === null) return null;
  if (purpose !== undefined && !isOneOf(PURPOSES, purpose)) return null;
  return { caseId, purpose: purpose ?? null };
}

const FOR_NOTHING: AskedFor = { caseId: null, purpose: null };

/** Media types in which one answer may be given. */
export type AnswerMedia = 'application/json' | 'application/graphql-response+json';

/** Media type of a stream of answers. */
export const EVENT_STREAM = 'text/event-stream';

/** The media type that the client likes best; null when it takes neither. A client that does not say gets JSON. */
export function acceptedMedia(accept: string | undefined): AnswerMedia | typeof EVENT_STREAM | null {
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return 'application/json';
  let best: AnswerMedia | typeof EVENT_STREAM | null = null;
  let bestQuality = 0;
  for (const part of accept.split(',', 32)) {
    const [range = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    const media = mediaInRange(range);
    if (media === null) continue;
    const told = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = told === undefined ? 1 : Number(told.slice(2));
    if (quality > bestQuality) {
      best = media;
      bestQuality = quality;
    }
  }
  return best;
}

function mediaInRange(range: string): AnswerMedia | typeof EVENT_STREAM | null {
  if (range === 'application/graphql-response+json' || range === EVENT_STREAM) return range;
  return range === 'application/json' || range === 'application/*' || range === '*/*' ? 'application/json' : null;
}
