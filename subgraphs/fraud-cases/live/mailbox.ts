// What waits for one reader: a bounded queue that is read as an async iterator. A reader that stays behind further than the bound is ended, so
// that nobody's slowness costs memory. It is no generator on purpose: `return()` of a generator waits for the value it is waiting for.

/** A queue with one reader. */
export interface Mailbox<Value> {
  /** Adds a value; false when the box is over, or was full and is over now. */
  put(value: Value): boolean;
  /** Ends it: the reader gets what is in it, and then the end. */
  close(): void;
  /** The reader's side. `return()` ends it at once, also while a value is awaited. */
  readonly values: AsyncIterableIterator<Value>;
}

/** An empty box for at most `most` values; `onOver` is called once, whoever ends it. */
export function openMailbox<Value>(most: number, onOver: () => void): Mailbox<Value> {
  const waiting: Value[] = [];
  let reader: ((result: IteratorResult<Value>) => void) | null = null;
  let isOver = false;
  const end = (): IteratorResult<Value> => ({ done: true, value: undefined });
  const close = (): void => {
    if (isOver) return;
    isOver = true;
    reader?.(end());
    reader = null;
    onOver();
  };
  return {
    put(value) {
      if (isOver) return false;
      if (reader !== null) {
        const resolve = reader;
        reader = null;
        resolve({ done: false, value });
        return true;
      }
      if (waiting.length >= most) {
        close();
        return false;
      }
      waiting.push(value);
      return true;
    },
    close,
    values: {
      [Symbol.asyncIterator]() {
        return this;
      },
      next() {
        const [value] = waiting.splice(0, 1);
        if (value !== undefined) return Promise.resolve({ done: false, value });
        if (isOver) return Promise.resolve(end());
        return new Promise((resolve) => {
          reader = resolve;
        });
      },
      async return() {
        waiting.length = 0;
        close();
        return end();
      },
      async throw(fault) {
        waiting.length = 0;
        close();
        throw fault;
      },
    },
  };
}
