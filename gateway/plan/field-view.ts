// An operation as its reader may have it: fragments opened, so that every field stands at one place of one concrete type, and the fields that
// are refused there marked. What is marked is not planned and not fetched; the answer has null in its place and says why. Who may see what is
// decided by the view; this file asks it, also about what a field requires of others.

import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { ErrorCode } from '../../shared/vocabulary/error-catalogue';

/** What readers of one kind may see. */
export interface FieldView {
  /** Two readers with the same key see the same. Holds no U+0000. */
  readonly key: string;
  /** Why a field is refused, or null. `way`: the fields above it, as `Type.field`, those of every possible type. */
  readonly refusalOf: (coordinate: string, way: ReadonlySet<string>) => ErrorCode | null;
}

/** Fields that are refused where they stand, and why. */
export type RefusedFields = ReadonlyMap<FieldNode, ErrorCode>;

/** An operation under a view. */
export interface ViewedOperation {
  /** The operation without fragment spreads, but for those within introspection. */
  readonly operation: OperationDefinitionNode;
  readonly refused: RefusedFields;
}

/** What a view is applied with. */
export interface ViewSource {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** What a subgraph must be told before it gives a field, as `Type.field`. */
  readonly requiredBy: (typeName: string, fieldName: string) => readonly string[];
}

/** Nothing refused. */
export const NO_REFUSALS: RefusedFields = new Map();

/** Marks what the view refuses. Requires a document that is valid and was counted: opened fragments are not limited here. */
export function viewOperation(
  operation: OperationDefinitionNode,
  rootType: GraphQLObjectType,
  view: FieldView,
  source: ViewSource,
): ViewedOperation {
  const refused = new Map<FieldNode, ErrorCode>();
  const opened = openSelections(operation.selectionSet, rootType, new Set(), { view, source, refused });
  return { operation: { ...operation, selectionSet: opened }, refused };
}

interface Opening {
  readonly view: FieldView;
  readonly source: ViewSource;
  readonly refused: Map<FieldNode, ErrorCode>;
}

function openSelections(
  selectionSet: SelectionSetNode,
  parent: GraphQLNamedType,
  way: ReadonlySet<string>,
  opening: Opening,
): SelectionSetNode {
  const selections = selectionSet.selections.map((selection): SelectionNode => {
    if (selection.kind === Kind.FIELD) return openField(selection, parent, way, opening);
    const { schema, fragments } = opening.source;
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (fragment === undefined) return selection;
    const condition = fragment.typeCondition?.name.value;
    const type = condition === undefined ? parent : (schema.getType(condition) ?? parent);
    return {
      kind: Kind.INLINE_FRAGMENT,
      typeCondition: fragment.typeCondition,
      directives: selection.directives,
      selectionSet: openSelections(fragment.selectionSet, type, way, opening),
    };
  });
  return { kind: Kind.SELECTION_SET, selections };
}

function openField(field: FieldNode, parent: GraphQLNamedType, way: ReadonlySet<string>, opening: Opening): FieldNode {
  const name = field.name.value;
  if (name.startsWith('__')) return field;
  const { view, source, refused } = opening;
  const types = concreteTypes(parent, source.schema);
  const own = types.map((type) => `${type.name}.${name}`);
  const needed = [...own, ...types.flatMap((type) => source.requiredBy(type.name, name))];
  for (const coordinate of needed) {
    const code = view.refusalOf(coordinate, way);
    if (code === null) continue;
    const marked: FieldNode = { ...field };
    refused.set(marked, code);
    return marked;
  }
  if (field.selectionSet === undefined) return { ...field };
  const declared = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  if (declared === undefined) return { ...field };
  const below = openSelections(field.selectionSet, getNamedType(declared.type), new Set([...way, ...own]), opening);
  return { ...field, selectionSet: below };
}

/** The object types that may stand for a type: what an interface promises must be allowed on each of them. */
function concreteTypes(type: GraphQLNamedType, schema: GraphQLSchema): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}
