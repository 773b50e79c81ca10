// What numbering answers to the bank's own programs beside GraphQL: who serves a number, and the playing of a porting. Bodies and
// paths were chosen by the sender and are read strictly; answers are JSON and echo nothing but what the registry holds.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseMsisdn } from '../../../shared/vocabulary/msisdn';
import { parseOperatorCode } from '../../../shared/vocabulary/operator-code';
import type { Result } from '../../../shared/vocabulary/result';
import { isPortId, type PortingRefusal, type PortingRequest } from '../domain/porting';
import { openTenure } from '../domain/tenure';
import type { PortingAnswer } from '../store/porting-process';
import type { Registry } from '../store/registry';

/** What the routes work with. */
export interface InternalRoutes {
  readonly registry: Registry;
  readonly playPorting: (request: PortingRequest) => Promise<Result<PortingAnswer, PortingRefusal>>;
}

const SERVING_TENURE = '/internal/serving-tenure/';
const LINE_COURSE = '/internal/line-course/';
const PORTINGS = '/internal/portings';
const LARGEST_BODY_BYTES = 4_096;

/**
 * Answers `GET /internal/serving-tenure/{msisdn}` (200 `{ operatorCode, since }`, 404 when nobody serves it),
 * `GET /internal/line-course/{msisdn}` (200 `{ tenures: [{ operatorCode, since, until }], portings: [{ donor, recipient, completedAt }] }`) and
 * `POST /internal/portings` `{ portId, msisdn, to }` (200 done, 202 switched but an operator not told yet, 409 or 503 with a refusal).
 * False when the request is for neither.
 */
export async function answerInternal(
  request: IncomingMessage,
  response: ServerResponse,
  routes: InternalRoutes,
): Promise<boolean> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  if (path.startsWith(SERVING_TENURE)) {
    if (request.method !== 'GET') send(response, 405, { error: 'METHOD_NOT_ALLOWED' });
    else await answerServingTenure(path.slice(SERVING_TENURE.length), response, routes.registry);
    return true;
  }
  if (path.startsWith(LINE_COURSE)) {
    if (request.method !== 'GET') send(response, 405, { error: 'METHOD_NOT_ALLOWED' });
    else await answerLineCourse(path.slice(LINE_COURSE.length), response, routes.registry);
    return true;
  }
  if (path === PORTINGS) {
    if (request.method !== 'POST') send(response, 405, { error: 'METHOD_NOT_ALLOWED' });
    else await answerPorting(request, response, routes);
    return true;
  }
  return false;
}

async function answerServingTenure(segment: string, response: ServerResponse, registry: Registry): Promise<void> {
  const msisdn = parseMsisdn(decoded(segment));
  if (!msisdn.ok) return send(response, 400, { error: 'BAD_REQUEST' });
  const running = openTenure(await registry.tenuresOf([msisdn.value]));
  if (running === null) return send(response, 404, { error: 'NOT_SERVED' });
  send(response, 200, { operatorCode: running.operatorCode, since: running.since });
}

async function answerLineCourse(segment: string, response: ServerResponse, registry: Registry): Promise<void> {
  const msisdn = parseMsisdn(decoded(segment));
  if (!msisdn.ok) return send(response, 400, { error: 'BAD_REQUEST' });
  const tenures = await registry.tenuresOf([msisdn.value]);
  const portings = await registry.portingsOf([msisdn.value]);
  send(response, 200, {
    tenures: tenures.map(({ operatorCode, since, until }) => ({ operatorCode, since, until })),
    portings: portings.map(({ donor, recipient, completedAt }) => ({ donor, recipient, completedAt })),
  });
}

async function answerPorting(
  request: IncomingMessage,
  response: ServerResponse,
  routes: InternalRoutes,
): Promise<void> {
  const porting = parsePortingRequest(await readBody(request));
  if (porting === null) return send(response, 400, { error: 'BAD_REQUEST' });
  const played = await routes.playPorting(porting);
  if (!played.ok) return send(response, statusOf(played.error), { refusal: played.error });
  send(response, played.value.state === 'DONE' ? 200 : 202, { ...played.value });
}

function parsePortingRequest(text: string | null): PortingRequest | null {
  const body = text === null ? null : parseObject(text);
  if (body === null || Object.keys(body).some((name) => !['portId', 'msisdn', 'to'].includes(name))) return null;
  const msisdn = typeof body.msisdn === 'string' ? parseMsisdn(body.msisdn) : null;
  const recipient = typeof body.to === 'string' ? parseOperatorCode(body.to) : null;
  if (!isPortId(body.portId) || msisdn?.ok !== true || recipient?.ok !== true) return null;
  return { portId: body.portId, msisdn: msisdn.value, recipient: recipient.value };
}

function parseObject(
  text: string,
): { readonly portId?: unknown; readonly msisdn?: unknown; readonly to?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** The body as text; null when it is longer than anything this room reads. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > LARGEST_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

/** 503 when the same request may succeed later by itself, 409 when something has to change first. */
function statusOf(refusal: PortingRefusal): number {
  return refusal === 'DONOR_UNAVAILABLE' || refusal === 'RECIPIENT_UNAVAILABLE' || refusal === 'OVERLOADED' ? 503 : 409;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
