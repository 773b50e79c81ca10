// Who asks the gateway, and what each subgraph is told of it. The client's token goes to fraud-cases, which checks it itself, and to nobody
// else; every subgraph gets the context that the gateway signs, in which a person is a pseudonym. Nothing else of a client's headers
// travels on, least of all a context of its own making.

import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Principal } from '../shared/access/principal';
import { loadKeyFile, loadSecretFile } from '../shared/audit-log/key-file';
import { CONTEXT_HEADER, pseudonymOf, signContext } from '../shared/identity/gateway-context';
import { createTokenCheck } from '../shared/identity/token-check';
import { type CallHttp, callHttp } from '../shared/service/http-call';
import { instantToMs, msToInstant } from '../shared/vocabulary/instant';
import type { GatewayConfig } from './config';
import { BAD_REQUEST, type HttpRefusal, ISSUER_SILENT, NOT_SIGNED_IN } from './edge/refusal';
import { type AskedFor, askedForBy } from './edge/request-head';
import type { HeadersUntil } from './event-host';

/** One who asks, signed in. */
export interface Reader {
  readonly principal: Principal;
  /** For which case and why, by the reader's own word. */
  readonly askedFor: AskedFor;
  /** When the token ends, in milliseconds since 1970. */
  readonly endsAtMs: number;
  /** Headers of calls. The context of a deadline is signed at the first call that needs it, once for all of them. */
  readonly headersUntil: HeadersUntil;
}

/** Finds out who asks. */
export interface ReaderDesk {
  /** The reader of a request, or why the whole request is refused. */
  readerOf(request: IncomingMessage, requestId: string): Promise<Reader | HttpRefusal>;
  close(): void;
}

/** The subgraph that gets the token. */
const TOKEN_SUBGRAPH = 'fraud-cases';

/** A desk with the keys of the configuration. `ownUrl` tells where the gateway is asked, unless the configuration does. Throws one plain sentence when a key file cannot be used. */
export function openReaderDesk(config: GatewayConfig, ownUrl: () => string, call: CallHttp = callHttp): ReaderDesk {
  const tokens = createTokenCheck({
    issuer: config.ISSUER_URL,
    audience: config.TOKEN_AUDIENCE,
    machinesBound: config.EDGE_TLS_CLIENT_CA_FILE !== undefined,
    call,
  });
  const key = loadKeyFile(config.GATEWAY_KEY_FILE);
  const pseudonymKey = loadSecretFile(config.PSEUDONYM_KEY_FILE);
  return {
    async readerOf(request, requestId) {
      const signedIn = await tokens.check(request.headers.authorization ?? null, {
        method: request.method ?? '',
        url: config.PUBLIC_URL ?? ownUrl(),
        proofs: request.headersDistinct.dpop ?? [],
        certificate: certificateOf(request),
      });
      if (!signedIn.ok) return signedIn.error === 'UNAUTHENTICATED' ? NOT_SIGNED_IN : ISSUER_SILENT;
      const principal = signedIn.value;
      if (principal === null) return NOT_SIGNED_IN;
      const askedFor = askedForBy(request);
      if (askedFor === null) return BAD_REQUEST;
      const own = ownHeaders(request);
      return {
        principal,
        askedFor,
        endsAtMs: instantToMs(principal.expiresAt),
        headersUntil(deadlineMs) {
          let context: Readonly<Record<string, string>> | null = null;
          return (serviceName) => {
            context ??= {
              [CONTEXT_HEADER]: signContext(
                {
                  requestId,
                  deadline: wallClock(deadlineMs),
                  ...askedFor,
                  actor: pseudonymOf(principal, pseudonymKey),
                },
                key,
                Date.now(),
              ),
            };
            return serviceName === TOKEN_SUBGRAPH ? { ...own, ...context } : context;
          };
        },
      };
    },
    close: () => tokens.stop(),
  };
}

/** The thumbprint of the client's certificate, when the connection has one that an authority of ours vouches for. */
function certificateOf({ socket }: IncomingMessage): string | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null;
  // A connection that is resumed counts as vouched for, with a certificate or without one.
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? null : createHash('sha256').update(certificate.raw).digest('base64url');
}

/** The headers of the client that travel to fraud-cases. */
function ownHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  const { authorization, 'idempotency-key': idempotencyKey } = request.headers;
  return {
    ...(authorization === undefined ? {} : { authorization }),
    ...(typeof idempotencyKey === 'string' ? { 'idempotency-key': idempotencyKey } : {}),
  };
}

/** The instant at a reading of `performance.now()`. */
function wallClock(atMs: number) {
  return msToInstant(Math.round(Date.now() + Math.max(0, atMs - performance.now())));
}
