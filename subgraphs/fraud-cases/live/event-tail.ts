// Follows one table of events for everybody in this process: one read however many listen. Reads when the bell rings, once more shortly
// after while an event waits for an older transaction, and four times a second without a reason, because not every event rings. Whoever
// begins to listen is told what becomes readable from then on. While nobody listens nothing is read.

import type { EventPlace } from '../domain/order-event';
import type { EventReads } from '../store/live-reads';

/** A tail that is followed. */
export interface EventTail<Event> {
  /** Tells every event that becomes readable from now on, in order, until the returned function is called. Rejects when the place cannot be read. */
  listen(told: (event: Event) => void): Promise<() => void>;
  stop(): Promise<void>;
}

/** What a tail is made of. */
export interface EventTailParts<Event extends EventPlace> {
  readonly reads: EventReads<Event>;
  readonly horizon: () => Promise<EventPlace>;
  readonly onRing: (look: () => void) => () => void;
  /** Told when a read failed; the next one goes on at the same place. */
  readonly onFault: (fault: unknown) => void;
  readonly pace?: { readonly soonMs: number; readonly idleMs: number };
}

const BATCH = 500;
const PACE = { soonMs: 20, idleMs: 250 };

/** Starts to follow; reads nothing before somebody listens. */
export function createEventTail<Event extends EventPlace>(parts: EventTailParts<Event>): EventTail<Event> {
  const { reads, horizon, onRing, onFault, pace = PACE } = parts;
  const listeners = new Set<(event: Event) => void>();
  let place: EventPlace | null = null;
  let running: Promise<void> | null = null;
  let wake: () => void = () => {};
  let rang = false;
  let stopped = false;
  const unhook = onRing(() => {
    rang = true;
    wake();
  });

  async function follow(): Promise<void> {
    while (!stopped && listeners.size > 0) {
      rang = false;
      const waitMs = await readOnce();
      if (waitMs > 0 && !rang && !stopped) await pause(waitMs);
    }
    place = null;
    running = null;
  }

  /** Milliseconds until the next look; 0 when there is more to read at once. */
  async function readOnce(): Promise<number> {
    try {
      let from = place ?? (await horizon());
      const events = await reads.after(from, BATCH);
      for (const event of events) {
        from = { transaction: event.transaction, place: event.place };
        place = from;
        for (const told of listeners) told(event);
      }
      if (events.length === BATCH) return 0;
      return (await reads.awaits(from)) ? pace.soonMs : pace.idleMs;
    } catch (fault) {
      onFault(fault);
      return pace.idleMs;
    }
  }

  function pause(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, waitMs);
      function done(): void {
        clearTimeout(timer);
        wake = () => {};
        resolve();
      }
      wake = done;
    });
  }

  return {
    async listen(told) {
      // The place is known before the listener is answered, so that nothing that happens afterwards is missed.
      if (place === null) {
        const found = await horizon();
        place ??= found;
      }
      listeners.add(told);
      running ??= follow();
      return () => {
        listeners.delete(told);
        if (listeners.size === 0) wake();
      };
    },
    async stop() {
      stopped = true;
      unhook();
      wake();
      await running;
    },
  };
}
