// Claims as an issuer sends them, and as somebody who is not quite the issuer would write them.

import { describe, expect, test } from '@jest/globals';
import { hasRole, isFreshlySignedIn, principalOf } from '../../../shared/access/principal';

const CLAIMS = {
  sub: 'investigator-1',
  org: 'afc',
  roles: ['INVESTIGATOR', 'SUPERVISOR'],
  unit: 'almaty-1',
  client_id: 'demo-cli',
  exp: 1_790_000_000,
};
const of = (changes: object) => principalOf({ ...CLAIMS, ...changes });
const refusal = (changes: object) => {
  const outcome = of(changes);
  return outcome.ok ? 'ACCEPTED' : outcome.error;
};

describe('claims', () => {
  test('of a person name who they are', () => {
    expect(principalOf(CLAIMS)).toEqual({
      ok: true,
      value: {
        person: 'investigator-1',
        organisation: 'afc',
        roles: ['INVESTIGATOR', 'SUPERVISOR'],
        unit: 'almaty-1',
        client: 'demo-cli',
        expiresAt: '2026-09-21T14:13:20.000Z',
        strongSince: null,
      },
    });
  });

  test('of a machine have no unit', () => {
    const machine = of({ sub: 'operator-kcell', org: 'kcell', roles: ['OPERATOR'], unit: undefined });
    expect(machine).toMatchObject({ ok: true, value: { unit: null, roles: ['OPERATOR'] } });
  });

  test('without any role are of somebody who may do nothing', () => {
    const nobody = of({ roles: [] });
    expect(nobody.ok && hasRole(nobody.value, 'INVESTIGATOR', 'ADMIN')).toBe(false);
  });
});

describe('claims of a wrong form are nobody', () => {
  test.each<[string, object]>([
    ['a role as a text', { roles: 'ADMIN' }],
    ['roles as an object', { roles: { 0: 'ADMIN', length: 1 } }],
    ['a role in a list in a list', { roles: [['ADMIN']] }],
    ['the same role twice', { roles: ['ADMIN', 'ADMIN'] }],
    ['no roles', { roles: undefined }],
    ['no person', { sub: undefined }],
    ['an empty person', { sub: '' }],
    ['a person with a line break', { sub: 'a\nb' }],
    ['a person that is a number', { sub: 1 }],
    ['two organisations', { org: ['afc', 'kcell'] }],
    ['an organisation in capitals', { org: 'AFC' }],
    ['no client', { client_id: undefined }],
    ['a unit that is a number', { unit: 1 }],
    ['an end that is a text', { exp: '1790000000' }],
    ['an end in fractions', { exp: 1_790_000_000.5 }],
    ['an end that no calendar has', { exp: Number.MAX_SAFE_INTEGER }],
  ])('%s', (_what, changes) => {
    expect(['MALFORMED', 'UNKNOWN_ROLE']).toContain(refusal(changes));
  });

  test.each([[null], ['text'], [[CLAIMS]], [undefined]])('%p', (claims) => {
    expect(principalOf(claims).ok).toBe(false);
  });
});

describe('roles', () => {
  test.each([['ADMIN '], ['admin'], ['АDMIN'], ['SYSTEM'], ['ROOT'], ['__proto__'], ['']])(
    'that are not of the list refuse all of them: %p',
    (role) => {
      expect(refusal({ roles: ['INVESTIGATOR', role] })).toBe('UNKNOWN_ROLE');
    },
  );

  test.each([['AUDITOR'], ['ADMIN'], ['DISPATCHER']])('that are held alone are refused beside another: %s', (role) => {
    expect(refusal({ roles: [role] })).toBe('ACCEPTED');
    expect(refusal({ roles: [role, 'INVESTIGATOR'] })).toBe('ROLES_EXCLUDE');
  });

  test('of the bank come from nobody else, and those of others not from the bank', () => {
    expect(refusal({ org: 'kcell', roles: ['SUPERVISOR'] })).toBe('ROLE_OF_OTHERS');
    expect(refusal({ org: 'kcell', roles: ['DISPATCHER'] })).toBe('ROLE_OF_OTHERS');
    expect(refusal({ org: 'afc', roles: ['OPERATOR'] })).toBe('ROLE_OF_OTHERS');
    expect(refusal({ org: 'bank-1', roles: ['BANK'] })).toBe('ACCEPTED');
  });
});

describe('a strong sign-in', () => {
  const second = 1_780_000_000;
  const claims = { sub: 'supervisor-1', org: 'afc', roles: ['SUPERVISOR'], client_id: 'demo', exp: second + 600 };
  const sinceOf = (more: object): string | null => {
    const principal = principalOf({ ...claims, ...more });
    return principal.ok ? principal.value.strongSince : principal.error;
  };
  const isFresh = (more: object, nowSecond: number): boolean => {
    const principal = principalOf({ ...claims, ...more });
    return principal.ok && isFreshlySignedIn(principal.value, nowSecond * 1000);
  };

  test('is one that cannot be phished, and says when it was', () => {
    expect(sinceOf({ acr: 'phr', auth_time: second })).toBe(new Date(second * 1000).toISOString());
    expect(sinceOf({ acr: 'phrh', auth_time: second })).toBe(new Date(second * 1000).toISOString());
    for (const weak of [
      {},
      { acr: 'phr' },
      { auth_time: second },
      { acr: '1', auth_time: second },
      { acr: 'PHR', auth_time: second },
    ]) {
      expect(sinceOf(weak)).toBeNull();
    }
  });

  test('refuses the claims when it is told in another form', () => {
    for (const bad of [
      { acr: ['phr'] },
      { acr: 1 },
      { auth_time: String(second) },
      { auth_time: 0 },
      { auth_time: 1.5 },
    ]) {
      expect(sinceOf(bad)).toBe('MALFORMED');
    }
  });

  test('is fresh for a quarter of an hour', () => {
    const strong = { acr: 'phr', auth_time: second };
    expect(isFresh(strong, second)).toBe(true);
    expect(isFresh(strong, second + 900)).toBe(true);
    expect(isFresh(strong, second + 901)).toBe(false);
    expect(isFresh(strong, second - 5)).toBe(true);
    expect(isFresh(strong, second - 6)).toBe(false);
    expect(isFresh({ auth_time: second }, second)).toBe(false);
  });
});
