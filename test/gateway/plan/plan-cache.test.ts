// What is kept, what goes, and who waits for whom.

import { PlanCache } from '../../../gateway/plan/plan-cache';

const keeping =
  (value: string, weight = 1) =>
  async () => ({ value, weight, keep: true });

test('the longest unused goes first', async () => {
  const cache = new PlanCache<string>(2, 100);
  await cache.findOrMake('a', keeping('A'));
  await cache.findOrMake('b', keeping('B'));
  expect(cache.find('a')).toBe('A');
  await cache.findOrMake('c', keeping('C'));
  expect([cache.find('a'), cache.find('b'), cache.find('c')]).toEqual(['A', undefined, 'C']);
});

test('weight bounds it too, and what is heavier than all of it is not kept', async () => {
  const cache = new PlanCache<string>(100, 10);
  await cache.findOrMake('a', keeping('A', 6));
  await cache.findOrMake('b', keeping('B', 6));
  expect([cache.find('a'), cache.find('b')]).toEqual([undefined, 'B']);
  expect(await cache.findOrMake('c', keeping('C', 11))).toBe('C');
  expect([cache.find('b'), cache.find('c'), cache.size]).toEqual(['B', undefined, 1]);
});

test('two that ask at once wait for one making', async () => {
  const cache = new PlanCache<string>(10, 100);
  let made = 0;
  const make = async () => {
    made += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return { value: 'A', weight: 1, keep: true };
  };
  expect(await Promise.all([cache.findOrMake('a', make), cache.findOrMake('a', make)])).toEqual(['A', 'A']);
  expect(made).toBe(1);
});

test('a failure is told to all who wait and is not kept', async () => {
  const cache = new PlanCache<string>(10, 100);
  const failing = async () => Promise.reject(new Error('no'));
  const both = await Promise.allSettled([cache.findOrMake('a', failing), cache.findOrMake('a', failing)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await cache.findOrMake('a', keeping('A'))).toBe('A');
});

test('what is not worth keeping is given and forgotten', async () => {
  const cache = new PlanCache<string>(10, 100);
  expect(await cache.findOrMake('a', async () => ({ value: 'no', weight: 0, keep: false }))).toBe('no');
  expect(cache.size).toBe(0);
});
