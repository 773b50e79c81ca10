// Sees to it that each day has its snapshot of statistics: looks when the service starts and every few minutes after, by the database's clock.
// Several processes may look at once; one takes it.

/** A watch that looks. */
export interface NightlySnapshot {
  /** Waits for a snapshot that is being taken. */
  stop(): Promise<void>;
}

const EVERY_MS = 5 * 60_000;

/** Starts to look. `take` takes the day's snapshot if there is none; `onFault` is told when it could not. */
export function watchNights(
  take: () => Promise<boolean>,
  onFault: (fault: unknown) => void,
  everyMs = EVERY_MS,
): NightlySnapshot {
  let looking: Promise<unknown> = look();
  const timer = setInterval(() => {
    looking = looking.then(look);
  }, everyMs);

  async function look(): Promise<void> {
    await take().catch(onFault);
  }

  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
