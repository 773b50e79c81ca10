// An async generator that can be stopped at any moment. `return()` of a plain one waits for the event it is waiting for, which
// may never come, and meanwhile everything below it stays open.

/**
 * The values of a generator, until it ends or is stopped. `return()` and `throw()` abort the signal that `make` was given and end
 * at once, without waiting for a pending value; so does an abort of `outer`. Reading ahead is not supported: one `next()` at a time.
 */
export function stoppable<Value>(
  outer: AbortSignal,
  make: (signal: AbortSignal) => AsyncGenerator<Value>,
): AsyncIterableIterator<Value> {
  const controller = new AbortController();
  const end: IteratorResult<Value> = { done: true, value: undefined };
  let wake: () => void = () => undefined;
  const stop = (): void => {
    controller.abort();
    wake();
  };
  if (outer.aborted) stop();
  else outer.addEventListener('abort', stop, { once: true });
  const source = make(controller.signal);
  const finish = (): void => {
    outer.removeEventListener('abort', stop);
    stop();
    // The generator ends by itself when its own awaits notice the signal; nobody waits for that.
    source.return(undefined).catch(() => undefined);
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (controller.signal.aborted) {
        finish();
        return Promise.resolve(end);
      }
      return new Promise((resolve, reject) => {
        wake = () => resolve(end);
        source.next().then((result) => {
          if (result.done === true) finish();
          resolve(result);
        }, reject);
      });
    },
    async return() {
      finish();
      return end;
    },
    async throw(error) {
      finish();
      throw error;
    },
  };
}
