// The schema that one server of a partitioned subgraph really serves, and what of an operation it lacks. Servers are upgraded at
// different times; what one of them does not have yet is not asked of it. Pure. The contract is checked by composition, not here.

import {
  type ASTNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  parse,
  type SelectionNode,
  specifiedRules,
  validate,
  visit,
} from 'graphql';
import { comparableSchema, objectsOf, rootNamesOf } from '../supergraph/subgraph-sdl';

/** A server's own schema, `_entities` included; the same object as long as the text is the same. */
export interface ServedSchema {
  readonly schema: GraphQLSchema;
}

/** The schema of an SDL; null when the text is none. */
export function parseServedSchema(sdl: string): ServedSchema | null {
  try {
    const document = parse(sdl, { noLocation: true });
    if (document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION)) return null;
    const entities = [...objectsOf(document).values()].filter(({ keys }) => keys.length > 0).map(({ name }) => name);
    return { schema: comparableSchema(`${sdl}\n${entityRoot(document, entities)}`) };
  } catch {
    return null;
  }
}

/**
 * The selections of an operation that the server would refuse: fields, arguments and types that it does not have, or has otherwise.
 * Without them the operation is valid; in the worst case nothing of it is left.
 */
export function lackingSelections({ schema }: ServedSchema, operation: DocumentNode): ReadonlySet<SelectionNode> {
  const faults = validate(schema, operation, RULES, { maxErrors: Number.POSITIVE_INFINITY });
  if (faults.length === 0) return new Set();
  const holders = holdersIn(operation);
  const lacking = new Set(faults.flatMap((fault) => selectionsAt(fault, holders)));
  const rest = withoutSelections(operation, lacking, 'left');
  const restHolders = holdersIn(rest);
  // A definition that nothing uses any more is not sent.
  if (validate(schema, rest, RULES).every((fault) => selectionsAt(fault, restHolders).length === 0)) return lacking;
  const operations = operation.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  return new Set(operations.flatMap((node) => ('selectionSet' in node ? node.selectionSet.selections : [])));
}

/** A node without some selections; an object of which nothing is left is asked for its type alone, under `typeAlias`. */
export function withoutSelections<Node extends ASTNode>(
  node: Node,
  lacking: ReadonlySet<SelectionNode>,
  typeAlias: string,
): Node {
  if (lacking.size === 0) return node;
  const drop = (selection: SelectionNode): null | undefined => (lacking.has(selection) ? null : undefined);
  return visit(node, {
    Field: { enter: drop },
    InlineFragment: { enter: drop },
    FragmentSpread: { enter: drop },
    SelectionSet: {
      leave: (set) => (set.selections.length === 0 ? { ...set, selections: [typeUnder(typeAlias)] } : undefined),
    },
  });
}

/** Unused variables and fragments are left out when the operation is printed. */
const RULES = specifiedRules.filter((rule) => rule !== NoUnusedVariablesRule && rule !== NoUnusedFragmentsRule);

/** What composition takes for granted and a subgraph's own text does not say. */
function entityRoot(document: DocumentNode, entities: readonly string[]): string {
  if (entities.length === 0) return '';
  const { query } = rootNamesOf(document);
  const known = objectsOf(document).has(query);
  return `scalar _Any union _Entity = ${entities.join(' | ')} ${known ? 'extend ' : ''}type ${query} { _entities(representations: [_Any!]!): [_Entity]! }`;
}

interface Holders {
  /** The innermost selection around each node, itself included. */
  readonly selectionOf: ReadonlyMap<ASTNode, SelectionNode>;
  /** Which variable or fragment a node outside of selections defines; `$name` or `...name`. */
  readonly definedAt: ReadonlyMap<ASTNode, string>;
  /** The selections that use a variable or a fragment. */
  readonly usersOf: ReadonlyMap<string, readonly SelectionNode[]>;
}

function holdersIn(operation: DocumentNode): Holders {
  const selectionOf = new Map<ASTNode, SelectionNode>();
  const definedAt = new Map<ASTNode, string>();
  const usersOf = new Map<string, SelectionNode[]>();
  const around: SelectionNode[] = [];
  let defined: string | null = null;
  visit(operation, {
    enter(node) {
      if (node.kind === Kind.VARIABLE_DEFINITION) defined = `$${node.variable.name.value}`;
      if (node.kind === Kind.FRAGMENT_DEFINITION) defined = `...${node.name.value}`;
      if (isSelection(node)) around.push(node);
      const selection = around.at(-1);
      if (selection === undefined) {
        if (defined !== null) definedAt.set(node, defined);
        return;
      }
      selectionOf.set(node, selection);
      const used =
        node.kind === Kind.VARIABLE
          ? `$${node.name.value}`
          : node.kind === Kind.FRAGMENT_SPREAD
            ? `...${node.name.value}`
            : null;
      if (used !== null) usersOf.set(used, [...(usersOf.get(used) ?? []), selection]);
    },
    leave(node) {
      if (isSelection(node)) around.pop();
      if (node.kind === Kind.VARIABLE_DEFINITION || node.kind === Kind.FRAGMENT_DEFINITION) defined = null;
    },
  });
  return { selectionOf, definedAt, usersOf };
}

/** What has to go for a fault to be gone: the selection in which it lies, or all that use what cannot be defined. */
function selectionsAt({ nodes = [] }: GraphQLError, holders: Holders): readonly SelectionNode[] {
  for (const node of nodes) {
    const selection = holders.selectionOf.get(node);
    if (selection !== undefined) return [selection];
  }
  return nodes.flatMap((node) => holders.usersOf.get(holders.definedAt.get(node) ?? '') ?? []);
}

function isSelection(node: ASTNode): node is SelectionNode {
  return node.kind === Kind.FIELD || node.kind === Kind.INLINE_FRAGMENT || node.kind === Kind.FRAGMENT_SPREAD;
}

function typeUnder(alias: string): SelectionNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: alias },
    name: { kind: Kind.NAME, value: '__typename' },
  };
}
