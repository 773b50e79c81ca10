// What stands between the gateway and one operator: its breaker, its slots and its allowance of retries, kept for reads and for
// mutations apart, so that a storm of look-ups never stops a block order.

import { type Breaker, createBreaker } from './breaker';
import { type Bulkhead, createBulkhead } from './bulkhead';

export interface OperatorGate {
  readonly breaker: Breaker;
  readonly bulkhead: Bulkhead;
  /** Counts a call towards the allowance of retries. */
  countCall(): void;
  /** Takes one retry from the allowance; false when it is used up, so that retries never add more than a tenth to the load. */
  takeRetry(): boolean;
}

/** The gates of all operators; they outlive a reload of the supergraph or of the directory. */
export interface OperatorGates {
  gateOf(serviceName: string, target: string, kind: 'query' | 'mutation'): OperatorGate;
  /** Every gate that was made, with whose it is. */
  all(): readonly { readonly target: string; readonly kind: 'query' | 'mutation'; readonly gate: OperatorGate }[];
}

/** A retry costs what ten calls have earned; nothing is given in advance. */
const CALLS_PER_RETRY = 10;
const RETRIES_IN_HAND = 10;

/** Gates made at first use. Targets are keys of the directory, so their number is bounded by it. */
export function createOperatorGates(): OperatorGates {
  const gates = new Map<string, OperatorGate>();
  const made: { readonly target: string; readonly kind: 'query' | 'mutation'; readonly gate: OperatorGate }[] = [];
  return {
    all: () => made,
    gateOf(serviceName, target, kind) {
      const name = `${kind} ${serviceName} ${target}`;
      let gate = gates.get(name);
      if (gate === undefined) {
        gate = createGate();
        gates.set(name, gate);
        made.push({ target, kind, gate });
      }
      return gate;
    },
  };
}

function createGate(): OperatorGate {
  let earned = 0;
  return {
    breaker: createBreaker(),
    bulkhead: createBulkhead(),
    countCall() {
      earned = Math.min(RETRIES_IN_HAND * CALLS_PER_RETRY, earned + 1);
    },
    takeRetry() {
      if (earned < CALLS_PER_RETRY) return false;
      earned -= CALLS_PER_RETRY;
      return true;
    },
  };
}
