// Facts on their way into a program: one a line, in order, no faster than it reads.

import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { pour } from '../../../shared/local-network/seeding';

test('writes every fact as one line and tells the count at the end', async () => {
  let text = '';
  const counts: number[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const facts = Array.from({ length: 5_000 }, (_, id) => ({ kind: 'x', id, text: 'Әлихан\n"' }));
  await pour(facts, output, (count) => counts.push(count));
  expect(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  ).toEqual(facts);
  expect(counts.at(-1)).toBe(5_000);
  expect(output.writableFinished).toBe(true);
});

test('makes no more facts than a slow reader takes', async () => {
  let made = 0;
  function* facts(): Generator<object> {
    for (; made < 200_000; made += 1) yield { filler: 'x'.repeat(100) };
  }
  let go: () => void = () => {};
  let taken = 0;
  const output = new Writable({
    highWaterMark: 1,
    write(_chunk, _encoding, done) {
      taken += 1;
      if (taken < 3) done();
      else go = done;
    },
  });
  const poured = pour(facts(), output, () => {}).catch(() => {});
  while (taken < 3) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  // Three chunks were handed over, and at most a few more wait in the pipe.
  expect(made).toBeLessThan(6_000);
  output.destroy(new Error('the reader left'));
  go();
  await poured;
});

test('ends with the reader’s fault when the reader goes', async () => {
  const output = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  await expect(pour([{ id: 1 }], output, () => {})).rejects.toThrow('EPIPE');
});
