// Streams that end when they are told to, also while they wait.

import { stoppable } from '../../../gateway/execute/stoppable';

const never = new AbortController().signal;

function waiting(log: string[]) {
  return async function* (signal: AbortSignal) {
    try {
      yield 1;
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    } finally {
      log.push('closed');
    }
  };
}

test('values pass until the end', async () => {
  const values: number[] = [];
  for await (const value of stoppable(never, async function* () {
    yield 1;
    yield 2;
  })) {
    values.push(value);
  }
  expect(values).toEqual([1, 2]);
});

test.each(['return', 'throw', 'signal'] as const)(
  '%s ends it while a value is awaited, and closes what is below',
  async (how) => {
    const log: string[] = [];
    const outer = new AbortController();
    const stream = stoppable(outer.signal, waiting(log));
    expect(await stream.next()).toEqual({ done: false, value: 1 });
    const pending = stream.next();
    if (how === 'signal') outer.abort();
    else if (how === 'return') await stream.return?.();
    else await expect(stream.throw?.(new Error('left'))).rejects.toThrow('left');
    expect(await pending).toEqual({ done: true, value: undefined });
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual(['closed']);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  },
);

test('leaving a loop closes it', async () => {
  const log: string[] = [];
  for await (const _value of stoppable(never, waiting(log))) break;
  await new Promise((resolve) => setImmediate(resolve));
  expect(log).toEqual(['closed']);
});

test('an aborted signal yields nothing', async () => {
  const log: string[] = [];
  expect(await stoppable(AbortSignal.abort(), waiting(log)).next()).toEqual({ done: true, value: undefined });
});

test('an error of the source is told to the reader', async () => {
  const stream = stoppable(never, async function* () {
    yield 1;
    throw new Error('broken');
  });
  await stream.next();
  await expect(stream.next()).rejects.toThrow('broken');
});
