// Posts one webhook. The address that a name resolves to is judged before it is connected to, nothing is followed, the answer's body is not
// read, and everything together has a few seconds.

import { lookup } from 'node:dns';
import { type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { mayConnect } from './webhook-address';
import type { WebhookEndpoint } from './webhook-file';
import type { WebhookMessage } from './webhook-message';

/** What came of it. TAKEN: any 2xx. REFUSED: another status, a redirect among them. FORBIDDEN: the name points where nothing may be sent. */
export type WebhookOutcome = 'TAKEN' | 'REFUSED' | 'UNREACHABLE' | 'FORBIDDEN';

/** Posts a message. Never rejects. */
export type WebhookPost = (endpoint: WebhookEndpoint, message: WebhookMessage) => Promise<WebhookOutcome>;

const TIME_MS = 5_000;
const CODE = 'ERR_WEBHOOK_ADDRESS';

/** Posts over the network; `timeMs` is for everything together. */
export function createWebhookPost(timeMs = TIME_MS): WebhookPost {
  return (endpoint, { headers, body }) =>
    new Promise((resolve) => {
      const url = new URL(endpoint.url);
      const post = url.protocol === 'https:' ? requestHttps : requestHttp;
      const options: RequestOptions = {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' },
        signal: AbortSignal.timeout(timeMs),
        // Literal addresses are not looked up; those were judged when the file was read.
        lookup: judgedLookup(endpoint),
        agent: false,
      };
      const request = post(url, options, (response) => {
        const status = response.statusCode ?? 0;
        response.destroy();
        resolve(status >= 200 && status < 300 ? 'TAKEN' : 'REFUSED');
      });
      request.on('error', (fault: NodeJS.ErrnoException) => {
        resolve(fault.code === CODE ? 'FORBIDDEN' : 'UNREACHABLE');
      });
      request.end(body);
    });
}

/** Resolves a name; fails unless every address that it has may be connected to. */
function judgedLookup({ reach }: WebhookEndpoint): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (fault, addresses) => {
      if (fault !== null) return done(fault, []);
      if (addresses.length === 0 || !addresses.every(({ address }) => mayConnect(address, reach))) {
        return done(Object.assign(new Error('The address may not be reached.'), { code: CODE }), []);
      }
      if (options.all === true) return done(null, addresses);
      const [first] = addresses;
      return done(null, first?.address ?? '', first?.family);
    });
  };
}
