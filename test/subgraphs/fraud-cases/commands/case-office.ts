// The bank's office for tests: a real database at head, keys and trust of a ceremony, the commands on cases as the service puts them together,
// and operators that sign. Who serves a number is told by the test; kcell unless told.

import { createHash } from 'node:crypto';
import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import type { CaseFact } from '../../../../shared/vocabulary/seed-fact';
import { type AppealCommands, appealCommands } from '../../../../subgraphs/fraud-cases/commands/appeal-commands';
import { type CaseCommands, caseCommands } from '../../../../subgraphs/fraud-cases/commands/case-commands';
import type { Answer, CommandCaller, CommandDesk } from '../../../../subgraphs/fraud-cases/commands/command-desk';
import { type OrderCommands, orderCommands } from '../../../../subgraphs/fraud-cases/commands/order-commands';
import type { Numbering, ServingTenure } from '../../../../subgraphs/fraud-cases/commands/serving-operator';
import type { Actor, ActorRole } from '../../../../subgraphs/fraud-cases/domain/actor';
import { bankAuthor } from '../../../../subgraphs/fraud-cases/log/bank-log';
import { type BankTrust, loadBankTrust } from '../../../../subgraphs/fraud-cases/log/bank-trust';
import { openCaseStore } from '../../../../subgraphs/fraud-cases/store/case-store';
import { type CaseTransactions, caseTransactions } from '../../../../subgraphs/fraud-cases/store/case-transaction';
import { createCaseDatabase } from '../fraud-cases-fixture';
import { type Ceremony, makeCeremony } from '../log-fixture';
import { withDefaults } from './case-arguments';

/** People and machines, by the names of the demo. */
const ROLES: Readonly<Record<string, readonly ActorRole[]>> = {
  investigator: ['INVESTIGATOR'],
  supervisor: ['SUPERVISOR'],
  appeals: ['APPEALS'],
  bank: ['BANK'],
  operator: ['OPERATOR'],
  portal: ['PORTAL'],
};

/** Who gives a command; `key` is a key of idempotency. */
export function as(person: string, key: string | null = null): CommandCaller {
  const [kind = '', code = ''] = person.split('-');
  const isOfCenter = ['investigator', 'supervisor', 'appeals'].includes(kind);
  const organisation = isOfCenter ? 'afc' : kind === 'operator' ? code : person;
  const actor: Actor = { person, organisation, roles: ROLES[kind] ?? [] };
  return { actor, idempotencyKey: key };
}

export const uuid = (ordinal: number): string => `00000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`;
export const numberOf = (ordinal: number): Msisdn => `+7701${String(3_000_000 + ordinal)}` as Msisdn;
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The office. */
export interface CaseOffice {
  readonly ceremony: Ceremony;
  readonly trust: BankTrust;
  readonly dataSource: DataSource;
  readonly databaseUrl: string;
  readonly desk: CommandDesk;
  readonly cases: CaseCommands;
  readonly orders: OrderCommands;
  readonly appeals: AppealCommands;
  readonly serving: Map<string, OperatorCode | null>;
  rows<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** How the database would run a statement, if it could use indexes for everything. */
  plan(text: string): Promise<readonly string[]>;
  /** State, version and so on of a case, by the columns' names. */
  caseRow(caseId: string): Promise<Readonly<Record<string, unknown>>>;
  /** Kinds of the acts on a case, in its chain's order. */
  actsOf(caseId: string): Promise<readonly string[]>;
  /** A case of a number that was reported by a bank; resolves with its id. */
  reported(ordinal: number): Promise<string>;
  /** The same, triaged and assigned to investigator-1. */
  investigated(ordinal: number): Promise<string>;
  /** The same with evidence and a proposal by investigator-1; resolves with the id, the version stands in its row. */
  proposed(ordinal: number, outcome?: 'CONFIRMED' | 'REFUTED'): Promise<string>;
  close(): Promise<void>;
}

