// Small parts of operations: making nodes, reading names, and the conditions under which a selection is asked.

import { type FieldNode, Kind, parse, type SelectionNode, type SelectionSetNode, type TypeNode } from 'graphql';
import type { Conditions } from './answer-shape';

/** The fields of a field set such as a key; those below them are not read. */
export function fieldSet(text: string): readonly FieldNode[] {
  const [operation] = parse(`{${text}}`, { noLocation: true }).definitions;
  const selections = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections : [];
  return selections.filter((selection): selection is FieldNode => selection.kind === Kind.FIELD);
}

/** The key under which a field stands in the answer. */
export function keyOf(field: FieldNode): string {
  return field.alias?.value ?? field.name.value;
}

/** Name of the type below lists and non-nulls. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** A name as a node. */
export function nameOf(value: string) {
  return { kind: Kind.NAME, value } as const;
}

/** Selections as a set. */
export function setOf(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections };
}

/** A field without arguments under an alias. */
export function aliased(alias: string, name: string): FieldNode {
  return { kind: Kind.FIELD, alias: nameOf(alias), name: nameOf(name) };
}

/** Selections for rows of one type. */
export function fragmentOn(typename: string, selections: readonly SelectionNode[]): SelectionNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: nameOf(typename) },
    selectionSet: setOf(selections),
  };
}
/** Under which variables a selection is asked, by its own directives. */
export function conditionsOf(selection: SelectionNode): Conditions {
  let conditions: Conditions = null;
  for (const directive of selection.directives ?? []) {
    const name = directive.name.value;
    if (name !== 'include' && name !== 'skip') continue;
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.VARIABLE) {
      conditions = both(conditions, [[{ variable: value.name.value, value: name === 'include' }]]);
    } else if (value?.kind === Kind.BOOLEAN && value.value !== (name === 'include')) {
      conditions = [];
    }
  }
  return conditions;
}

/** Under both conditions. */
export function both(left: Conditions, right: Conditions): Conditions {
  if (left === null) return right;
  if (right === null) return left;
  return left.flatMap((one) => right.map((other) => [...one, ...other]));
}

/** Under at least one of the conditions. */
export function either(left: Conditions, right: Conditions): Conditions {
  return left === null || right === null ? null : [...left, ...right];
}
