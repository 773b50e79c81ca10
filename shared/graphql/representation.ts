// A representation: an entity's key as the gateway sends it, chosen by the sender. Of it only the fields of a `@key` are believed, and
// those that a `@requires` of the type asks for; each is read by the strict parser of its type, the rest is dropped.

import {
  type DocumentNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { AppError, invariant } from '../vocabulary/app-error';

/** The believed part of a representation: `__typename`, the fields of one key, and those required from other parties. */
export type Reference = Readonly<Record<string, unknown>> & { readonly __typename: string };

/** Reads a representation of one type; throws `AppError` BAD_USER_INPUT when no key of the type is whole in it. */
export type ReadRepresentation = (sent: Readonly<Record<string, unknown>>) => Reference;

/** Readers of all entities of a subgraph by type name, from the `@key` and `@requires` directives of its type definitions. */
export function representationReaders(
  typeDefs: DocumentNode,
  schema: GraphQLSchema,
): ReadonlyMap<string, ReadRepresentation> {
  const readers = new Map<string, ReadRepresentation>();
  for (const [typeName, { keys, required }] of entityFieldSets(typeDefs)) {
    const type = schema.getType(typeName);
    invariant(isObjectType(type), 'an entity is an object type');
    readers.set(typeName, (sent) => {
      for (const key of keys) {
        const read = readFields(key, type, sent, 'whole');
        if (read !== null) return { ...readRequired(required, type, sent), ...read, __typename: typeName };
      }
      throw badRepresentation();
    });
  }
  return readers;
}

/** Whether something sent is an object whose members may be looked at. */
export function isRecord(sent: unknown): sent is Readonly<Record<string, unknown>> {
  return typeof sent === 'object' && sent !== null && !Array.isArray(sent);
}

/** The fault of a representation that cannot be read. */
export function badRepresentation(): AppError {
  return new AppError('BAD_USER_INPUT', 'A representation requires the name of an entity and one of its keys in full.');
}

interface EntityFieldSets {
  readonly keys: SelectionSetNode[];
  readonly required: SelectionSetNode[];
}

function entityFieldSets(typeDefs: DocumentNode): Map<string, EntityFieldSets> {
  const entities = new Map<string, EntityFieldSets>();
  for (const definition of typeDefs.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
    const keys = fieldSetsOf(definition.directives ?? [], 'key');
    if (keys.length === 0) continue;
    const required = (definition.fields ?? []).flatMap((field) => fieldSetsOf(field.directives ?? [], 'requires'));
    entities.set(definition.name.value, { keys, required });
  }
  return entities;
}

/** Field sets of one directive by its imported name; a key that is not resolvable opens nothing here. */
function fieldSetsOf(
  directives: NonNullable<
    Extract<DocumentNode['definitions'][number], { kind: Kind.OBJECT_TYPE_DEFINITION }>['directives']
  >,
  name: string,
): SelectionSetNode[] {
  return directives
    .filter((directive) => directive.name.value === name)
    .filter(
      (directive) =>
        !directive.arguments?.some(
          ({ name: argument, value }) =>
            argument.value === 'resolvable' && value.kind === Kind.BOOLEAN && value.value === false,
        ),
    )
    .map((directive) => {
      const fields = directive.arguments?.find((argument) => argument.name.value === 'fields')?.value;
      invariant(fields?.kind === Kind.STRING, 'a field set is a string');
      const [definition] = parse(`{ ${fields.value} }`, { noLocation: true }).definitions;
      invariant(definition?.kind === Kind.OPERATION_DEFINITION, 'a field set is a selection');
      return definition.selectionSet;
    });
}

function readRequired(
  required: readonly SelectionSetNode[],
  type: GraphQLObjectType,
  sent: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.assign({}, ...required.map((fields) => readFields(fields, type, sent, 'partial')));
}

/** The selected fields of something sent. Null when `whole` is asked and one is absent or null. */
function readFields(
  fields: SelectionSetNode,
  type: GraphQLObjectType,
  sent: Readonly<Record<string, unknown>>,
  extent: 'whole' | 'partial',
): Record<string, unknown> | null {
  const read: Record<string, unknown> = {};
  for (const selection of fields.selections) {
    invariant(selection.kind === Kind.FIELD, 'a field set holds fields only');
    const name = selection.name.value;
    if (name === '__typename') continue;
    const field = type.getFields()[name];
    invariant(field !== undefined, 'a field set names fields of its type');
    const value = Object.hasOwn(sent, name) ? sent[name] : undefined;
    if (value === undefined || value === null) {
      if (extent === 'whole') return null;
      if (value === null) read[name] = null;
      continue;
    }
    read[name] = readValue(selection.selectionSet, field.type, value);
  }
  return read;
}

function readValue(fields: SelectionSetNode | undefined, type: GraphQLOutputType, sent: unknown): unknown {
  if (isNonNullType(type)) {
    if (sent === null || sent === undefined) throw badRepresentation();
    return readValue(fields, type.ofType, sent);
  }
  if (sent === null || sent === undefined) return null;
  if (isListType(type)) {
    if (!Array.isArray(sent)) throw badRepresentation();
    return sent.map((item: unknown) => readValue(fields, type.ofType, item));
  }
  if (isLeafType(type)) return type.parseValue(sent);
  if (!isObjectType(type) || fields === undefined || !isRecord(sent)) throw badRepresentation();
  return readFields(fields, type, sent, 'partial');
}
