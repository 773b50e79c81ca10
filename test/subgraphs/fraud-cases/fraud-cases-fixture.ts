// Cases for tests, a database of their own, and the service over real HTTP.

import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { DataSource } from 'typeorm';
import { loadKeyFile } from '../../../shared/audit-log/key-file';
import { migrate } from '../../../shared/service/database';
import { createLogger } from '../../../shared/service/logger';
import type { CaseFact } from '../../../shared/vocabulary/seed-fact';
import { type RunningService, startFraudCases } from '../../../subgraphs/fraud-cases/server';
import { openFraudCasesDatabase } from '../../../subgraphs/fraud-cases/store/database';
import { seed } from '../../../subgraphs/fraud-cases/store/seed';
import { createTestDatabase } from '../../support/database';
import { signAs } from '../../support/gateway-signature';
import { gatewayTrust } from '../../support/gateway-trust';
import { NO_ISSUER } from '../../support/token-issuer';
import type { Ceremony } from './log-fixture';

export const logger = createLogger({ name: 'fraud-cases-test', level: 'silent' });

export type OrderFact = CaseFact['blockOrders'][number];

/** Ten o'clock UTC on that day of 2026. */
export const on = (month: number, day: number): string => new Date(Date.UTC(2026, month - 1, day, 10)).toISOString();

/** A case that was only opened, with a suspect; `changes` replaces members. */
export function caseFact(ordinal: number, suspect: string, changes: Partial<CaseFact> = {}): CaseFact {
  const id = `case-${ordinal}`;
  return {
    kind: 'case',
    id,
    number: `AFC-2026-${String(ordinal).padStart(6, '0')}`,
    state: 'UNDER_INVESTIGATION',
    outcome: 'UNSET',
    track: 'AFC_INVESTIGATION',
    fraudType: 'PHONE_IMPERSONATION',
    severity: 'HIGH',
    version: 3,
    openedAt: on(3, 1),
    dueAt: null,
    assignee: 'investigator-1',
    duplicateOf: null,
    subjects: [{ msisdn: suspect, role: 'SUSPECT', addedBy: 'analyst-1', addedAt: on(3, 1), ground: 'report' }],
    reports: [reportFact(`${id}-report`, suspect)],
    evidence: [],
    informationRequests: [],
    decision: null,
    blockOrders: [],
    appeals: [],
    losses: [],
    clocks: [],
    ...changes,
  };
}

export function reportFact(id: string, suspect: string, receivedAt = on(3, 1)): CaseFact['reports'][number] {
  return {
    id,
    source: 'BANK_SIGNAL',
    sourceRef: id,
    reporter: 'bank-1',
    suspect,
    victim: null,
    channel: 'CALL',
    fraudType: null,
    occurredAt: null,
    detectedAt: null,
    receivedAt,
    text: 'words of the reporter',
  };
}

export function evidenceFact(id: string): CaseFact['evidence'][number] {
  const sha256 = createHash('sha256').update(id).digest('hex');
  return { id, evidenceKind: 'AUDIO', sha256, capturedAt: on(3, 2), capturedBy: 'analyst-1', note: null };
}

export function orderFact(id: string, msisdn: string, changes: Partial<OrderFact> = {}): OrderFact {
  return {
    id,
    sequence: 1,
    msisdn,
    operatorCode: 'kcell',
    orderKind: 'CONFIRMED',
    state: 'ENFORCED',
    version: 4,
    measures: ['VOICE_OUT', 'PORT_FREEZE'],
    reason: 'PHONE_IMPERSONATION',
    issuedAt: on(3, 4),
    deliveredAt: on(3, 4),
    acknowledgedAt: on(3, 4),
    enforcedAt: on(3, 5),
    liftedAt: null,
    validUntil: null,
    liftSequence: null,
    supersededBy: null,
    ...changes,
  };
}

/** NDJSON as a program gets it on its standard input. */
export function asInput(facts: readonly object[]): Readable {
  return Readable.from(facts.map((fact) => `${JSON.stringify(fact)}\n`));
}

/** Name of an empty database at head, made once for all tests of a file; it is dropped with the cluster. */
let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const { url } = await createTestDatabase('fraud_cases_template');
  const dataSource = await openFraudCasesDatabase(url);
  await migrate(dataSource);
  await dataSource.destroy();
  return new URL(url).pathname.slice(1);
}

/** A database at head that holds the cases. */
export async function createCaseDatabase(facts: readonly CaseFact[]): Promise<{
  readonly url: string;
  readonly dataSource: DataSource;
  close(): Promise<void>;
}> {
  template ??= makeTemplate();
  const database = await createTestDatabase('fraud_cases', { template: await template });
  const dataSource = await openFraudCasesDatabase(database.url);
  const close = async (): Promise<void> => {
    await dataSource.destroy();
    await database.drop();
  };
  try {
    await seed(dataSource, asInput(facts), logger);
  } catch (cause) {
    await close();
    throw cause;
  }
  return { url: database.url, dataSource, close };
}

/** The service over a database, on a free port; with the joint log when its ceremony is given, at the port of that; for tokens of an issuer when one is given. */
export async function serveFraudCases(
  databaseUrl: string,
  ceremony: Ceremony | null = null,
  identity: { readonly issuer: string; readonly audience: string } = NO_ISSUER,
  serviceLogger = logger,
): Promise<RunningService> {
  const { log, port, disclosure } = ceremony ?? { log: null, port: 0, disclosure: undefined };
  const config = {
    DATABASE_URL: databaseUrl,
    HOST: '127.0.0.1',
    PORT: port,
    LOG_LEVEL: 'silent',
    log,
    ...(disclosure === undefined ? {} : { disclosure }),
    ...(ceremony === null ? { gatewayRootFile: ownRootFile() } : {}),
    ISSUER_URL: identity.issuer,
    TOKEN_AUDIENCE: identity.audience,
  } as const;
  const service = await startFraudCases(config, serviceLogger);
  if (ceremony !== null) signAs(service.url, loadKeyFile(ceremony.keyFile('afc', 'gateway')));
  return service;
}

let rootFile: string | undefined;

/** The root of trust of services without a ceremony; made once. */
function ownRootFile(): string {
  rootFile ??= gatewayTrust(mkdtempSync(join(tmpdir(), 'senim-root-'))).rootFile;
  return rootFile;
}
