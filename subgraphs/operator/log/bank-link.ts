// The operator's calls to the keeper of the log: hand over an act, ask for its receipt, for the newest checkpoint, for the act of an order. Each
// is bounded in time and size, and every failure is a value. What the bank says is foreign: here it is only read, what it is worth is
// decided by whoever checks it.

import { messageOf } from '../../../shared/audit-log/act-routes';
import type { SignedActMessage } from '../../../shared/audit-log/foreign-act';
import { prefixOf } from '../../../shared/audit-log/witness-client';
import { type CallHttp, callHttp } from '../../../shared/service/http-call';
import type { OutgoingAct } from '../store/act-outbox';

/** How the bank answered an act. SILENT: no answer, or one that says to come again. */
export type DeliveryAnswer =
  | { readonly kind: 'PROMISE'; readonly promise: string }
  | { readonly kind: 'REFUSAL'; readonly reason: string }
  | { readonly kind: 'SILENT' };

/** What the bank shows of the act by which it gave an order. UNKNOWN: it knows no such order. SILENT as above. */
export type OrderActAnswer =
  | { readonly kind: 'SHOWN'; readonly message: SignedActMessage }
  | { readonly kind: 'UNKNOWN' }
  | { readonly kind: 'SILENT' };

/** Calls to one bank; none of them rejects. */
export interface BankLink {
  deliver(act: OutgoingAct): Promise<DeliveryAnswer>;
  /** The proof that the log gives for an act; null when it gives none or does not answer. */
  proofOf(actId: string): Promise<string | null>;
  /** The note of the newest checkpoint; null when there is none or no answer. */
  newestCheckpoint(): Promise<string | null>;
  /** The act of the order whose document has this hash; only who holds the document can ask. */
  orderAct(orderHash: string): Promise<OrderActAnswer>;
}

/** Who keeps the log, by its name among the peers. */
const SERVER = 'fraud-cases';
const LARGEST_ANSWER = 65_536;
const LARGEST_NOTE = 1_000_000;
/** Statuses that say nothing about the act: too early, too many, or the bank's own trouble. */
const COME_AGAIN: readonly number[] = [408, 425, 429];
/** A refusal is told by a word, which is all of a foreign text that is kept. */
const REASON = /^[A-Z][A-Z_]{1,39}$/;

/** The bank that answers under an origin. `timeoutMs` bounds each call. */
export function bankLink(origin: string, timeoutMs: number, call: CallHttp = callHttp): BankLink {
  const base = prefixOf(origin);
  return {
    async deliver(act) {
      const answer = await call({
        url: `${base}/internal/acts`,
        server: SERVER,
        method: 'POST',
        body: JSON.stringify(act.message),
        contentType: 'application/json',
        timeoutMs,
        maxBytes: LARGEST_ANSWER,
      });
      if (answer === null || answer.status >= 500 || COME_AGAIN.includes(answer.status)) return { kind: 'SILENT' };
      const sent = parseObject(answer.body);
      if (answer.status === 200) {
        const promise = sent?.promise;
        return typeof promise === 'string' ? { kind: 'PROMISE', promise } : { kind: 'REFUSAL', reason: 'NO_PROMISE' };
      }
      const reason = sent?.refusal;
      const isWord = typeof reason === 'string' && REASON.test(reason);
      return { kind: 'REFUSAL', reason: isWord ? reason : `STATUS_${answer.status}` };
    },
    async proofOf(actId) {
      const url = `${base}/log/receipts/${actId}`;
      const answer = await call({ url, server: SERVER, method: 'GET', timeoutMs, maxBytes: LARGEST_NOTE });
      const proof = answer?.status === 200 ? parseObject(answer.body)?.proof : null;
      return typeof proof === 'string' ? proof : null;
    },
    async orderAct(orderHash) {
      const url = `${base}/log/orders/${orderHash}`;
      const answer = await call({ url, server: SERVER, method: 'GET', timeoutMs, maxBytes: LARGEST_ANSWER });
      if (answer?.status === 404) return { kind: 'UNKNOWN' };
      const message = answer?.status === 200 ? messageOf(parseObject(answer.body)) : null;
      return message === null ? { kind: 'SILENT' } : { kind: 'SHOWN', message };
    },
    async newestCheckpoint() {
      const url = `${base}/log/checkpoint`;
      const answer = await call({ url, server: SERVER, method: 'GET', timeoutMs, maxBytes: LARGEST_NOTE });
      return answer?.status === 200 ? answer.body.toString('utf8') : null;
    },
  };
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
