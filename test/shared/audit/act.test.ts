import { createHash } from 'node:crypto';
import { type Act, decodeAct, encodeAct, LONGEST_ACT, signAct, verifyAct } from '../../../shared/audit/act';
import { commitToFields, fieldCommitment, opensCommitment } from '../../../shared/audit/commitment';
import { parseCompactJws, signCompactJws } from '../../../shared/audit/compact-jws';
import { importPublicKey, keyIdOf } from '../../../shared/audit/ed25519';
import { leafData } from '../../../shared/audit/leaf';
import { refusalOf } from './audit-fault';
import { signingKey } from './signing-keys';
import { CASE, instant } from './test-log';
import { hex } from './vector-file';

const key = signingKey('kcell act');
const salt = Buffer.alloc(32, 5);
const { commitments } = commitToFields({ msisdn: '+77011234567', answer: 'yes' }, () => salt);
const act: Act = {
  kind: 'block.enforced',
  id: '0198c0de-0000-7000-8000-00000000abcd',
  author: 'kcell',
  chain: 3,
  seq: 18_446_744_073_709_551_615n,
  caseId: CASE,
  caseSeq: null,
  casePrevious: null,
  ref: ['A'.repeat(43)],
  to: ['afc'],
  at: instant('2026-11-23T10:00:00.123Z'),
  seen: { size: 90_211n, note: `${'B'.repeat(42)}A` },
  purpose: null,
  commitments,
};
const payload = Buffer.from(encodeAct(act)).toString('utf8');
const decode = (text: string): string | null => refusalOf(() => decodeAct(Buffer.from(text, 'utf8')));

test('the bytes of an act are these, for ever', () => {
  expect(payload).toBe(
    '{"v":1,"act":"block.enforced","id":"0198c0de-0000-7000-8000-00000000abcd","author":"kcell","chain":3,' +
      '"seq":"18446744073709551615","case":"0198c0de-0000-7000-8000-000000000001","case_seq":null,"case_prev":null,' +
      '"ref":["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],"to":["afc"],"at":"2026-11-23T10:00:00.123Z",' +
      '"seen":{"size":"90211","note":"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA"},"purpose":null,' +
      `"d":{"answer":"${commitments.answer}","msisdn":"${commitments.msisdn}"}}`,
  );
  expect(decodeAct(Buffer.from(payload))).toEqual(act);
});

test('a signed act verifies by its key and by no other kind of signature', () => {
  const jws = signAct(act, key.privateKey);
  expect(verifyAct(parseCompactJws(jws), importPublicKey(key.publicKey))).toEqual(act);
  const kid = keyIdOf(key.publicKey);
  const order = signCompactJws({ kid, typ: 'senim-order+jws', payload: Buffer.from(payload) }, key.privateKey);
  expect(refusalOf(() => verifyAct(parseCompactJws(order), importPublicKey(key.publicKey)))).toBe('JWS_TYPE');
});

test('an author signs exactly what a reader accepts', () => {
  const odd: readonly Partial<Record<keyof Act, unknown>>[] = [
    {},
    { kind: 'key.eaten' },
    { id: act.id.toUpperCase() },
    { author: 'K' },
    { chain: -1 },
    { chain: 65_536 },
    { chain: 0.5 },
    { chain: 65_535 },
    { seq: -1n },
    { seq: 2n ** 64n },
    { caseId: 'x' },
    { caseId: null },
    { caseId: null, caseSeq: 1 },
    { caseSeq: 1 },
    { caseSeq: 0 },
    { caseSeq: 2 },
    { caseSeq: 2, casePrevious: 'A'.repeat(43) },
    { caseSeq: 2, casePrevious: 'B'.repeat(43) },
    { casePrevious: 'A'.repeat(43) },
    { caseSeq: 2 ** 31, casePrevious: 'A'.repeat(43) },
    { ref: ['A'.repeat(42)] },
    { ref: ['A'.repeat(43), 'A'.repeat(43)] },
    { ref: Array.from({ length: 65 }, (_, at) => `${String(at).padStart(42, 'A')}A`) },
    { to: ['afc', 'afc'] },
    { to: ['AFC'] },
    { at: '2026-11-23T10:00:00Z' },
    { at: '2026-11-23T10:00:00.123+05:00' },
    { at: 'yesterday' },
    { seen: null },
    { seen: { size: -1n, note: 'A'.repeat(43) } },
    { seen: { size: 1n, note: 'A' } },
    { purpose: 'INVESTIGATION' },
    { purpose: 'why not' },
    { commitments: {} },
    { commitments: { 'not a name': 'A'.repeat(43) } },
    { commitments: { a: 'A' } },
    { commitments: Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`f${at}`, 'A'.repeat(43)])) },
    { commitments: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`f${at}`, 'A'.repeat(43)])) },
  ];
  const accepted: boolean[] = [];
  for (const change of odd) {
    const changed = { ...act, ...change } as Act;
    const isRead = refusalOf(() => decodeAct(encodeAct(changed))) === null;
    expect([change, refusalOf(() => signAct(changed, key.privateKey)) === null]).toEqual([change, isRead]);
    accepted.push(isRead);
  }
  expect(accepted.filter(Boolean)).toHaveLength(9);
});

