// Reads what a client posts: the bytes of a body up to a limit, and the operation that they hold. Everything here is chosen by the
// client; whether the operation may be asked is decided by the planner.

import type { IncomingMessage } from 'node:http';
import type { JsonValue } from '../../shared/vocabulary/json';
import { isJsonObject, parseStrictBody } from '../route/answer-body';
import { BAD_REQUEST, type HttpRefusal, TOO_LARGE } from './refusal';

/** Most bytes of a body. */
export const BODY_LIMIT_BYTES = 65_536;

/** One operation with its variables, by form only. */
export interface OperationRequest {
  readonly query: string;
  readonly operationName: string | null;
  readonly variables: JsonValue;
}

/** The whole body; TOO_LARGE as soon as it is, null when the client left before its end. */
export function readBody(request: IncomingMessage): Promise<Buffer | HttpRefusal | null> {
  if (Number(request.headers['content-length']) > BODY_LIMIT_BYTES) return Promise.resolve(TOO_LARGE);
  return new Promise((resolve) => {
    let first: Buffer | null = null;
    const rest: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > BODY_LIMIT_BYTES) {
        request.pause();
        resolve(TOO_LARGE);
      } else if (first === null) first = chunk;
      else rest.push(chunk);
    });
    request.on('end', () => {
      if (first === null) resolve(Buffer.alloc(0));
      else resolve(rest.length === 0 ? first : Buffer.concat([first, ...rest], sizeBytes));
    });
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}

/** The operation in a body: strict JSON, one object, each member once and of its type. */
export function parseOperationRequest(body: Buffer): OperationRequest | HttpRefusal {
  const posted = parseStrictBody(body);
  if (posted === null) return BAD_REQUEST;
  const { query, operationName = null, variables = null, extensions = null } = posted;
  if (typeof query !== 'string') return BAD_REQUEST;
  if (operationName !== null && typeof operationName !== 'string') return BAD_REQUEST;
  if (variables !== null && !isJsonObject(variables)) return BAD_REQUEST;
  if (extensions !== null && !isJsonObject(extensions)) return BAD_REQUEST;
  if (extensions !== null && Object.hasOwn(extensions, 'persistedQuery')) return BAD_REQUEST;
  return { query, operationName, variables };
}
