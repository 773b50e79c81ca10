// The store of parsed documents: bounded by number, the longest unused goes first.

import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { createDocumentStore } from '../../gateway/document-store';

test('keeps as many as it may, and those that were used last', async () => {
  const store = createDocumentStore(3);
  for (const name of ['a', 'b', 'c']) await store.set(name, parse(`{ ${name} }`));
  await store.get('a');
  await store.set('d', parse('{ d }'));
  expect(await store.get('b')).toBeUndefined();
  for (const name of ['a', 'c', 'd']) expect(await store.get(name)).toBeDefined();
});

test('takes a document again without losing another', async () => {
  const store = createDocumentStore(2);
  for (const name of ['a', 'b', 'a']) await store.set(name, parse(`{ ${name} }`));
  expect(await store.get('b')).toBeDefined();
  expect(await store.delete('a')).toBe(true);
  expect(await store.get('a')).toBeUndefined();
});
