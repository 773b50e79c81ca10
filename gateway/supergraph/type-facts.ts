// What the executor must know of the supergraph's types beyond the client's schema: inaccessible types and fields, keys by
// subgraph, which type stands for which. Read from the supergraph text once per load.

import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** A key of an entity in one subgraph: the names of its top-level fields. */
export type KeyFields = readonly string[];

/** Facts of a supergraph's types. Names are chosen by subgraph owners: look them up, never index plain objects with them. */
export interface TypeFacts {
  /** Whether an object of the one type is an object of the other: same type, implemented interface, member of the union. */
  readonly isSubtype: (typeName: string, ofType: string) => boolean;
  /** Whether the name is an interface or a union. */
  readonly isAbstract: (typeName: string) => boolean;
  /** Whether a field may be null; true for a field that the supergraph does not know. */
  readonly isNullable: (typeName: string, fieldName: string) => boolean;
  /** Named type of a field, lists and non-null taken off. */
  readonly fieldType: (typeName: string, fieldName: string) => string | undefined;
  /** Keys by which the subgraph knows the type, those of its interfaces included. */
  readonly keysOf: (typeName: string, serviceName: string) => readonly KeyFields[];
  /** Key fields of an interface that some subgraph has as an object (`@interfaceObject`); empty for any other type. */
  readonly interfaceObjectKeys: (typeName: string) => KeyFields;
  /** What some subgraph must be told before it gives the field (`@requires`), as `Type.field`; empty for almost all. */
  readonly requiredBy: (typeName: string, fieldName: string) => readonly string[];
  /** Subgraph names with the addresses that the supergraph states. */
  readonly subgraphs: ReadonlyMap<string, string>;
  /** Whether any field of any type begins with the text. */
  readonly someFieldStartsWith: (prefix: string) => boolean;
}

/** Reads the facts from a supergraph text that composition has accepted. */
export function readTypeFacts(supergraph: DocumentNode): TypeFacts {
  const subgraphs = new Map<string, string>();
  const graphNames = new Map<string, string>();
  const supertypes = new Map<string, Set<string>>();
  const abstractTypes = new Set<string>();
  const fields = new Map<string, Map<string, FieldFacts>>();
  const keys = new Map<string, Map<string, KeyFields[]>>();
  const interfaceObjects = new Set<string>();

  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? []) {
      const graph = value.directives?.find((directive) => directive.name.value === 'join__graph');
      const name = graph && stringArgument(graph, 'name');
      if (!graph || name === undefined) continue;
      graphNames.set(value.name.value, name);
      subgraphs.set(name, stringArgument(graph, 'url') ?? '');
    }
  }
  for (const definition of supergraph.definitions) {
    if (definition.kind === Kind.UNION_TYPE_DEFINITION) {
      abstractTypes.add(definition.name.value);
      for (const member of definition.types ?? []) addTo(supertypes, member.name.value, definition.name.value);
      continue;
    }
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const typeName = definition.name.value;
    if (definition.kind === Kind.INTERFACE_TYPE_DEFINITION) abstractTypes.add(typeName);
    for (const parent of definition.interfaces ?? []) addTo(supertypes, typeName, parent.name.value);
    fields.set(
      typeName,
      new Map((definition.fields ?? []).map((field) => [field.name.value, factsOfField(field)] as const)),
    );
    keys.set(typeName, readKeys(definition.directives ?? [], graphNames));
    if (definition.directives?.some(marksInterfaceObject)) interfaceObjects.add(typeName);
  }

  const isSubtype = (typeName: string, ofType: string): boolean =>
    typeName === ofType || supertypes.get(typeName)?.has(ofType) === true;
  return {
    isSubtype,
    isAbstract: (typeName) => abstractTypes.has(typeName),
    isNullable: (typeName, fieldName) => fields.get(typeName)?.get(fieldName)?.nullable ?? true,
    fieldType: (typeName, fieldName) => fields.get(typeName)?.get(fieldName)?.namedType,
    keysOf: (typeName, serviceName) => {
      const own = keys.get(typeName)?.get(serviceName) ?? [];
      const inherited = [...(supertypes.get(typeName) ?? [])].flatMap((name) => keys.get(name)?.get(serviceName) ?? []);
      return [...own, ...inherited];
    },
    requiredBy: (typeName, fieldName) =>
      (fields.get(typeName)?.get(fieldName)?.requires ?? []).flatMap((fieldSet) =>
        coordinatesIn(fieldSet, typeName, (ofType, name) => fields.get(ofType)?.get(name)?.namedType),
      ),
    interfaceObjectKeys: (typeName) =>
      interfaceObjects.has(typeName) ? [...new Set([...(keys.get(typeName)?.values() ?? [])].flat(2))] : [],
    subgraphs,
    someFieldStartsWith: (prefix) =>
      [...fields.values()].some((ofType) => [...ofType.keys()].some((name) => name.startsWith(prefix))),
  };
}

