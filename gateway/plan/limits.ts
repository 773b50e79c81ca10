// How much one operation may ask, counted before anything is validated or planned. Fragments are counted once each and
// multiplied where they are spread, with sums that stop at a ceiling: a document of n tokens costs n steps, whatever it expands
// to. Introspection is answered locally: its depth and its aliases do not count.

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';
import type { JsonObject } from '../../shared/vocabulary/json';

/** The most that one operation may have. */
export interface OperationLimits {
  /** Bytes of its text in UTF-8. */
  readonly textBytes: number;
  readonly tokens: number;
  /** Fields within fields. */
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
  readonly rootFields: number;
  readonly rootMutations: number;
  readonly directives: number;
  /** Value of an argument called `first` or `last`. */
  readonly listSize: number;
}

/** Limits that hold unless a program says otherwise. */
export const DEFAULT_LIMITS: OperationLimits = {
  textBytes: 16_384,
  tokens: 2_000,
  depth: 12,
  aliases: 30,
  fields: 500,
  rootFields: 10,
  rootMutations: 1,
  directives: 20,
  listSize: 100,
};

/** Why an operation is refused. `CYCLE`: a fragment contains itself. */
export type LimitBreach = 'CYCLE' | Exclude<keyof OperationLimits, 'tokens' | 'textBytes' | 'listSize'>;

/** A `first` or `last` whose value is known only with the variables. */
export interface ListSizeVariable {
  readonly variableName: string;
}

/** What a document asks for beyond a limit, or null. Requires nothing of the document but its syntax. */
export function findBreach(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  limits: OperationLimits,
): LimitBreach | null {
  const counter = new Counter(document);
  const total = counter.countSelections(operation.selectionSet, operation.operation === 'query');
  if (total === null) return 'CYCLE';
  if (total.depth > limits.depth) return 'depth';
  if (total.fields > limits.fields) return 'fields';
  if (total.aliases > limits.aliases) return 'aliases';
  if (total.directives + (operation.directives?.length ?? 0) > limits.directives) return 'directives';
  const roots = operation.operation === 'mutation' ? 'rootMutations' : 'rootFields';
  return total.roots > limits[roots] ? roots : null;
}

/** Whether every `first` and `last` of the document is within the limit, given the values of its variables. Requires a validated document. */
export function compileListSizes(document: DocumentNode, limit: number): (variables: JsonObject) => boolean {
  const variableNames = new Set<string>();
  let literalsFit = true;
  const visitValue = (value: ValueNode): void => {
    if (value.kind === Kind.VARIABLE) variableNames.add(value.name.value);
    else if (value.kind === Kind.INT) literalsFit &&= Number(value.value) <= limit;
  };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    visitListSizes(definition.selectionSet, visitValue);
  }
  const names = [...variableNames];
  return (variables) =>
    literalsFit &&
    names.every((name) => {
      const value = variables[name];
      return typeof value !== 'number' || value <= limit;
    });
}

interface Count {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields at the top of the selection. */
  readonly roots: number;
}

const NOTHING: Count = { depth: 0, fields: 0, aliases: 0, directives: 0, roots: 0 };
const CEILING = 1_000_000;

class Counter {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly counted = new Map<string, Count | 'open'>();

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
  }

  /** Null when a fragment contains itself. */
  countSelections(selectionSet: SelectionSetNode, mayIntrospect: boolean): Count | null {
    let total = NOTHING;
    for (const selection of selectionSet.selections) {
      const count = this.countSelection(selection, mayIntrospect);
      if (count === null) return null;
      total = sum(total, count);
    }
    return total;
  }

  private countSelection(selection: SelectionNode, mayIntrospect: boolean): Count | null {
    const directives = selection.directives?.length ?? 0;
    if (selection.kind === Kind.FIELD) {
      const inner = selection.selectionSet ? this.countSelections(selection.selectionSet, false) : NOTHING;
      if (inner === null) return null;
      if (mayIntrospect && isIntrospection(selection)) return { ...inner, depth: 0, aliases: 0, roots: 1 };
      return {
        depth: inner.depth + 1,
        fields: Math.min(CEILING, inner.fields + 1),
        aliases: Math.min(CEILING, inner.aliases + (selection.alias ? 1 : 0)),
        directives: Math.min(CEILING, inner.directives + directives),
        roots: 1,
      };
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? this.countSelections(selection.selectionSet, mayIntrospect)
        : this.countFragment(selection.name.value, mayIntrospect);
    return inner === null ? null : { ...inner, directives: Math.min(CEILING, inner.directives + directives) };
  }

  private countFragment(name: string, mayIntrospect: boolean): Count | null {
    const key = `${mayIntrospect}${name}`;
    const known = this.counted.get(key);
    if (known === 'open') return null;
    if (known !== undefined) return known;
    const fragment = this.fragments.get(name);
    if (fragment === undefined) return NOTHING;
    this.counted.set(key, 'open');
    const count = this.countSelections(fragment.selectionSet, mayIntrospect);
    if (count !== null) this.counted.set(key, count);
    return count;
  }
}

function isIntrospection(field: FieldNode): boolean {
  return field.name.value === '__schema' || field.name.value === '__type';
}

function sum(left: Count, right: Count): Count {
  return {
    depth: Math.max(left.depth, right.depth),
    fields: Math.min(CEILING, left.fields + right.fields),
    aliases: Math.min(CEILING, left.aliases + right.aliases),
    directives: Math.min(CEILING, left.directives + right.directives),
    roots: Math.min(CEILING, left.roots + right.roots),
  };
}

function visitListSizes(selectionSet: SelectionSetNode, visitValue: (value: ValueNode) => void): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      for (const argument of selection.arguments ?? []) {
        if (argument.name.value === 'first' || argument.name.value === 'last') visitValue(argument.value);
      }
    }
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet) {
      visitListSizes(selection.selectionSet, visitValue);
    }
  }
}
