// What one subgraph of a supergraph can answer: its own types, fields, nullability and enum values, read from the join directives.
// Pure. It serves the checking of answers; planning reads the supergraph itself.

import {
  type ConstDirectiveNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  Kind,
  parseType,
  type TypeDefinitionNode,
  type TypeNode,
} from 'graphql';

/** A type as one subgraph knows it. An `@interfaceObject` is an object here. */
export type SubgraphType =
  | {
      readonly kind: 'OBJECT';
      readonly name: string;
      readonly fields: ReadonlyMap<string, TypeNode>;
      readonly keys: readonly string[];
    }
  | {
      readonly kind: 'ABSTRACT';
      readonly name: string;
      readonly fields: ReadonlyMap<string, TypeNode>;
      readonly keys: readonly string[];
      readonly possible: ReadonlySet<string>;
    }
  | { readonly kind: 'ENUM'; readonly name: string; readonly values: ReadonlySet<string> }
  | { readonly kind: 'SCALAR'; readonly name: string };

/** One subgraph as the supergraph tells it. */
export interface SubgraphTypes {
  readonly serviceName: string;
  /** Address written in the supergraph; empty when none is. */
  readonly url: string;
  readonly rootNames: { readonly query: string; readonly mutation: string; readonly subscription: string };
  /** The type of that name in this subgraph; undefined when it has none. */
  typeOf(name: string): SubgraphType | undefined;
}

/** Every subgraph of a supergraph, by name. The document must be a supergraph (join v0.1 or later). */
export function readSubgraphs(supergraph: DocumentNode): ReadonlyMap<string, SubgraphTypes> {
  const definitions = new Map<string, TypeDefinitionNode>();
  const rootNames = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
  for (const definition of supergraph.definitions) {
    if (definition.kind === Kind.SCHEMA_DEFINITION) {
      for (const root of definition.operationTypes) rootNames[root.operation] = root.type.name.value;
    } else if ('name' in definition && isTypeDefinition(definition)) {
      definitions.set(definition.name.value, definition);
    }
  }
  const graphs = definitions.get('join__Graph');
  const subgraphs = new Map<string, SubgraphTypes>();
  for (const value of (graphs as EnumTypeDefinitionNode | undefined)?.values ?? []) {
    const [graph] = directivesOf(value, 'join__graph');
    const serviceName = graph === undefined ? null : textArgument(graph, 'name');
    if (graph === undefined || serviceName === null) continue;
    const known = new Map<string, SubgraphType>();
    for (const definition of definitions.values()) {
      const type = typeIn(definition, value.name.value, definitions);
      if (type !== null) known.set(type.name, type);
    }
    subgraphs.set(serviceName, {
      serviceName,
      url: textArgument(graph, 'url') ?? '',
      rootNames,
      typeOf: (name) => known.get(name) ?? BUILT_IN.get(name),
    });
  }
  return subgraphs;
}

/** The directives of that name on a node. */
export function directivesOf(
  node: { readonly directives?: readonly ConstDirectiveNode[] },
  name: string,
): readonly ConstDirectiveNode[] {
  return (node.directives ?? []).filter((directive) => directive.name.value === name);
}

/** A string or enum argument of a directive; null when it is absent. */
export function textArgument(directive: ConstDirectiveNode, name: string): string | null {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value !== undefined && (value.kind === Kind.STRING || value.kind === Kind.ENUM) ? value.value : null;
}

const BUILT_IN: ReadonlyMap<string, SubgraphType> = new Map(
  ['String', 'Int', 'Float', 'Boolean', 'ID'].map((name) => [name, { kind: 'SCALAR', name }] as const),
);

function isTypeDefinition(definition: { readonly kind: string }): definition is TypeDefinitionNode {
  return definition.kind.endsWith('TypeDefinition');
}

function typeIn(
  definition: TypeDefinitionNode,
  graph: string,
  definitions: ReadonlyMap<string, TypeDefinitionNode>,
): SubgraphType | null {
  const name = definition.name.value;
  const joined = directivesOf(definition, 'join__type').filter((type) => textArgument(type, 'graph') === graph);
  if (joined.length === 0) return null;
  switch (definition.kind) {
    case Kind.SCALAR_TYPE_DEFINITION:
      return { kind: 'SCALAR', name };
    case Kind.ENUM_TYPE_DEFINITION: {
      const values = (definition.values ?? []).filter((value) => inGraph(value, 'join__enumValue', graph));
      return { kind: 'ENUM', name, values: new Set(values.map((value) => value.name.value)) };
    }
    case Kind.UNION_TYPE_DEFINITION: {
      const members = directivesOf(definition, 'join__unionMember')
        .filter((member) => textArgument(member, 'graph') === graph)
        .map((member) => textArgument(member, 'member') ?? '');
      const possible = members.length > 0 ? members : (definition.types ?? []).map((type) => type.name.value);
      return { kind: 'ABSTRACT', name, fields: new Map(), keys: [], possible: new Set(possible) };
    }
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_DEFINITION: {
      const fields = new Map<string, TypeNode>();
      for (const field of definition.fields ?? []) {
        const type = fieldTypeIn(field, graph);
        if (type !== null) fields.set(field.name.value, type);
      }
      const keys = joined.map((type) => textArgument(type, 'key')).filter((key) => key !== null);
      const whole = joined.some(isInterfaceObject) || definition.kind === Kind.OBJECT_TYPE_DEFINITION;
      if (whole) return { kind: 'OBJECT', name, fields, keys };
      return { kind: 'ABSTRACT', name, fields, keys, possible: implementersIn(name, graph, definitions) };
    }
    default:
      return null;
  }
}

function fieldTypeIn(
  field: { readonly type: TypeNode; readonly directives?: readonly ConstDirectiveNode[] },
  graph: string,
): TypeNode | null {
  const joined = directivesOf(field, 'join__field');
  if (joined.length === 0) return field.type;
  const own = joined.find((join) => textArgument(join, 'graph') === graph);
  if (own === undefined) return null;
  const type = textArgument(own, 'type');
  return type === null ? field.type : parseType(type);
}

function implementersIn(
  interfaceName: string,
  graph: string,
  definitions: ReadonlyMap<string, TypeDefinitionNode>,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const definition of definitions.values()) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const implementing = directivesOf(definition, 'join__implements').some(
      (join) => textArgument(join, 'graph') === graph && textArgument(join, 'interface') === interfaceName,
    );
    if (implementing) names.add(definition.name.value);
  }
  return names;
}

function inGraph(
  node: { readonly directives?: readonly ConstDirectiveNode[] },
  directive: string,
  graph: string,
): boolean {
  const joined = directivesOf(node, directive);
  return joined.length === 0 || joined.some((join) => textArgument(join, 'graph') === graph);
}

function isInterfaceObject(type: ConstDirectiveNode): boolean {
  const value = type.arguments?.find((argument) => argument.name.value === 'isInterfaceObject')?.value;
  return value?.kind === Kind.BOOLEAN && value.value;
}
