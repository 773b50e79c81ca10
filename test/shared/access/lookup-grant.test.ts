// The lookup grant: one form, one key, one operator, one minute; and it opens what it names and nothing beside it.

import { describe, expect, test } from '@jest/globals';
import {
  GRANT_LIFE_MS,
  GRANT_TYPE,
  type Grant,
  grantAllows,
  isCoordinate,
  MOST_FIELDS,
  MOST_SUBJECTS,
  openGrant,
  parseSubjectKey,
  signGrant,
  subjectKey,
} from '../../../shared/access/lookup-grant';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { signCompactJws } from '../../../shared/audit/compact-jws';
import { msToInstant } from '../../../shared/vocabulary/instant';
import { keyPair } from '../audit-log/log-keys';

const KEY = keyPair('grant');
const OTHER = keyPair('gateway');
const NOW_MS = Date.UTC(2026, 10, 23, 3, 0, 0);
const TENURE = 'OperatorTenure:+77011234567:2024-01-31T19:00:00.000Z';
const GRANT: Grant = {
  jti: '6f1c2f2e-6d5f-4c7e-9d5a-0a3f0c9b1e11',
  audience: 'kcell',
  actor: 'abcdefghijklmnopqrstuv',
  role: 'INVESTIGATOR',
  caseId: '0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10',
  purpose: 'INVESTIGATION',
  class: 'CLEAR',
  subjects: [TENURE],
  fields: ['LineContract.subscriber', 'Subscriber.iin'],
  issuedAt: msToInstant(NOW_MS),
  expiresAt: msToInstant(NOW_MS + GRANT_LIFE_MS),
};
const keyOf = (keyId: string) => (keyId === KEY.publicKey.keyId ? KEY.publicKey : null);
const openAt = (text: string, nowMs = NOW_MS, audience = 'kcell') =>
  openGrant(text, keyOf, { audience, now: msToInstant(nowMs) });
const refusal = (text: string, nowMs?: number, audience?: string) => {
  const opened = openAt(text, nowMs, audience);
  return opened.ok ? null : opened.error;
};
const PAYLOAD = JSON.parse(Buffer.from(signGrant(GRANT, KEY).split('.')[1] ?? '', 'base64url').toString());
const signedPayload = (payload: unknown, { key = KEY, typ = GRANT_TYPE } = {}) =>
  signCompactJws(
    {
      kid: key.publicKey.keyId,
      typ,
      payload: Buffer.from(typeof payload === 'string' ? payload : canonicalJson(payload)),
    },
    key.privateKey,
  );

