// When an operator has failed so often that asking it costs more than it gives. Pure: the clock is an argument. Opens when at least
// half of twenty or more calls of the last ten seconds failed, or when the operator itself asks for rest; then lets one probe through
// every five seconds until one succeeds.

/** The right to make one call; a probe is the call by which an open breaker finds out whether the operator is back. */
export type Ticket = 'CALL' | 'PROBE';

export interface Breaker {
  /** Whether the operator is given rest. */
  readonly isOpen: boolean;
  /** A ticket, or null while the operator is given rest. */
  admit(nowMs: number): Ticket | null;
  /** Tells how the call of a ticket ended. A call that was given up by its client is not recorded. */
  record(ticket: Ticket, succeeded: boolean, nowMs: number): void;
  /** The operator asked for rest: no probe before so many milliseconds have passed. */
  rest(forMs: number, nowMs: number): void;
}

const WINDOW_SECONDS = 10;
const CALLS_BEFORE_JUDGEMENT = 20;
const PROBE_INTERVAL_MS = 5_000;

/** The longest rest that an operator is given for the asking; after it, one call finds out. */
const LONGEST_REST_MS = 30_000;

/** A closed breaker without history. */
export function createBreaker(): Breaker {
  // One counter per second of the window; a counter is cleared when its second comes round again.
  const seconds = new Float64Array(WINDOW_SECONDS).fill(-1);
  const calls = new Uint32Array(WINDOW_SECONDS);
  const failures = new Uint32Array(WINDOW_SECONDS);
  let nextProbeMs: number | null = null;

  function halfFailed(second: number): boolean {
    let called = 0;
    let failed = 0;
    for (let slot = 0; slot < WINDOW_SECONDS; slot += 1) {
      if ((seconds[slot] ?? -1) <= second - WINDOW_SECONDS) continue;
      called += calls[slot] ?? 0;
      failed += failures[slot] ?? 0;
    }
    return called >= CALLS_BEFORE_JUDGEMENT && failed * 2 >= called;
  }

  return {
    get isOpen() {
      return nextProbeMs !== null;
    },
    admit(nowMs) {
      if (nextProbeMs === null) return 'CALL';
      if (nowMs < nextProbeMs) return null;
      nextProbeMs = nowMs + PROBE_INTERVAL_MS;
      return 'PROBE';
    },
    record(ticket, succeeded, nowMs) {
      if (nextProbeMs !== null) {
        // Calls admitted before it opened come home late and say nothing about now.
        if (ticket === 'PROBE' && succeeded) {
          nextProbeMs = null;
          seconds.fill(-1);
        }
        return;
      }
      const second = Math.floor(nowMs / 1_000);
      const slot = second % WINDOW_SECONDS;
      if (seconds[slot] !== second) {
        seconds[slot] = second;
        calls[slot] = 0;
        failures[slot] = 0;
      }
      calls[slot] = (calls[slot] ?? 0) + 1;
      if (succeeded) return;
      failures[slot] = (failures[slot] ?? 0) + 1;
      if (halfFailed(second)) nextProbeMs = nowMs + PROBE_INTERVAL_MS;
    },
    rest(forMs, nowMs) {
      nextProbeMs = Math.max(nextProbeMs ?? 0, nowMs + Math.min(forMs, LONGEST_REST_MS));
    },
  };
}
