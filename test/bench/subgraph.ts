// One measured subgraph: graphql-js over the contract with invented rows, on node:http, every document parsed once.
// Usage: node subgraph.js NAME PORT

import { createServer } from 'node:http';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type GraphQLResolveInfo, parse } from 'graphql';
import { BENCH_SUBGRAPHS, type BenchSubgraph, bankRow, benchContract, numberingRow, tenureRow } from './bench-graph';

type Resolvers = Record<string, Record<string, (first: never, second: never) => unknown>>;

const RESOLVERS: Readonly<Record<BenchSubgraph, Resolvers>> = {
  numbering: {
    Query: {
      phoneNumber: (_: unknown, args: { msisdn: string }) => numberingRow(args.msisdn),
      phoneNumbers: (_: unknown, args: { msisdns: string[] }) => args.msisdns.map(numberingRow),
    },
    PhoneNumber: { __resolveReference: (key: { msisdn: string }) => numberingRow(key.msisdn) },
  },
  operator: {
    OperatorTenure: {
      __resolveReference: (key: { msisdn: string; operatorCode: string; since: string }) => tenureRow(key),
    },
  },
  'fraud-cases': { PhoneNumber: { __resolveReference: (key: { msisdn: string }) => bankRow(key.msisdn) } },
};

const name = BENCH_SUBGRAPHS.find((known) => known === process.argv[2]);
if (!name) throw new Error('usage: subgraph NAME PORT');
const schema = buildSubgraphSchema([{ typeDefs: parse(benchContract(name)), resolvers: RESOLVERS[name] as never }]);
const documents = new Map<string, DocumentNode>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const body: { query: string; variables?: Record<string, unknown>; operationName?: string } = JSON.parse(
      Buffer.concat(chunks).toString(),
    );
    const document = documents.get(body.query) ?? parse(body.query);
    documents.set(body.query, document);
    const result = await execute({
      schema,
      document,
      variableValues: body.variables ?? {},
      operationName: body.operationName,
      fieldResolver: (source: Record<string, unknown>, _args, _context, info: GraphQLResolveInfo) =>
        source?.[info.fieldName],
    });
    const text = JSON.stringify(result);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv[3]), '127.0.0.1');
