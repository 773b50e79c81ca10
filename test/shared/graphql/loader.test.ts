// Batching of one request's loads: calls are counted, order is kept, what is missing is null.

import { expect, test } from '@jest/globals';
import { batchLoader } from '../../../shared/graphql/loader';

interface Key {
  readonly msisdn: string;
  readonly since: string;
}
const keyOf = (key: Key): string => `${key.msisdn} ${key.since}`;
const key = (number: number): Key => ({ msisdn: `+7701000000${number}`, since: '2026-01-01' });

function countingLoader(answer: (keys: readonly Key[]) => ReadonlyMap<string, string>) {
  const calls: (readonly Key[])[] = [];
  const loader = batchLoader(keyOf, async (keys: readonly Key[]) => {
    calls.push(keys);
    return answer(keys);
  });
  return { calls, loader };
}

test('keys of one tick are one call without doubles, answered in the order asked', async () => {
  const { calls, loader } = countingLoader(
    (keys) => new Map([...keys].reverse().map((each) => [keyOf(each), each.msisdn])),
  );
  const found = await Promise.all([key(2), key(1), key(2)].map((each) => loader.load(each)));
  expect(found).toEqual(['+77010000002', '+77010000001', '+77010000002']);
  expect(calls).toEqual([[key(2), key(1)]]);
});

test('a key that is not found is null', async () => {
  const { loader } = countingLoader(() => new Map());
  expect(await loader.load(key(1))).toBeNull();
});

test('a call that fails rejects its keys', async () => {
  const { loader } = countingLoader(() => {
    throw new Error('no database');
  });
  const settled = await Promise.allSettled([loader.load(key(1)), loader.load(key(2))]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('more than a thousand keys are several calls', async () => {
  const { calls, loader } = countingLoader(() => new Map());
  await Promise.all(Array.from({ length: 1001 }, (_, at) => loader.load(key(at))));
  expect(calls.map((keys) => keys.length)).toEqual([1000, 1]);
});