describe('a grant', () => {
  test('is read back as it was signed, and the same grant is the same text', () => {
    expect(openAt(signGrant(GRANT, KEY))).toEqual({ ok: true, value: GRANT });
    expect(signGrant(GRANT, KEY)).toBe(signGrant(GRANT, KEY));
  });

  test('is for one operator, and for its minute with five seconds of difference between clocks', () => {
    const text = signGrant(GRANT, KEY);
    expect(refusal(text, NOW_MS, 'beeline')).toBe('WRONG_AUDIENCE');
    expect(refusal(text, NOW_MS - 5_000)).toBeNull();
    expect(refusal(text, NOW_MS - 5_001)).toBe('NOT_YET');
    expect(refusal(text, NOW_MS + GRANT_LIFE_MS + 4_999)).toBeNull();
    expect(refusal(text, NOW_MS + GRANT_LIFE_MS + 5_000)).toBe('EXPIRED');
  });

  test('by a key that is not known, or by another key under a known name, is none', () => {
    expect(refusal(signGrant(GRANT, OTHER))).toBe('UNKNOWN_KEY');
    const payload = Buffer.from(canonicalJson(PAYLOAD));
    const stolenName = { kid: KEY.publicKey.keyId, typ: GRANT_TYPE, payload };
    expect(refusal(signCompactJws(stolenName, OTHER.privateKey))).toBe('MALFORMED');
  });

  test('of another kind of document, spelt otherwise, cut or changed is none', () => {
    const text = signGrant(GRANT, KEY);
    const [head = '', body = '', signature = ''] = text.split('.');
    const changed = Buffer.from(canonicalJson({ ...PAYLOAD, aud: 'tele2' })).toString('base64url');
    for (const bad of [
      '',
      'x',
      text.slice(0, -1),
      `${text}.`,
      `${text}=`,
      [head, changed, signature].join('.'),
      [head, body, ''].join('.'),
      signedPayload(PAYLOAD, { typ: 'senim-context+jws' }),
      signedPayload(` ${canonicalJson(PAYLOAD)}`),
      signedPayload(JSON.stringify({ v: 1, ...PAYLOAD, jti: PAYLOAD.jti })),
      'a'.repeat(65_537),
    ]) {
      expect(refusal(bad)).toBe('MALFORMED');
    }
  });

  test.each([
    ['v', 2],
    ['jti', 'one'],
    ['jti', GRANT.jti.toUpperCase()],
    ['aud', 'KCELL'],
    ['act', 'investigator-1'],
    ['role', 'SYSTEM'],
    ['case', 'AFC-2026-000001'],
    ['purpose', null],
    ['purpose', 'CURIOSITY'],
    ['class', 'clear'],
    ['subjects', []],
    ['subjects', TENURE],
    ['subjects', [TENURE, TENURE]],
    ['subjects', ['OperatorTenure:+77011234567']],
    ['subjects', [7]],
    ['fields', []],
    ['fields', ['iin']],
    ['fields', ['Subscriber.iin', 'Subscriber.iin']],
    ['fields', ['*']],
    ['iat', '2026-11-23T03:00:00Z'],
    ['exp', GRANT.issuedAt],
    ['exp', msToInstant(NOW_MS + GRANT_LIFE_MS + 1)],
    ['exp', 1_795_402_860],
  ])('whose member %s is %j is none', (member, value) => {
    expect(refusal(signedPayload({ ...PAYLOAD, [member]: value }))).toBe('MALFORMED');
  });

  test('with a member too many or too few is none', () => {
    const { case: _case, ...fewer } = PAYLOAD;
    expect(refusal(signedPayload(fewer))).toBe('MALFORMED');
    expect(refusal(signedPayload({ ...PAYLOAD, all: true }))).toBe('MALFORMED');
  });

  test('of the largest size still fits a text of 64 KiB, and a larger one is not signed', () => {
    const subjects = Array.from({ length: MOST_SUBJECTS }, (_, at) =>
      subjectKey('OperatorTenure', `+7701${String(at).padStart(7, '0')}`, '2024-01-31T19:00:00.000Z'),
    );
    const fields = Array.from({ length: MOST_FIELDS }, (_, at) => `BiometricVerification.fieldNumber${at}`);
    const text = signGrant({ ...GRANT, subjects, fields }, KEY);
    expect(text.length).toBeLessThan(65_536);
    expect(refusal(text)).toBeNull();
    expect(() => signGrant({ ...GRANT, subjects: [...subjects, TENURE] }, KEY)).toThrow('form of a grant');
  });

  test('opens clear fields of those subjects alone that it names for them', () => {
    const old = TENURE.replace('2024', '2023');
    const mixed: Grant = { ...GRANT, subjects: [TENURE, old], clearSubjects: [TENURE] };
    const opened = openAt(signGrant(mixed, KEY));
    expect(opened).toEqual({ ok: true, value: mixed });
    expect(grantAllows(mixed, TENURE, 'Subscriber.iin')).toBe(true);
    expect(grantAllows(mixed, old, 'Subscriber.iin')).toBe(false);
    expect(grantAllows(mixed, old, 'LineContract.subscriber')).toBe(true);
    expect(grantAllows({ ...GRANT, class: 'MASKED' }, TENURE, 'Subscriber.iin')).toBe(false);
    for (const clear of [[], [old], TENURE]) {
      expect(refusal(signedPayload({ ...PAYLOAD, clear }))).toBe('MALFORMED');
    }
    expect(refusal(signedPayload({ ...PAYLOAD, class: 'MASKED', clear: [TENURE] }))).toBe('MALFORMED');
  });

  test('opens the named fields of the named subjects and nothing else', () => {
    expect(grantAllows(GRANT, TENURE, 'Subscriber.iin')).toBe(true);
    expect(grantAllows(GRANT, TENURE, 'Subscriber.fullName')).toBe(false);
    expect(grantAllows(GRANT, TENURE.replace('2024', '2023'), 'Subscriber.iin')).toBe(false);
    expect(grantAllows(GRANT, 'OperatorHolding:990101300007', 'Subscriber.iin')).toBe(false);
  });
});

describe('the key of a subject', () => {
  test('tells type, id and first instant', () => {
    const since = '2024-01-31T19:00:00.000Z';
    expect(parseSubjectKey(subjectKey('OperatorTenure', '+77011234567', since))).toEqual({
      type: 'OperatorTenure',
      id: '+77011234567',
      since,
    });
    expect(parseSubjectKey('DeviceSighting:490154203237518')).toEqual({
      type: 'DeviceSighting',
      id: '490154203237518',
      since: null,
    });
  });

  test.each([
    '',
    'OperatorTenure',
    'OperatorTenure:87011234567:2024-01-31T19:00:00.000Z',
    'OperatorTenure:+77011234567:2024-01-31T19:00:00Z',
    'OperatorTenure:+77011234567:2024-01-31T19:00:00.000Z:',
    'OperatorHolding:990101300007:2024-01-31T19:00:00.000Z',
    'DeviceSighting:490154203237519',
    'Subscriber:990101300007',
    '__proto__:x',
  ])('in no other spelling: %j', (text) => {
    expect(parseSubjectKey(text)).toBeNull();
  });

  test('and a coordinate is a type and one of its fields', () => {
    expect(['A.b', 'LineContract.subscriber'].every(isCoordinate)).toBe(true);
    expect(['a.b', 'A', 'A.b.c', 'A.__typename', 'A.b\n', '*'].some(isCoordinate)).toBe(false);
  });
});
