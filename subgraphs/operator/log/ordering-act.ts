// The act by which the bank gave an order. An order is executed only when the bank also told it in the joint log: an order key alone, in
// whatever hands, blocks nobody without an act that everybody can hold against the bank. Only the field that names the document is opened
// here; its other fields stay the bank's.

import { type HashText, verifyAct } from '../../../shared/audit/act';
import type { ActKind } from '../../../shared/audit/act-kind';
import { AuditFault } from '../../../shared/audit/audit-catalogue';
import { opensCommitment } from '../../../shared/audit/commitment';
import { parseCompactJws } from '../../../shared/audit/compact-jws';
import type { PublicKey } from '../../../shared/audit/ed25519';
import { decodeBase64Url, encodeBase64Url } from '../../../shared/audit/encoding';
import { leafHash } from '../../../shared/audit/hash';
import { leafData, SALT_SIZE } from '../../../shared/audit/leaf';
import { parseStrictJson } from '../../../shared/audit/strict-json';
import type { SignedActMessage } from '../../../shared/audit-log/foreign-act';
import type { OrderDocument } from '../domain/order-document';

/** The bank, as far as orders are concerned. */
export interface OrderingBank {
  readonly code: string;
  /** Keys by which it signs acts. */
  readonly actKeys: readonly PublicKey[];
}

const HASH_FIELD = 'orderHash';
const TELLING_KINDS: Readonly<Record<OrderDocument['kind'], readonly ActKind[]>> = {
  BLOCK: ['block.ordered', 'block.reissued'],
  LIFT: ['lift.ordered'],
};

/** Leaf hash of the act in a message, when it is the bank's act on this very document, for its addressee and its case; null for anything else. The message is chosen by the sender. */
export function leafOfOrderingAct(
  message: SignedActMessage,
  {
    order,
    orderHash,
    bank,
  }: { readonly order: OrderDocument; readonly orderHash: string; readonly bank: OrderingBank },
): HashText | null {
  try {
    const unverified = parseCompactJws(message.act);
    const key = bank.actKeys.find((known) => known.keyId === unverified.kid);
    if (key === undefined) return null;
    const act = verifyAct(unverified, key);
    const isMeant =
      act.author === bank.code &&
      act.caseId === order.caseId &&
      act.to.includes(order.operatorCode) &&
      TELLING_KINDS[order.kind].includes(act.kind);
    const salt = saltOf(message.salt);
    if (!isMeant || salt === null || !namesDocument(message, act.commitments[HASH_FIELD], orderHash)) return null;
    return encodeBase64Url(leafHash(leafData(salt, message.act)));
  } catch (fault) {
    if (fault instanceof AuditFault) return null;
    throw fault;
  }
}

function namesDocument({ disclosures }: SignedActMessage, commitment: string | undefined, orderHash: string): boolean {
  const [told, ...more] = disclosures.filter(({ field }) => field === HASH_FIELD);
  if (told === undefined || more.length > 0) return false;
  const salt = saltOf(told.salt);
  const value = parseStrictJson(Buffer.from(told.value, 'utf8'));
  return salt !== null && value === orderHash && opensCommitment(commitment, { field: HASH_FIELD, salt, value });
}

function saltOf(text: string): Uint8Array | null {
  const salt = decodeBase64Url(text);
  return salt?.length === SALT_SIZE ? salt : null;
}
