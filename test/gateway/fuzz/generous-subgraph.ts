// Subgraphs that have an answer to everything: graphql-js over the contracts, each field given a value of its type, so that a fuzz run
// goes as deep as it asks. A question that is not valid is a defect of the gateway; it is counted and refused.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { composeServices } from '@theguild/federation-composition';
import {
  type DocumentNode,
  execute,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  parse,
  validate,
} from 'graphql';
import { hashed } from '../../federation/differ/random';
import { contractOf } from '../../support/contract';
import { PLAIN_VALUES } from './operation-grammar';

/** The bank's two subgraphs and one server per operator. */
export interface GenerousWorld {
  readonly supergraph: string;
  /** Address by subgraph or operator. */
  readonly urls: Readonly<Record<string, string>>;
  /** Questions that were not valid, with what was wrong. */
  readonly invalidQuestions: readonly string[];
  /** Requests that the servers got. */
  callCount(): number;
  close(): Promise<void>;
}

const BANK = ['numbering', 'fraud-cases'] as const;
const OPERATORS = ['kcell', 'beeline', 'tele2'] as const;

/** Starts the servers on free ports. */
export async function startGenerousWorld(): Promise<GenerousWorld> {
  const invalidQuestions: string[] = [];
  const urls: Record<string, string> = {};
  const stops: (() => Promise<void>)[] = [];
  let calls = 0;
  for (const name of [...BANK, ...OPERATORS]) {
    const contract = name === 'numbering' || name === 'fraud-cases' ? name : 'operator';
    // Without a resolver of its own an entity is its representation: the key fields as they were asked.
    const schema = buildSubgraphSchema([{ typeDefs: parse(contractOf(contract)) }]);
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', async () => {
        calls += 1;
        const { query, variables = {} } = JSON.parse(Buffer.concat(chunks).toString());
        const asked = documentOf(schema, query);
        if (asked.fault !== null) invalidQuestions.push(`${name}: ${asked.fault}\n${query}`);
        const result =
          asked.document === null
            ? { errors: [{ message: 'The question is not valid.' }] }
            : await execute({ schema, document: asked.document, variableValues: variables, fieldResolver: give(name) });
        response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
      });
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    urls[name] = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    stops.push(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
  }
  const composed = composeServices(
    ['numbering', 'operator', 'fraud-cases'].map((name) => ({
      name,
      url: urls[name] ?? 'http://127.0.0.1:9/graphql',
      typeDefs: parse(contractOf(name)),
    })),
  );
  if (!composed.supergraphSdl) throw new Error('The contracts do not compose.');
  return {
    supergraph: composed.supergraphSdl,
    urls,
    invalidQuestions,
    callCount: () => calls,
    async close() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

type Source = Readonly<Record<string, unknown>>;

/** A field has what its object says, or a value that follows from its name and the arguments. */
function give(server: string) {
  return (source: Source | undefined, args: Source, _context: unknown, info: GraphQLResolveInfo): unknown => {
    const told = source?.[info.fieldName];
    if (told !== undefined) return told;
    if (info.fieldName === 'operatorCode' && !BANK.some((name) => name === server)) return server;
    return valueFor(info.returnType, info, `${info.fieldName}${JSON.stringify(args)}`);
  };
}

function valueFor(type: GraphQLOutputType, info: GraphQLResolveInfo, seed: string): unknown {
  if (isNonNullType(type)) return valueFor(type.ofType, info, seed);
  if (hashed(`${seed} null`) < 0.05 && !isNonNullType(info.returnType)) return null;
  if (isListType(type)) return [0, 1].map((place) => valueFor(type.ofType, info, `${seed}${place}`));
  if (isLeafType(type)) return leafOf(type, info.fieldName, seed);
  if (isAbstractType(type)) return { __typename: info.schema.getPossibleTypes(type)[0]?.name };
  return {};
}

function leafOf(type: GraphQLNamedType, fieldName: string, seed: string): unknown {
  const choose = (values: readonly unknown[]): unknown => values[Math.floor(hashed(seed) * values.length)];
  if (fieldName === 'operatorCode') return choose(OPERATORS);
  if (isEnumType(type)) return choose(type.getValues().map(({ value }) => value));
  return choose(PLAIN_VALUES[type.name] ?? ['x']);
}

interface Asked {
  readonly document: DocumentNode | null;
  readonly fault: string | null;
}

const documents = new WeakMap<GraphQLSchema, Map<string, Asked>>();

function documentOf(schema: GraphQLSchema, query: string): Asked {
  const known = documents.get(schema) ?? new Map<string, Asked>();
  documents.set(schema, known);
  let asked = known.get(query);
  if (asked === undefined) {
    const document = parse(query);
    const [fault] = validate(schema, document);
    asked = fault === undefined ? { document, fault: null } : { document: null, fault: fault.message };
    if (known.size > 2_000) known.clear();
    known.set(query, asked);
  }
  return asked;
}
