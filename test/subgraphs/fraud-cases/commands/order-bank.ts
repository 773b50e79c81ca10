// The bank's side of block orders for tests: a real database with cases, keys and trust of a ceremony, the commands, the settlement and the
// dispatcher; and a gateway over real HTTP behind which operators answer with receipts of their own keys, or do what a test tells them.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { canonicalJson } from '../../../../shared/audit/canonical-json';
import { parseCompactJws, signCompactJws } from '../../../../shared/audit/compact-jws';
import { type KeyPair, loadKeyFile } from '../../../../shared/audit-log/key-file';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import type { CaseFact } from '../../../../shared/vocabulary/seed-fact';
import type { CommandDesk } from '../../../../subgraphs/fraud-cases/commands/command-desk';
import {
  type Dispatcher,
  type DispatcherOptions,
  type DispatchLimits,
  startDispatcher,
} from '../../../../subgraphs/fraud-cases/commands/dispatcher';
import { createOrderSender } from '../../../../subgraphs/fraud-cases/commands/gateway-call';
import { type OrderCommands, orderCommands } from '../../../../subgraphs/fraud-cases/commands/order-commands';
import type { SettlementOptions } from '../../../../subgraphs/fraud-cases/commands/settlement';
import type { Actor } from '../../../../subgraphs/fraud-cases/domain/actor';
import type { LineCourse } from '../../../../subgraphs/fraud-cases/domain/porting-chain';
import { bankAuthor } from '../../../../subgraphs/fraud-cases/log/bank-log';
import { loadBankTrust } from '../../../../subgraphs/fraud-cases/log/bank-trust';
import { documentHash } from '../../../../subgraphs/fraud-cases/log/order-document';
import { caseTransactions } from '../../../../subgraphs/fraud-cases/store/case-transaction';
import { caseFact, createCaseDatabase, logger } from '../fraud-cases-fixture';
import { type Ceremony, makeCeremony } from '../log-fixture';

export const INVESTIGATOR: Actor = { person: 'investigator-1', organisation: 'afc', roles: ['INVESTIGATOR'] };
export const SUPERVISOR: Actor = { person: 'supervisor-1', organisation: 'afc', roles: ['SUPERVISOR'] };
export const OTHER_SUPERVISOR: Actor = { person: 'supervisor-2', organisation: 'afc', roles: ['SUPERVISOR'] };

/** Impatient, so that a test need not wait. */
export const FAST: Partial<DispatchLimits> = {
  pollMs: 50,
  leaseMs: 1_000,
  firstBackOffMs: 10,
  longestBackOffMs: 40,
  firstPauseMs: 10,
  longestPauseMs: 50,
  stopMs: 2_000,
};

export const uuid = (ordinal: number): string => `00000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`;
export const numberOf = (ordinal: number): Msisdn => `+7701${String(2_000_000 + ordinal)}` as Msisdn;

/** An order as an operator reads it. */
export interface SeenOrder {
  readonly operatorCode: string;
  readonly text: string;
  readonly id: string;
  readonly sequence: number;
  readonly kind: 'BLOCK' | 'LIFT';
  readonly msisdn: string;
}

/** What the gateway answers: a receipt's text, a code of an error, or nothing at all (null: the connection is cut). */
export type Answering = (order: SeenOrder) => Promise<{ readonly receipt: string } | { readonly error: string } | null>;

/** A gateway over HTTP with operators behind it. */
export class TestGateway {
  /** Every order that arrived, in the order of arrival. */
  readonly arrived: SeenOrder[] = [];
  answering: Answering = async (order) => ({ receipt: this.receiptOf(order) });
  private readonly server: Server;
  private readonly keys = new Map<string, KeyPair>();

