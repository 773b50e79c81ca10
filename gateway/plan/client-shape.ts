// What the answer to the client looks like: for each runtime type, the fields in the order of the specification's CollectFields,
// where each is found in the merged data and what its value must be. Shapes are made when first needed and kept with the
// prepared operation; completion in execute/response.ts only reads them.

import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';
import type { JsonValue } from '../../shared/vocabulary/json';
import type { RefusedFields } from './field-view';
import { type Conditions, isIncluded, type SourceKeys } from './normal-form';

/** The fields of one object type, in the order in which they are answered. */
export interface ObjectShape {
  readonly typeName: string;
  readonly fields: readonly FieldShape[];
}

/** One field of the answer. */
export interface FieldShape {
  /** Key in the answer. */
  readonly responseKey: string;
  /** Key in the merged data. */
  readonly sourceKey: string;
  readonly value: ValueShape;
}

/** What a value must be. `nonNull`: a null here makes the parent null. */
export type ValueShape =
  | { readonly kind: 'leaf'; readonly nonNull: boolean; readonly coerce: Coerce }
  | { readonly kind: 'list'; readonly nonNull: boolean; readonly item: ValueShape }
  | {
      readonly kind: 'object';
      readonly nonNull: boolean;
      readonly shapeOf: ShapeOf;
      /** The field that stands under a key of the merged data, whatever the type of the object that would have held it. */
      readonly fieldAt: (sourceKey: string) => FieldShape | undefined;
    }
  /** Nothing was asked for it: the reader may not have it. */
  | { readonly kind: 'refused'; readonly nonNull: boolean; readonly code: ErrorCode }
  /** The name of the object's type; needs no data. */
  | { readonly kind: 'type-name'; readonly nonNull: true }
  /** Answered from the schema itself; already complete. */
  | { readonly kind: 'introspection'; readonly nonNull: boolean };

/** The leaf as it is answered, undefined when the value is not one of its type. */
export type Coerce = (value: JsonValue) => JsonValue | undefined;

/** The shape for an object, by its `__typename` in the merged data; null when no object of that type may stand here. */
export type ShapeOf = (typeName: JsonValue | undefined) => ObjectShape | null;

/** What shapes are made from. */
export interface ShapeSource {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly sourceKeys: SourceKeys;
  readonly conditions: Conditions;
  readonly refused: RefusedFields;
}

/** The shape of a root object. Names in the document were validated against the schema. */
export function rootShape(
  source: ShapeSource,
  rootType: GraphQLObjectType,
  selectionSet: SelectionSetNode,
): ObjectShape {
  return objectShape(source, rootType, [selectionSet]);
}

function objectShape(
  source: ShapeSource,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): ObjectShape {
  const collected = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  for (const selectionSet of selectionSets) {
    collectFields(source, (name) => includesType(source.schema, type, name), selectionSet, collected, visited);
  }
  const declared = type.getFields();
  const fields: FieldShape[] = [];
  for (const [responseKey, nodes] of collected) {
    const node = nodes[0];
    if (node === undefined) continue;
    const shape = fieldShape(source, responseKey, nodes, node, declared[node.name.value]?.type);
    if (shape !== null) fields.push(shape);
  }
  return { typeName: type.name, fields };
}

function fieldShape(
  source: ShapeSource,
  responseKey: string,
  nodes: readonly FieldNode[],
  node: FieldNode,
  type: GraphQLOutputType | undefined,
): FieldShape | null {
  const sourceKey = source.sourceKeys(node);
  if (node.name.value === '__typename') return { responseKey, sourceKey, value: { kind: 'type-name', nonNull: true } };
  if (node.name.value === '__schema' || node.name.value === '__type') {
    const nonNull = node.name.value === '__schema';
    return { responseKey, sourceKey: responseKey, value: { kind: 'introspection', nonNull } };
  }
  if (type === undefined) return null;
  for (const one of nodes) {
    const code = source.refused.get(one);
    if (code !== undefined)
      return { responseKey, sourceKey, value: { kind: 'refused', nonNull: isNonNullType(type), code } };
  }
  const selectionSets = nodes.flatMap((field) => field.selectionSet ?? []);
  return { responseKey, sourceKey, value: valueShape(source, type, selectionSets) };
}

function valueShape(
  source: ShapeSource,
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
): ValueShape {
  const nonNull = isNonNullType(type);
  const nullable = isNonNullType(type) ? type.ofType : type;
  if (isListType(nullable)) return { kind: 'list', nonNull, item: valueShape(source, nullable.ofType, selectionSets) };
  if (isLeafType(nullable)) return { kind: 'leaf', nonNull, coerce: leafCoercion(nullable) };
  const shapeOf = shapesOf(source, nullable, selectionSets);
  const possible = isAbstractType(nullable) ? source.schema.getPossibleTypes(nullable) : [nullable];
  const fieldAt = (sourceKey: string): FieldShape | undefined => {
    for (const type of possible) {
      const field = shapeOf(type.name)?.fields.find((candidate) => candidate.sourceKey === sourceKey);
      if (field !== undefined) return field;
    }
    return undefined;
  };
  return { kind: 'object', nonNull, shapeOf, fieldAt };
}