function readKeys(
  directives: readonly ConstDirectiveNode[],
  graphNames: ReadonlyMap<string, string>,
): Map<string, KeyFields[]> {
  const keys = new Map<string, KeyFields[]>();
  for (const directive of directives) {
    if (directive.name.value !== 'join__type') continue;
    const graph = directive.arguments?.find((argument) => argument.name.value === 'graph')?.value;
    const serviceName = graph?.kind === Kind.ENUM ? graphNames.get(graph.value) : undefined;
    const key = stringArgument(directive, 'key');
    if (serviceName === undefined || key === undefined) continue;
    const known = keys.get(serviceName) ?? [];
    known.push(topLevelFields(key));
    keys.set(serviceName, known);
  }
  return keys;
}

/** Names of the fields at the top of a field set, those in its inline fragments included. */
function topLevelFields(fieldSet: string): KeyFields {
  const definition = parse(`{${fieldSet}}`, { noLocation: true }).definitions[0];
  if (definition?.kind !== Kind.OPERATION_DEFINITION) return [];
  return [...new Set(fieldNames(definition.selectionSet))].filter((name) => name !== '__typename');
}

function fieldNames(selectionSet: SelectionSetNode): string[] {
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    return selection.kind === Kind.INLINE_FRAGMENT ? fieldNames(selection.selectionSet) : [];
  });
}

/** Every field that a field set of a type names, at any depth. */
function coordinatesIn(
  fieldSet: string,
  typeName: string,
  namedTypeOf: (typeName: string, fieldName: string) => string | undefined,
): readonly string[] {
  const definition = parse(`{${fieldSet}}`, { noLocation: true }).definitions[0];
  const collect = (selectionSet: SelectionSetNode, parent: string): readonly string[] =>
    selectionSet.selections.flatMap((selection) => {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        return collect(selection.selectionSet, selection.typeCondition?.name.value ?? parent);
      }
      if (selection.kind !== Kind.FIELD || selection.name.value === '__typename') return [];
      const below = namedTypeOf(parent, selection.name.value);
      const own = `${parent}.${selection.name.value}`;
      return selection.selectionSet && below ? [own, ...collect(selection.selectionSet, below)] : [own];
    });
  return definition?.kind === Kind.OPERATION_DEFINITION ? collect(definition.selectionSet, typeName) : [];
}

interface FieldFacts {
  readonly nullable: boolean;
  readonly namedType: string;
  /** Field sets of `@requires`. */
  readonly requires: readonly string[];
}

function factsOfField(field: FieldDefinitionNode): FieldFacts {
  let type = field.type;
  const nullable = type.kind !== Kind.NON_NULL_TYPE;
  while (type.kind !== Kind.NAMED_TYPE) type = type.type;
  const requires = (field.directives ?? []).flatMap((directive) => stringArgument(directive, 'requires') ?? []);
  return { nullable, namedType: type.name.value, requires };
}

function marksInterfaceObject(directive: ConstDirectiveNode): boolean {
  return (
    directive.arguments?.some(({ name, value }) => {
      return name.value === 'isInterfaceObject' && value.kind === Kind.BOOLEAN && value.value;
    }) === true
  );
}

function stringArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  return value?.kind === Kind.STRING ? value.value : undefined;
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key);
  if (values) values.add(value);
  else map.set(key, new Set([value]));
}
