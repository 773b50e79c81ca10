// The OpenID provider of a local network: which clients there are, which grants each may use, and what a token says. Machines get tokens
// by client credentials, people by a grant of the demonstration that asks for no password; that grant is why this provider serves no
// network but a local one. A console would use the authorization code with PKCE, which is configured; a page to sign in at is not there.

import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientMetadata, Configuration, Provider, ResourceServer } from 'oidc-provider';
import type { Logger } from '../../service/logger';
import { CONSOLE_CLIENT, clientOf, DEMO_USERS, type DemoUser, demoUser, PEOPLE_CLIENT } from '../demo-users';
import { DEMO_USER_GRANT, SIGNED_IN_AGO } from '../token-request';
import { bindingProofs } from './binding-proof';
import type { ClientKeys } from './client-directory';
import type { SigningKey } from './signing-keys';

/** Answers one request of the provider. */
export type ProviderHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** Seconds that a token is good for. */
export const TOKEN_SECONDS = 600;

/** Where the authorization endpoint sends a browser. */
export const SIGN_IN_PATH = '/sign-in';

type Library = typeof import('oidc-provider');

/** Loads the library. What it says about versions of Node and about memory is true and no news here: it goes into the log at `debug`. */
export function loadLibrary(logger: Logger): Promise<Library> {
  return quietly(logger, () => import('oidc-provider'));
}

/** The provider at `issuer`, an origin. The first of `keys` signs. */
export async function createProvider(
  library: Library,
  given: {
    readonly issuer: string;
    readonly audience: string;
    readonly keys: readonly [SigningKey, ...SigningKey[]];
    readonly clients: ClientKeys;
    readonly logger: Logger;
  },
): Promise<ProviderHandler> {
  const { issuer, audience, keys, clients, logger } = given;
  const api = resourceServer(audience, keys[0].kid);
  const provider = await quietly(logger, async () => new library.Provider(issuer, configuration(keys, clients, api)));
  grantToDemoUsers(provider, library, api, `${issuer}/token`);
  provider.on('server_error', (_context, fault) => logger.error({ fault: fault.name }, 'a request failed'));
  return provider.callback();
}

/** Name of the API in requests; its tokens carry the audience. */
const API = 'urn:senim:api';
const SCOPE = 'api';

/** How long what the provider gives is good for. */
const SECONDS = {
  AccessToken: TOKEN_SECONDS,
  ClientCredentials: TOKEN_SECONDS,
  IdToken: TOKEN_SECONDS,
  AuthorizationCode: 60,
  Interaction: 600,
  Session: 3_600,
  Grant: 3_600,
} as const;

function configuration(keys: readonly SigningKey[], clients: ClientKeys, api: ResourceServer): Configuration {
  return {
    clients: [...keyedMetadata(clients), CONSOLE],
    jwks: { keys: [...keys] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clientAuthMethods: ['private_key_jwt', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'EdDSA' },
    enabledJWA: { clientAuthSigningAlgValues: ['EdDSA'], idTokenSigningAlgValues: ['EdDSA'] },
    responseTypes: ['code'],
    scopes: ['openid', SCOPE],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API,
        useGrantedResource: () => true,
        getResourceServerInfo: () => api,
      },
    },
    ttl: { ...SECONDS },
    clientBasedCORS: () => false,
    extraTokenClaims: (context, token) =>
      claimsOf(
        token.kind === 'ClientCredentials' ? token.clientId : token.accountId,
        minutesIn(context.oidc.params?.[SIGNED_IN_AGO]) ?? 0,
      ),
    findAccount: (_context, name) =>
      demoUser(name)?.kind === 'PERSON' ? { accountId: name, claims: () => ({ sub: name }) } : undefined,
    interactions: { url: () => SIGN_IN_PATH },
    renderError: (context, { error }) => {
      context.type = 'text/plain';
      context.body = `${error}\n`;
    },
  };
}