/** Shapes by type name, each made when first met. Only names of the schema are remembered. */
function shapesOf(
  source: ShapeSource,
  declared: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
): ShapeOf {
  const type = getNamedType(declared);
  if (isObjectType(type)) {
    let only: ObjectShape | undefined;
    return () => {
      only ??= objectShape(source, type, selectionSets);
      return only;
    };
  }
  const remembered = new Map<string, ObjectShape>();
  return (told) => {
    // Where nothing depends on the type, nobody was asked for it.
    const typeName = told === undefined ? type.name : told;
    if (typeof typeName !== 'string') return null;
    const known = remembered.get(typeName);
    if (known !== undefined) return known;
    const runtime = source.schema.getType(typeName);
    let shape: ObjectShape | null = null;
    if (isObjectType(runtime) && isAbstractType(type) && source.schema.isSubType(type, runtime)) {
      shape = objectShape(source, runtime, selectionSets);
    } else if (isInterfaceType(runtime) && runtime === type) {
      shape = interfaceShape(source, typeName, type, selectionSets);
    }
    if (shape !== null) remembered.set(typeName, shape);
    return shape;
  };
}

/** An interface object whose type nobody told: it has the interface's fields, and null where the answer depends on the type. */
function interfaceShape(
  source: ShapeSource,
  typeName: string,
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
): ObjectShape | null {
  if (!isInterfaceType(type)) return null;
  const supertypes = new Set([typeName, ...type.getInterfaces().map((parent) => parent.name)]);
  const collected = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  let dependsOnType = false;
  const applies = (name: string): boolean => {
    dependsOnType ||= !supertypes.has(name);
    return supertypes.has(name);
  };
  for (const selectionSet of selectionSets) collectFields(source, applies, selectionSet, collected, visited);
  if (dependsOnType) return null;
  const declared = type.getFields();
  const fields: FieldShape[] = [];
  for (const [responseKey, nodes] of collected) {
    const node = nodes[0];
    if (node === undefined) continue;
    if (node.name.value === '__typename') return null;
    const shape = fieldShape(source, responseKey, nodes, node, declared[node.name.value]?.type);
    if (shape !== null) fields.push(shape);
  }
  return { typeName, fields };
}

/** CollectFields of the specification (6.3.2), over one selection set into the groups made so far. */
function collectFields(
  source: ShapeSource,
  applies: (typeCondition: string) => boolean,
  selectionSet: SelectionSetNode,
  collected: Map<string, FieldNode[]>,
  visited: Set<string>,
): void {
  for (const selection of selectionSet.selections) {
    if (!isIncluded(selection, source.conditions)) continue;
    if (selection.kind === Kind.FIELD) {
      const responseKey = selection.alias?.value ?? selection.name.value;
      const group = collected.get(responseKey);
      if (group === undefined) collected.set(responseKey, [selection]);
      else group.push(selection);
      continue;
    }
    let fragment: {
      readonly typeCondition?: { readonly name: { readonly value: string } };
      readonly selectionSet: SelectionSetNode;
    } = selection.kind === Kind.INLINE_FRAGMENT ? selection : EMPTY;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const definition = source.fragments.get(selection.name.value);
      if (definition === undefined || visited.has(selection.name.value)) continue;
      visited.add(selection.name.value);
      fragment = definition;
    }
    const condition = fragment.typeCondition?.name.value;
    if (condition !== undefined && !applies(condition)) continue;
    collectFields(source, applies, fragment.selectionSet, collected, visited);
  }
}

const EMPTY = { selectionSet: { kind: Kind.SELECTION_SET, selections: [] } } as const;

function includesType(schema: GraphQLSchema, type: GraphQLObjectType, condition: string): boolean {
  if (type.name === condition) return true;
  const wanted = schema.getType(condition);
  return isAbstractType(wanted) && schema.isSubType(wanted, type);
}

/** Result coercion of the specification (3.5, 3.9). Custom scalars pass as they are. */
function leafCoercion(type: GraphQLLeafType): Coerce {
  if (isEnumType(type)) {
    const names = new Set(type.getValues().map((value) => value.name));
    return (value) => (typeof value === 'string' && names.has(value) ? value : undefined);
  }
  if (!isSpecifiedScalarType(type)) return (value) => value;
  const serialize = (value: JsonValue): JsonValue | undefined => {
    try {
      const coerced: unknown = type.serialize(value);
      return typeof coerced === 'string' || typeof coerced === 'number' || typeof coerced === 'boolean'
        ? coerced
        : undefined;
    } catch {
      return undefined;
    }
  };
  switch (type.name) {
    case 'String':
    case 'ID':
      return (value) => (typeof value === 'string' ? value : serialize(value));
    case 'Boolean':
      return (value) => (typeof value === 'boolean' ? value : serialize(value));
    case 'Int':
      return (value) => (typeof value === 'number' && (value | 0) === value ? value : serialize(value));
    default:
      return (value) => (typeof value === 'number' ? value : serialize(value));
  }
}