test.each<[string, (text: string) => string, string]>([
  ['a member more', (text) => text.replace('}', ',"x":1}'), 'ACT_MALFORMED'],
  ['a member more at the end', (text) => text.replace(/\}$/, ',"x":1}'), 'ACT_MALFORMED'],
  ['a member twice', (text) => text.replace('"chain":3', '"chain":3,"chain":3'), 'JSON_DUPLICATE'],
  ['a member twice, once escaped', (text) => text.replace('"case":', '"c\\u0061se":null,"case":'), 'JSON_DUPLICATE'],
  ['a member less', (text) => text.replace('"purpose":null,', ''), 'ACT_MALFORMED'],
  ['members in another order', (text) => text.replace('"v":1,', '').replace(/\}$/, ',"v":1}'), 'ACT_MALFORMED'],
  ['a space', (text) => text.replace(',', ', '), 'ACT_MALFORMED'],
  ['an escape that is not needed', (text) => text.replace('kcell', '\\u006bcell'), 'ACT_MALFORMED'],
  ['another version', (text) => text.replace('"v":1', '"v":2'), 'ACT_MALFORMED'],
  ['version 1.0', (text) => text.replace('"v":1', '"v":1.0'), 'ACT_MALFORMED'],
  ['an unknown kind', (text) => text.replace('block.enforced', 'block.undone'), 'ACT_MALFORMED'],
  ['an author in capitals', (text) => text.replace('kcell', 'KCELL'), 'ACT_MALFORMED'],
  ['a seq as a number', (text) => text.replace('"18446744073709551615"', '1'), 'ACT_MALFORMED'],
  ['a seq beyond 2^64', (text) => text.replace('18446744073709551615', '18446744073709551616'), 'ACT_MALFORMED'],
  ['a seq with a leading zero', (text) => text.replace('"18446744073709551615"', '"01"'), 'ACT_MALFORMED'],
  ['a rounded number', (text) => text.replace('"chain":3', '"chain":9007199254740993'), 'JSON_NUMBER'],
  ['chain -0', (text) => text.replace('"chain":3', '"chain":-0'), 'ACT_MALFORMED'],
  ['chain 3e0', (text) => text.replace('"chain":3', '"chain":3e0'), 'ACT_MALFORMED'],
  [
    'a case in capitals',
    (text) => text.replace('0198c0de-0000-7000-8000-000000000001', '0198C0DE-0000-7000-8000-000000000001'),
    'ACT_MALFORMED',
  ],
  ['a place without predecessor', (text) => text.replace('"case_seq":null', '"case_seq":2'), 'ACT_MALFORMED'],
  [
    'a predecessor at the first place',
    (text) => text.replace('"case_seq":null,"case_prev":null', `"case_seq":1,"case_prev":"${'A'.repeat(43)}"`),
    'ACT_MALFORMED',
  ],
  [
    'a place without case',
    (text) => text.replace(/"case":"[^"]*","case_seq":null/, '"case":null,"case_seq":1'),
    'ACT_MALFORMED',
  ],
  ['a reference of 31 bytes', (text) => text.replace('A'.repeat(43), 'A'.repeat(42)), 'ACT_MALFORMED'],
  ['a reference with unused bits set', (text) => text.replace('A'.repeat(43), `${'A'.repeat(42)}B`), 'ACT_MALFORMED'],
  ['an addressee twice', (text) => text.replace('["afc"]', '["afc","afc"]'), 'ACT_MALFORMED'],
  ['a time with an offset', (text) => text.replace('.123Z', '.123+05:00'), 'ACT_MALFORMED'],
  ['a day that does not exist', (text) => text.replace('2026-11-23', '2026-11-31'), 'ACT_MALFORMED'],
  [
    'a purpose with a number in it',
    (text) => text.replace('"purpose":null', '"purpose":"+77011234567"'),
    'ACT_MALFORMED',
  ],
  [
    'fields out of order',
    (text) => text.replace(/"d":.*$/, `"d":{"b":"${'A'.repeat(43)}","a":"${'A'.repeat(43)}"}}`),
    'ACT_MALFORMED',
  ],
  [
    'a field named __proto__',
    (text) => text.replace(/"d":.*$/, `"d":{"__proto__":"${'A'.repeat(43)}"}}`),
    'ACT_MALFORMED',
  ],
  [
    'a value beside its commitment',
    (text) => text.replace(/"d":.*$/, '"d":{"msisdn":"+77011234567"}}'),
    'ACT_MALFORMED',
  ],
  ['an array', () => '[]', 'ACT_MALFORMED'],
  ['too many bytes', (text) => text + ' '.repeat(LONGEST_ACT), 'TOO_LARGE'],
  ['a byte order mark', (text) => `\uFEFF${text}`, 'UTF8'],
  ['half a surrogate pair', (text) => text.replace('kcell', '\\ud800'), 'JSON_SURROGATE'],
])('an act with %s is refused', (_, change, code) => {
  expect(change(payload)).not.toBe(payload);
  expect(decode(change(payload))).toBe(code);
});

