// A subgraph's executable schema and its SDL, from type-graphql classes. Decides how `_entities` answers and that `_service` does not: one bad
// representation costs its own place only, and the SDL is the text that is committed as the subgraph's contract.

import 'reflect-metadata';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLScalarType,
  type GraphQLSchema,
  isUnionType,
  lexicographicSortSchema,
  parse,
} from 'graphql';
import { buildSchema, createResolversMap, type NonEmptyArray, type PubSub } from 'type-graphql';
import { AppError, invariant } from '../vocabulary/app-error';
import { ERROR_CATALOGUE, type ErrorCode } from '../vocabulary/error-catalogue';
import {
  badRepresentation,
  isRecord,
  type ReadRepresentation,
  type Reference,
  representationReaders,
} from './representation';

/** Most representations that one `_entities` field takes. */
export const MOST_REPRESENTATIONS = 100;

/** A class of type-graphql, told by its constructor. */
// biome-ignore lint/complexity/noBannedTypes: the schema builder takes classes as Function
export type SchemaClass = Function;

/** Loads the entity that a reference names; null when this subgraph does not hold it. Must not throw synchronously. */
export type ResolveReference<Context> = (reference: Reference, context: Context) => Promise<object | null>;

/** What a subgraph is made of. */
export interface SubgraphParts<Context> {
  readonly resolvers: NonEmptyArray<SchemaClass>;
  /** Types that are reached only through `_entities`. */
  readonly orphanedTypes?: readonly SchemaClass[];
  /** The `extend schema @link(…)` text, with the definitions of the subgraph's own directives. */
  readonly schemaExtension: string;
  /** Scalars of the schema by name. */
  readonly scalars: Readonly<Record<string, GraphQLScalarType>>;
  /** For every type with a resolvable `@key`, how its entities are loaded. */
  readonly references: Readonly<Record<string, ResolveReference<Context>>>;
}

/** An executable subgraph; `sdl` is sorted and the same text for the same classes. It is delivered as a file: `_service` is closed. */
export interface Subgraph {
  readonly schema: GraphQLSchema;
  readonly sdl: string;
  /** The believed part of a representation; throws `AppError` BAD_USER_INPUT for what `_entities` would not read. */
  readonly readReference: (sent: unknown) => Reference;
}

/** Builds a subgraph. Throws at once when an entity has no reference resolver, or the other way round. */
export async function buildSubgraph<Context>(parts: SubgraphParts<Context>): Promise<Subgraph> {
  const source = await buildSchema({
    resolvers: parts.resolvers,
    orphanedTypes: [...(parts.orphanedTypes ?? [])],
    skipCheck: true,
    validate: false,
    pubSub: NO_TOPICS,
  });
  const sdl = `${parts.schemaExtension.trim()}\n\n${printSchemaWithDirectives(lexicographicSortSchema(source)).trim()}\n`;
  const typeDefs = parse(sdl, { noLocation: true });
  const resolvers = { ...createResolversMap(source), ...parts.scalars };
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: resolvers as Record<string, never> }]);
  const readers = representationReaders(typeDefs, schema);
  checkReferences(readers, parts.references);
  closeService(schema);
  answerEntities(schema, readers, parts.references);
  return { schema, sdl, readReference: (sent) => readReference(sent, readers) };
}

/** Each subscription brings its own events; the schema builder asks for a broker all the same. */
const NO_TOPICS: PubSub = {
  publish() {},
  subscribe() {
    throw new AppError('INTERNAL', 'A subscription brings its own events.');
  },
};

function checkReferences(readers: ReadonlyMap<string, unknown>, references: Readonly<Record<string, unknown>>): void {
  for (const typeName of readers.keys()) {
    invariant(Object.hasOwn(references, typeName), `the entity ${typeName} has no reference resolver`);
  }
  for (const typeName of Object.keys(references)) {
    invariant(readers.has(typeName), `${typeName} has a reference resolver, but no resolvable key`);
  }
}

/** Nobody asks a running subgraph what it is made of. */
function closeService(schema: GraphQLSchema): void {
  setResolver(schema, '_service', () => {
    throw refusal('FORBIDDEN');
  });
}

function answerEntities<Context>(
  schema: GraphQLSchema,
  readers: ReadonlyMap<string, ReadRepresentation>,
  references: Readonly<Record<string, ResolveReference<Context>>>,
): void {
  const union = schema.getType('_Entity');
  if (!isUnionType(union)) return;
  union.resolveType = (entity: { readonly __typename: string }) => entity.__typename;
  const resolveOne = async (sent: unknown, context: Context): Promise<object | null> => {
    const reference = readReference(sent, readers);
    const typeName = reference.__typename;
    const entity = await references[typeName]?.(reference, context);
    return entity === null || entity === undefined ? null : named(entity, typeName);
  };
  setResolver(schema, '_entities', (_source, { representations }, context: Context) => {
    if (representations.length > MOST_REPRESENTATIONS) throw refusal('BAD_USER_INPUT');
    return representations.map((sent) => resolveOne(sent, context));
  });
}

function readReference(sent: unknown, readers: ReadonlyMap<string, ReadRepresentation>): Reference {
  const typeName = isRecord(sent) && Object.hasOwn(sent, '__typename') ? sent.__typename : undefined;
  const read = typeof typeName === 'string' ? readers.get(typeName) : undefined;
  if (read === undefined || !isRecord(sent)) throw badRepresentation();
  return read(sent);
}

/** A copy of an entity that tells its type; the loaded object may be shared between places, so it stays as it is. */
function named(entity: object, typeName: string): object {
  return Object.assign(Object.create(Object.getPrototypeOf(entity)), entity, { __typename: typeName });
}

function setResolver<Context>(
  schema: GraphQLSchema,
  fieldName: '_entities' | '_service',
  resolve: GraphQLFieldResolver<unknown, Context, { readonly representations: readonly unknown[] }>,
): void {
  const field = schema.getQueryType()?.getFields()[fieldName];
  invariant(field !== undefined, `a subgraph has the root field ${fieldName}`);
  field.resolve = resolve;
}

/** The error of a root field that refuses the whole request. */
function refusal(code: ErrorCode): GraphQLError {
  const { message, httpStatus } = ERROR_CATALOGUE[code];
  return new GraphQLError(message, { extensions: { code, http: { status: httpStatus } } });
}
