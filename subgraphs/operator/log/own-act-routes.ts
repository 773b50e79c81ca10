// `POST /acts`: where the operator's own systems have their words signed. Whoever may call it speaks for the operator, so it answers callers on
// this machine alone, and none that came through a proxy. Bodies are read strictly; answers echo nothing but what was signed.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseStrictJson } from '../../../shared/audit/strict-json';
import { readRequestBytes } from '../../../shared/service/request-body';
import { readStatement } from '../domain/own-statement';
import type { StateOwn } from '../store/statement-store';

/** Path of the hook. */
export const OWN_ACTS_PATH = '/acts';

/**
 * A handler for `POST /acts`; says false to other paths. The body is `{kind, caseId?, ref, fields}`. 200 with the signed act and what opens it,
 * the same for the same statement; 409 `{"refusal":"CONFLICT"}` when its reference, request or case stands for another one; 400, 403 for
 * callers from elsewhere, 405, 413, 415.
 */
export function ownActRoutes(
  state: StateOwn,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    if (request.url?.split('?', 1)[0] !== OWN_ACTS_PATH) return false;
    if (!isLocal(request)) refuse(response, 403, 'FORBIDDEN');
    else if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      refuse(response, 405, 'METHOD_NOT_ALLOWED');
    } else if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) refuse(response, 415, 'BAD_REQUEST');
    else {
      const body = await readRequestBytes(request, LARGEST_BODY);
      if (body === null) refuse(response, 413, 'TOO_LARGE');
      else await answer(response, body, state);
    }
    return true;
  };
}

const LARGEST_BODY = 65_536;
const LIMITS = { maxBytes: LARGEST_BODY, maxDepth: 3 };
const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;
const LOOPBACK = /^(?:(?:::ffff:)?127(?:\.\d{1,3}){3}|::1)$/;

async function answer(response: ServerResponse, body: Buffer, state: StateOwn): Promise<void> {
  const statement = parseStatement(body);
  if (statement === null) {
    send(response, 400, { error: 'BAD_REQUEST' });
    return;
  }
  const stated = await state(statement);
  if (stated.ok) send(response, 200, stated.value);
  else send(response, 409, { refusal: stated.error });
}

function parseStatement(body: Buffer): ReturnType<typeof readStatement> {
  try {
    return readStatement(parseStrictJson(body, LIMITS));
  } catch {
    return null;
  }
}

function isLocal({ socket, headers }: IncomingMessage): boolean {
  const wasForwarded = headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined;
  return !wasForwarded && LOOPBACK.test(socket.remoteAddress ?? '');
}

/** Refuses a request whose body was not read: the connection cannot be used again. */
function refuse(response: ServerResponse, status: number, error: string): void {
  response.setHeader('connection', 'close');
  send(response, status, { error });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
