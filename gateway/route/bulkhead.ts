// How many calls one operator may hold at once, so that a slow one fills its own slots and nobody else's. A call beyond them waits
// for a slot until its deadline; a call beyond the waiting room is refused at once.

/** The slots of one operator. */
export interface Bulkhead {
  /** Calls that hold a slot now. */
  readonly inFlight: number;
  /** True when a slot was taken; false when there was none by `deadlineMs` (of `performance.now()`) or the waiting room was full. */
  enter(deadlineMs: number): Promise<boolean> | boolean;
  /** Gives the slot back; the longest waiting call gets it. */
  leave(): void;
}

const SLOTS = 64;
const WAITING_ROOM = 256;

/** An empty bulkhead. */
export function createBulkhead(slots = SLOTS, waitingRoom = WAITING_ROOM): Bulkhead {
  const waiting = new Set<() => void>();
  let inFlight = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    enter(deadlineMs) {
      if (inFlight < slots) {
        inFlight += 1;
        return true;
      }
      if (waiting.size >= waitingRoom) return false;
      return new Promise((resolve) => {
        const timer = setTimeout(
          () => {
            waiting.delete(take);
            resolve(false);
          },
          Math.max(0, deadlineMs - performance.now()),
        );
        function take(): void {
          clearTimeout(timer);
          resolve(true);
        }
        waiting.add(take);
      });
    },
    leave() {
      const [next] = waiting;
      if (next === undefined) {
        inFlight -= 1;
        return;
      }
      waiting.delete(next);
      next();
    },
  };
}
