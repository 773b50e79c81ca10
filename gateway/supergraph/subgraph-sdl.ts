// Reads a subgraph's own schema text as checks need it: types with their extensions folded in, and federation's directives by the
// names under which the text imports them. Pure.

import {
  buildASTSchema,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
} from 'graphql';
import { directivesOf, textArgument } from './subgraph-types';

/** One subgraph as its owner delivers it. */
export interface SubgraphSource {
  readonly name: string;
  readonly sdl: string;
}

/** An object type of a subgraph with everything its extensions add. */
export interface SubgraphObject {
  readonly name: string;
  readonly fields: readonly FieldDefinitionNode[];
  readonly directives: readonly ConstDirectiveNode[];
  /** Field sets of its resolvable keys. */
  readonly keys: readonly string[];
}

/** The object types of a schema text, by name. */
export function objectsOf(document: DocumentNode): ReadonlyMap<string, SubgraphObject> {
  const parts = new Map<string, (ObjectTypeDefinitionNode | ObjectTypeExtensionNode)[]>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) continue;
    parts.set(definition.name.value, [...(parts.get(definition.name.value) ?? []), definition]);
  }
  return new Map(
    [...parts].map(([name, definitions]) => {
      const directives = definitions.flatMap((definition) => definition.directives ?? []);
      const fields = definitions.flatMap((definition) => definition.fields ?? []);
      const keys = directivesOf({ directives }, 'key')
        .filter(isResolvable)
        .map((key) => textArgument(key, 'fields') ?? '');
      return [name, { name, fields, directives, keys }] as const;
    }),
  );
}

/** Names of the root types of a schema text. */
export function rootNamesOf(document: DocumentNode): Readonly<Record<'query' | 'mutation' | 'subscription', string>> {
  const names = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const root of definition.operationTypes ?? []) names[root.operation] = root.type.name.value;
  }
  return names;
}

/** The argument of `@partitioned(by:)` on a node; null when it does not carry the directive. */
export function partitionedBy(node: { readonly directives?: readonly ConstDirectiveNode[] }): string | null {
  const [directive] = directivesOf(node, 'partitioned');
  return directive === undefined ? null : (textArgument(directive, 'by') ?? '');
}

/** Top-level field names of a field set such as `msisdn owner { id }`. */
export function fieldNamesOf(fieldSet: string): readonly string[] {
  const [definition] = parse(`{${fieldSet}}`, { noLocation: true }).definitions;
  const selections = definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : [];
  return selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [selection.name.value] : []));
}

/** The schema of a text for comparisons; federation's own directives need no definition. Throws when the text is no schema. */
export function comparableSchema(sdl: string): GraphQLSchema {
  const document = parse(sdl, { noLocation: true });
  const definitions = document.definitions.map((definition) =>
    definition.kind === Kind.OBJECT_TYPE_EXTENSION && !hasDefinition(document, definition.name.value)
      ? { ...definition, kind: Kind.OBJECT_TYPE_DEFINITION as const }
      : definition,
  );
  return buildASTSchema({ ...document, definitions }, { assumeValid: true, assumeValidSDL: true });
}

function hasDefinition(document: DocumentNode, name: string): boolean {
  return document.definitions.some(
    (definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === name,
  );
}

function isResolvable(key: ConstDirectiveNode): boolean {
  const value = key.arguments?.find((argument) => argument.name.value === 'resolvable')?.value;
  return !(value?.kind === Kind.BOOLEAN && !value.value);
}
