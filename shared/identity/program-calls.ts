// What the bank's programs ask of each other, and of operators, beside GraphQL: each signs its requests with a key of its own (RFC 9421, the one
// form), and whoever is asked has a closed table of who may ask what. A request that no key of its row signed is 401, whatever it asks, and
// is told.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type SignatureRefusal, signRequest } from '../access/request-signature';
import type { PublicKey } from '../audit/ed25519';
import type { KeyPair } from '../audit-log/key-file';
import type { CallHttp } from '../service/http-call';
import type { HttpHandler } from '../service/http-host';
import { readRequestBytes } from '../service/request-body';
import { AppError } from '../vocabulary/app-error';
import { createGatewayDoor } from './gateway-door';

/** One row of the table: an address, or the beginning of some when it ends with a slash, and whose signature it needs. */
export interface CallRow {
  readonly path: string;
  readonly keys: readonly PublicKey[];
}

/** A request that the right program signed. What it says was still chosen by that program. */
export interface BelievedCall {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Answers a believed request. */
export type AnswerCall = (call: BelievedCall, response: ServerResponse) => Promise<void>;

/** Signs everything that is asked with it. */
export function signedCalls(call: CallHttp, key: KeyPair, nowMs: () => number = Date.now): CallHttp {
  return (asked) => {
    const { method, url, body = '', headers = {} } = asked;
    const signature = signRequest({ method, path: new URL(url).pathname, body, headers }, key, nowMs());
    return call({ ...asked, headers: { ...headers, ...signature } });
  };
}

/**
 * A handler of the addresses of the table; false for every other. 401 `{"error":"UNAUTHENTICATED"}` for what is not signed by the row's keys, 413
 * for a body beyond `mostBytes`, 503 when no more requests can be remembered.
 */
export function signedRoutes(parts: {
  readonly rows: readonly CallRow[];
  readonly mostBytes: number;
  readonly answer: AnswerCall;
  readonly onRefusal: (refusal: SignatureRefusal) => void;
}): HttpHandler {
  const { mostBytes, answer, onRefusal } = parts;
  const rows = parts.rows.map(({ path, keys }) => ({ path, door: createGatewayDoor({ keys, onRefusal }) }));
  return async (request, response) => {
    // With what stands behind a question mark: it is not signed, and no address has it.
    const path = request.url ?? '';
    const [address = ''] = path.split('?', 1);
    const row = rows.find((one) => (one.path.endsWith('/') ? address.startsWith(one.path) : address === one.path));
    if (row === undefined) return false;
    const body = await readRequestBytes(request, mostBytes);
    if (body === null) return refuse(response, 413, 'TOO_LARGE');
    const method = request.method ?? '';
    try {
      row.door.believe({ method, path, headers: request.headersDistinct, body: { bytes: body } });
    } catch (fault) {
      if (!(fault instanceof AppError)) throw fault;
      return fault.code === 'OVERLOADED' ? refuse(response, 503, fault.code) : refuse(response, 401, fault.code);
    }
    await answer({ method, path, headers: request.headers, body }, response);
    return true;
  };
}

function refuse(response: ServerResponse, status: number, error: string): true {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
  });
  response.end(JSON.stringify({ error }));
  return true;
}