/** A public client, as a console in a browser is one. */
const CONSOLE: ClientMetadata = {
  client_id: CONSOLE_CLIENT,
  application_type: 'native',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/callback'],
  token_endpoint_auth_method: 'none',
};

function keyedMetadata(clients: ClientKeys): readonly ClientMetadata[] {
  return [...new Set(DEMO_USERS.map(clientOf))].map((client) => ({
    client_id: client,
    grant_types: [client === PEOPLE_CLIENT ? DEMO_USER_GRANT : 'client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'EdDSA',
    jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: clients[client] ?? '', alg: 'EdDSA', use: 'sig' }] },
  }));
}

function resourceServer(audience: string, kid: string): ResourceServer {
  return {
    scope: SCOPE,
    audience,
    accessTokenFormat: 'jwt',
    accessTokenTTL: TOKEN_SECONDS,
    jwt: { sign: { alg: 'EdDSA', kid } },
  };
}

/** What a token says besides who and until when; nothing for a name that nobody has. */
function claimsOf(name: string | undefined, signedInAgo: number): Record<string, unknown> | undefined {
  const user: DemoUser | null = demoUser(name ?? '');
  if (user === null) return undefined;
  // Nobody is asked who they are here; a real issuer says `phr` or `phrh` only of a sign-in that cannot be phished, and when it was.
  const signedInAt = Math.floor(Date.now() / 1000) - signedInAgo * 60;
  const signedIn = user.kind === 'PERSON' ? { acr: 'phr', auth_time: signedInAt } : {};
  const unit = user.unit === null ? {} : { unit: user.unit };
  return { org: user.organisation, roles: [...user.roles], ...unit, ...signedIn };
}

/** Minutes of a day in a parameter that a client sent; null for anything else, also for none. */
function minutesIn(value: unknown): number | null {
  return typeof value === 'string' && /^(?:0|[1-9]\d{0,2}|1[0-3]\d{2}|14[0-3]\d)$/.test(value) ? Number(value) : null;
}

/** The grant by which the one client of the command line gets a token of the person that it names. */
function grantToDemoUsers(provider: Provider, { errors }: Library, api: ResourceServer, tokenEndpoint: string): void {
  const proofs = bindingProofs(tokenEndpoint);
  provider.registerGrantType<{ readonly username?: string; readonly [SIGNED_IN_AGO]?: string }>(
    DEMO_USER_GRANT,
    async (context) => {
      const { client, params } = context.oidc;
      const user = demoUser(params.username ?? '');
      if (user?.kind !== 'PERSON') throw new errors.InvalidGrant('unknown user');
      const signedInAgo = params[SIGNED_IN_AGO];
      if (signedInAgo !== undefined && minutesIn(signedInAgo) === null)
        throw new errors.InvalidRequest('minutes of a day were expected');
      const proof = context.get('dpop');
      const key = proof === '' ? null : await proofs.keyIn(proof);
      if (proof !== '' && key === null) throw new errors.InvalidDpopProof('the proof is none');
      const token = new provider.AccessToken({
        accountId: user.name,
        client,
        grantId: 'demo-user',
        gty: 'demo-user',
        scope: SCOPE,
      });
      token.resourceServer = new provider.ResourceServer(API, api);
      if (key !== null) token.setThumbprint('jkt', key);
      const type = key === null ? 'Bearer' : 'DPoP';
      context.body = { access_token: await token.save(), token_type: type, expires_in: token.expiration };
    },
    ['username', 'scope', 'resource', SIGNED_IN_AGO],
  );
}

async function quietly<Value>(logger: Logger, work: () => Promise<Value>): Promise<Value> {
  const { info, warn } = console;
  const note = (notice: unknown): void => logger.debug({ reason: String(notice) }, 'the library says');
  Object.assign(console, { info: note, warn: note });
  try {
    return await work();
  } finally {
    Object.assign(console, { info, warn });
  }
}
