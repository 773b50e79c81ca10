// A machine signs in at the identity provider of the local network, run as its own process, and what it gets is believed. The provider is
// stopped, changes its keys and comes back, as a real one does.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { KEY_PACE } from '../../../shared/identity/issuer-keys';
import { createMachineSignIn } from '../../../shared/identity/machine-sign-in';
import { createTokenCheck } from '../../../shared/identity/token-check';
import { DEMO_USERS } from '../../../shared/local-network/demo-users';
import { startIdentity, type TestIdentity } from '../../support/identity';

let identity: TestIdentity;
let nowMs = Date.now();

beforeAll(async () => {
  identity = await startIdentity();
}, 60_000);

afterAll(async () => {
  await identity?.stop();
});

const checkOf = () => createTokenCheck({ issuer: identity.issuer, audience: identity.audience, nowMs: () => nowMs });
const signInAs = (clientId: string, changes: object = {}) =>
  createMachineSignIn({
    tokenEndpoint: identity.tokenEndpoint,
    clientId,
    keyFile: identity.clientKeyFile(clientId),
    audience: identity.issuer,
    nowMs: () => nowMs,
    ...changes,
  });

describe('a machine', () => {
  test('gets a token that says who it is, and keeps it until shortly before its end', async () => {
    const machine = signInAs('afc-dispatcher');
    const [token, again] = await Promise.all([machine.token(), machine.token()]);
    expect(again).toBe(token);
    expect(await checkOf().check(`Bearer ${token}`)).toMatchObject({
      ok: true,
      value: {
        person: 'afc-dispatcher',
        organisation: 'afc',
        roles: ['DISPATCHER'],
        unit: null,
        client: 'afc-dispatcher',
      },
    });
    nowMs += 500_000;
    expect(await machine.token()).toBe(token);
    nowMs += 60_000;
    expect(await machine.token()).not.toBe(token);
    nowMs = Date.now();
  });

  test('asks for another one after it was refused', async () => {
    const machine = signInAs('operator-kcell');
    const token = await machine.token();
    machine.forget();
    expect(await machine.token()).not.toBe(token);
  });

  test('gets none with the key of another, or for another endpoint', async () => {
    const wrong = [
      { keyFile: identity.clientKeyFile('operator-kcell') },
      { audience: 'https://elsewhere.invalid' },
      { tokenEndpoint: `${identity.issuer}/nowhere` },
      { tokenEndpoint: 'http://127.0.0.1:1/token' },
    ];
    for (const changes of wrong) {
      await expect(signInAs('afc-dispatcher', changes).token()).rejects.toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE' });
    }
  });

  test.each([
    ['no token', {}],
    ['a token of another kind', { access_token: 'a', token_type: 'DPoP', expires_in: 600 }],
    ['a token that is a number', { access_token: 1, token_type: 'Bearer', expires_in: 600 }],
    ['a list', []],
  ])('believes no answer with %s', async (_what, answer) => {
    const deceiver = createServer((_request, response) => response.end(JSON.stringify(answer)));
    await new Promise<void>((resolve) => deceiver.listen(0, '127.0.0.1', resolve));
    const tokenEndpoint = `http://127.0.0.1:${(deceiver.address() as AddressInfo).port}/token`;
    try {
      await expect(signInAs('bank-1', { tokenEndpoint }).token()).rejects.toMatchObject({
        code: 'SUBGRAPH_UNAVAILABLE',
      });
    } finally {
      await new Promise((resolve) => deceiver.close(resolve));
    }
  });

  test('sends no assertion over a far connection that is not encrypted', () => {
    expect(() => signInAs('bank-1', { tokenEndpoint: 'http://192.0.2.1/token' })).toThrow('https');
  });
});

describe("the provider's tokens", () => {
  test('are believed for every demo user, each with its own roles', async () => {
    const check = checkOf();
    for (const user of DEMO_USERS) {
      expect(await check.check(`Bearer ${await identity.tokenOf(user.name)}`)).toMatchObject({
        ok: true,
        value: { person: user.name, organisation: user.organisation, roles: user.roles, unit: user.unit },
      });
    }
  });

  test('go on over a change of keys and over a provider that is away', async () => {
    const check = checkOf();
    const codeOf = async (token: string) => {
      const outcome = await check.check(`Bearer ${token}`);
      return outcome.ok ? (outcome.value?.person ?? null) : outcome.error;
    };
    const [old, late] = await Promise.all([identity.tokenOf('supervisor-1'), identity.tokenOf('supervisor-2')]);
    expect(await codeOf(old)).toBe('supervisor-1');
    await identity.rotate();
    const fresh = await identity.tokenOf('supervisor-1');
    expect(await codeOf(fresh)).toBe('supervisor-1');
    expect(await codeOf(old)).toBe('supervisor-1');
    await identity.pause();
    expect(await codeOf(late)).toBe('supervisor-2');
    await identity.resume();
    await identity.rotate({ dropsOld: true });
    nowMs += KEY_PACE.cooldownMs;
    expect(await codeOf(await identity.tokenOf('supervisor-1'))).toBe('supervisor-1');
    expect(await codeOf(fresh)).toBe('UNAUTHENTICATED');
    nowMs = Date.now();
  }, 60_000);
});
