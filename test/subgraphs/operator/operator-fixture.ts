// A small operator in a database of its own, served over real HTTP, and the facts it is made of: words for a line, its cards, its
// handsets and its days.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DataSource } from 'typeorm';
import { migrate } from '../../../shared/service/database';
import { createLogger, type Logger } from '../../../shared/service/logger';
import { iinCheckDigit } from '../../../shared/vocabulary/iin';
import { luhnCheckDigit } from '../../../shared/vocabulary/luhn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import {
  type ContractFact,
  type OperatorFact,
  USAGE_MEASURES,
  type UsageMeasure,
} from '../../../shared/vocabulary/seed-fact';
import type { JointLogConfig } from '../../../subgraphs/operator/config';
import { DEFAULT_RISK_RULES } from '../../../subgraphs/operator/domain/risk-rule-set';
import type { DeskPace } from '../../../subgraphs/operator/log/joint-log-desk';
import { type RunningService, startOperator } from '../../../subgraphs/operator/server';
import { openOperatorDatabase } from '../../../subgraphs/operator/store/database';
import { seed } from '../../../subgraphs/operator/store/seed';
import { policyText } from '../../shared/audit-log/log-network';
import { createTestDatabase } from '../../support/database';
import { IDLE_PACE, writeOperatorFiles } from './log/log-fixture';
import { replayAll } from './log/replayed-history';

export const OPERATOR = 'kcell';

/** NDJSON as a program gets it on its standard input. */
export function asInput(facts: Iterable<object>): Readable {
  return Readable.from(linesOf(facts));
}

function* linesOf(facts: Iterable<object>): Generator<string> {
  for (const fact of facts) yield `${JSON.stringify(fact)}\n`;
}

/** A database at head that holds the facts. */
export interface OperatorDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  close(): Promise<void>;
}

/** An empty database at head, made once; it is dropped with the cluster. */
let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const { url } = await createTestDatabase('operator_template');
  const dataSource = await openOperatorDatabase(url);
  await migrate(dataSource);
  await dataSource.destroy();
  return new URL(url).pathname.slice(1);
}

/** What the operator said in the past is signed with the keys that the code names. */
export async function createOperatorDatabase(
  facts: Iterable<OperatorFact> = [],
  code = OPERATOR,
): Promise<OperatorDatabase> {
  template ??= makeTemplate();
  const database = await createTestDatabase('operator', { template: await template });
  const dataSource = await openOperatorDatabase(database.url);
  await seed(dataSource, asInput(facts), () => {});
  await replayAll(dataSource, code);
  return {
    url: database.url,
    dataSource,
    async close() {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/** The service over a database, on a free port. Unless told otherwise its log is nowhere, and it does nothing by itself. */
export async function serveOperator(
  databaseUrl: string,
  code = OPERATOR,
  jointLog: { readonly config: JointLogConfig; readonly pace: DeskPace } | null = null,
  more: { readonly logger?: Logger; readonly personsPerDay?: number } = {},
): Promise<RunningService> {
  const folder = jointLog === null ? mkdtempSync(join(tmpdir(), 'senim-operator-')) : null;
  const files = jointLog?.config ?? filesIn(folder ?? '', code);
  const logger = more.logger ?? createLogger({ name: 'operator-test', level: 'silent' });
  const config = {
    ...files,
    DATABASE_URL: databaseUrl,
    OPERATOR_CODE: code as OperatorCode,
    HOST: '127.0.0.1',
    PORT: 0,
    LOG_LEVEL: 'silent' as const,
    RISK_RULES_FILE: undefined,
    PERSONS_PER_DAY: more.personsPerDay ?? 5_000,
  };
  const service = await startOperator(config, DEFAULT_RISK_RULES, logger, jointLog?.pace ?? IDLE_PACE);
  return {
    ...service,
    async stop() {
      await service.stop();
      if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Keys and trust of an operator whose log and witnesses are nowhere. */
function filesIn(folder: string, code: string): JointLogConfig {
  const nowhere = 'http://127.0.0.1:9';
  return writeOperatorFiles(
    folder,
    code,
    policyText(() => nowhere),
    nowhere,
  );
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The instant so many days ago. */
export function daysAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString();
}

/** The Almaty day so many days ago. */
export function dayAgo(days: number): string {
  return new Date(Date.now() - days * DAY_MS + 5 * HOUR_MS).toISOString().slice(0, 10);
}

/** The IMEI of a number below a million. */
export function imeiOf(number: number): string {
  const digits = `35693803${String(number).padStart(6, '0')}`;
  return `${digits}${luhnCheckDigit(digits)}`;
}

/** The ICCID of a number below a million. */
export function iccidOf(number: number): string {
  const digits = `899770110000${String(number).padStart(6, '0')}`;
  return `${digits}${luhnCheckDigit(digits)}`;
}

export function imsiOf(number: number): string {
  return `40102${String(number).padStart(10, '0')}`;
}

/** The IIN of a number below a thousand: the first at or after it that can be issued. */
export function iinOf(number: number): string {
  for (let serial = number * 5; ; serial += 1) {
    const first11 = `8505053${String(serial).padStart(4, '0')}`;
    const check = iinCheckDigit(first11);
    if (check !== null) return `${first11}${check}`;
  }
}

/** A day's measures, zero unless told. */
export function usageTuple(day: Partial<Record<UsageMeasure, number>>): number[] {
  return USAGE_MEASURES.map((measure) => day[measure] ?? 0);
}

export function person(id: string, iin: string, fullName = 'Ахметов Канат'): OperatorFact {
  return { kind: 'subscriber', id, subscriberKind: 'PERSON', iin, bin: null, fullName };
}

export function company(id: string, bin: string, fullName = 'ТОО «Алатау»'): OperatorFact {
  return { kind: 'subscriber', id, subscriberKind: 'LEGAL_ENTITY', iin: null, bin, fullName };
}

export function tenure(msisdn: string, since: string, until: string | null = null): OperatorFact {
  return { kind: 'tenure', msisdn, since, until };
}

/** An active, verified prepaid line of `subscriberId`, unless told otherwise. */
export function contract(
  fact: Pick<ContractFact, 'id' | 'msisdn' | 'since' | 'subscriberId'> & Partial<ContractFact>,
): ContractFact {
  return {
    kind: 'contract',
    status: 'ACTIVE',
    plan: 'PREPAID',
    activatedAt: fact.since,
    endedAt: null,
    assignedUserId: null,
    verification: {
      result: 'PASSED',
      method: 'FACE_LIVENESS_APP',
      verifiedAt: fact.since,
      attempts: 1,
      providerReference: null,
    },
    dealerId: null,
    soldAt: null,
    simCards: [],
    devices: [],
    usage: null,
    ...fact,
  };
}
