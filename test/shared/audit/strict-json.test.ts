import fc from 'fast-check';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { parseStrictJson } from '../../../shared/audit/strict-json';
import { refusalOf } from './audit-fault';
import { hex, vectorBytes } from './vector-file';

const parse = (text: string): unknown => parseStrictJson(Buffer.from(text, 'utf8'));
/** Whether a text may hold a whole number beyond 2^53-1, which is refused; strings are left out of the question. */
const hasRoundedWhole = (text: string): boolean =>
  (text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').match(/-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g) ?? []).some(
    (number) => /^-?[0-9]+$/.test(number) && !Number.isSafeInteger(Number(number)),
  );

describe('canonical JSON', () => {
  test.each(['arrays', 'french', 'structures', 'unicode', 'values', 'weird'])('published: %s', (name) => {
    const printed = canonicalJson(parseStrictJson(vectorBytes('rfc8785-jcs', 'input', `${name}.json`)));
    expect(printed).toBe(vectorBytes('rfc8785-jcs', 'output', `${name}.json`).toString('utf8'));
    const want = vectorBytes('rfc8785-jcs', 'outhex', `${name}.txt`).toString('utf8').replaceAll(/\s/g, '');
    expect(hex(Buffer.from(printed, 'utf8'))).toBe(want);
  });

  test('reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), (value) => {
        const text = canonicalJson(value);
        if (!hasRoundedWhole(text)) expect(canonicalJson(parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 300, seed: 8785 },
    );
  });

  test('distinct spellings of a character stay distinct', () => {
    expect(canonicalJson({ '\u00e9': 1, 'e\u0301': 2 })).toBe('{"e\u0301":2,"\u00e9":1}');
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'JSON_VALUE'],
    ['a member that is undefined', { a: undefined }, 'JSON_VALUE'],
    ['a hole', Array(1), 'JSON_VALUE'],
    ['a bigint', 1n, 'JSON_VALUE'],
    ['a function', () => 1, 'JSON_VALUE'],
    ['a date', new Date(0), 'JSON_VALUE'],
    ['a map', new Map(), 'JSON_VALUE'],
    ['bytes', Buffer.from('a'), 'JSON_VALUE'],
    ['not a number', Number.NaN, 'JSON_NUMBER'],
    ['infinity', Number.POSITIVE_INFINITY, 'JSON_NUMBER'],
    ['half a surrogate pair', '\ud800', 'JSON_SURROGATE'],
    ['half a pair in a name', { '\udc00': 1 }, 'JSON_SURROGATE'],
    ['an object that holds itself', cyclic, 'JSON_DEPTH'],
  ])('%s has no canonical form', (_, value, code) => expect(refusalOf(() => canonicalJson(value))).toBe(code));
});

describe('strict JSON', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const outcome = refusalOf(() => parse(text)) ?? parse(text);
        expect(outcome).toEqual(hasRoundedWhole(text) ? 'JSON_NUMBER' : JSON.parse(text));
      }),
      { numRuns: 300, seed: 8259 },
    );
  });
  test.each([
    '0',
    '-0',
    '1E22',
    '-1e-2',
    '123.456e78',
    '1.0',
    '9007199254740991',
    ' [ 1 , { "a" : null } ] ',
    '"\\u002F\\/"',
    '"\\ud834\\udd1e"',
    '"\u2028"',
  ])('accepts %s', (text) => expect(parse(text)).toEqual(JSON.parse(text)));

  test('a member named __proto__ is an ordinary member', () => {
    const value = parse('{"__proto__":{"admin":true}}');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect((value as { admin?: unknown }).admin).toBeUndefined();
  });

  test.each([
    ['the same member twice', '{"case":1,"case":2}', 'JSON_DUPLICATE'],
    ['the same member twice, once escaped', '{"case":1,"c\\u0061se":2}', 'JSON_DUPLICATE'],
    ['the same member twice, deep', '[{"a":{"b":1,"b":1}}]', 'JSON_DUPLICATE'],
    ['half a surrogate pair', '"\\ud800"', 'JSON_SURROGATE'],
    ['a reversed surrogate pair', '"\\udd1e\\ud834"', 'JSON_SURROGATE'],
    ['a rounded number', '9007199254740993', 'JSON_NUMBER'],
    ['a number beyond doubles', '1e400', 'JSON_NUMBER'],
    ['65 arrays in one another', `${'['.repeat(65)}${']'.repeat(65)}`, 'JSON_DEPTH'],
    ['a million arrays in one another', '['.repeat(1_000_000), 'JSON_DEPTH'],
    ['a byte order mark', '\uFEFF1', 'UTF8'],
    ['nothing', '', 'JSON_SYNTAX'],
    ['two values', '1 2', 'JSON_SYNTAX'],
    ['a comma too many', '[1,]', 'JSON_SYNTAX'],
    ['a comma too many in an object', '{"a":1,}', 'JSON_SYNTAX'],
    ['a leading zero', '01', 'JSON_SYNTAX'],
    ['a plus sign', '+1', 'JSON_SYNTAX'],
    ['a bare point', '.5', 'JSON_SYNTAX'],
    ['a trailing point', '5.', 'JSON_SYNTAX'],
    ['NaN', 'NaN', 'JSON_SYNTAX'],
    ['a comment', '/**/1', 'JSON_SYNTAX'],
    ['single quotes', "'a'", 'JSON_SYNTAX'],
    ['a raw newline in a string', '"a\nb"', 'JSON_SYNTAX'],
    ['an unknown escape', '"\\x41"', 'JSON_SYNTAX'],
    ['an unfinished escape', '"\\u00', 'JSON_SYNTAX'],
    ['an escape that is a member of every object', '"\\constructor"', 'JSON_SYNTAX'],
    ['an unfinished string', '"a', 'JSON_SYNTAX'],
    ['a no-break space', '\u00a01', 'JSON_SYNTAX'],
    ['a word in capitals', 'True', 'JSON_SYNTAX'],
  ])('refuses %s', (_, text, code) => expect(refusalOf(() => parse(text))).toBe(code));

  test.each([
    ['overlong', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['truncated', [0x22, 0xe2, 0x82]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('refuses bytes that are not UTF-8: %s', (_, bytes) => {
    expect(refusalOf(() => parseStrictJson(Uint8Array.from(bytes)))).toBe('UTF8');
  });

  test('refuses what is larger than its limit before reading it', () => {
    expect(refusalOf(() => parseStrictJson(Buffer.alloc(11), { maxBytes: 10, maxDepth: 1 }))).toBe('TOO_LARGE');
  });

  test('a string of ten million characters is one value', () => {
    expect(parse(`"${'a'.repeat(10_000_000)}"`)).toHaveLength(10_000_000);
  });
});
