// One JSON request to a service of the running network, with one limit for everything: connecting, waiting and reading.

import { request } from 'node:http';
import type { JsonValue } from '../vocabulary/json';

/** What came back. */
export interface JsonReply {
  readonly status: number;
  /** Null when the body was not JSON. */
  readonly body: JsonValue;
}

/** Why nothing came back. */
export type NoReply = 'REFUSED' | 'TIMEOUT';

const LARGEST_BYTES = 32 * 1024 * 1024;

/** Posts a document and resolves with the reply, or with the reason why there is none. Never rejects. */
export function postJson(
  url: string,
  document: object,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly limitMs: number },
): Promise<JsonReply | NoReply> {
  return new Promise((resolve) => {
    const body = JSON.stringify(document);
    const outgoing = request(
      url,
      {
        method: 'POST',
        headers: {
          ...options.headers,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          accept: 'application/graphql-response+json, application/json',
          connection: 'close',
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let sizeBytes = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          sizeBytes += chunk.byteLength;
          if (sizeBytes > LARGEST_BYTES) response.destroy();
        });
        response.on('end', () => settle({ status: response.statusCode ?? 0, body: parse(Buffer.concat(chunks)) }));
        response.on('close', () => settle('REFUSED'));
      },
    );
    const limit = setTimeout(() => {
      settle('TIMEOUT');
      outgoing.destroy();
    }, options.limitMs);
    const settle = (outcome: JsonReply | NoReply): void => {
      clearTimeout(limit);
      resolve(outcome);
    };
    outgoing.on('error', () => settle('REFUSED'));
    outgoing.end(body);
  });
}

function parse(bytes: Buffer): JsonValue {
  try {
    return JSON.parse(bytes.toString('utf8')) as JsonValue;
  } catch {
    return null;
  }
}
