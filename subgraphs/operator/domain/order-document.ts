// What a block order of the bank says, and whether it speaks of what this operator did. Pure: whose signature stands under the document is
// asked before. Foreign until then: every member is read strictly.

import { BLOCK_MEASURES, type BlockMeasure, type BlockOutcome } from '../../../shared/vocabulary/block-order';
import { isOneOf } from '../../../shared/vocabulary/closed-list';
import { type Instant, parseInstant } from '../../../shared/vocabulary/instant';
import type { JsonObject } from '../../../shared/vocabulary/json';
import { type Msisdn, parseMsisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';

/** A block order or the order to lift one. */
export interface OrderDocument {
  readonly id: string;
  readonly sequence: number;
  readonly kind: 'BLOCK' | 'LIFT';
  readonly operatorCode: string;
  readonly msisdn: Msisdn;
  /** Each named once; of a block at least one. */
  readonly measures: readonly BlockMeasure[];
  readonly caseId: string;
  /** By the bank's clock. A line that somebody took over later is not meant. */
  readonly issuedAt: Instant;
  /** When a temporary block lapses by itself; null for what stands until it is lifted. */
  readonly validUntil: Instant | null;
}

/** What an operator answers to an order, as its receipt says it. */
export interface ReceiptFacts {
  /** SHA-256 of the order's document, base64url. */
  readonly orderHash: string;
  readonly outcome: BlockOutcome;
  /** Measures that the network holds on the line afterwards. */
  readonly services: readonly BlockMeasure[];
  /** Null when nothing took effect. */
  readonly effectiveAt: Instant | null;
}

const VERSION = 1;
const MEMBERS = 'case,id,issued_at,kind,measures,msisdn,operatorCode,reason,sequence,v,valid_until';
/** Sequences are whole numbers of four bytes in the tables. */
const LAST_SEQUENCE = 2 ** 31 - 1;
/** As long as the bank lets people write one. */
const LONGEST_REASON = 10_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The order that a payload holds; null unless it has exactly the members of one, each in its one form. */
export function readOrder(payload: unknown): OrderDocument | null {
  if (typeof payload !== 'object' || payload === null || Object.keys(payload).sort().join() !== MEMBERS) return null;
  const sent = payload as JsonObject;
  const { v, id, sequence, kind, operatorCode, measures, reason, case: caseId } = sent;
  if (v !== VERSION || (kind !== 'BLOCK' && kind !== 'LIFT') || typeof operatorCode !== 'string') return null;
  if (typeof id !== 'string' || !UUID.test(id) || typeof caseId !== 'string' || !UUID.test(caseId)) return null;
  if (typeof sequence !== 'number' || !Number.isInteger(sequence) || sequence < 1 || sequence > LAST_SEQUENCE) {
    return null;
  }
  if (typeof reason !== 'string' || reason.length > LONGEST_REASON) return null;
  const msisdn = numberOf(sent.msisdn);
  const issuedAt = instantOf(sent.issued_at);
  const validUntil = sent.valid_until === null ? null : instantOf(sent.valid_until);
  if (msisdn === null || issuedAt === null || (validUntil === null && sent.valid_until !== null)) return null;
  if (!areMeasures(measures) || (kind === 'BLOCK' && measures.length === 0)) return null;
  return { id, sequence, kind, operatorCode, msisdn, measures, caseId, issuedAt, validUntil };
}

/** Whether an order asked this operator for what was done: the same order and number, and no measure beyond those that it names. */
export function answersOrder(
  order: OrderDocument,
  done: {
    readonly operatorCode: OperatorCode;
    readonly orderId: string;
    readonly msisdn: string;
    readonly kind: OrderDocument['kind'];
    readonly measures: readonly BlockMeasure[];
  },
): boolean {
  return (
    order.kind === done.kind &&
    order.id === done.orderId &&
    order.operatorCode === done.operatorCode &&
    order.msisdn === done.msisdn &&
    done.measures.every((measure) => order.measures.includes(measure))
  );
}

function numberOf(value: unknown): Msisdn | null {
  const number = typeof value === 'string' ? parseMsisdn(value) : null;
  return number?.ok === true && number.value === value ? number.value : null;
}

function instantOf(value: unknown): Instant | null {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  return instant?.ok === true && instant.value === value ? instant.value : null;
}

function areMeasures(value: unknown): value is readonly BlockMeasure[] {
  return (
    Array.isArray(value) && value.every((word) => isOneOf(BLOCK_MEASURES, word)) && new Set(value).size === value.length
  );
}
