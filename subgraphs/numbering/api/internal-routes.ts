// What numbering answers to the bank's own programs beside GraphQL: who serves a number, and the playing of a porting. Bodies and
// paths are read strictly; answers are JSON and echo nothing but what the registry holds.

import type { ServerResponse } from 'node:http';
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

/** Addresses; those that end with a slash go on with a number. */
export const INTERNAL_PATHS = {
  servingTenure: '/internal/serving-tenure/',
  lineCourse: '/internal/line-course/',
  portings: '/internal/portings',
} as const;

/** The longest body that any of them takes. */
export const LARGEST_INTERNAL_BODY = 4_096;

/** A request for one of them, read whole. */
export interface InternalCall {
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
}

/**
 * Answers `GET /internal/serving-tenure/{msisdn}` (200 `{ operatorCode, since }`, 404 when nobody serves it),
 * `GET /internal/line-course/{msisdn}` (200 `{ tenures: [{ operatorCode, since, until }], portings: [{ donor, recipient, completedAt }] }`) and
 * `POST /internal/portings` `{ portId, msisdn, to }` (200 done, 202 switched but an operator not told yet, 409 or 503 with a refusal). Who asks
 * was decided before.
 */
export async function answerInternal(
  { method, path, body }: InternalCall,
  response: ServerResponse,
  routes: InternalRoutes,
): Promise<void> {
  if (method !== (path === INTERNAL_PATHS.portings ? 'POST' : 'GET')) {
    send(response, 405, { error: 'METHOD_NOT_ALLOWED' });
  } else if (path === INTERNAL_PATHS.portings) {
    await answerPorting(body, response, routes);
  } else if (path.startsWith(INTERNAL_PATHS.servingTenure)) {
    await answerServingTenure(path.slice(INTERNAL_PATHS.servingTenure.length), response, routes.registry);
  } else {
    await answerLineCourse(path.slice(INTERNAL_PATHS.lineCourse.length), response, routes.registry);
  }
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

async function answerPorting(body: Uint8Array, response: ServerResponse, routes: InternalRoutes): Promise<void> {
  const porting = parsePortingRequest(Buffer.from(body).toString('utf8'));
  if (porting === null) return send(response, 400, { error: 'BAD_REQUEST' });
  const played = await routes.playPorting(porting);
  if (!played.ok) return send(response, statusOf(played.error), { refusal: played.error });
  send(response, played.value.state === 'DONE' ? 200 : 202, { ...played.value });
}

function parsePortingRequest(text: string): PortingRequest | null {
  const body = parseObject(text);
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
