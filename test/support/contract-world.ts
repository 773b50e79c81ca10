// A small invented world behind the three contracts: what every party holds is a function of the number, so that a test can say what
// the right answer is without asking anybody. Servers are real HTTP servers that execute the contract with graphql-js.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { composeServices } from '@theguild/federation-composition';
import { type DocumentNode, execute, type GraphQLResolveInfo, type GraphQLSchema, parse, validate } from 'graphql';

export const WORLD_OPERATORS = ['kcell', 'beeline', 'tele2'] as const;
export type WorldOperator = (typeof WORLD_OPERATORS)[number];

/** The contract of a subgraph. From the root of the repository, so that compiled programs find it as tests do. */
export function contractOf(name: string): string {
  return readFileSync(join('test', 'contract', `${name}.graphql`), 'utf8');
}

const SINCE = '2024-05-01T00:00:00.000Z';

/** A number served by the operator; `index` tells numbers apart, up to a hundred thousand. */
export function worldNumber(operator: WorldOperator, index: number): string {
  return `+7701${String(index).padStart(6, '0')}${WORLD_OPERATORS.indexOf(operator)}`;
}

/** The operator that serves a number; by its last digit. */
export function worldOperatorOf(msisdn: string): WorldOperator {
  return WORLD_OPERATORS[Number(msisdn.at(-1)) % 3] ?? 'kcell';
}

/** A number that nobody has. */
export const NOBODYS_NUMBER = '+77009999999';

/** What numbering holds of a number. */
export function worldPhoneNumber(msisdn: string) {
  if (msisdn === NOBODYS_NUMBER) return null;
  const tenure = { __typename: 'OperatorTenure', msisdn, operatorCode: worldOperatorOf(msisdn), since: SINCE };
  return { __typename: 'PhoneNumber', msisdn, currentTenure: tenure, tenures: [tenure] };
}

/** What an operator holds of a tenure. */
export function worldTenure(msisdn: string, operatorCode: string, since = SINCE) {
  const digits = msisdn.slice(-7);
  return {
    __typename: 'OperatorTenure',
    msisdn,
    operatorCode,
    since,
    contract: {
      id: `contract-${digits}`,
      status: 'ACTIVE',
      subscriber: { kind: 'PERSON', maskedName: `Name ${digits}` },
    },
    simSwap: { swapped: false, monitoredPeriodDays: Number(digits) % 100 },
    risk: {
      level: 'LOW',
      indicators: [
        { code: `NIGHT-${digits}`, severity: 'LOW', value: 0.5, threshold: 0.3, windowHours: 24, firedAt: SINCE },
      ],
    },
  };
}

/** What an operator holds of a person: two lines. */
export function worldHolding(iin: string, operatorCode: string) {
  const index = Number(iin.slice(-5));
  const numbers = [index, index + 50_000].map((number) => worldNumber(operatorCode as WorldOperator, number));
  return {
    __typename: 'OperatorHolding',
    iin,
    operatorCode,
    activeLineCount: 2,
    tenures: numbers.map((msisdn) => worldTenure(msisdn, operatorCode)),
  };
}

/** What the bank holds of a number. */
export function worldBankRow(msisdn: string) {
  return {
    __typename: 'PhoneNumber',
    msisdn,
    blockStatus: { state: 'BLOCKED', reason: `Reason ${msisdn.slice(-7)}`, underAppeal: false },
  };
}

type Resolvers = Record<string, Record<string, (first: never, second: never) => unknown>>;
type Key = Readonly<Record<string, string>>;

/** The executable contract of an operator, or an older text of it. */
export function operatorSchema(operator: string, sdl = contractOf('operator')): GraphQLSchema {
  return schemaOf(sdl, {
    OperatorTenure: {
      __resolveReference: (key: Key) => worldTenure(key.msisdn ?? '', operator, key.since),
    },
    OperatorHolding: { __resolveReference: (key: Key) => worldHolding(key.iin ?? '', operator) },
    Mutation: {
      executeBlockOrder: (_: unknown, { order }: Key) => ({
        orderId: order,
        sequence: 1,
        outcome: 'ENFORCED',
        receipt: `receipt of ${operator} for ${order}`,
      }),
    },
  });
}

