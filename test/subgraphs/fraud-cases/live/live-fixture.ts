// Orders for tests of what is told while the service runs: a database of cases with orders that are not signed yet, and transactions in which
// the bank signs them, each open for as long as the test wants.

import { Pool, type PoolClient } from 'pg';
import { principalOf } from '../../../../shared/access/principal';
import { appendAct } from '../../../../shared/audit-log/act-author';
import { AppError } from '../../../../shared/vocabulary/app-error';
import type { Listener } from '../../../../subgraphs/fraud-cases/live/subscription-route';
import { documentHash } from '../../../../subgraphs/fraud-cases/log/order-document';
import { writeCaseEvent } from '../../../../subgraphs/fraud-cases/store/case-event';
import { bankAuthor, draftOf } from '../../../shared/audit-log/log-database';
import { caseFact, createCaseDatabase, orderFact } from '../fraud-cases-fixture';

/** A transaction that signed an order and is not over. */
export interface OpenIssue {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

export interface LiveDatabase {
  readonly url: string;
  readonly pool: Pool;
  /** Begins to issue, lift or otherwise end the order of a case: `order-N` of case N. */
  begin(ordinal: number, what?: 'BLOCK' | 'LIFT' | 'SUPERSEDED'): Promise<OpenIssue>;
  issue(ordinal: number, what?: 'BLOCK' | 'LIFT' | 'SUPERSEDED'): Promise<void>;
  close(): Promise<void>;
}

export const caseIdOf = (ordinal: number): string => `00000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`;
export const orderIdOf = (ordinal: number): string => `order-${ordinal}`;
export const documentOf = (ordinal: number, kind = 'BLOCK'): string => `signed.${kind}.${ordinal}`;

/** Cases 1…count, each with one order; odd ones to kcell, even ones to tele2. */
export async function openLiveDatabase(count: number): Promise<LiveDatabase> {
  const facts = Array.from({ length: count }, (_, at) => {
    const ordinal = at + 1;
    const msisdn = `+7701${String(1_000_000 + ordinal)}`;
    const operatorCode = operatorOf(ordinal);
    const order = orderFact(orderIdOf(ordinal), msisdn, { state: 'ISSUED', operatorCode });
    return { ...caseFact(ordinal, msisdn, { blockOrders: [order] }), id: caseIdOf(ordinal) };
  });
  const database = await createCaseDatabase(facts);
  const pool = new Pool({ connectionString: database.url, max: 16 });
  pool.on('error', () => {});
  const author = bankAuthor();
  const begin: LiveDatabase['begin'] = async (ordinal, what = 'BLOCK') => {
    const client = await pool.connect();
    await client.query('BEGIN');
    const caseId = caseIdOf(ordinal);
    const kind = { BLOCK: 'block.ordered', LIFT: 'lift.ordered', SUPERSEDED: 'block.superseded' } as const;
    const change = {
      BLOCK: ['document = $2', documentOf(ordinal)],
      LIFT: ["lift_sequence = 2, state = 'LIFT_ISSUED', lift_document = $2", documentOf(ordinal, 'LIFT')],
      SUPERSEDED: ['state = $2', 'SUPERSEDED'],
    } as const;
    const [set, value] = change[what];
    const orderId = orderIdOf(ordinal);
    const fields = { orderId, actor: 'investigator-1', orderHash: documentHash(value) };
    const draft = { ...draftOf(kind[what], caseId, fields), to: [operatorOf(ordinal)] };
    const signed = await appendAct(client, author, draft);
    await writeCaseEvent(client, { actId: signed.act.id, caseId, kind: kind[what], step: null });
    await client.query(`UPDATE block_order SET ${set} WHERE id = $1`, [orderId, value]);
    return { commit: () => end(client, 'COMMIT'), rollback: () => end(client, 'ROLLBACK') };
  };
  return {
    url: database.url,
    pool,
    begin,
    issue: async (ordinal, what) => (await begin(ordinal, what)).commit(),
    async close() {
      await pool.end();
      await database.close();
    },
  };
}

export function operatorOf(ordinal: number): string {
  return ordinal % 2 === 1 ? 'kcell' : 'tele2';
}

async function end(client: PoolClient, how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
  await client.query(how);
  client.release();
}

/** Believes a bearer of the form `user:organisation:ROLE`; how real ones are checked is tested with the check. */
export async function plainAsker(headers: NodeJS.Dict<readonly string[]>): Promise<Listener> {
  const [authorization] = headers.authorization ?? [];
  if (authorization === undefined) return { principal: null, isSuspended: async () => false };
  const [, person, organisation, role] = /^Bearer ([^:]+):([^:]+):([A-Z]+)$/.exec(authorization) ?? [];
  const exp = Math.floor(Date.now() / 1_000 + 600);
  const principal = principalOf({ sub: person, org: organisation, roles: [role], client_id: person, exp });
  if (!principal.ok) throw new AppError('UNAUTHENTICATED', 'A token is required.');
  return { principal: principal.value, isSuspended: async (name) => name === 'operator-suspended' };
}
