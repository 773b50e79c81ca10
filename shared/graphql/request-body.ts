// The door of a GraphQL endpoint: which HTTP requests are looked at, how much of a body is read, and what may stand in it. Everything
// that it refuses is refused before the GraphQL library sees a byte.

import type { IncomingMessage } from 'node:http';
import { accepted, type Result, refused } from '../vocabulary/result';

/** Longest body that is read, in bytes: room for 100 representations and the operation. */
export const LONGEST_BODY_BYTES = 1_048_576;

/** A GraphQL request as it was sent: right in form, not yet checked against any schema. */
export interface GraphQLRequestBody {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** The bytes of the body, for whoever checks a signature over them. */
  readonly bytes: Uint8Array;
}

/** HTTP status of a request that was not looked at any further. */
export type RequestRefusal = 400 | 405 | 413 | 415;

/**
 * Reads the body of a request. Refused: another method than POST (405); another type than `application/json` in UTF-8, any
 * compression (415); more bytes than allowed, of which no more than allowed are read (413); anything but one
 * JSON object with a `query` text (400). Never rejects.
 */
export async function readRequestBody(request: IncomingMessage): Promise<Result<GraphQLRequestBody, RequestRefusal>> {
  if (request.method !== 'POST') return refused(405);
  if (request.headers['content-encoding'] !== undefined) return refused(415);
  if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) return refused(415);
  if (Number(request.headers['content-length'] ?? 0) > LONGEST_BODY_BYTES) return refused(413);
  const bytes = await readBytes(request);
  return bytes.ok ? parseBody(bytes.value) : bytes;
}

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;

/** All bytes of the body; 413 as soon as they are too many, 400 when the sender leaves before the end. */
function readBytes(request: IncomingMessage): Promise<Result<Uint8Array, RequestRefusal>> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Uint8Array) => {
      sizeBytes += chunk.byteLength;
      if (sizeBytes <= LONGEST_BODY_BYTES) {
        chunks.push(chunk);
        return;
      }
      // Not destroyed: the refusal must still reach the sender over the same connection.
      request.pause();
      resolve(refused(413));
    });
    request.once('end', () => resolve(accepted(Buffer.concat(chunks))));
    request.once('error', () => resolve(refused(400)));
    request.once('close', () => resolve(refused(400)));
  });
}

function parseBody(bytes: Uint8Array): Result<GraphQLRequestBody, RequestRefusal> {
  const body = parseJson(bytes);
  if (!isObject(body)) return refused(400);
  const { query, operationName = null, variables = null, extensions = null } = body;
  if (typeof query !== 'string' || query === '') return refused(400);
  if (operationName !== null && typeof operationName !== 'string') return refused(400);
  if (variables !== null && !isObject(variables)) return refused(400);
  // Stored operations are not offered: a hash in place of a text would be executed unseen by whoever reads the body.
  if (extensions !== null && (!isObject(extensions) || 'persistedQuery' in extensions)) return refused(400);
  return accepted({ query, operationName: operationName ?? undefined, variables: variables ?? undefined, bytes });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
