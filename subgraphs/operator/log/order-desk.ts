// Where orders of the bank come in. In this order, each step before the next costs anything: the document is the bank's and is for this
// operator; it was not answered for good already; the bank told it in the joint log; then it is executed. Up to the last step nothing is
// written, so a bad document leaves no trace but a line in the log when its signature is good and its act is not.

import type { PublicKey } from '../../../shared/audit/ed25519';
import type { Logger } from '../../../shared/service/logger';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import { isSettled } from '../domain/enforcement';
import type { ExecuteOrder, OrderRefusal } from '../domain/executed-order';
import type { OrderDocument } from '../domain/order-document';
import type { EnforcementStore } from '../store/enforcement-store';
import type { BankLink } from './bank-link';
import { leafOfOrderingAct, type OrderingBank } from './ordering-act';
import { documentHash, openOrder } from './signed-document';

/** What the desk needs. */
export interface OrderDeskParts {
  readonly operatorCode: OperatorCode;
  readonly store: Pick<EnforcementStore, 'knownOrder' | 'execute'>;
  readonly bank: OrderingBank;
  /** Keys by which the bank signs orders. */
  readonly orderKeys: readonly PublicKey[];
  readonly link: Pick<BankLink, 'orderAct'>;
  readonly logger: Logger;
}

/** Executes documents; may be called for one document any number of times, also at once. Rejects when the own database fails. */
export function createOrderDesk(parts: OrderDeskParts): ExecuteOrder {
  const { operatorCode, store, orderKeys } = parts;
  return async (document) => {
    if (document.length > LONGEST_DOCUMENT) return refused('NOT_AN_ORDER');
    const order = openOrder(document, orderKeys);
    if (order === null || order.operatorCode !== operatorCode) return refused('NOT_AN_ORDER');
    const orderHash = documentHash(document);
    const known = await store.knownOrder(orderHash);
    if (known !== null && isSettled(order, known.answer)) return accepted(executed(order, known.answer));
    const leaf = known?.answered ?? null;
    const answered = leaf === null ? await askBank(parts, order, orderHash) : accepted(leaf);
    if (!answered.ok) return answered;
    const answer = await store.execute({ order, document, orderHash, answered: answered.value });
    return answer.ok ? accepted(executed(order, answer.value)) : answer;
  };
}

/** Characters of the longest JWS that is read. */
const LONGEST_DOCUMENT = 65_536;

/** Leaf hash of the bank's act on the order. */
async function askBank(
  { bank, link, logger }: OrderDeskParts,
  order: OrderDocument,
  orderHash: string,
): Promise<Result<string, OrderRefusal>> {
  const told = await link.orderAct(orderHash);
  if (told.kind === 'SILENT') return refused('BANK_SILENT');
  const leaf = told.kind === 'SHOWN' ? leafOfOrderingAct(told.message, { order, orderHash, bank }) : null;
  if (leaf !== null) return accepted(leaf);
  // A good signature without its act: the bank has lost its log, or its order key.
  logger.error({ orderId: order.id, alarm: 'ORDER_WITHOUT_ACT' }, 'an order that the bank has not told is refused');
  return refused('NOT_TOLD');
}

function executed(
  { id, sequence }: OrderDocument,
  { outcome, effectiveAt, receipt }: Parameters<typeof isSettled>[1] & { readonly receipt: string },
) {
  return { orderId: id, sequence, outcome, enforcedAt: effectiveAt, receipt };
}
