// The planner's answer made ready to be walked: paths, representations, response keys and rewrites are worked out here once,
// so that a request finds arrays and functions. Decides nothing about values; execute/ does.

import type { FetchNode, FetchRewrite, FlattenNodePathSegment, PlanNode } from '@graphql-hive/router-query-planner';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  parse,
  print,
  type SelectionSetNode,
} from 'graphql';
import { AppError } from '../../shared/vocabulary/app-error';
import type { TypeFacts } from '../supergraph/type-facts';
import type { EntityFetchNode, EntityGroup, ExecutionNode, FetchPlan, PathStep, RootFetchNode } from './plan-node';
import { compileRepresentations } from './representation';
import { compileOutputRewrite, renameTopKeys } from './rewrite';

/** A compiled plan. */
export interface CompiledPlan {
  /** What runs; null when nothing has to be asked of anybody. For a subscription: what runs for each event. */
  readonly root: ExecutionNode | null;
  /** The subscription to open; null for queries and mutations. */
  readonly primary: RootFetchNode | null;
  /** Length of all operation texts, as a measure of what the plan occupies. */
  readonly textLength: number;
}

/** Compiles the planner's root node. `isCondition`: whether the client asks something under this type's condition. Throws `INTERNAL` for a node that no planner of ours makes (`Defer`). */
export function compilePlan(
  root: PlanNode | undefined,
  facts: TypeFacts,
  isCondition: (typeName: string) => boolean,
): CompiledPlan {
  const compiler = new PlanCompiler(facts, isCondition);
  const compiled = root === undefined ? null : compiler.compile(root, []);
  return { root: compiled, primary: compiler.primary, textLength: compiler.textLength };
}

class PlanCompiler {
  primary: RootFetchNode | null = null;
  textLength = 0;
  private readonly identities = new Map<string, Mutable<EntityGroup>[]>();

  constructor(
    private readonly facts: TypeFacts,
    private readonly isCondition: (typeName: string) => boolean,
  ) {}

  compile(node: PlanNode, path: readonly PathStep[]): ExecutionNode | null {
    switch (node.kind) {
      case 'Sequence':
      case 'Parallel': {
        const nodes = node.nodes.flatMap((child) => this.compile(child, path) ?? []);
        if (nodes.length < 2) return nodes[0] ?? null;
        return { kind: node.kind === 'Sequence' ? 'sequence' : 'parallel', nodes };
      }
      case 'Condition': {
        const whenTrue = node.ifClause ? this.compile(node.ifClause, path) : null;
        const whenFalse = node.elseClause ? this.compile(node.elseClause, path) : null;
        return { kind: 'condition', variableName: node.condition, whenTrue, whenFalse };
      }
      case 'Flatten':
        return this.compile(node.node, [...path, ...this.steps(node.path)]);
      case 'Fetch':
        return node.requires?.length ? this.entityFetch(node, path) : this.rootFetch(node);
      case 'BatchFetch':
        return this.batchFetch(node, path);
      case 'Subscription':
        this.primary = this.rootFetch(node.primary);
        return null;
      case 'Defer':
        throw new AppError('INTERNAL', 'A plan without deferred parts was expected.');
    }
  }

  private rootFetch(node: Omit<FetchNode, 'kind'>): RootFetchNode {
    const parsed = parseOperation(node.operation);
    const keys = parsed.fields.map(responseKeyOf);
    return {
      kind: 'root-fetch',
      fetch: this.fetchPlan(node, []),
      responseKeys: renameTopKeys(keys, node.outputRewrites),
      output: compileOutputRewrite(node.outputRewrites, this.facts),
    };
  }

  private entityFetch(node: FetchNode, path: readonly PathStep[]): EntityFetchNode {
    const parsed = parseOperation(node.operation);
    const field = parsed.fields[0];
    const entity = {
      responseKey: field === undefined ? '_entities' : responseKeyOf(field),
      variableName: 'representations',
      requires: node.requires ?? [],
    };
    const fetch = this.fetchPlan(node, [entity]);
    return { kind: 'entity-fetch', fetch, groups: [this.group(fetch, 0, [path], node, parsed)] };
  }

  private batchFetch(node: PlanNode & { kind: 'BatchFetch' }, path: readonly PathStep[]): EntityFetchNode {
    const parsed = parseOperation(node.operation);
    const aliases = node.entityBatch.aliases;
    const fetch = this.fetchPlan(
      node,
      aliases.map((alias) => ({
        responseKey: alias.alias,
        variableName: alias.representationsVariableName,
        requires: alias.requires,
      })),
    );
    const groups = aliases.map((alias, index) => {
      const paths = alias.paths.map((segments) => [...path, ...this.steps(segments)]);
      return this.group(fetch, index, paths, alias, parsed);
    });
    return { kind: 'entity-fetch', fetch, groups };
  }

