// Finds out who sent a request, for GraphQL, streams and the feed alike: the token of the request is checked here, by the bank's own
// subgraph, whatever the gateway found; the gateway's context is believed about the request and about nobody.

import type { DataSource } from 'typeorm';
import {
  believedContext,
  CONTEXT_HEADER,
  createContextCheck,
  loadGatewayKeys,
} from '../../shared/identity/gateway-context';
import { createTokenCheck } from '../../shared/identity/token-check';
import { type CallHttp, callHttp } from '../../shared/service/http-call';
import { AppError } from '../../shared/vocabulary/app-error';
import { type Asker, actorOf } from './api/asker';
import type { ServiceConfig } from './config';
import { suspensionReads } from './store/suspension';

/** Every value of every header, by lower-case name: `headersDistinct` of a request. */
export type RequestHeaders = Readonly<NodeJS.Dict<readonly string[]>>;

/** Tells who asks. */
export interface AskerDesk {
  /** Rejects with UNAUTHENTICATED for a token or a context that is not believed, with SUBGRAPH_UNAVAILABLE when the issuer cannot be asked; both refuse the whole request. */
  askerOf(headers: RequestHeaders): Promise<Asker>;
  stop(): void;
}

/** A desk over the issuer and the root of trust of the configuration. Throws one plain sentence when the root cannot be used. */
export function openAskerDesk(
  config: Pick<ServiceConfig, 'ISSUER_URL' | 'TOKEN_AUDIENCE' | 'log'>,
  dataSource: DataSource,
  call: CallHttp = callHttp,
): AskerDesk {
  const tokens = createTokenCheck({ issuer: config.ISSUER_URL, audience: config.TOKEN_AUDIENCE, call });
  const contexts = createContextCheck(config.log === null ? [] : loadGatewayKeys(config.log.TRUST_ROOT_FILE));
  const { isSuspended } = suspensionReads(dataSource);
  return {
    async askerOf(headers) {
      const [authorization = null, ...more] = headers.authorization ?? [];
      if (more.length > 0) throw new AppError('UNAUTHENTICATED', 'A request has at most one token.');
      const request = believedContext(contexts.check(headers[CONTEXT_HEADER]));
      // What a bound token is bound to was shown to the gateway; whoever comes by another way shows it to nobody.
      const signedIn = await tokens.check(authorization, request === null ? undefined : 'SHOWN_BEFORE');
      if (!signedIn.ok) throw new AppError(signedIn.error, 'A token of our issuer, for us and in time, is required.');
      const principal = signedIn.value;
      const [idempotencyKey = null, ...otherKeys] = headers['idempotency-key'] ?? [];
      if (otherKeys.length > 0) throw new AppError('BAD_USER_INPUT', 'A request has at most one key.');
      return { principal, actor: principal && actorOf(principal), request, idempotencyKey, isSuspended };
    },
    stop: () => tokens.stop(),
  };
}
