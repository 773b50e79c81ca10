// Ends a program in order: once, on SIGTERM, SIGINT, or when the process that started it is gone. What has to be closed, and in
// which order, is the caller's; how long a drain may take is decided here.

import type { Logger } from './logger';

const LIMIT_MS = 20_000;

/**
 * Calls `stop` at the first signal and ends the process: exit code 0 when `stop` resolved, 1 when it rejected or took longer than
 * 20 seconds. Later signals change nothing: a terminal and a package manager both forward the same Ctrl-C. A program that was
 * started with an IPC channel also stops when the channel closes, so that it never outlives a parent that was killed. A fault that
 * nobody caught ends the process at once with exit code 1 and one line without the fault's text.
 */
export function runUntilSignal(stop: () => Promise<void>, logger: Logger): void {
  let stopping = false;
  const begin = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      logger.error('stopping took too long');
      process.exit(1);
    }, LIMIT_MS).unref();
    stop().then(
      () => process.exit(0),
      (cause: unknown) => {
        logger.error({ err: cause }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
  process.once('disconnect', () => begin('parent gone'));
  // The runtime would print the fault with all it holds, a row of the database among it.
  process.on('uncaughtException', (cause) => {
    logger.fatal({ err: cause }, 'the program ends: nobody caught this fault');
    process.exit(1);
  });
}
