// A witness by HTTP: `POST <prefix>/add-checkpoint` and `GET <prefix>/<hex of SHA-256(origin)>/checkpoint` (C2SP tlog-witness), beside whatever
// else its process answers. Bodies are bounded in size and time before a byte of them is looked at.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { QuorumPolicy } from '../audit/witness-policy';
import { originHash } from '../audit-log/witness-client';
import type { Witness } from './witness';

const LARGEST_BODY = 65_536;
const BODY_TIMEOUT_MS = 5_000;
const PLAIN = 'text/plain; charset=utf-8';

/** A handler for the two addresses under the prefix; says false to everything else. A body that has not come whole after `bodyTimeoutMs`, 5,000 unless told, is refused. */
export function witnessRoutes(
  witness: Witness,
  policy: QuorumPolicy,
  prefix: string,
  bodyTimeoutMs = BODY_TIMEOUT_MS,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  const submit = `${prefix}/add-checkpoint`;
  const monitor = `${prefix}/${originHash(policy.origin)}/checkpoint`;
  return async (request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (path === submit) await answerSubmission(witness, request, response, bodyTimeoutMs);
    else if (path === monitor) answerMonitor(witness, request, response);
    else return false;
    return true;
  };
}

async function answerSubmission(
  witness: Witness,
  request: IncomingMessage,
  response: ServerResponse,
  bodyTimeoutMs: number,
): Promise<void> {
  const body = request.method === 'POST' ? await readBody(request, bodyTimeoutMs) : 405;
  if (typeof body === 'number') {
    refuse(response, body);
    return;
  }
  const answer = await witness.addCheckpoint(body);
  response.writeHead(answer.status, { 'content-type': answer.contentType, 'cache-control': 'no-store' });
  response.end(answer.body);
}

function answerMonitor(witness: Witness, request: IncomingMessage, response: ServerResponse): void {
  const newest = witness.newest();
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405);
  } else if (newest === null) {
    refuse(response, 404);
  } else {
    response.writeHead(200, { 'content-type': PLAIN, 'cache-control': 'no-store' });
    response.end(newest.note);
  }
}

/** The whole body; 413 when it is too large or cut off, 408 when it is too slow. */
function readBody(request: IncomingMessage, timeoutMs: number): Promise<Buffer | 408 | 413> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => finish(408), timeoutMs);
    const finish = (body: Buffer | 408 | 413): void => {
      clearTimeout(timer);
      request.off('data', take);
      if (typeof body === 'number') request.resume();
      resolve(body);
    };
    const take = (part: Buffer): void => {
      size += part.length;
      parts.push(part);
      if (size > LARGEST_BODY) finish(413);
    };
    request.on('data', take);
    request.once('end', () => finish(Buffer.concat(parts)));
    request.once('error', () => finish(413));
    request.once('close', () => finish(413));
  });
}

function refuse(response: ServerResponse, status: 404 | 405 | 408 | 413): void {
  const headers = { 'content-type': PLAIN, 'cache-control': 'no-store' };
  // What is left of a refused body is not read for ever.
  response.writeHead(status, status === 413 || status === 408 ? { ...headers, connection: 'close' } : headers);
  response.end(`${status === 404 ? 'not found' : 'refused'}\n`);
}
