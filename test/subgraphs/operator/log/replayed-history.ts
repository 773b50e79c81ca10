// The bank's words to an operator whose past is signed in a test: orders under the bank's key, and leaves of acts that it never has to show.

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { DataSource } from 'typeorm';
import { canonicalJson } from '../../../../shared/audit/canonical-json';
import { signCompactJws } from '../../../../shared/audit/compact-jws';
import { createActAuthor } from '../../../../shared/audit-log/act-author';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import { type ReplayRound, replay } from '../../../../subgraphs/operator/log/replay';
import type { ExecutedOrder, HistoryFact } from '../../../../subgraphs/operator/store/history-rows';
import { openHistoryStore } from '../../../../subgraphs/operator/store/history-store';
import { keyPair } from '../../../shared/audit-log/log-network';

export const CASE_ID = 'c0ffee00-0000-4000-8000-000000000001';
const BANK_ORDER_KEY = keyPair('afc order');

/** The leaf hash of an act that is known by a word. */
export function leafOf(word: string): string {
  return createHash('sha256').update(word).digest('base64url');
}

/** The bank's order for what an operator did; members may be told otherwise. */
export function orderFor(code: string, done: ExecutedOrder, told: Readonly<Record<string, unknown>> = {}): string {
  const payload = {
    v: 1,
    id: done.orderId,
    sequence: done.sequence,
    kind: 'BLOCK',
    operatorCode: code,
    msisdn: done.msisdn,
    measures: done.measures,
    reason: 'MASS_CALLING',
    case: CASE_ID,
    issued_at: done.receivedAt,
    valid_until: null,
    ...told,
  };
  const document = { kid: BANK_ORDER_KEY.publicKey.keyId, typ: 'senim-order+jws' };
  return signCompactJws(
    { ...document, payload: Buffer.from(canonicalJson(payload), 'utf8') },
    BANK_ORDER_KEY.privateKey,
  );
}

/** The bank's word on an order. */
export function orderWord(code: string, done: ExecutedOrder, told: Readonly<Record<string, unknown>> = {}): object {
  const subject = told.kind === 'LIFT' ? 'lift-order' : 'block-order';
  return {
    subject,
    id: done.orderId,
    leafHash: leafOf(`${subject} ${done.orderId}`),
    document: orderFor(code, done, told),
  };
}

/** One round of the replay of an operator, with the keys that its code names; the lines that it printed beside what it says of the round. */
export async function replayRound(
  dataSource: DataSource,
  code: string,
  words: readonly object[],
): Promise<{ readonly round: ReplayRound; readonly lines: readonly Readonly<Record<string, unknown>>[] }> {
  const author = createActAuthor({
    party: code,
    privateKey: keyPair(`${code} act`).privateKey,
    keepsCases: false,
    seen: () => null,
  });
  const parts = {
    operatorCode: code as OperatorCode,
    store: openHistoryStore(dataSource, author),
    receiptKey: keyPair(`${code} receipt`),
    bankOrderKeys: [BANK_ORDER_KEY.publicKey],
  };
  const lines: Record<string, unknown>[] = [];
  const input = Readable.from(words.map((word) => `${JSON.stringify(word)}\n`));
  const round = await replay(parts, input, (line) => lines.push(JSON.parse(line)));
  return { round, lines };
}

/** Signs the whole past at once: whatever was done was ordered. */
export async function replayAll(dataSource: DataSource, code: string): Promise<void> {
  const facts: readonly { readonly kind: string; readonly id: string; readonly body: unknown }[] =
    await dataSource.query('SELECT kind, subject_id AS id, body FROM history_fact');
  if (facts.length === 0) return;
  const words = (facts as readonly HistoryFact[]).flatMap((fact): object[] => {
    if (fact.kind === 'enforcement')
      return [
        orderWord(code, fact.body),
        orderWord(code, fact.body, { kind: 'LIFT', sequence: fact.body.sequence + 1 }),
      ];
    const subject = fact.kind === 'informationAnswer' ? 'information-request' : 'operator-check';
    return fact.kind === 'report' ? [] : [{ subject, id: fact.id, leafHash: leafOf(fact.id), document: null }];
  });
  const { round } = await replayRound(dataSource, code, words);
  if (round.waiting > 0) throw new Error('The past of a test could not be signed to its end.');
}
