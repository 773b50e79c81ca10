// What an operator answers to a document that claims to be an order: what it did, or a word why it did nothing.

import type { BlockOutcome } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Result } from '../../../shared/vocabulary/result';

/** An executed order. */
export interface ExecutedDocument {
  readonly orderId: string;
  readonly sequence: number;
  readonly outcome: BlockOutcome;
  /** When it took effect; null when it did not. */
  readonly enforcedAt: Instant | null;
  /** The signed receipt, a compact JWS; the same whenever the same order comes again. */
  readonly receipt: string;
}

/**
 * NOT_AN_ORDER: not the bank's order for this operator, in its one form. NOT_TOLD: the bank's log knows no act of it. BANK_SILENT: the bank
 * could not be asked; the order may come again. CONFLICT: another document of the number has this sequence.
 */
export type OrderRefusal = 'NOT_AN_ORDER' | 'NOT_TOLD' | 'BANK_SILENT' | 'CONFLICT';

/** Executes a document that somebody sent. Nothing is written when it is refused. */
export type ExecuteOrder = (document: string) => Promise<Result<ExecutedDocument, OrderRefusal>>;
