// What numbering asks of an operator beside GraphQL when a number moves: may it leave, it left, it comes. Bodies were chosen by the
// sender and are read strictly: exactly the members named, canonical forms only. Answers are JSON and echo nothing.

import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type Instant, parseInstant } from '../../../shared/vocabulary/instant';
import { type Msisdn, parseMsisdn } from '../../../shared/vocabulary/msisdn';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import type { PortStep } from '../domain/porting';
import type { PortingStore } from '../store/porting-store';

/** Addresses of the three questions. */
export const PORTING_PATHS = ['/internal/port-out/check', '/internal/port-out', '/internal/port-in'] as const;

/** The longest body that is taken, in bytes; a porting takes about 200. */
export const LARGEST_PORTING_BODY = 4_096;

/** A request for one of the addresses, read whole. */
export interface PortingCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/**
 * Answers `POST /internal/port-out/check`, `/internal/port-out` and `/internal/port-in`: 200 when it is so or was so before, 409 with
 * a refusal; 400, 405 and 415 for what is none. Every call may be repeated with the same body. Who asks was decided before.
 */
export async function answerPorting(call: PortingCall, response: ServerResponse, store: PortingStore): Promise<void> {
  const text = readText(call);
  if (text.ok) {
    const answer = isRoute(call.path) ? await ROUTES[call.path](text.value, store) : BAD_REQUEST;
    send(response, answer.status, answer.body);
    return;
  }
  if (text.error === 405) response.setHeader('allow', 'POST');
  send(response, text.error, { error: 'BAD_REQUEST' });
}

interface Answer {
  readonly status: 200 | 400 | 409;
  readonly body: Readonly<Record<string, string | boolean>>;
}

const ROUTES = {
  '/internal/port-out/check': async (text, store) => {
    const body = parseBody(text, ['portId', 'msisdn', 'since']);
    if (body === null) return BAD_REQUEST;
    return answerOf(await store.checkPortOut(body), { allowed: true });
  },
  '/internal/port-out': async (text, store) => {
    const body = parseBody(text, ['portId', 'msisdn', 'since', 'at']);
    if (body === null || body.at === undefined) return BAD_REQUEST;
    return answerOf(await store.portOut({ ...body, at: body.at }), { state: 'PORTED_OUT' });
  },
  '/internal/port-in': async (text, store) => {
    const body = parseBody(text, ['portId', 'msisdn', 'since']);
    if (body === null) return BAD_REQUEST;
    return answerOf(await store.portIn(body), { state: 'PORTED_IN' });
  },
} as const satisfies Record<(typeof PORTING_PATHS)[number], (text: string, store: PortingStore) => Promise<Answer>>;

const BAD_REQUEST: Answer = { status: 400, body: { error: 'BAD_REQUEST' } };

function isRoute(path: string): path is keyof typeof ROUTES {
  return Object.hasOwn(ROUTES, path);
}

function answerOf(step: Result<PortStep, string>, body: Answer['body']): Answer {
  return step.ok ? { status: 200, body } : { status: 409, body: { refusal: step.error } };
}

interface PortingBody {
  readonly portId: string;
  readonly msisdn: Msisdn;
  readonly since: Instant;
  readonly at?: Instant;
}

const PORT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** The body when it is an object with exactly these members in their forms; else null. */
function parseBody(text: string, members: readonly string[]): PortingBody | null {
  const sent = parseObject(text);
  if (sent === null || Object.keys(sent).length !== members.length) return null;
  if (!members.every((name) => Object.hasOwn(sent, name))) return null;
  const { portId, msisdn, since, at } = sent;
  if (typeof portId !== 'string' || !PORT_ID.test(portId)) return null;
  const number = typeof msisdn === 'string' ? parseMsisdn(msisdn) : null;
  const first = typeof since === 'string' ? parseInstant(since) : null;
  if (number?.ok !== true || number.value !== msisdn || first?.ok !== true) return null;
  if (at === undefined) return { portId, msisdn: number.value, since: first.value };
  const last = typeof at === 'string' ? parseInstant(at) : null;
  return last?.ok === true ? { portId, msisdn: number.value, since: first.value, at: last.value } : null;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

/** The body as text, or the status that refuses it. */
function readText({ method, headers, body }: PortingCall): Result<string, 400 | 405 | 415> {
  if (method !== 'POST') return refused(405);
  if (headers['content-encoding'] !== undefined) return refused(415);
  if (!JSON_TYPE.test(headers['content-type'] ?? '')) return refused(415);
  try {
    return accepted(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return refused(400);
  }
}

function send(response: ServerResponse, status: number, body: Answer['body']): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
