// The gateway's context: signed once, believed for a minute, and refused in every other spelling. What it says fits its form or it says
// nothing.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { GatewayContext } from '../../../shared/access/gateway-context';
import { principalOf } from '../../../shared/access/principal';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { signCompactJws } from '../../../shared/audit/compact-jws';
import {
  believedContext,
  CONTEXT_LIFE_MS,
  CONTEXT_TYPE,
  createContextCheck,
  loadGatewayKeys,
  pseudonymOf,
  signContext,
} from '../../../shared/identity/gateway-context';
import { msToInstant } from '../../../shared/vocabulary/instant';
import { gatewayTrust } from '../../support/gateway-trust';
import { claimsOf } from '../../support/token-issuer';
import { keyPair } from '../audit-log/log-keys';

const folder = mkdtempSync(join(tmpdir(), 'senim-context-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KEY = keyPair('gateway');
const NOW = Date.UTC(2026, 10, 23, 3, 0, 0);
const CONTEXT: GatewayContext = {
  requestId: '6f1c2f2e-6d5f-4c7e-9d5a-0a3f0c9b1e11',
  deadline: msToInstant(NOW + 2_000),
  caseId: '0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10',
  purpose: 'INVESTIGATION',
  actor: 'abcdefghijklmnopqrstuv',
};
const checkAt = (nowMs: number, keys = [KEY.publicKey]) => createContextCheck(keys, () => nowMs);
const PAYLOAD = JSON.parse(Buffer.from(signContext(CONTEXT, KEY, NOW).split('.')[1] ?? '', 'base64url').toString());
const { actor: _actor, ...WITHOUT_ACTOR } = PAYLOAD;
const signedPayload = (payload: unknown, typ = CONTEXT_TYPE) =>
  signCompactJws(
    {
      kid: KEY.publicKey.keyId,
      typ,
      payload: Buffer.from(typeof payload === 'string' ? payload : canonicalJson(payload)),
    },
    KEY.privateKey,
  );

describe('a context', () => {
  test('says to its reader what the gateway said', () => {
    expect(checkAt(NOW).check([signContext(CONTEXT, KEY, NOW)])).toEqual({ ok: true, value: CONTEXT });
    const nobody = { ...CONTEXT, caseId: null, purpose: null, actor: null };
    expect(checkAt(NOW).check([signContext(nobody, KEY, NOW)])).toEqual({ ok: true, value: nobody });
  });

  test('is the same short line for the same request', () => {
    expect(signContext(CONTEXT, KEY, NOW)).toBe(signContext(CONTEXT, KEY, NOW));
    expect(signContext(CONTEXT, KEY, NOW).length).toBeLessThan(700);
  });

  test('is none when none was sent, which is not refused', () => {
    expect(checkAt(NOW).check(undefined)).toEqual({ ok: true, value: null });
    expect(checkAt(NOW).check([])).toEqual({ ok: true, value: null });
  });

  test('is good for a minute and what clocks may differ by, remembered or not', () => {
    const line = signContext(CONTEXT, KEY, NOW);
    let nowMs = NOW;
    const check = createContextCheck([KEY.publicKey], () => nowMs);
    for (const [offsetMs, isGood] of [
      [0, true],
      [-4_000, true],
      [-6_000, false],
      [CONTEXT_LIFE_MS + 4_000, true],
      [CONTEXT_LIFE_MS + 5_000, false],
    ] as const) {
      nowMs = NOW + offsetMs;
      expect([offsetMs, check.check([line]).ok]).toEqual([offsetMs, isGood]);
      expect([offsetMs, checkAt(nowMs).check([line]).ok]).toEqual([offsetMs, isGood]);
    }
  });

  test('stays right over more lines than are remembered', () => {
    const check = checkAt(NOW);
    const first = signContext(CONTEXT, KEY, NOW);
    expect(check.check([first]).ok).toBe(true);
    for (let ordinal = 0; ordinal < 1_100; ordinal += 1) {
      const requestId = `6f1c2f2e-6d5f-4c7e-9d5a-${String(ordinal).padStart(12, '0')}`;
      expect(check.check([signContext({ ...CONTEXT, requestId }, KEY, NOW)]).ok).toBe(true);
    }
    expect(check.check([first]).ok).toBe(true);
    expect(check.check([`${first.slice(0, -2)}AA`]).ok).toBe(false);
  });

  test('refuses the request by a fixed code when it is not believed', () => {
    expect(() => believedContext(checkAt(NOW).check(['forged']))).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    );
    expect(believedContext(checkAt(NOW).check(undefined))).toBeNull();
  });
});

describe('a line is refused', () => {
  test.each<[string, () => readonly string[]]>([
    ['twice', () => [signContext(CONTEXT, KEY, NOW), signContext(CONTEXT, KEY, NOW)]],
    ['by another key', () => [signContext(CONTEXT, keyPair('other'), NOW)]],
    [
      'by another key under this name',
      () => [signContext(CONTEXT, { ...keyPair('other'), publicKey: KEY.publicKey }, NOW)],
    ],
    ['of another type', () => [signedPayload(PAYLOAD, 'senim-order+jws')]],
    ['of a longer life', () => [signedPayload({ ...PAYLOAD, exp: msToInstant(NOW + 600_000) })]],
    ['of a shorter life', () => [signedPayload({ ...PAYLOAD, exp: PAYLOAD.iat })]],
    ['of another version', () => [signedPayload({ ...PAYLOAD, v: 2 })]],
    ['with a member more', () => [signedPayload({ ...PAYLOAD, roles: ['ADMIN'] })]],
    ['with a member less', () => [signedPayload(WITHOUT_ACTOR)]],
    ['with a member twice', () => [signedPayload(canonicalJson(PAYLOAD).replace('{', '{"actor":null,'))]],
    ['with a name for the actor', () => [signedPayload({ ...PAYLOAD, actor: 'supervisor-1' })]],
    ['with a purpose that nobody has', () => [signedPayload({ ...PAYLOAD, purpose: 'CURIOSITY' })]],
    ['with a case that is no id', () => [signedPayload({ ...PAYLOAD, case: 'case-1' })]],
    ['with a request that is no id', () => [signedPayload({ ...PAYLOAD, request: '1' })]],
    ['with a time in another spelling', () => [signedPayload({ ...PAYLOAD, iat: '2026-11-23T03:00:00Z' })]],
    ['with a deadline that is a number', () => [signedPayload({ ...PAYLOAD, deadline: NOW })]],
    ['that is a list', () => [signedPayload([])]],
    ['that is not JSON', () => [signedPayload('text')]],
    ['that is empty', () => ['']],
    ['that is huge', () => ['a'.repeat(100_000)]],
  ])('%s', (_what, values) => {
    expect(checkAt(NOW).check(values())).toEqual({ ok: false, error: 'UNAUTHENTICATED' });
  });

  test('of any kind when no gateway is known', () => {
    expect(checkAt(NOW, []).check([signContext(CONTEXT, KEY, NOW)]).ok).toBe(false);
  });
});

describe('the keys of the gateway', () => {
  test('are those that the root of trust names for the bank', () => {
    const { rootFile, key } = gatewayTrust(folder);
    expect(loadGatewayKeys(rootFile).map(({ keyId }) => keyId)).toEqual([key.publicKey.keyId]);
  });

  test('cannot be had from a file that is none, which is one plain sentence', () => {
    const file = join(folder, 'nothing.json');
    writeFileSync(file, '{}');
    for (const path of [file, join(folder, 'missing.json')]) {
      expect(() => loadGatewayKeys(path)).toThrow(`The root of trust ${path} cannot be used.`);
    }
  });
});

describe('a pseudonym', () => {
  const principal = (user: string) => {
    const named = principalOf(claimsOf(user));
    if (!named.ok) throw new Error(named.error);
    return named.value;
  };

  test('is the same for one person under one key, and says nothing without it', () => {
    const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const name = pseudonymOf(principal('investigator-1'), key);
    expect(name).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(pseudonymOf(principal('investigator-1'), key)).toBe(name);
    expect(pseudonymOf(principal('investigator-2'), key)).not.toBe(name);
    expect(pseudonymOf(principal('investigator-1'), other)).not.toBe(name);
  });
});
