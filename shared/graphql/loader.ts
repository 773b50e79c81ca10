// Batches the loads of one request: all keys asked in one tick are one call of `loadMany`. A loader lives as long as its request, so
// nothing it holds can be stale or another caller's.

import DataLoader from 'dataloader';

/** Loads one value; null when there is none. Equal keys of one request are loaded once. */
export interface BatchLoader<Key, Value> {
  load(key: Key): Promise<Value | null>;
}

/**
 * A loader over `loadMany`, which is called with distinct keys, at most `MOST_KEYS` at a time, and answers in any order by the text
 * that `keyOf` gives for a key. A key that the answer does not hold loads null; a rejected call rejects its keys alone.
 */
export function batchLoader<Key, Value>(
  keyOf: (key: Key) => string,
  loadMany: (keys: readonly Key[]) => Promise<ReadonlyMap<string, Value>>,
): BatchLoader<Key, Value> {
  return new DataLoader<Key, Value | null, string>(
    async (keys) => {
      const found = await loadMany(keys);
      return keys.map((key) => found.get(keyOf(key)) ?? null);
    },
    { cacheKeyFn: keyOf, maxBatchSize: MOST_KEYS },
  );
}

/** Keys of one call; well below what one statement can carry as parameters. */
const MOST_KEYS = 1000;
