// `POST /internal/disclosures` and `POST /internal/occurrences`: where the gateway asks what a reader may be shown, and tells whom it was about.
// Believed are the gateway's signature over the whole request, and about the reader the token of the request alone. Answers are words of the
// catalogue and repeat nothing.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../../../shared/access/principal';
import type { SignatureRefusal } from '../../../shared/access/request-signature';
import type { PublicKey } from '../../../shared/audit/ed25519';
import { parseStrictJson } from '../../../shared/audit/strict-json';
import { createGatewayDoor } from '../../../shared/identity/gateway-door';
import { readRequestBytes } from '../../../shared/service/request-body';
import { AppError } from '../../../shared/vocabulary/app-error';
import { ERROR_CATALOGUE, type ErrorCode } from '../../../shared/vocabulary/error-catalogue';
import type { DisclosureDesk } from './disclosure-desk';
import { type OccurrenceReport, readDisclosureRequest, readOccurrenceReport } from './disclosure-request';

/** Paths of the two. */
export const DISCLOSURES_PATH = '/internal/disclosures';
export const OCCURRENCES_PATH = '/internal/occurrences';

/** What the routes need. */
export interface DisclosureRouteParts {
  readonly desk: DisclosureDesk;
  /** The gateway's public keys. */
  readonly gatewayKeys: readonly PublicKey[];
  /** Who signed in, by the headers of the request; null when nobody did. Rejects with a code of the catalogue. */
  readonly principalOf: (headers: NodeJS.Dict<string[]>) => Promise<Principal | null>;
  /** Keeps a report; false when its grant is none that may have shown it. */
  readonly keepOccurrences: (report: OccurrenceReport) => Promise<boolean>;
  /** Told why a request is not the gateway's. */
  readonly onRefusal: (refusal: SignatureRefusal) => void;
}

/** A handler of the two paths; says false to every other. */
export function disclosureRoutes(
  parts: DisclosureRouteParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const door = createGatewayDoor({ keys: parts.gatewayKeys, onRefusal: parts.onRefusal });
  return async (request, response) => {
    const path = request.url ?? '';
    if (path !== DISCLOSURES_PATH && path !== OCCURRENCES_PATH) return false;
    try {
      if (request.method !== 'POST') return send(response, 405, { error: 'METHOD_NOT_ALLOWED' });
      const body = await readRequestBytes(request, LARGEST_BODY);
      if (body === null) return send(response, 413, { error: 'TOO_LARGE' });
      door.believe({ method: 'POST', path, body: { bytes: body }, headers: request.headersDistinct });
      if (path === OCCURRENCES_PATH) return await takeReport(parts, body, response);
      return await answer(parts, body, request, response);
    } catch (fault) {
      return fail(response, fault instanceof AppError ? fault.code : 'INTERNAL');
    }
  };
}

const LARGEST_BODY = 262_144;
const LIMITS = { maxBytes: LARGEST_BODY, maxDepth: 5 };

async function answer(
  { desk, principalOf }: DisclosureRouteParts,
  body: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<true> {
  const principal = await principalOf(request.headersDistinct);
  if (principal === null) return fail(response, 'UNAUTHENTICATED');
  const asked = readDisclosureRequest(jsonIn(body));
  if (asked === null) return fail(response, 'BAD_USER_INPUT');
  const answered = await desk.disclose(principal, asked);
  if (answered.kind === 'REFUSED') return fail(response, answered.code);
  const { kind: _kind, ...granted } = answered;
  return send(response, 200, granted);
}

async function takeReport(
  { keepOccurrences }: DisclosureRouteParts,
  body: Buffer,
  response: ServerResponse,
): Promise<true> {
  const report = readOccurrenceReport(jsonIn(body));
  if (report === null) return fail(response, 'BAD_USER_INPUT');
  if (!(await keepOccurrences(report))) return send(response, 409, { error: 'FORBIDDEN' });
  response.writeHead(204, { 'cache-control': 'no-store' });
  response.end();
  return true;
}

function jsonIn(body: Buffer): unknown {
  try {
    return parseStrictJson(body, LIMITS);
  } catch {
    return null;
  }
}

function fail(response: ServerResponse, code: ErrorCode): true {
  return send(response, ERROR_CATALOGUE[code].httpStatus, { error: code });
}

function send(response: ServerResponse, status: number, body: object): true {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
  return true;
}