function bankSchemas(): Readonly<Record<string, GraphQLSchema>> {
  return {
    numbering: schemaOf(contractOf('numbering'), {
      Query: {
        phoneNumber: (_: unknown, { msisdn }: Key) => worldPhoneNumber(msisdn ?? ''),
        phoneNumbers: (_: unknown, { msisdns }: { msisdns: string[] }) => msisdns.map(worldPhoneNumber),
        person: (_: unknown, { iin }: Key) => ({
          iin,
          holdings: WORLD_OPERATORS.map((operatorCode) => ({ __typename: 'OperatorHolding', iin, operatorCode })),
        }),
      },
      PhoneNumber: { __resolveReference: (key: Key) => worldPhoneNumber(key.msisdn ?? '') },
      OperatorTenure: { __resolveReference: (key: Key) => ({ ...key, until: null, number: { msisdn: key.msisdn } }) },
    }),
    'fraud-cases': schemaOf(contractOf('fraud-cases'), {
      PhoneNumber: { __resolveReference: (key: Key) => worldBankRow(key.msisdn ?? '') },
    }),
  };
}

/** One GraphQL request that a server received. */
export interface ReceivedCall {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
}

/** Executes a request honestly. */
export async function executeHonestly(schema: GraphQLSchema, call: ReceivedCall): Promise<Record<string, unknown>> {
  const document = documentOf(schema, call.query);
  const result = await execute({
    schema,
    document,
    variableValues: call.variables,
    fieldResolver: (source: Record<string, unknown>, args, _context, info: GraphQLResolveInfo) => {
      const value = source?.[info.fieldName];
      return typeof value === 'function' ? value(args) : value;
    },
  });
  return JSON.parse(JSON.stringify(result));
}

/** A server of one subgraph that keeps what it received. */
export interface WorldServer {
  readonly url: string;
  readonly calls: ReceivedCall[];
  close(): Promise<void>;
}

/** Starts a server; `answer` gets each request with its body read. */
export async function startWorldServer(
  answer: (call: ReceivedCall, request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<WorldServer & { readonly server: Server }> {
  const calls: ReceivedCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { query, variables = {} } = JSON.parse(Buffer.concat(chunks).toString());
      const call = { query, variables, headers: request.headers };
      calls.push(call);
      answer(call, request, response).catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    calls,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A server that answers its schema honestly. */
export function startHonestServer(schema: GraphQLSchema): Promise<WorldServer> {
  return startWorldServer(async (call, _request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(await executeHonestly(schema, call)));
  });
}

/** The bank's two subgraphs and as many operators as are named, all honest. */
export interface World {
  readonly supergraph: string;
  readonly servers: Readonly<Record<string, WorldServer>>;
  close(): Promise<void>;
}

export async function startWorld(operators: readonly string[]): Promise<World> {
  const schemas = { ...bankSchemas(), ...Object.fromEntries(operators.map((name) => [name, operatorSchema(name)])) };
  const servers: Record<string, WorldServer> = {};
  for (const [name, schema] of Object.entries(schemas)) servers[name] = await startHonestServer(schema);
  const composed = composeServices(
    ['numbering', 'operator', 'fraud-cases'].map((name) => ({
      name,
      url: servers[name]?.url ?? 'http://127.0.0.1:9/graphql',
      typeDefs: parse(contractOf(name)),
    })),
  );
  if (!composed.supergraphSdl) throw new Error('The contracts do not compose.');
  return {
    supergraph: composed.supergraphSdl,
    servers,
    async close() {
      await Promise.all(Object.values(servers).map((server) => server.close()));
    },
  };
}

const documents = new Map<string, DocumentNode>();

/** Parsed and validated once per text: a question that is not valid GraphQL is a defect that must show. */
function documentOf(schema: GraphQLSchema, query: string): DocumentNode {
  let document = documents.get(query);
  if (document === undefined) {
    document = parse(query);
    const faults = validate(schema, document);
    if (faults.length > 0) throw new Error(`The question is not valid: ${faults[0]?.message}`);
    documents.set(query, document);
  }
  return document;
}

/** Resolvers of types that the text does not have are left out. */
function schemaOf(sdl: string, resolvers: Resolvers): GraphQLSchema {
  const typeDefs = parse(sdl);
  const known = Object.entries(resolvers).filter(([type]) => new RegExp(`type ${type}\\b`).test(sdl));
  return buildSubgraphSchema([{ typeDefs, resolvers: Object.fromEntries(known) as never }]);
}
