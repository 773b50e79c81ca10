// The identity provider as it is delivered, in its own process: every demo user gets a token that says what it must, and nobody gets one
// in another's name.

import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { principalOf } from '../../../../shared/access/principal';
import { loadKeyFile } from '../../../../shared/audit-log/key-file';
import { createTokenCheck } from '../../../../shared/identity/token-check';
import { DEMO_USERS, type DemoUser, PEOPLE_CLIENT } from '../../../../shared/local-network/demo-users';
import { newProofKey } from '../../../../shared/local-network/proof-key';
import { DEMO_USER_GRANT, requestToken, SIGNED_IN_AGO } from '../../../../shared/local-network/token-request';
import { startIdentity, type TestIdentity } from '../../../support/identity';
import { runWith } from '../../../support/network';
import { PROJECT_ROOT } from '../../../support/project-root';

let identity: TestIdentity;

beforeAll(async () => {
  identity = await startIdentity();
});

afterAll(async () => {
  await identity?.stop();
});

const verified = async (token: string): Promise<JWTPayload> => {
  const keys = createRemoteJWKSet(new URL(`${identity.issuer}/jwks`));
  const { payload } = await jwtVerify(token, keys, {
    issuer: identity.issuer,
    audience: 'senim',
    typ: 'at+jwt',
    algorithms: ['EdDSA'],
    maxTokenAge: '10m',
  });
  return payload;
};

const keyIds = async (): Promise<readonly string[]> => {
  const { keys } = (await (await fetch(`${identity.issuer}/jwks`)).json()) as {
    readonly keys: readonly { readonly kid: string }[];
  };
  return keys.map((key) => key.kid);
};

/** What the token endpoint answers to a client that says who it is with this assertion. */
async function asked(
  form: Readonly<Record<string, string>>,
  client: string,
  odd: {
    readonly key?: string;
    readonly audience?: string;
    readonly expiresIn?: number;
    readonly jti?: string;
  } = {},
): Promise<readonly [number, string]> {
  const now = Math.floor(Date.now() / 1000);
  const { privateKey } = loadKeyFile(identity.clientKeyFile(odd.key ?? client));
  const assertion = await new SignJWT({ jti: odd.jti ?? randomUUID() })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(odd.audience ?? identity.issuer)
    .setIssuedAt(now - 120)
    .setExpirationTime(now + (odd.expiresIn ?? 60))
    .sign(privateKey);
  const response = await fetch(identity.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      ...form,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  });
  const body = (await response.json()) as { readonly error?: string; readonly access_token?: string };
  return [response.status, body.error ?? (body.access_token === undefined ? '' : 'a token')];
}

const PERSON = { grant_type: DEMO_USER_GRANT, username: 'investigator-1' };
const MACHINE = { grant_type: 'client_credentials' };
const [SUPERVISOR] = DEMO_USERS.filter(({ name }) => name === 'supervisor-1') as [DemoUser];

describe('a token', () => {
  test.each(DEMO_USERS.map((user) => [user.name, user] as const))(
    'of %s says who it is, and is checked by jose',
    async (name, user) => {
      const claims = await verified(await identity.tokenOf(name));
      expect(claims).toMatchObject({
        sub: name,
        org: user.organisation,
        roles: user.roles,
        client_id: user.kind === 'PERSON' ? PEOPLE_CLIENT : name,
      });
      expect(claims.unit).toBe(user.unit ?? undefined);
      expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(600);
      const principal = principalOf(claims);
      expect(principal.ok && [principal.value.person, principal.value.unit]).toEqual([name, user.unit]);
    },
  );

  test('names its algorithm, its type and its key, and is another one each time', async () => {
    const tokens = await Promise.all([identity.tokenOf('supervisor-1'), identity.tokenOf('supervisor-1')]);
    const [kid] = await keyIds();
    for (const token of tokens) expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid });
    const ids = await Promise.all(tokens.map(async (token) => (await verified(token)).jti));
    expect(new Set(ids).size).toBe(2);
  });

  test('needs no name of the API, and takes no other', async () => {
    expect(await asked(MACHINE, 'bank-1')).toEqual([200, 'a token']);
    expect(await asked({ ...MACHINE, resource: 'urn:senim:api' }, 'bank-1')).toEqual([200, 'a token']);
  });
});