  constructor(private readonly ceremony: Ceremony) {
    this.server = createServer((request, response) => {
      void this.answer(request).then((body) => {
        if (body === null) return void request.socket.destroy();
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(body));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/graphql`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** A receipt as the order's operator signs it, or as somebody else does. */
  receiptOf(
    order: Pick<SeenOrder, 'text' | 'kind' | 'operatorCode'>,
    told: { readonly outcome?: string; readonly by?: string; readonly effectiveAt?: string | null } = {},
  ): string {
    const { outcome = order.kind === 'BLOCK' ? 'ENFORCED' : 'LIFTED', by = order.operatorCode } = told;
    const isEffect = ['ENFORCED', 'LIFTED', 'PARTIALLY_ENFORCED'].includes(outcome);
    const key = this.receiptKeyOf(by);
    const receipt = {
      v: 1,
      order_hash: documentHash(order.text),
      outcome,
      services: outcome === 'ENFORCED' ? ['VOICE_OUT'] : [],
      effective_at: told.effectiveAt === undefined ? (isEffect ? new Date().toISOString() : null) : told.effectiveAt,
    };
    const payload = Buffer.from(canonicalJson(receipt), 'utf8');
    return signCompactJws({ kid: key.publicKey.keyId, typ: 'senim-receipt+jws', payload }, key.privateKey);
  }

  private receiptKeyOf(operatorCode: string): KeyPair {
    const known = this.keys.get(operatorCode);
    if (known !== undefined) return known;
    const key = loadKeyFile(this.ceremony.keyFile(operatorCode, 'receipt'));
    this.keys.set(operatorCode, key);
    return key;
  }

  private async answer(request: IncomingMessage): Promise<object | null> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const { variables } = JSON.parse(Buffer.concat(parts).toString('utf8')) as {
      readonly variables: { readonly operatorCode: string; readonly order: string };
    };
    const order = seenOrder(variables.operatorCode, variables.order);
    this.arrived.push(order);
    const answer = await this.answering(order);
    if (answer === null) return null;
    if ('error' in answer) {
      return { data: { executeBlockOrder: null }, errors: [{ message: 'x', extensions: { code: answer.error } }] };
    }
    const { id: orderId, sequence } = order;
    const receipt = { orderId, sequence, outcome: 'ENFORCED', enforcedAt: null, receipt: answer.receipt };
    return { data: { executeBlockOrder: receipt } };
  }
}

export function seenOrder(operatorCode: string, text: string): SeenOrder {
  const payload = Buffer.from(parseCompactJws(text).payload).toString('utf8');
  const { id, sequence, kind, msisdn } = JSON.parse(payload) as SeenOrder;
  return { operatorCode, text, id, sequence, kind, msisdn };
}

/** The bank with cases of which each has one suspect, `numberOf` its ordinal. */
export interface OrderBank {
  readonly ceremony: Ceremony;
  readonly dataSource: DataSource;
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly desk: CommandDesk;
  readonly commands: OrderCommands;
  readonly gateway: TestGateway;
  readonly gatewayUrl: string;
  readonly settlement: SettlementOptions;
  /** Who serves a number; kcell unless told. */
  readonly serving: Map<string, OperatorCode | null>;
  /** What numbering says of a number; silent unless told. */
  readonly courses: Map<string, LineCourse | null>;
  start(limits?: Partial<DispatchLimits>, changes?: Partial<DispatcherOptions>): Dispatcher;
  /** A temporary block of the n-th number; resolves with the order's id. */
  block(ordinal: number, key?: string | null): Promise<string>;
  rows<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  stateOf(orderId: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function openOrderBank(cases: number, changes: (ordinal: number) => Partial<CaseFact> = () => ({})) {
  const ceremony = await makeCeremony();
  const facts = Array.from({ length: cases }, (_, place) =>
    caseFact(place + 1, numberOf(place + 1), { id: uuid(place + 1), ...changes(place + 1) }),
  );
  const { url, dataSource, close } = await createCaseDatabase(facts);
  await dataSource.query('UPDATE seeded_case SET is_told = true');
  const trust = loadBankTrust({ policyFile: ceremony.policyFile, rootFile: ceremony.rootFile });
  const author = bankAuthor(trust, trust.ownKey('act', ceremony.keyFile('afc', 'act')), null);
  const orderKey = trust.ownKey('order', ceremony.keyFile('afc', 'order'));
  const desk: CommandDesk = { transactions: caseTransactions(dataSource), author, orderKey };
  const pool = new Pool({ connectionString: url, max: 4 });
  pool.on('error', () => {});
  const gateway = new TestGateway(ceremony);
  const gatewayUrl = await gateway.start();
  const serving = new Map<string, OperatorCode | null>();
  const courses = new Map<string, LineCourse | null>();
  const commands = orderCommands(desk, {
    servingTenure: async (msisdn) => {
      const operatorCode = serving.get(msisdn);
      if (operatorCode === null) return null;
      return { operatorCode: operatorCode ?? ('kcell' as OperatorCode), since: '2020-01-01T00:00:00.000Z' as never };
    },
  });
  const settlement: SettlementOptions = {
    desk,
    source: pool,
    receiptKeyOf: (code, keyId) => trust.keyOf(code, 'receipt', keyId),
    askLineCourse: async (msisdn) => courses.get(msisdn) ?? null,
  };
  const rows = async <Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
    (await pool.query({ text, values: [...values] })).rows as readonly Row[];
  const bank: OrderBank = {
    ceremony,
    dataSource,
    databaseUrl: url,
    pool,
    desk,
    commands,
    gateway,
    gatewayUrl,
    settlement,
    serving,
    courses,
    start: (limits = {}, more = {}) =>
      startDispatcher({
        settlement,
        source: pool,
        databaseUrl: url,
        send: createOrderSender({
          gatewayUrl,
          signIn: { token: async () => 'token', forget: () => {} },
          timeoutMs: 3_000,
        }),
        logger,
        limits: { ...FAST, ...limits },
        ...more,
      }),
    async block(ordinal, key = null) {
      const block = {
        caseId: uuid(ordinal),
        msisdn: numberOf(ordinal),
        reason: 'A mule.',
        hours: 72,
        measures: null,
      } as const;
      const answer = await commands.issueTemporaryBlock({ actor: INVESTIGATOR, idempotencyKey: key }, block);
      if (answer.userErrors.length > 0) throw new Error(JSON.stringify(answer.userErrors));
      return String(answer.ids.order);
    },
    rows,
    async stateOf(orderId) {
      const [row] = await rows<{ readonly state: string }>('SELECT state FROM block_order WHERE id = $1', [orderId]);
      return row?.state;
    },
    async close() {
      await gateway.stop();
      await pool.end();
      await close();
      ceremony.remove();
    },
  };
  return bank;
}

/** Kinds and authors of the acts on a case, in the order of the case. */
export async function actsOf(bank: OrderBank, caseId: string): Promise<readonly string[]> {
  const rows = await bank.rows<{ readonly kind: string }>(
    'SELECT kind FROM audit.act WHERE case_id = $1 AND case_seq IS NOT NULL ORDER BY case_seq',
    [caseId],
  );
  return rows.map(({ kind }) => kind);
}

/** One field that an order's acts of a kind disclose. */
export async function disclosed(bank: OrderBank, caseId: string, kind: string, field: string): Promise<unknown[]> {
  const rows = await bank.rows<{ readonly value: Buffer }>(
    `SELECT value FROM audit.act JOIN audit.disclosure ON act_id = act.id
     WHERE case_id = $1 AND kind = $2 AND field = $3 ORDER BY case_seq`,
    [caseId, kind, field],
  );
  return rows.map(({ value }) => JSON.parse(value.toString('utf8')) as unknown);
}

/** Waits until the condition holds, at most eight seconds. */
export async function soon(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('What was awaited did not come.');
}
