// The client's operation as the planner gets it, for one set of conditions. What `@skip` and `@include` take away is gone; what
// we answer ourselves (the root `__typename`, introspection) is taken out; mutations are cut into one operation per root field,
// so that they run in series to their last leaf; and the client's aliases are replaced by ours. The last is a matter of safety:
// the planner reads keys of entities by their field names, and a client that may call another field `id` would choose whose
// data is shown.

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { RefusedFields } from './field-view';

/** Where a field of the client stands in the merged data: its name, or an alias of ours. */
export type SourceKeys = (field: FieldNode) => string;

/** Values of the Boolean variables that conditions name. */
export type Conditions = (variableName: string) => boolean;

/** An operation made ready for the planner. */
export interface NormalForm {
  /** Texts to plan, in the order in which they run; several for a mutation, none when nothing is to be fetched. */
  readonly planned: readonly string[];
  /** The introspection part; null without one. */
  readonly introspection: DocumentNode | null;
  /** The fields of the root that are fetched. */
  readonly roots: readonly FieldNode[];
}

/** What an operation is brought into normal form with. */
export interface NormalFormContext {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly sourceKeys: SourceKeys;
  readonly conditions: Conditions;
  /** Key fields of an interface that some subgraph has as an object; empty for other types. */
  readonly interfaceObjectKeys: (typeName: string) => readonly string[];
  /** Fields of the operation that its reader may not have: they are left out. */
  readonly refused: RefusedFields;
}

/** Brings a validated operation into normal form. */
export function normalForm(operation: OperationDefinitionNode, context: NormalFormContext): NormalForm {
  const { fragments } = context;
  const introspected: SelectionNode[] = [];
  const fetched = new Map<string, FieldNode[]>();
  for (const field of rootFields(operation.selectionSet, context)) {
    const name = field.name.value;
    if (name === '__typename') continue;
    if (name === '__schema' || name === '__type') {
      introspected.push(field);
      continue;
    }
    const key = operation.operation === 'mutation' ? (field.alias?.value ?? name) : '';
    const together = fetched.get(key);
    if (together === undefined) fetched.set(key, [field]);
    else together.push(field);
  }
  const withSelections = (selections: readonly SelectionNode[]): OperationDefinitionNode => ({
    ...operation,
    name: undefined,
    // The planner does not read the descriptions that a document may carry.
    description: undefined,
    variableDefinitions: operation.variableDefinitions?.map((variable) => ({ ...variable, description: undefined })),
    directives: [],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  });
  return {
    planned: [...fetched.values()].map((fields) => printNormal(withSelections(fields), context)),
    roots: [...fetched.values()].flat(),
    introspection:
      introspected.length === 0
        ? null
        : { kind: Kind.DOCUMENT, definitions: [withSelections(introspected), ...fragments.values()] },
  };
}

/** Whether `@skip` and `@include` leave a selection in. */
export function isIncluded(selection: SelectionNode, conditions: Conditions): boolean {
  for (const directive of selection.directives ?? []) {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') continue;
    const argument = directive.arguments?.find((candidate) => candidate.name.value === 'if')?.value;
    let holds = false;
    if (argument?.kind === Kind.BOOLEAN) holds = argument.value;
    else if (argument?.kind === Kind.VARIABLE) holds = conditions(argument.name.value);
    if (holds === (name === 'skip')) return false;
  }
  return true;
}

/** Names of the variables that conditions depend on. */
export function conditionVariablesOf(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: (directive) => {
      if (directive.name.value !== 'skip' && directive.name.value !== 'include') return;
      const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/**
 * The source keys of a document: a field stands under its name, or under an alias that begins with `prefix`, as no field of the
 * supergraph does. What the client keeps apart stays apart. The alias is taken for a field that the client gave one; for one that
 * it asks elsewhere with other arguments, because the planner dies of two such fields on members of one interface; and, where
 * types are told apart, for a name that means different types, because the planner may require the other one beside it.
 */
export function compileSourceKeys(
  document: DocumentNode,
  prefix: string,
  isAmbiguous: (fieldName: string) => boolean,
): SourceKeys {
  const keys = new Map<string, string>();
  const named = new Set<string>();
  const conditioned = tellsTypesApart(document);
  visit(document, {
    Field: (field) => {
      const name = field.name.value;
      const question = questionOf(field);
      if (keys.has(question)) return;
      const isPlain =
        (field.alias === undefined || field.alias.value === name) &&
        !named.has(name) &&
        !(conditioned && isAmbiguous(name));
      if (isPlain) named.add(name);
      keys.set(question, isPlain || name === '__typename' ? name : `${prefix}${keys.size}`);
    },
  });
  return (field) => keys.get(questionOf(field)) ?? field.name.value;
}

/** Names of fields that have different types on different object types. */
export function ambiguousFieldNames(schema: GraphQLSchema): ReadonlySet<string> {
  const types = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const text = String(field.type);
      if ((types.get(field.name) ?? text) !== text) ambiguous.add(field.name);
      types.set(field.name, text);
    }
  }
  return ambiguous;
}

