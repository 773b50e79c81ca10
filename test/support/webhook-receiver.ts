// An operator's endpoint for webhooks, written from the Standard Webhooks specification alone: it verifies `v1a` signatures over the bytes that
// came, refuses old timestamps, and takes each id once.

import { createPublicKey, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message that was verified, the first time that it came. */
export interface ReceivedWebhook {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
  /** Requests that came, verified or not, repeated or not. */
  requests(): number;
  /** Requests that did not verify. */
  refused(): number;
  /** How the next requests are answered instead, until called with null. */
  answerWith(answer: ((request: IncomingMessage, response: ServerResponse) => void) | null): void;
  stop(): Promise<void>;
}

const TOLERANCE_SECONDS = 300;
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex');

/** Starts an endpoint on this machine that knows the sender's key (`whpk_…`). */
export async function startWebhookReceiver(publicKey: string): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const ids = new Set<string>();
  let requests = 0;
  let refused = 0;
  let instead: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;
  const server = createServer((request, response) => {
    requests += 1;
    if (instead !== null) return instead(request, response);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      if (!isAuthentic(publicKey, request.headers, body)) {
        refused += 1;
        response.writeHead(401).end();
        return;
      }
      const id = String(request.headers['webhook-id']);
      if (!ids.has(id)) received.push({ id, ...(JSON.parse(body) as Omit<ReceivedWebhook, 'id'>) });
      ids.add(id);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    requests: () => requests,
    refused: () => refused,
    answerWith(answer) {
      instead = answer;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Whether a message came from the holder of the key, lately and unchanged. */
export function isAuthentic(publicKey: string, headers: NodeJS.Dict<string | string[]>, body: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!/^[0-9]+$/.test(timestamp) || Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const raw = Buffer.from(publicKey.replace(/^whpk_/, ''), 'base64');
  const key = createPublicKey({ key: Buffer.concat([SPKI_ED25519, raw]), format: 'der', type: 'spki' });
  return signatures.split(' ').some((signature) => {
    const [version, text = ''] = signature.split(',');
    const signed = Buffer.from(`${id}.${timestamp}.${body}`, 'utf8');
    return version === 'v1a' && verify(null, signed, key, Buffer.from(text, 'base64'));
  });
}
