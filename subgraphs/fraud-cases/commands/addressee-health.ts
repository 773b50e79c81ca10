// How one addressee of orders is doing, as far as this program has seen: whether it answers at all, and whether a failure speaks against the
// order or against the addressee. One that does not answer is asked about one order at a time, less and less often; one order that is never
// answered while others are stays that order's own trouble. Kept in memory: after a start everybody is believed to be well.

/** How an attempt failed. UNREACHABLE: nobody was there. TIMEOUT: no answer. REFUSED: an answer that settles nothing. */
export type AttemptFailure = 'UNREACHABLE' | 'TIMEOUT' | 'REFUSED';

/** Times in milliseconds. */
export interface HealthLimits {
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** Different orders that fail one after the other before the addressee itself is taken to be down. */
const MANY = 5;

/** One addressee. */
export class AddresseeHealth {
  private readonly failing = new Set<string>();
  /** Answers that settled something. */
  private successes = 0;
  /** How many there were when an order last failed to be answered. */
  private readonly seenAt = new Map<string, number>();
  private pauses = 0;
  private isUnreachable = false;
  private pausedUntilMs = 0;

  constructor(private readonly limits: HealthLimits) {}

  /** Whether it is taken to be down. */
  get isDown(): boolean {
    return this.isUnreachable || this.failing.size >= MANY;
  }

  /** When it may be asked again; 0 for at once. */
  get pausedUntil(): number {
    return this.pausedUntilMs;
  }

  /** An attempt was answered. */
  succeeded(order: string): void {
    this.successes += 1;
    this.pauses = 0;
    this.isUnreachable = false;
    this.pausedUntilMs = 0;
    this.failing.clear();
    this.seenAt.delete(order);
  }

  /** An attempt failed. Whether that speaks against the order: `random` in [0, 1) spreads the pause. */
  failed(order: string, failure: AttemptFailure, nowMs: number, random: number): { readonly isOrders: boolean } {
    const isFirstOutage = !this.isDown;
    const others = this.seenAt.get(order);
    this.failing.add(order);
    this.seenAt.set(order, this.successes);
    this.isUnreachable = failure === 'UNREACHABLE';
    if (this.isDown && (isFirstOutage || nowMs >= this.pausedUntilMs)) {
      const { firstPauseMs, longestPauseMs } = this.limits;
      this.pausedUntilMs = nowMs + Math.min(longestPauseMs, firstPauseMs * 2 ** this.pauses) * (0.5 + random / 2);
      this.pauses = Math.min(this.pauses + 1, 30);
    }
    switch (failure) {
      case 'UNREACHABLE':
        return { isOrders: false };
      case 'TIMEOUT':
        // Others were answered since this one was tried before: it is not the addressee that is silent.
        return { isOrders: others !== undefined && this.successes > others };
      case 'REFUSED':
        return { isOrders: !this.isDown };
    }
  }
}