describe('a token of a person', () => {
  test('is of a sign-in now, or of one so many minutes ago', async () => {
    const ageOf = async (signedInAgo?: number): Promise<number> => {
      const options = signedInAgo === undefined ? {} : { signedInAgo };
      const claims = await verified(await identity.tokenOf('supervisor-1', options));
      expect(claims.acr).toBe('phr');
      return (claims.iat ?? 0) - Number(claims.auth_time);
    };
    expect(await ageOf()).toBeLessThan(2);
    const aged = await ageOf(20);
    expect([1_199, 1_200, 1_201]).toContain(aged);
    for (const odd of ['-1', '1.5', '1440', 'x', '']) {
      const told = await asked({ ...PERSON, [SIGNED_IN_AGO]: odd }, PEOPLE_CLIENT);
      // A parameter without a value counts as one that was not sent.
      expect([odd, told]).toEqual([odd, odd === '' ? [200, 'a token'] : [400, 'invalid_request']]);
    }
  });

  test('is bound to the key that proves itself, and to none that does not', async () => {
    const key = await newProofKey();
    const { cnf } = await verified(await identity.tokenOf('supervisor-1', { boundTo: key }));
    expect(cnf).toEqual({ jkt: key.thumbprint });
    expect((await verified(await identity.tokenOf('supervisor-1'))).cnf).toBeUndefined();
    const once = await key.proofFor({ url: identity.tokenEndpoint });
    const proofs = [once, once, await key.proofFor({ url: identity.issuer }), 'x', 'x'.repeat(5_000)];
    const outcomes: string[] = [];
    for (const proof of proofs) {
      const told = await requestToken({
        issuer: identity.issuer,
        tokenEndpoint: identity.tokenEndpoint,
        user: SUPERVISOR,
        keysFolder: identity.keysFolder,
        boundTo: { thumbprint: key.thumbprint, proofFor: async () => proof },
      });
      outcomes.push(told.ok ? 'a token' : told.error);
    }
    expect(outcomes).toEqual(['a token', 'REFUSED', 'REFUSED', 'REFUSED', 'REFUSED']);
  });
});

describe('nobody gets a token', () => {
  test('in the name of a user that is not there, or is a machine', async () => {
    for (const username of ['nobody', '', 'bank-1', '__proto__']) {
      expect(await asked({ ...PERSON, username }, PEOPLE_CLIENT)).toEqual([400, 'invalid_grant']);
    }
    expect(await asked({ grant_type: DEMO_USER_GRANT }, PEOPLE_CLIENT)).toEqual([400, 'invalid_grant']);
  });

  test('with the key of another client', async () => {
    expect(await asked(MACHINE, 'afc-dispatcher', { key: 'bank-1' })).toEqual([401, 'invalid_client']);
    expect(await asked(PERSON, PEOPLE_CLIENT, { key: 'bank-1' })).toEqual([401, 'invalid_client']);
  });

  test('by a grant that is not the client’s', async () => {
    expect(await asked(PERSON, 'afc-dispatcher')).toEqual([400, 'invalid_request']);
    expect(await asked(MACHINE, PEOPLE_CLIENT)).toEqual([400, 'invalid_request']);
    expect(await asked({ grant_type: 'password', username: 'admin-1', password: 'x' }, PEOPLE_CLIENT)).toEqual([
      400,
      'unsupported_grant_type',
    ]);
  });

  test('with an assertion that has ended, was used before, or is for somebody else', async () => {
    expect(await asked(MACHINE, 'portal-1', { expiresIn: -30 })).toEqual([401, 'invalid_client']);
    expect(await asked(MACHINE, 'portal-1', { audience: 'http://127.0.0.1:1' })).toEqual([401, 'invalid_client']);
    expect(await asked(MACHINE, 'portal-1', { jti: 'once' })).toEqual([200, 'a token']);
    expect(await asked(MACHINE, 'portal-1', { jti: 'once' })).toEqual([401, 'invalid_client']);
  });

  test('without an assertion', async () => {
    const response = await fetch(identity.tokenEndpoint, {
      method: 'POST',
      body: new URLSearchParams({ ...PERSON, client_id: PEOPLE_CLIENT }),
    });
    expect([response.status, await response.json()]).toMatchObject([401, { error: 'invalid_client' }]);
  });
});