  private group(
    fetch: FetchPlan,
    index: number,
    paths: readonly (readonly PathStep[])[],
    rewrites: { readonly inputRewrites?: FetchRewrite[]; readonly outputRewrites?: FetchRewrite[] },
    parsed: ParsedOperation,
  ): EntityGroup {
    const entity = fetch.entities[index];
    if (entity === undefined) throw new AppError('INTERNAL', 'A fetch with the entities of its groups was expected.');
    const field = parsed.fields.find((candidate) => responseKeyOf(candidate) === entity.responseKey);
    if (field?.selectionSet === undefined)
      throw new AppError('INTERNAL', 'A fetch that selects entities was expected.');
    const { selectionSet } = field;
    const remembered = new Map<string, readonly string[]>();
    const keysOf = (typeName: string | null): readonly string[] =>
      renameTopKeys(this.selectedKeys(selectionSet, typeName, parsed.fragments), rewrites.outputRewrites);
    const group: Mutable<EntityGroup> = {
      entity,
      paths,
      representationOf: compileRepresentations(
        entity.requires,
        rewrites.inputRewrites,
        fetch.serviceName,
        this.facts,
        this.isCondition,
      ),
      responseKeysOf: (typeName) => {
        const known = remembered.get(typeName);
        if (known !== undefined) return known;
        const keys = keysOf(typeName);
        if (remembered.size < MOST_REMEMBERED) remembered.set(typeName, keys);
        return keys;
      },
      responseKeys: keysOf(null),
      composite: hasComposite(selectionSet, parsed.fragments),
      identity: -1,
      output: compileOutputRewrite(rewrites.outputRewrites, this.facts),
    };
    this.identify(group, `${fetch.serviceName}\n${print(selectionSet)}\n${parsed.fragmentText}`);
    return group;
  }

  /** Two groups that ask the same of the same subgraph get the same number. */
  private identify(group: Mutable<EntityGroup>, question: string): void {
    const equals = this.identities.get(question);
    if (equals === undefined) {
      this.identities.set(question, [group]);
      return;
    }
    equals.push(group);
    const identity = [...this.identities.keys()].indexOf(question);
    for (const equal of equals) equal.identity = identity;
  }

  /** Response keys that a selection gives to objects of a type; of every type when it is null. */
  private selectedKeys(
    selectionSet: SelectionSetNode,
    typeName: string | null,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  ): string[] {
    return selectionSet.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [responseKeyOf(selection)];
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (fragment === undefined) return [];
      const condition = fragment.typeCondition?.name.value;
      const fits =
        typeName === null ||
        condition === undefined ||
        this.facts.isSubtype(typeName, condition) ||
        this.facts.isSubtype(condition, typeName);
      return fits ? this.selectedKeys(fragment.selectionSet, typeName, fragments) : [];
    });
  }

  private fetchPlan(
    node: Pick<FetchNode, 'serviceName' | 'operation' | 'operationKind' | 'variableUsages'>,
    entities: FetchPlan['entities'],
  ): FetchPlan {
    this.textLength += node.operation.length;
    return {
      serviceName: node.serviceName,
      operationKind: node.operationKind ?? 'query',
      operation: node.operation,
      variableNames: node.variableUsages ?? [],
      entities,
    };
  }

  private steps(path: readonly FlattenNodePathSegment[]): PathStep[] {
    return path.map((segment) => {
      if (segment === '@') return { kind: 'each' };
      if ('Field' in segment) return { kind: 'field', key: segment.Field };
      const names = segment.TypeCondition;
      return { kind: 'type', accepts: (typeName) => names.some((name) => this.facts.isSubtype(typeName, name)) };
    });
  }
}

type Mutable<Value> = { -readonly [Member in keyof Value]: Value[Member] };

interface ParsedOperation {
  readonly fields: readonly FieldNode[];
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly fragmentText: string;
}

/** A subgraph may send any text as a type name; only so many are remembered. */
const MOST_REMEMBERED = 1_000;

/** The operation texts are the planner's own: fields at the top, perhaps within inline fragments that carry a condition. */
function parseOperation(operation: string): ParsedOperation {
  const document: DocumentNode = parse(operation, { noLocation: true });
  const fragments = new Map<string, FragmentDefinitionNode>();
  let fields: readonly FieldNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) fields = topFields(definition.selectionSet, fragments);
  }
  return { fields, fragments, fragmentText: [...fragments.values()].map((fragment) => print(fragment)).join('\n') };
}

function topFields(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly FieldNode[] {
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return fragment === undefined ? [] : topFields(fragment.selectionSet, fragments);
  });
}

function hasComposite(selectionSet: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>): boolean {
  return topFields(selectionSet, fragments).some((field) => field.selectionSet !== undefined);
}

function responseKeyOf(field: FieldNode): string {
  return field.alias?.value ?? field.name.value;
}
