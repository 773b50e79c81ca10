// An operator that executes orders of a bank: a real database, real keys, a bank over HTTP, and words for what can be read of both.

import { verifyAct } from '../../../../shared/audit/act';
import { parseCompactJws, verifyTypedJws } from '../../../../shared/audit/compact-jws';
import { createActAuthor } from '../../../../shared/audit-log/act-author';
import { createLogger } from '../../../../shared/service/logger';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import type { OperatorFact } from '../../../../shared/vocabulary/seed-fact';
import type { ExecuteOrder } from '../../../../subgraphs/operator/domain/executed-order';
import { bankLink } from '../../../../subgraphs/operator/log/bank-link';
import { createOrderDesk } from '../../../../subgraphs/operator/log/order-desk';
import { receiptSealer } from '../../../../subgraphs/operator/log/signed-document';
import { type EnforcementStore, openEnforcementStore } from '../../../../subgraphs/operator/store/enforcement-store';
import { openPortingStore, type PortingStore } from '../../../../subgraphs/operator/store/porting-store';
import { createOperatorDatabase, type OperatorDatabase } from '../operator-fixture';
import { ACT_KEY, BANK_ACT_KEY, BANK_ORDER_KEY, RECEIPT_KEY } from './log-fixture';
import { OrderBank } from './order-bank';

export const AUTHOR = createActAuthor({
  party: 'kcell',
  privateKey: ACT_KEY.privateKey,
  keepsCases: false,
  seen: () => null,
});

/** Operator and bank. */
export interface OrderWorld {
  readonly bank: OrderBank;
  readonly database: OperatorDatabase;
  readonly store: EnforcementStore;
  readonly portings: PortingStore;
  readonly execute: ExecuteOrder;
  rows(statement: string, parameters?: unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** What the network holds on the line in force of a number. */
  services(msisdn: string): Promise<unknown>;
  /** Everything that a document could have changed, counted. */
  traces(): Promise<unknown>;
  close(): Promise<void>;
}

export async function openOrderWorld(facts: readonly OperatorFact[]): Promise<OrderWorld> {
  const bank = await OrderBank.open();
  const database = await createOperatorDatabase(facts);
  const store = openEnforcementStore(database.dataSource, AUTHOR, receiptSealer(RECEIPT_KEY));
  const rows: OrderWorld['rows'] = (statement, parameters) => database.dataSource.query(statement, parameters);
  return {
    bank,
    database,
    store,
    portings: openPortingStore(database.dataSource, AUTHOR),
    execute: createOrderDesk({
      operatorCode: 'kcell' as OperatorCode,
      store,
      bank: { code: 'afc', actKeys: [BANK_ACT_KEY.publicKey] },
      orderKeys: [BANK_ORDER_KEY.publicKey],
      link: bankLink(bank.url, 1_000),
      logger: createLogger({ name: 'order-test', level: 'silent' }),
    }),
    rows,
    async services(msisdn) {
      const [row] = await rows(
        `SELECT measures FROM service_state JOIN line_contract contract ON contract.key = contract_key
         WHERE msisdn = $1 AND status IN ('ACTIVE', 'SUSPENDED', 'PENDING_IDENTIFICATION', 'IDENTIFICATION_FAILED')`,
        [msisdn],
      );
      return row?.measures ?? [];
    },
    traces: () =>
      rows(`SELECT (SELECT count(*) FROM audit.act) AS acts, (SELECT count(*) FROM enforcement_event) AS events,
        (SELECT json_agg(row_to_json(b) ORDER BY order_id, sequence) FROM block_enforcement b) AS blocks,
        (SELECT json_agg(row_to_json(s) ORDER BY contract_key) FROM service_state s) AS services,
        (SELECT json_agg(row_to_json(a) ORDER BY msisdn) FROM accepted_order a) AS accepted`),
    async close() {
      await database.close();
      await bank.close();
    },
  };
}

/** What a receipt says, under the operator's receipt key. */
export function readReceipt(receipt: string): Readonly<Record<string, unknown>> {
  const payload = verifyTypedJws(parseCompactJws(receipt), 'senim-receipt+jws', RECEIPT_KEY.publicKey);
  return JSON.parse(Buffer.from(payload).toString('utf8'));
}

/** Own acts in the order of their numbers, opened. */
export async function ownActs(world: OrderWorld) {
  const acts = await world.rows(
    `SELECT opening.jws, (SELECT json_object_agg(field, convert_from(value, 'UTF8')::json) FROM audit.disclosure one
       WHERE one.act_id = act.id) AS fields
     FROM audit.act act JOIN audit.opening opening ON opening.act_id = act.id JOIN act_delivery delivery ON delivery.act_id = act.id
     ORDER BY delivery.place`,
  );
  return acts.map(({ jws, fields }) => ({
    ...verifyAct(parseCompactJws(String(jws)), ACT_KEY.publicKey),
    fields: fields as Readonly<Record<string, unknown>>,
  }));
}

/** The executed document, or the word of the refusal. */
export async function executed(world: OrderWorld, document: string) {
  const done = await world.execute(document);
  if (!done.ok) throw new Error(done.error);
  return done.value;
}
