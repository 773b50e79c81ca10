// The directory of operators as a document: what is read, and that any other document is refused with a reason.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseOperatorDirectory } from '../../../shared/vocabulary/operator-directory';

const KCELL = {
  code: 'kcell',
  name: 'Kcell',
  brands: ['Kcell', 'activ'],
  endpoint: 'http://127.0.0.1:4101/graphql',
  state: 'CONNECTED',
  schemaHash: 'a'.repeat(64),
  schemaFile: 'kcell.graphql',
  keys: { act: 'key-of-acts' },
};
const parseList = (...operators: unknown[]) => parseOperatorDirectory(JSON.stringify({ operators }));

describe('reads', () => {
  test('operators in their order, with what is not known left out', () => {
    const left = { ...KCELL, code: 'tele2', state: 'LEFT', schemaHash: null, schemaFile: null, keys: {} };
    expect(parseList({ ...KCELL, motto: 'x', keys: { act: 'key-of-acts', other: 'y' } }, left)).toEqual({
      ok: true,
      value: { operators: [KCELL, left] },
    });
  });
  test('an operator without keys and without a pinned schema', () => {
    const { keys, schemaHash, schemaFile, ...bare } = KCELL;
    expect(parseList(bare)).toEqual({
      ok: true,
      value: { operators: [{ ...bare, keys: {}, schemaHash: null, schemaFile: null }] },
    });
    expect([keys, schemaHash, schemaFile]).toHaveLength(3);
  });
  test('an empty list', () => expect(parseList()).toEqual({ ok: true, value: { operators: [] } }));
});

describe('refuses', () => {
  test.each([
    ['a code in capitals', { code: 'Kcell' }, 'BAD_CODE'],
    ['a code that is a number', { code: 1 }, 'BAD_CODE'],
    ['no name', { name: '' }, 'BAD_NAME'],
    ['brands that are a text', { brands: 'Kcell' }, 'BAD_BRANDS'],
    ['a brand that is a number', { brands: [1] }, 'BAD_BRANDS'],
    ['a file as endpoint', { endpoint: 'file:///etc/passwd' }, 'BAD_ENDPOINT'],
    ['an endpoint with a password', { endpoint: 'http://user:secret@host/graphql' }, 'BAD_ENDPOINT'],
    ['an endpoint with a query', { endpoint: 'http://host/graphql?x=1' }, 'BAD_ENDPOINT'],
    ['an endpoint with a newline', { endpoint: 'http://host/graphql\n' }, 'BAD_ENDPOINT'],
    ['a state that is not in the list', { state: 'connected' }, 'BAD_STATE'],
    ['a hash in capitals', { schemaHash: 'A'.repeat(64) }, 'BAD_SCHEMA_HASH'],
    ['a schema in another folder', { schemaFile: '../kcell.graphql' }, 'BAD_SCHEMA_FILE'],
    ['a hidden schema file', { schemaFile: '.kcell' }, 'BAD_SCHEMA_FILE'],
    ['a schema file that no hash pins', { schemaHash: null }, 'BAD_SCHEMA_FILE'],
    ['keys as a list', { keys: [] }, 'BAD_KEYS'],
    ['an empty key', { keys: { act: '' } }, 'BAD_KEYS'],
  ])('%s', (_what, change, reason) => {
    expect(parseList({ ...KCELL, ...change })).toEqual({ ok: false, error: reason });
  });
  test('a code that occurs twice', () =>
    expect(parseList(KCELL, KCELL)).toEqual({ ok: false, error: 'DUPLICATE_CODE' }));
  test.each(['', 'null', '[]', '{}', '{"operators":{}}', '{"operators":[null]}', '{"operators":[[]]}', '{'])(
    '%p',
    (text) => {
      expect(parseOperatorDirectory(text).ok).toBe(false);
    },
  );
  test('any text without throwing', () => {
    const run = { seed: 20240301 };
    fc.assert(
      fc.property(fc.json(), (text) => expect(() => parseOperatorDirectory(text)).not.toThrow()),
      run,
    );
  });
});
