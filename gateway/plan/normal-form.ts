// The client's operation as the planner gets it. Conditions with fixed values are resolved; what we answer ourselves (the root
// `__typename`, introspection) is taken out; mutations are cut into one operation per root field, so that they run in series
// to their last leaf; and the client's aliases are replaced by ours. The last is a matter of safety: the planner reads keys of
// entities by their field names, and a client that may call another field `id` would choose whose data is shown.

import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { isIncluded } from './client-shape';

/** Where a field of the client stands in the merged data: its name, or an alias of ours. */
export type SourceKeys = (field: FieldNode) => string;

/** An operation made ready for the planner. */
export interface NormalForm {
  /** Texts to plan, in the order in which they run; several for a mutation, none when nothing is to be fetched. */
  readonly planned: readonly string[];
  /** The introspection part; null without one. */
  readonly introspection: DocumentNode | null;
  readonly sourceKeys: SourceKeys;
  /** Names of the variables that conditions depend on. */
  readonly conditionVariables: readonly string[];
}

/** Brings a validated operation into normal form. `aliasPrefix` begins no field name of the supergraph. */
export function normalForm(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  aliasPrefix: string,
): NormalForm {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const aliases = new Map<string, string>();
  const sourceKeys: SourceKeys = (field) => sourceKeyOf(field, aliases, aliasPrefix);
  const introspected: SelectionNode[] = [];
  const fetched = new Map<string, SelectionNode[]>();
  for (const { field, guarded } of rootFields(operation.selectionSet, fragments)) {
    if (field.name.value === '__typename') continue;
    if (field.name.value === '__schema' || field.name.value === '__type') {
      introspected.push(guarded);
      continue;
    }
    const key = operation.operation === 'mutation' ? (field.alias?.value ?? field.name.value) : '';
    fetched.set(key, [...(fetched.get(key) ?? []), guarded]);
  }
  const withSelections = (selections: readonly SelectionNode[]): OperationDefinitionNode => ({
    ...operation,
    directives: [],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  });
  return {
    planned: [...fetched.values()].map((selections) => printNormal(withSelections(selections), fragments, sourceKeys)),
    introspection:
      introspected.length === 0
        ? null
        : { kind: Kind.DOCUMENT, definitions: [withSelections(introspected), ...fragments.values()] },
    sourceKeys,
    conditionVariables: conditionVariablesOf(document),
  };
}

/**
 * A leaf without arguments stands under its name. A leaf with arguments and an alias stands under an alias of ours, one for
 * each set of arguments. An object keeps apart what the client keeps apart, because its null may come from another selection.
 */
function sourceKeyOf(field: FieldNode, aliases: Map<string, string>, prefix: string): string {
  const name = field.name.value;
  const alias = field.alias?.value;
  if (alias === undefined || alias === name || name === '__typename') return name;
  const isLeaf = field.selectionSet === undefined;
  if (isLeaf && !field.arguments?.length) return name;
  const question = `${isLeaf ? '' : alias} ${name}(${(field.arguments ?? []).map(printArgument).join(' ')})`;
  const known = aliases.get(question);
  if (known !== undefined) return known;
  const made = `${prefix}${aliases.size}`;
  aliases.set(question, made);
  return made;
}

function printArgument(argument: ArgumentNode): string {
  return print(argument);
}

interface RootField {
  readonly field: FieldNode;
  /** The field within inline fragments that carry the conditions around it, one directive each. */
  readonly guarded: SelectionNode;
}

/** Root fields with fragments opened. A fragment has been counted before, so that opening it is cheap. */
function rootFields(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly RootField[] {
  return selectionSet.selections.flatMap((selection) => {
    if (!isIncluded(selection, undecided(selection))) return [];
    if (selection.kind === Kind.FIELD) return [guard({ field: selection, guarded: selection }, selection)];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    if (fragment === undefined) return [];
    return rootFields(fragment.selectionSet, fragments).map((inner) => guard(inner, selection));
  });
}

/** Conditions that depend on variables are kept: for them both directives are taken as leaving the selection in. */
function undecided(selection: SelectionNode): (variableName: string) => boolean {
  const skipping = new Set(
    (selection.directives ?? []).flatMap((directive) => {
      const value = directive.arguments?.[0]?.value;
      return directive.name.value === 'skip' && value?.kind === Kind.VARIABLE ? [value.name.value] : [];
    }),
  );
  return (variableName) => !skipping.has(variableName);
}

function guard(inner: RootField, around: SelectionNode): RootField {
  const isField = around.kind === Kind.FIELD;
  const conditions = conditionsOf(around);
  const start: SelectionNode = isField ? { ...around, directives: [] } : inner.guarded;
  const guarded = conditions.reduceRight<SelectionNode>(
    (content, directive) => ({
      kind: Kind.INLINE_FRAGMENT,
      directives: [directive],
      selectionSet: { kind: Kind.SELECTION_SET, selections: [content] },
    }),
    start,
  );
  return { field: inner.field, guarded };
}

function conditionsOf(selection: SelectionNode) {
  return (selection.directives ?? []).filter(
    (directive) =>
      (directive.name.value === 'skip' || directive.name.value === 'include') &&
      directive.arguments?.[0]?.value.kind === Kind.VARIABLE,
  );
}

function printNormal(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  sourceKeys: SourceKeys,
): string {
  const used = new Map<string, FragmentDefinitionNode>();
  const normalize = <Node extends OperationDefinitionNode | FragmentDefinitionNode>(node: Node): Node =>
    visit(node, {
      Field: (field) => {
        const sourceKey = sourceKeys(field);
        const alias = sourceKey === field.name.value ? undefined : { kind: Kind.NAME, value: sourceKey };
        return { ...field, alias, directives: conditionsOf(field) };
      },
      InlineFragment: (fragment) => ({ ...fragment, directives: conditionsOf(fragment) }),
      FragmentSpread: (spread) => ({ ...spread, directives: conditionsOf(spread) }),
      SelectionSet: (selectionSet) => {
        const selections = selectionSet.selections.filter((selection) => isIncluded(selection, undecided(selection)));
        if (selections.length === selectionSet.selections.length) return undefined;
        return { ...selectionSet, selections: selections.length === 0 ? [TYPE_NAME] : selections };
      },
    });
  const normalized = normalize(operation);
  const queue: (OperationDefinitionNode | FragmentDefinitionNode)[] = [normalized];
  for (const definition of queue) {
    visit(definition, {
      FragmentSpread: (spread) => {
        const fragment = fragments.get(spread.name.value);
        if (fragment === undefined || used.has(spread.name.value)) return;
        const normal = normalize(fragment);
        used.set(spread.name.value, normal);
        queue.push(normal);
      },
    });
  }
  return queue.map((definition) => print(definition)).join('\n');
}

const TYPE_NAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function conditionVariablesOf(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: (directive) => {
      if (directive.name.value !== 'skip' && directive.name.value !== 'include') return;
      const value = directive.arguments?.[0]?.value;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