/** A statement as it is said to the database. */
interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** Opens an office over seeded cases; `onStatement` hears what its commands say to the database. */
export async function openCaseOffice(
  facts: readonly CaseFact[] = [],
  onStatement: (statement: Statement) => void = () => {},
): Promise<CaseOffice> {
  const ceremony = await makeCeremony();
  const database = await createCaseDatabase(facts);
  const { dataSource, url } = database;
  await dataSource.query('UPDATE seeded_case SET is_told = true');
  const trust = loadBankTrust({ policyFile: ceremony.policyFile, rootFile: ceremony.rootFile });
  const author = bankAuthor(trust, trust.ownKey('act', ceremony.keyFile('afc', 'act')), null);
  const desk = {
    transactions: overheard(caseTransactions(dataSource), onStatement),
    author,
    orderKey: trust.ownKey('order', ceremony.keyFile('afc', 'order')),
  };
  const pool = new Pool({ connectionString: url, max: 4 });
  const serving = new Map<string, OperatorCode | null>();
  const numbering = toldNumbering(serving);
  const cases = caseCommands({ desk, trust, numbering, store: openCaseStore(dataSource) });
  const rows = async <Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
    (await pool.query({ text, values: [...values] })).rows as readonly Row[];
  const caseRow = async (caseId: string): Promise<Readonly<Record<string, unknown>>> =>
    (await rows<Record<string, unknown>>('SELECT * FROM fraud_case WHERE id = $1', [caseId]))[0] ?? {};
  const reported = async (ordinal: number): Promise<string> =>
    idOf(await cases.reportSuspicion(as('bank-1'), withDefaults.report(numberOf(ordinal), `told-${ordinal}`)));
  const investigated = async (ordinal: number): Promise<string> => {
    const caseId = await reported(ordinal);
    done(await cases.triageReport(as('investigator-1'), { caseId, input: withDefaults.triage }));
    done(await cases.assignCase(as('investigator-1'), { caseId, assignee: 'investigator-1' }));
    return caseId;
  };
  return {
    ceremony,
    trust,
    dataSource,
    databaseUrl: url,
    desk,
    cases,
    orders: orderCommands(desk, numbering),
    appeals: appealCommands(desk),
    serving,
    rows,
    async plan(text) {
      const client = await pool.connect();
      try {
        await client.query('SET enable_seqscan = off');
        const { rows: lines } = await client.query<Record<string, string>>(`EXPLAIN (GENERIC_PLAN) ${text}`);
        return lines.map((line) => String(line['QUERY PLAN']));
      } finally {
        client.release(true);
      }
    },
    caseRow,
    async actsOf(caseId) {
      const acts = await rows<{ readonly kind: string }>(
        'SELECT kind FROM audit.act WHERE case_id = $1 AND case_seq IS NOT NULL ORDER BY case_seq',
        [caseId],
      );
      return acts.map(({ kind }) => kind);
    },
    reported,
    investigated,
    async proposed(ordinal, outcome = 'CONFIRMED') {
      const caseId = await investigated(ordinal);
      done(await cases.addEvidence(as('investigator-1'), { caseId, input: withDefaults.evidence(caseId) }));
      const { version } = await caseRow(caseId);
      const input = { ...withDefaults.decision, outcome, expectedVersion: Number(version) };
      done(await cases.proposeDecision(as('investigator-1'), { caseId, input }));
      return caseId;
    },
    async close() {
      await pool.end();
      await database.close();
      ceremony.remove();
    },
  };
}

/** The answer, when nothing was refused; throws otherwise. */
export function done(answer: Answer): Answer {
  if (answer.userErrors.length > 0) throw new Error(JSON.stringify(answer.userErrors));
  return answer;
}

/** The case that an answer names. */
export function idOf(answer: Answer): string {
  return String(done(answer).ids.case);
}

/** Codes of what was refused. */
export function codesOf(answer: Answer): readonly string[] {
  return answer.userErrors.map(({ code }) => code);
}

/** Transactions whose statements are heard. */
function overheard(transactions: CaseTransactions, onStatement: (statement: Statement) => void): CaseTransactions {
  return {
    ...transactions,
    run: (work, first) =>
      transactions.run((session, now, rows) => {
        const query = session.query.bind(session);
        const heard = (...said: Parameters<typeof query>) => {
          const [statement] = said as unknown as readonly [Statement | string];
          if (typeof statement === 'object' && typeof statement.text === 'string') onStatement(statement);
          return query(...said);
        };
        Object.assign(session, { query: heard });
        return work(session, now, rows).finally(() => Object.assign(session, { query }));
      }, first),
  };
}

function toldNumbering(serving: ReadonlyMap<string, OperatorCode | null>): Numbering {
  const servingTenure = async (msisdn: Msisdn): Promise<ServingTenure | null> => {
    const operatorCode = serving.get(msisdn);
    if (operatorCode === null) return null;
    return { operatorCode: operatorCode ?? ('kcell' as OperatorCode), since: '2020-01-01T00:00:00.000Z' as never };
  };
  return {
    servingTenure,
    servingTenures: async (msisdns) =>
      new Map(await Promise.all(msisdns.map(async (msisdn) => [msisdn, await servingTenure(msisdn)] as const))),
  };
}
