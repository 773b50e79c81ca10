// Reading the bodies of parties that are not believed: what is JSON is read, what only looks like it is not.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseStrictBody } from '../../../gateway/route/answer-body';

const read = (text: string) => parseStrictBody(Buffer.from(text));
const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;

describe('a strict body', () => {
  test('is read as JSON.parse reads it, for every object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 })), fc.constantFrom(0, 1), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(read(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  test('may nest thirty-two levels and not one more', () => {
    expect(read(nested(32))).not.toBeNull();
    expect(read(nested(33))).toBeNull();
  });

  test('is not taken in by brackets, colons and quotes in its texts', () => {
    const value = { 'a":{[': `${'{['.repeat(50)}\\":":`, b: '\\', c: '\\\\"' };
    expect(read(JSON.stringify(value))).toEqual(value);
  });

  test.each([
    ['the same member twice', '{"a":1,"a":1}'],
    ['the same member twice, far apart and deep', '{"x":[{"a":1,"b":2,"a":3}]}'],
    ['the same member twice by an escape', '{"a":1,"\\u0061":2}'],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}'],
    ['a byte order mark', '\ufeff{}'],
    ['NaN', '{"a":NaN}'],
    ['a comma too many', '{"a":1,}'],
    ['a comment', '{"a":1/* : */}'],
    ['single quotes', "{'a':1}"],
    ['two documents', '{}{}'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['a number', '5'],
    ['null', 'null'],
    ['nothing', ''],
    ['a text without its end', '{"a":"b'],
    ['a hundred thousand levels', `${'['.repeat(100_000)}`],
  ])('is none with %s', (_what, text) => {
    expect(read(text)).toBeNull();
  });

  test('is none with bytes that are not UTF-8', () => {
    expect(parseStrictBody(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBeNull();
    expect(parseStrictBody(Buffer.from([0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d]))).toBeNull();
  });

  test('keeps a member named __proto__ to itself', () => {
    const value = read('{"__proto__":{"polluted":true}}');
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
