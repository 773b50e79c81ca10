// Random operations over random graphs, against graphql-js over the same graph as one schema.

import { differ } from './differ';

test('500 operations are answered as one schema would answer them', async () => {
  const report = await differ(500, 7);
  expect(report.differences).toEqual([]);
  expect(report.operations).toBe(500);
  expect(report.withErrors).toBeGreaterThan(25);
  expect(report.unplanned).toBeLessThan(5);
  // Planning is most of the time; beside other work on two cores it takes a multiple of its seven seconds.
}, 180_000);
