// The signed paper between bank and operator: the order that the bank signs, and the receipt with which the operator answers it. Both are
// compact JWS over canonical JSON, with keys of their own; acts commit to the SHA-256 of their text.

import { AuditFault } from '../../../shared/audit/audit-catalogue';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { parseCompactJws, signCompactJws, verifyTypedJws } from '../../../shared/audit/compact-jws';
import type { PublicKey } from '../../../shared/audit/ed25519';
import { encodeBase64Url } from '../../../shared/audit/encoding';
import { sha256 } from '../../../shared/audit/hash';
import { parseStrictJson } from '../../../shared/audit/strict-json';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import { BLOCK_MEASURES, type BlockMeasure } from '../../../shared/vocabulary/block-order';
import { isOneOf } from '../../../shared/vocabulary/closed-list';
import { type Instant, parseInstant } from '../../../shared/vocabulary/instant';

/** What an order says. */
export interface OrderDraft {
  readonly id: string;
  readonly sequence: number;
  readonly kind: 'BLOCK' | 'LIFT';
  readonly operatorCode: string;
  readonly msisdn: string;
  readonly measures: readonly BlockMeasure[];
  readonly reason: string;
  readonly caseId: string;
  readonly issuedAt: Instant;
  /** When a temporary block lapses by itself; null for what stands until it is lifted, and for a lift. */
  readonly validUntil: Instant | null;
}

/** What a receipt says. */
export interface Receipt {
  /** SHA-256 of the order's text, base64url. */
  readonly orderHash: string;
  readonly outcome: string;
  /** Measures that hold on the line afterwards. */
  readonly services: readonly BlockMeasure[];
  /** Null when nothing took effect. */
  readonly effectiveAt: Instant | null;
}

const ORDER_TYPE = 'senim-order+jws';
const RECEIPT_TYPE = 'senim-receipt+jws';
const VERSION = 1;
const RECEIPT_MEMBERS = 'effective_at,order_hash,outcome,services,v';

/** The signed order. The same order always becomes the same text. */
export function signOrder(order: OrderDraft, key: KeyPair): string {
  const payload = canonicalJson({
    v: VERSION,
    id: order.id,
    sequence: order.sequence,
    kind: order.kind,
    operatorCode: order.operatorCode,
    msisdn: order.msisdn,
    measures: order.measures,
    reason: order.reason,
    case: order.caseId,
    issued_at: order.issuedAt,
    valid_until: order.validUntil,
  });
  const document = { kid: key.publicKey.keyId, typ: ORDER_TYPE, payload: Buffer.from(payload, 'utf8') };
  return signCompactJws(document, key.privateKey);
}

/** SHA-256 of a document's text in base64url: how acts and receipts name it. */
export function documentHash(document: string): string {
  return encodeBase64Url(sha256(Buffer.from(document, 'latin1')));
}

/** The receipt in a text that this operator's key signed; null when it is none. `keyOf` finds the operator's receipt key by its id. */
export function openReceipt(text: string, keyOf: (keyId: string) => PublicKey | null): Receipt | null {
  try {
    const jws = parseCompactJws(text);
    const key = keyOf(jws.kid);
    return key === null ? null : readReceipt(verifyTypedJws(jws, RECEIPT_TYPE, key));
  } catch (cause) {
    if (cause instanceof AuditFault) return null;
    throw cause;
  }
}

function readReceipt(payload: Uint8Array): Receipt | null {
  const value = parseStrictJson(payload);
  if (Buffer.from(payload).toString('utf8') !== canonicalJson(value)) return null;
  if (typeof value !== 'object' || value === null || Object.keys(value).sort().join() !== RECEIPT_MEMBERS) return null;
  const { v, order_hash: orderHash, outcome, services, effective_at: effective } = value as Record<string, unknown>;
  if (v !== VERSION || typeof orderHash !== 'string' || typeof outcome !== 'string') return null;
  if (!Array.isArray(services) || !services.every((word): word is BlockMeasure => isOneOf(BLOCK_MEASURES, word))) {
    return null;
  }
  const at = typeof effective === 'string' ? parseInstant(effective) : null;
  if (effective !== null && at?.ok !== true) return null;
  return { orderHash, outcome, services, effectiveAt: at?.ok === true ? at.value : null };
}
