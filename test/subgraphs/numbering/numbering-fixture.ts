// A small registry in a database of its own, served over real HTTP, and operators that answer the porting protocol as they are told.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { DataSource } from 'typeorm';
import { migrate } from '../../../shared/service/database';
import { createLogger } from '../../../shared/service/logger';
import type { NumberingFact } from '../../../shared/vocabulary/seed-fact';
import { type RunningService, startNumbering } from '../../../subgraphs/numbering/server';
import { openNumberingDatabase } from '../../../subgraphs/numbering/store/database';
import { seed } from '../../../subgraphs/numbering/store/seed';
import { createTestDatabase } from '../../support/database';
import { type GatewayTrust, gatewayTrust, programKey } from '../../support/gateway-trust';
import { askEntities, askGraphQL } from '../../support/http-call';
import { writeKey } from '../operator/log/log-fixture';

export const logger = createLogger({ name: 'numbering-test', level: 'silent' });

/** NDJSON as a program gets it on its standard input. */
export function asInput(facts: readonly object[]): Readable {
  return Readable.from(facts.map((fact) => `${JSON.stringify(fact)}\n`));
}

/** A list of operators in a file of its own. */
export interface OperatorsDocument {
  readonly path: string;
  write(operators: readonly { code: string; endpoint?: string; state?: string }[]): void;
  remove(): void;
}

export function createOperatorsDocument(): OperatorsDocument {
  const folder = mkdtempSync(join(tmpdir(), 'senim-operators-'));
  const path = join(folder, 'operators.json');
  return {
    path,
    write(operators) {
      const entries = operators.map(({ code, endpoint, state }) => ({
        code,
        name: `${code} company`,
        brands: [code],
        endpoint: endpoint ?? 'http://127.0.0.1:9/graphql',
        state: state ?? 'CONNECTED',
        schemaHash: null,
        keys: {},
      }));
      writeFileSync(path, JSON.stringify({ operators: entries }));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A database at head that holds the facts. */
export async function createRegistryDatabase(facts: readonly NumberingFact[]): Promise<{
  readonly url: string;
  readonly dataSource: DataSource;
  close(): Promise<void>;
}> {
  const database = await createTestDatabase('numbering');
  const dataSource = await openNumberingDatabase(database.url);
  await migrate(dataSource);
  await seed(dataSource, asInput(facts), logger);
  return {
    url: database.url,
    dataSource,
    async close() {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

/** With what the bank's programs sign. */
export const NUMBERING_KEY = programKey('numbering');
export const CASES_KEY = programKey('cases');

let trust: GatewayTrust | undefined;

/** The headers with which the gateway asks for somebody who signed in. */
export function forSomebody(): Readonly<Record<string, string>> {
  return trust === undefined ? {} : { 'afc-context': trust.contextOf({ actor: 'AAAAAAAAAAAAAAAAAAAAAA' }) };
}

/** Asks the registry as the gateway does. */
export const askRegistry = (origin: string, query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  askGraphQL(origin, query, variables, forSomebody());
export const registryEntities = (
  origin: string,
  typeName: string,
  selection: string,
  representations: readonly Readonly<Record<string, unknown>>[],
) => askEntities(origin, typeName, selection, representations, forSomebody());

/** The service over a database, on a free port; with the keys and the root of a ceremony, with its own unless told. */
export function serveNumbering(
  databaseUrl: string,
  operatorsFile: string,
  serviceLogger = logger,
  ceremony: { readonly rootFile: string; keyFile(party: string, purpose: string): string } | null = null,
): Promise<RunningService> {
  const folder = dirname(operatorsFile);
  trust = gatewayTrust(folder);
  const config = {
    DATABASE_URL: databaseUrl,
    OPERATORS_FILE: operatorsFile,
    TRUST_ROOT_FILE: ceremony?.rootFile ?? trust.rootFile,
    NUMBERING_KEY_FILE:
      ceremony?.keyFile('afc', 'numbering') ?? writeKey(join(folder, 'numbering.pem'), 'afc numbering'),
    HOST: '127.0.0.1',
    PORT: 0,
    LOG_LEVEL: 'silent',
  } as const;
  return startNumbering(config, serviceLogger);
}

/** An operator's porting routes over real HTTP; keeps what it was asked. */
export interface PortingOperator {
  readonly endpoint: string;
  readonly asked: { readonly path: string; readonly body: Record<string, unknown> }[];
  /** Answer by path, instead of the accepting one: status and body, or null to drop the connection. */
  readonly answers: Map<string, { readonly status: number; readonly body: unknown } | null>;
  close(): Promise<void>;
}

const ACCEPTING: Readonly<Record<string, object>> = {
  '/internal/port-out/check': { allowed: true },
  '/internal/port-out': { state: 'PORTED_OUT' },
  '/internal/port-in': { state: 'PORTED_IN' },
};

export async function startPortingOperator(): Promise<PortingOperator> {
  const asked: PortingOperator['asked'] = [];
  const answers: PortingOperator['answers'] = new Map();
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const text = Buffer.concat(chunks).toString('utf8');
      if (text !== '') asked.push({ path, body: JSON.parse(text) as Record<string, unknown> });
      const answer = answers.has(path) ? answers.get(path) : { status: 200, body: ACCEPTING[path] ?? {} };
      if (answer === null || answer === undefined) {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    asked,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
