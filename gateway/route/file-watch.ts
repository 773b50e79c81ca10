// Tells when a file has changed, also when it was replaced by a rename. What the file says, and what to do about it, is the caller's.

import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

export interface FileWatch {
  /** Stops watching; a look that has begun is waited for. */
  close(): Promise<void>;
}

const SLOW_LOOK_MS = 2_000;

/**
 * Calls `look` after each change of the file, never twice at once; a change during a look causes another. `look` must not reject, and
 * must bear being called when nothing changed: on file systems that tell nothing it is called every two seconds.
 */
export function watchFile(file: string, look: () => Promise<void>): FileWatch {
  let looking: Promise<void> | null = null;
  let again = false;
  let closed = false;

  async function lookWhileAsked(): Promise<void> {
    while (again && !closed) {
      again = false;
      await look();
    }
    looking = null;
  }

  function wake(): void {
    again = true;
    if (looking === null) looking = lookWhileAsked();
  }

  // The folder is watched, because a file that is replaced by rename would be lost from sight.
  const name = basename(file);
  const watcher = watch(dirname(file), (_event, changed) => {
    if (changed === null || changed === name) wake();
  });
  watcher.on('error', () => undefined);
  const slowLook = setInterval(wake, SLOW_LOOK_MS);
  slowLook.unref();
  return {
    async close() {
      closed = true;
      watcher.close();
      clearInterval(slowLook);
      await looking;
    },
  };
}
