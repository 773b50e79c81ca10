// HTTP calls between programs: bounded in time and size, nothing is followed, and a failure to answer is a value. The other side may be slow, huge
// or wrong; what its answer means is decided by the caller. In the clear a program speaks with this machine alone; how it speaks with other
// parties is transport.ts's.

import { Agent as PlainAgent, request as requestHttp } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { isLoopback } from './loopback';

/** An answer, read whole. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** An address that must answer within a time and a size. */
export interface HttpCall {
  readonly url: string;
  /** Who is expected to answer there, by its name among the peers. */
  readonly server: string;
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  /** Of the body; plain text unless told. */
  readonly contentType?: string;
  /** More headers; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Ends the call before its time. */
  readonly signal?: AbortSignal;
  /** Told why there is no answer. */
  readonly onFault?: (fault: CallFault) => void;
}

/** TIMEOUT: it may have arrived. UNREACHABLE: nobody was spoken with, or the connection broke. TOO_LARGE: the answer was. */
export type CallFault = 'TIMEOUT' | 'UNREACHABLE' | 'TOO_LARGE';

/** Makes a call: the answer, or null when there was none. Never rejects. */
export type CallHttp = (call: HttpCall) => Promise<HttpAnswer | null>;

/** How a server is spoken with over TLS; null when it is not to be spoken with at all, undefined for the authorities of the system. */
export type TlsOf = (server: string) => ConnectionOptions | null | undefined;

/** A caller with connections of its own to each server. `onStranger` is told when somebody else answers than was meant. */
export function createCaller(tlsOf: TlsOf, onStranger: (server: string) => void = () => {}): CallHttp {
  const plain = new PlainAgent({ keepAlive: true });
  const agents = new Map<string, Agent | null>();
  const agentOf = (server: string): Agent | null => {
    let agent = agents.get(server);
    if (agent === undefined) {
      const tls = tlsOf(server);
      // Without kept sessions every connection shows its certificate.
      agent = tls === null ? null : new Agent({ keepAlive: true, maxCachedSessions: 0, minVersion: 'TLSv1.2', ...tls });
      agents.set(server, agent);
    }
    return agent;
  };
  return async (call) => {
    const url = URL.canParse(call.url) ? new URL(call.url) : null;
    const agent = url === null ? null : url.protocol === 'https:' ? agentOf(call.server) : plain;
    const isAllowed = url !== null && (url.protocol === 'https:' || isPlain(url, tlsOf(call.server)));
    if (url === null || agent === null || !isAllowed) {
      call.onFault?.('UNREACHABLE');
      return null;
    }
    const outcome = await exchange(call, url, agent);
    if (typeof outcome !== 'string') return outcome;
    if (outcome === 'STRANGER') onStranger(call.server);
    call.onFault?.(outcome === 'STRANGER' ? 'UNREACHABLE' : outcome);
    return null;
  };
}

/** Calls of a program without certificates: in the clear on this machine, elsewhere by the authorities of the system. */
export const callHttp: CallHttp = createCaller(() => undefined);

/** Whether a connection failed because of the certificate at its other end, or because that end does not believe ours. */
export function isStranger(fault: NodeJS.ErrnoException): boolean {
  return STRANGE.test(fault.code ?? '');
}

const STRANGE =
  /^(?:CERT_|ERR_TLS_CERT|ERR_SSL_TLSV1|ERR_PEER|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE)/;

/** In the clear only on this machine, and not with one who is pinned. */
function isPlain({ protocol, hostname }: URL, tls: ReturnType<TlsOf>): boolean {
  return protocol === 'http:' && tls === undefined && isLoopback(hostname);
}

function exchange(call: HttpCall, url: URL, agent: PlainAgent | Agent): Promise<HttpAnswer | CallFault | 'STRANGER'> {
  return new Promise((resolve) => {
    const { method, body, signal, maxBytes } = call;
    const sent = body === undefined ? undefined : Buffer.from(body, 'utf8');
    const headers = {
      ...(sent === undefined
        ? {}
        : { 'content-type': call.contentType ?? 'text/plain; charset=utf-8', 'content-length': sent.byteLength }),
      ...call.headers,
    };
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(url, { method, headers, agent, insecureHTTPParser: false });
    const settle = (outcome: HttpAnswer | CallFault | 'STRANGER'): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      resolve(outcome);
      if (typeof outcome === 'string') request.destroy();
    };
    const leave = (): void => settle('UNREACHABLE');
    const timer = setTimeout(() => settle('TIMEOUT'), call.timeoutMs);
    if (signal?.aborted === true) return leave();
    signal?.addEventListener('abort', leave, { once: true });
    request.on('error', (fault: NodeJS.ErrnoException) => {
      settle(isStranger(fault) ? 'STRANGER' : 'UNREACHABLE');
    });
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let size = 0;
      response.on('data', (part: Buffer) => {
        size += part.byteLength;
        if (size > maxBytes) settle('TOO_LARGE');
        else parts.push(part);
      });
      response.on('error', () => settle('UNREACHABLE'));
      response.on('end', () => settle({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }));
      // A connection that ends in the middle gives neither an end nor always an error.
      response.on('close', () => settle('UNREACHABLE'));
    });
    request.end(sent);
  });
}