function tellsTypesApart(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    InlineFragment: (fragment) => {
      found ||= fragment.typeCondition !== undefined;
    },
    FragmentDefinition: () => {
      found = true;
    },
  });
  return found;
}

/** What tells a field from others: its response key, name and arguments. */
function questionOf(field: FieldNode): string {
  const name = field.name.value;
  const asked = field.arguments?.length ? field.arguments.map((argument) => print(argument)).join(' ') : '';
  return `${field.alias?.value ?? name} ${name}(${asked})`;
}

/** Root fields with fragments opened, without their conditions. Fragments have been counted before, so that opening them is cheap. */
function rootFields(selectionSet: SelectionSetNode, context: NormalFormContext): readonly FieldNode[] {
  return selectionSet.selections.flatMap((selection) => {
    if (!isWanted(selection, context)) return [];
    if (selection.kind === Kind.FIELD) return [{ ...selection, directives: [] }];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : context.fragments.get(selection.name.value);
    return fragment === undefined ? [] : rootFields(fragment.selectionSet, context);
  });
}

/** Whether a selection is neither taken away by a condition nor refused. */
function isWanted(selection: SelectionNode, { conditions, refused }: NormalFormContext): boolean {
  return isIncluded(selection, conditions) && !(selection.kind === Kind.FIELD && refused.has(selection));
}

function printNormal(operation: OperationDefinitionNode, context: NormalFormContext): string {
  const normalize = <Node extends OperationDefinitionNode | FragmentDefinitionNode>(node: Node): Node => {
    const types = new TypeInfo(context.schema);
    return visit(
      node,
      visitWithTypeInfo(types, {
        Field: (field) => {
          const sourceKey = context.sourceKeys(field);
          const alias = sourceKey === field.name.value ? undefined : { kind: Kind.NAME, value: sourceKey };
          return { ...field, alias, directives: [] };
        },
        InlineFragment: (fragment) => ({ ...fragment, directives: [] }),
        FragmentSpread: (spread) => ({ ...spread, directives: [] }),
        FragmentDefinition: (fragment) => ({ ...fragment, description: undefined, directives: [] }),
        SelectionSet: (selectionSet) => normalSelections(selectionSet, types.getParentType()?.name, context),
      }),
    );
  };
  const used = new Set<string>();
  const queue: (OperationDefinitionNode | FragmentDefinitionNode)[] = [normalize(operation)];
  for (const definition of queue) {
    visit(definition, {
      FragmentSpread: (spread) => {
        const fragment = context.fragments.get(spread.name.value);
        if (fragment === undefined || used.has(spread.name.value)) return;
        used.add(spread.name.value);
        queue.push(normalize(fragment));
      },
    });
  }
  return queue.map((definition) => print(definition)).join('\n');
}

/**
 * A selection without what conditions take away. Where the type may be an interface object its key is asked too: the planner
 * needs it to find the object's real type, and forgets it in some places.
 */
function normalSelections(
  selectionSet: SelectionSetNode,
  parentType: string | undefined,
  context: NormalFormContext,
): SelectionSetNode {
  const selections = selectionSet.selections.filter((selection) => isWanted(selection, context));
  const keys = parentType === undefined ? [] : context.interfaceObjectKeys(parentType);
  const added = keys.map((key): FieldNode => ({ kind: Kind.FIELD, name: { kind: Kind.NAME, value: key } }));
  const all = [...added, ...selections];
  return { ...selectionSet, selections: all.length === 0 ? [TYPE_NAME] : all };
}

const TYPE_NAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