describe('the authorization code', () => {
  const asking = (more: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(
      `${identity.issuer}/auth?${new URLSearchParams({
        client_id: 'demo-console',
        response_type: 'code',
        redirect_uri: 'http://127.0.0.1:5173/callback',
        scope: 'openid api',
        state: 's',
        ...more,
      })}`,
      { redirect: 'manual' },
    );

  test('is begun with PKCE and S256 alone', async () => {
    const begun = await asking({ code_challenge: 'A'.repeat(43), code_challenge_method: 'S256' });
    expect([begun.status, begun.headers.get('location')]).toEqual([303, '/sign-in']);
    const odd: readonly Readonly<Record<string, string>>[] = [
      {},
      { code_challenge: 'A'.repeat(43), code_challenge_method: 'plain' },
    ];
    for (const more of odd) {
      const refused = await asking(more);
      expect(refused.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:5173\/callback\?error=invalid_request/);
    }
  });

  test('goes to no address but the console’s own', async () => {
    const refused = await asking({ redirect_uri: 'http://example.com/callback', code_challenge: 'A'.repeat(43) });
    expect([refused.status, refused.headers.get('location'), await refused.text()]).toEqual([
      400,
      null,
      'invalid_redirect_uri\n',
    ]);
  });

  test('has no page to sign in at, which says so', async () => {
    const response = await fetch(`${identity.issuer}/sign-in`);
    expect(response.status).toBe(501);
    expect(await response.text()).toMatch(/no page to sign in at/);
  });
});

describe('the process', () => {
  test('tells its addresses', async () => {
    const response = await fetch(`${identity.issuer}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({
      issuer: identity.issuer,
      token_endpoint: identity.tokenEndpoint,
      jwks_uri: `${identity.issuer}/jwks`,
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
      token_endpoint_auth_signing_alg_values_supported: ['EdDSA'],
    });
  });

  test('prints JSON lines and nothing that a library says', () => {
    for (const line of identity.output().trimEnd().split('\n'))
      expect(line[0] === '{' ? JSON.parse(line) : line).toMatchObject({ name: 'identity' });
    expect(identity.output()).not.toMatch(/WARNING|NOTICE|runtime/);
  });

  test('signs with a new key after a rotation, and publishes the old one until it is dropped', async () => {
    const [first] = await keyIds();
    const old = await identity.tokenOf('analyst-1');
    await identity.rotate();
    const ids = await keyIds();
    expect([ids.length, ids[1]]).toEqual([2, first]);
    const fresh = await identity.tokenOf('analyst-1');
    expect(decodeProtectedHeader(fresh).kid).toBe(ids[0]);
    for (const token of [old, fresh]) expect((await verified(token)).sub).toBe('analyst-1');
    await identity.rotate({ dropsOld: true });
    await expect(verified(old)).rejects.toThrow(/no applicable key/);
  });

  test('is followed by the check of the programs: through a rotation, a silence and a dropped key', async () => {
    const pace = { cooldownMs: 0, retryMs: 0, refreshMs: 0, timeoutMs: 3_000 };
    const { check, stop } = createTokenCheck({ issuer: identity.issuer, audience: identity.audience, pace });
    const outcome = async (token: string): Promise<string | null> => {
      const checked = await check(`Bearer ${token}`);
      return checked.ok ? (checked.value?.person ?? null) : checked.error;
    };
    try {
      const old = await identity.tokenOf('supervisor-2');
      expect(await outcome(old)).toBe('supervisor-2');
      await identity.rotate();
      const fresh = await identity.tokenOf('appeals-1');
      expect([await outcome(fresh), await outcome(old)]).toEqual(['appeals-1', 'supervisor-2']);
      await identity.pause();
      expect(await outcome(fresh)).toBe('appeals-1');
      await identity.resume();
      await identity.rotate({ dropsOld: true });
      const last = await identity.tokenOf('portal-1');
      expect([await outcome(last), await outcome(old)]).toEqual(['portal-1', 'UNAUTHENTICATED']);
    } finally {
      stop();
    }
  });

  test('does not start without a key, or without the keys of all clients', async () => {
    const main = join(PROJECT_ROOT, 'dist/shared/local-network/identity/main.js');
    const signing = join(identity.keysFolder, 'identity');
    const clients = join(identity.keysFolder, 'some.json');
    writeFileSync(clients, JSON.stringify({ 'bank-1': 'A'.repeat(43) }));
    try {
      const environment = { PORT: '0', IDENTITY_KEYS_DIR: signing, IDENTITY_CLIENTS_FILE: clients };
      const { exitCode, stderr } = await runWith(main, ['serve'], environment);
      expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^The file of the clients \S+ lacks demo-cli, /)]);
      const without = await runWith(main, ['serve'], { ...environment, IDENTITY_KEYS_DIR: join(signing, 'none') });
      expect([without.exitCode, without.stderr]).toEqual([
        1,
        expect.stringMatching(/^The folder \S+ holds no key signing-1\.pem\.\n$/),
      ]);
      const open = await runWith(main, ['serve'], {});
      expect([open.exitCode, open.stderr.trimEnd().split('\n')]).toEqual([
        1,
        ['IDENTITY_KEYS_DIR is missing.', 'PORT is missing.', 'IDENTITY_CLIENTS_FILE is missing.'],
      ]);
    } finally {
      rmSync(clients);
    }
  });
});
