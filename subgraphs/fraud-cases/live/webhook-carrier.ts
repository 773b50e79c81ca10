// Carries webhooks: for each endpoint a worker of its own, so that one that hangs keeps no other waiting. A message that is not taken comes
// again after a pause that doubles, with chance in it so that a returning endpoint is not met by all at once; after the last attempt it is
// parked and an alarm is raised. At least once: the feed is there for whoever wants to be sure.

import type { ClaimedDelivery, ToldEvent, WebhookOutbox } from '../store/webhook-outbox';
import type { WebhookEndpoint } from './webhook-file';
import type { WebhookMessage } from './webhook-message';
import type { WebhookOutcome, WebhookPost } from './webhook-post';

/** Something that people have to look at. It names no number and no person. */
export interface WebhookAlarm {
  readonly kind: 'PARKED' | 'FAULT';
  readonly operatorCode: string;
  readonly endpointId: string;
  readonly eventId: string | null;
  readonly outcome: WebhookOutcome | null;
}

/** How a carrier works. */
export interface WebhookPace {
  /** Attempts before a message is parked. */
  readonly attempts: number;
  /** Pause after the first attempt; it doubles with each. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Messages to one endpoint at once. */
  readonly atOnce: number;
  /** How long a worker sleeps when nothing rings. */
  readonly idleMs: number;
  /** How long a claimed message is left to this process. */
  readonly leaseMs: number;
}

/** What a carrier is made of. */
export interface WebhookCarrierParts {
  readonly outbox: WebhookOutbox;
  readonly endpoints: readonly WebhookEndpoint[];
  readonly messageOf: (event: ToldEvent) => WebhookMessage;
  readonly post: WebhookPost;
  readonly onRing: (look: () => void) => () => void;
  readonly onAlarm: (alarm: WebhookAlarm) => void;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly pace?: WebhookPace;
}

/** Attempts over about a day. */
export const WEBHOOK_PACE: WebhookPace = {
  attempts: 14,
  firstPauseMs: 5_000,
  longestPauseMs: 4 * 3_600_000,
  atOnce: 4,
  idleMs: 1_000,
  leaseMs: 10_000,
};

const FILL_AT_ONCE = 200;
/** Rings that follow each other closely are one. */
const COALESCE_MS = 20;

/** Milliseconds until attempt `attempt` + 1: between half and all of a pause that doubles. */
export function pauseAfter(attempt: number, pace: WebhookPace, random: () => number): number {
  const longest = Math.min(pace.longestPauseMs, pace.firstPauseMs * 2 ** (attempt - 1));
  return Math.round(longest * (0.5 + random() / 2));
}

/** Starts the workers. `stop` waits for messages in flight; what was claimed and not told is told after the next start. */
export function startWebhooks(parts: WebhookCarrierParts): { stop(): Promise<void> } {
  const { outbox, endpoints, messageOf, post, onRing, onAlarm, random, pace = WEBHOOK_PACE } = parts;
  const wakes = new Set<() => void>();
  let stopped = false;
  const wakeAll = (): void => {
    for (const wake of wakes) wake();
  };
  const unhook = onRing(wakeAll);
  const registered = outbox.register(endpoints);
  const workers = endpoints.map((endpoint) => work(endpoint));

  async function work(endpoint: WebhookEndpoint): Promise<void> {
    const alarm = (kind: WebhookAlarm['kind'], eventId: string | null, outcome: WebhookOutcome | null): void =>
      onAlarm({ kind, operatorCode: endpoint.operatorCode, endpointId: endpoint.id, eventId, outcome });
    const bell = sleeper();
    wakes.add(bell.wake);
    let isRegistered = false;
    let lookAtMs = 0;
    while (!stopped) {
      bell.arm();
      try {
        if (!isRegistered) {
          await registered.catch(() => outbox.register(endpoints));
          isRegistered = true;
        }
        const filled = await outbox.fill(endpoint.id, FILL_AT_ONCE);
        // A ring without news for this endpoint costs one statement.
        if (filled === 0 && performance.now() < lookAtMs) {
          await bell.sleep(lookAtMs - performance.now());
          await pauseFor(COALESCE_MS);
          continue;
        }
        const claimed = await outbox.claim(endpoint.id, pace.atOnce, pace.leaseMs);
        await Promise.all(claimed.map((delivery) => carry(endpoint, delivery, alarm)));
        if (claimed.length > 0) continue;
        const dueMs = (await outbox.nextDueMs(endpoint.id)) ?? pace.idleMs;
        lookAtMs = performance.now() + Math.min(pace.idleMs, Math.max(10, dueMs));
      } catch {
        alarm('FAULT', null, null);
        await bell.sleep(pace.idleMs);
      }
    }
    wakes.delete(bell.wake);
  }

  async function carry(
    endpoint: WebhookEndpoint,
    { event, attempt }: ClaimedDelivery,
    alarm: (kind: WebhookAlarm['kind'], eventId: string, outcome: WebhookOutcome) => void,
  ): Promise<void> {
    const outcome = await post(endpoint, messageOf(event));
    if (outcome === 'TAKEN') return outbox.done(endpoint.id, event.id);
    if (attempt < pace.attempts) return outbox.retry(endpoint.id, event.id, pauseAfter(attempt, pace, random));
    await outbox.park(endpoint.id, event.id);
    alarm('PARKED', event.id, outcome);
  }

  return {
    async stop() {
      stopped = true;
      unhook();
      wakeAll();
      await Promise.all(workers);
    },
  };
}

function pauseFor(waitMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, waitMs));
}

/** Sleeps until woken or until the time is over; a wake between `arm` and `sleep` counts. */
function sleeper() {
  let isAwake = false;
  let wake: () => void = () => {};
  return {
    arm() {
      isAwake = false;
    },
    wake() {
      isAwake = true;
      wake();
    },
    sleep(waitMs: number): Promise<void> {
      if (isAwake) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(done, waitMs);
        function done(): void {
          clearTimeout(timer);
          wake = () => {};
          resolve();
        }
        wake = done;
      });
    },
  };
}
