// Orders of the bank and receipts of the operator: strict compact JWS with keys of their own. An order is believed under a key that the root
// of trust gives the bank for orders, and under no other.

import { createHash } from 'node:crypto';
import { AuditFault } from '../../../shared/audit/audit-catalogue';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { parseCompactJws, signCompactJws, verifyTypedJws } from '../../../shared/audit/compact-jws';
import type { PublicKey } from '../../../shared/audit/ed25519';
import { encodeBase64Url } from '../../../shared/audit/encoding';
import { sameBytes } from '../../../shared/audit/hash';
import { parseStrictJson } from '../../../shared/audit/strict-json';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import { type OrderDocument, type ReceiptFacts, readOrder } from '../domain/order-document';

/** `typ` of an order's JWS, and of a receipt's. */
export const ORDER_TYPE = 'senim-order+jws';
export const RECEIPT_TYPE = 'senim-receipt+jws';

const VERSION = 1;
/** A reason of ten thousand characters, and the rest; a JWS holds no more. */
const LIMITS = { maxBytes: 49_152, maxDepth: 3 };

/** The order in a JWS that one of the bank's order keys signed; null for anything else. The text is chosen by the sender. */
export function openOrder(jws: string, bankOrderKeys: readonly PublicKey[]): OrderDocument | null {
  try {
    const unverified = parseCompactJws(jws);
    const key = bankOrderKeys.find((known) => known.keyId === unverified.kid);
    if (key === undefined) return null;
    const payload = verifyTypedJws(unverified, ORDER_TYPE, key);
    const value = parseStrictJson(payload, LIMITS);
    return sameBytes(Buffer.from(canonicalJson(value), 'utf8'), payload) ? readOrder(value) : null;
  } catch (fault) {
    if (fault instanceof AuditFault) return null;
    throw fault;
  }
}

/** The operator's signed receipt: canonical JSON `{effective_at, order_hash, outcome, services, v}`. */
export function signReceipt(receipt: ReceiptFacts, key: KeyPair): string {
  const payload = canonicalJson({
    v: VERSION,
    order_hash: receipt.orderHash,
    outcome: receipt.outcome,
    services: receipt.services,
    effective_at: receipt.effectiveAt,
  });
  const document = { kid: key.publicKey.keyId, typ: RECEIPT_TYPE, payload: Buffer.from(payload, 'utf8') };
  return signCompactJws(document, key.privateKey);
}

/** Signs receipts with one key, each with its name. */
export function receiptSealer(key: KeyPair): (facts: ReceiptFacts) => { readonly text: string; readonly hash: string } {
  return (facts) => {
    const text = signReceipt(facts, key);
    return { text, hash: documentHash(text) };
  };
}

/** How acts name a signed document: SHA-256 of its JWS, base64url. */
export function documentHash(jws: string): string {
  return encodeBase64Url(createHash('sha256').update(jws, 'latin1').digest());
}