describe('commitments and leaves', () => {
  test('the bytes that are hashed are these, for ever', () => {
    expect(hex(fieldCommitment('msisdn', salt, '+77011234567'))).toBe(
      // SHA-256("senim/field/v1\n" || 05 x 32 || {"n":"msisdn","v":"+77011234567"})
      hex(
        createHash('sha256')
          .update('senim/field/v1\n')
          .update(salt)
          .update('{"n":"msisdn","v":"+77011234567"}')
          .digest(),
      ),
    );
    const leaf = leafData(salt, 'a.b.c');
    expect(leaf).toHaveLength(33);
    expect(hex(leaf)).toBe(
      `01${hex(createHash('sha256').update('senim/leaf/v1\n').update(salt).update('a.b.c').digest())}`,
    );
  });

  test('a commitment opens for its own field, salt and value only', () => {
    const good = { field: 'msisdn', salt, value: '+77011234567' };
    expect(opensCommitment(commitments.msisdn, good)).toBe(true);
    expect(opensCommitment(commitments.msisdn, { ...good, field: 'answer' })).toBe(false);
    expect(opensCommitment(commitments.msisdn, { ...good, value: '+77011234568' })).toBe(false);
    expect(opensCommitment(commitments.msisdn, { ...good, salt: Buffer.alloc(32, 6) })).toBe(false);
    expect(opensCommitment(undefined, good)).toBe(false);
  });

  test('52: equal values under different salts have nothing in common, and no act holds a value', () => {
    let count = 0;
    const { commitments: two } = commitToFields({ a: '+77011234567', b: '+77011234567' }, () => {
      count += 1;
      return Buffer.alloc(32, count);
    });
    expect(count).toBe(2);
    expect(two.a).not.toBe(two.b);
    expect(payload).not.toContain('7701');
  });

  test.each([0, 31, 33])('a salt of %d bytes is refused', (size) => {
    expect(refusalOf(() => fieldCommitment('a', Buffer.alloc(size), 1))).toBe('SHAPE');
    expect(refusalOf(() => leafData(Buffer.alloc(size), 'a.b.c'))).toBe('SHAPE');
  });

  test('spellings of one letter are two values, and numbers are equal when their doubles are', () => {
    const of = (value: unknown): string => hex(fieldCommitment('name', salt, value));
    expect(of('\u00e9')).not.toBe(of('e\u0301'));
    expect(of(1.0)).toBe(of(1));
    expect(of(-0)).toBe(of(0));
    expect(of('1')).not.toBe(of(1));
  });
});
