// Turns the operation of a fetch into a question whose answer can be checked: reserved aliases ask back the type and key of every
// entity and the server of every nested one, and the form of a true answer is compiled from the subgraph's own types. Pure, done
// once per plan. How an answer is held against it is decided in trust.ts.

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
} from 'graphql';
import type { EntityFetch, FetchPlan } from '../plan/plan-node';
import type { PartitionRule } from '../supergraph/partition-rules';
import type { SubgraphTypes } from '../supergraph/subgraph-types';
import type { Conditions, FieldShape, LackingField, ObjectShape, ValueShape } from './answer-shape';
import type { CompiledQuestion, EntityQuestion, RootQuestion, RowQuestion, RowShape } from './compiled-question';
import { leafRule, type ScalarRules } from './leaf-rule';
import {
  aliased,
  both,
  conditionsOf,
  either,
  fieldSet,
  fragmentOn,
  keyOf,
  namedType,
  nameOf,
  setOf,
} from './operation-node';
import { operationText } from './operation-text';
import { lackingSelections, type ServedSchema, withoutSelections } from './served-schema';

/**
 * The question of a fetch to a server of the schema `served`, which is the contract when it is null. Costs a parse and a print, and
 * with a schema a validation; throws on an operation that the subgraph's types do not have.
 */
export function compileQuestion(
  fetch: FetchPlan,
  rule: PartitionRule,
  scalars: ScalarRules,
  served: ServedSchema | null,
): CompiledQuestion {
  return new QuestionCompiler(parse(fetch.operation, { noLocation: true }), fetch, rule, scalars, served).compile();
}

/** Selections that stand together; those that the server lacks are known and not asked. */
interface AskedSet {
  readonly set: SelectionSetNode;
  readonly when: Conditions;
  readonly lacking: boolean;
}

interface Collected {
  readonly node: FieldNode;
  readonly selections: AskedSet[];
  when: Conditions;
  lacking: boolean;
}

class QuestionCompiler {
  private readonly types: SubgraphTypes;
  private readonly operation: OperationDefinitionNode;
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  /** Starts every reserved alias; a prefix that the operation does not contain. */
  private readonly reserved: string;
  /** Selections of the extended operation that the server does not have. */
  private lacking: ReadonlySet<SelectionNode> = new Set();

  constructor(
    document: DocumentNode,
    private readonly fetch: FetchPlan,
    private readonly rule: PartitionRule,
    private readonly scalars: ScalarRules,
    private readonly served: ServedSchema | null,
  ) {
    this.types = rule.types;
    let reserved = 'senim__';
    for (let number = 1; fetch.operation.includes(reserved); number += 1) reserved = `senim${number}__`;
    this.reserved = reserved;
    let operation: OperationDefinitionNode | undefined;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.OPERATION_DEFINITION) operation = definition;
      else if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
    if (operation === undefined) throw new Error('The fetch holds no operation.');
    this.operation = operation;
  }

  compile(): CompiledQuestion {
    for (const [name, fragment] of this.fragments) {
      const selectionSet = this.extendSelections(fragment.selectionSet, fragment.typeCondition.name.value);
      this.fragments.set(name, { ...fragment, selectionSet });
    }
    const defaults: Record<string, boolean | string> = Object.create(null);
    for (const { variable, defaultValue } of this.operation.variableDefinitions ?? []) {
      if (
        defaultValue?.kind === Kind.BOOLEAN ||
        defaultValue?.kind === Kind.STRING ||
        defaultValue?.kind === Kind.INT
      ) {
        defaults[variable.name.value] = defaultValue.value;
      }
    }
    if (this.fetch.entities.length === 0) {
      return { operation: '', entities: [], roots: this.compileRoots(), defaults, unknownTypes: new Set() };
    }
    const selections = this.operation.selectionSet.selections.map((selection) => {
      const entity = this.entityOf(selection);
      return entity === null ? selection : this.extendEntities(selection as FieldNode, entity);
    });
    const operation = { ...this.operation, selectionSet: { ...this.operation.selectionSet, selections } };
    this.lacking = this.lackingIn(operation);
    const unknownTypes = this.unknownTypes(selections);
    const entities = selections.flatMap((selection) => {
      const entity = this.entityOf(selection);
      return entity === null ? [] : [this.compileEntities(selection as FieldNode, entity)];
    });
    return { operation: this.print(operation), entities, roots: [], defaults, unknownTypes };
  }

  private lackingIn(operation: OperationDefinitionNode): ReadonlySet<SelectionNode> {
    if (this.served === null) return new Set();
    return lackingSelections(this.served, {
      kind: Kind.DOCUMENT,
      definitions: [operation, ...this.fragments.values()],
    });
  }

  /** A type is unknown when its own selections, or the key fields that are asked back of it, are lacking. */
  private unknownTypes(selections: readonly SelectionNode[]): ReadonlySet<string> {
    const unknown = new Set<string>();
    if (this.lacking.size === 0) return unknown;
    for (const selection of selections) {
      const entity = this.entityOf(selection);
      if (entity === null) continue;
      for (const part of (selection as FieldNode).selectionSet?.selections ?? []) {
        if (part.kind !== Kind.INLINE_FRAGMENT) continue;
        const typename = part.typeCondition?.name.value ?? '';
        const isLost =
          this.lacking.has(selection) ||
          this.lacking.has(part) ||
          part.selectionSet.selections.some(
            (field) => field.kind === Kind.FIELD && keyOf(field).startsWith(this.reserved) && this.lacking.has(field),
          );
        if (isLost && representationTypes(entity).includes(typename)) unknown.add(typename);
      }
    }
    return unknown;
  }

  private entityOf(selection: SelectionNode): EntityFetch | null {
    if (selection.kind !== Kind.FIELD || selection.name.value !== '_entities') return null;
    return this.fetch.entities.find(({ responseKey }) => responseKey === keyOf(selection)) ?? null;
  }

  private extendEntities(field: FieldNode, entity: EntityFetch): FieldNode {
    const inner = (field.selectionSet?.selections ?? []).map((selection) => this.extendSelection(selection, ''));
    const asked = representationTypes(entity).map((typename) =>
      fragmentOn(typename, this.keySelections(typename, entity)),
    );
    return { ...field, selectionSet: setOf([...inner, aliased(`${this.reserved}t`, '__typename'), ...asked]) };
  }

  /** The key fields of every key that the representations hold, each under a reserved alias. */
  private keySelections(typename: string, entity: EntityFetch): FieldNode[] {
    const fields = this.keyFields(typename, entity);
    return fields.map((field, place) => ({ ...field, alias: nameOf(`${this.reserved}k${place}`) }));
  }

  private keyFields(typename: string, entity: EntityFetch): readonly FieldNode[] {
    const type = this.types.typeOf(typename);
    const sent = new Set(
      entity.requires.flatMap((selection) =>
        selection.kind === 'InlineFragment' && selection.typeCondition === typename
          ? selection.selections.flatMap((field) => (field.kind === 'Field' ? [field.name] : []))
          : [],
      ),
    );
    const fields = new Map<string, FieldNode>();
    for (const key of type !== undefined && 'keys' in type ? type.keys : []) {
      const parts = fieldSet(key);
      if (!parts.every((part) => sent.has(part.name.value))) continue;
      for (const part of parts) fields.set(part.name.value, part);
    }
    return [...fields.values()];
  }

  private extendSelections(set: SelectionSetNode, parent: string): SelectionSetNode {
    return setOf(set.selections.map((selection) => this.extendSelection(selection, parent)));
  }

  private extendSelection(selection: SelectionNode, parent: string): SelectionNode {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const inner = selection.typeCondition?.name.value ?? parent;
      return { ...selection, selectionSet: this.extendSelections(selection.selectionSet, inner) };
    }
    if (selection.selectionSet === undefined) return selection;
    const typename = namedType(this.fieldType(parent, selection.name.value));
    const inner = this.extendSelections(selection.selectionSet, typename);
    return { ...selection, selectionSet: setOf([...inner.selections, ...this.askedBack(typename)]) };
  }

  /** What is asked back of an object below an entity: its type where it may be several, its server where it is partitioned. */
  private askedBack(typename: string): SelectionNode[] {
    const type = this.types.typeOf(typename);
    if (type === undefined) return [];
    if (type.kind !== 'ABSTRACT') return this.targetSelections(typename);
    const fragments = [...type.possible].flatMap((possible) => {
      const selections = this.targetSelections(possible);
      return selections.length === 0 ? [] : [fragmentOn(possible, selections)];
    });
    return [aliased(`${this.reserved}t`, '__typename'), ...fragments];
  }

  private targetSelections(typename: string): FieldNode[] {
    const by = this.targetField(typename);
    return by === null ? [] : [aliased(`${this.reserved}p`, by)];
  }

  /** The partition field of a type as this subgraph has it; null when its rows are not partitioned. */
  private targetField(typename: string): string | null {
    const by = this.rule.fields.get(typename);
    const type = this.types.typeOf(typename);
    return by !== undefined && type !== undefined && 'fields' in type && type.fields.has(by) ? by : null;
  }

  private compileEntities(field: FieldNode, entity: EntityFetch): EntityQuestion {
    const sets = [{ set: setOf(field.selectionSet?.selections ?? []), when: null, lacking: this.lacking.has(field) }];
    const rows = new Map<string, RowQuestion>();
    for (const typename of representationTypes(entity)) {
      const keyNames = this.keyFields(typename, entity).map((key) => key.name.value);
      const keys = keyNames.map((name, place) => ({ alias: `${this.reserved}k${place}`, name }));
      const shapes = new Map<string, RowShape>();
      for (const concrete of this.possibleTypes(typename)) {
        const shape = this.objectShape(concrete, sets, false);
        const echoes = shape.fields
          .filter(({ name }) => keyNames.includes(name))
          .map(({ responseKey, name }) => ({ responseKey, name }));
        shapes.set(concrete, { shape, echoes });
      }
      rows.set(typename, { keys, shapes });
    }
    return { entity, typeKey: `${this.reserved}t`, rows };
  }

  private compileRoots(): RootQuestion[] {
    const root = this.types.rootNames[this.operation.operation];
    const extended = this.extendSelections(this.operation.selectionSet, root);
    this.lacking = this.lackingIn({ ...this.operation, selectionSet: extended });
    const fields = this.collect(root, [{ set: extended, when: null, lacking: false }]);
    return [...fields].map(([responseKey, { node, selections, lacking }]) => {
      const selection: FieldNode = selections.length === 0 ? node : { ...node, selectionSet: mergedSet(selections) };
      const operation = { ...this.operation, selectionSet: setOf([selection]) };
      const value = this.valueShape(this.fieldType(root, node.name.value), selections);
      return { responseKey, name: node.name.value, node, value, operation: this.print(operation), lacking };
    });
  }

  private objectShape(typename: string, sets: Collected['selections'], below: boolean): ObjectShape {
    const by = this.targetField(typename);
    const fields: FieldShape[] = [];
    const lacking: LackingField[] = [];
    for (const [responseKey, { node, selections, when, ...found }] of this.collect(typename, sets)) {
      if (responseKey.startsWith(this.reserved)) continue;
      if (found.lacking) {
        lacking.push({ responseKey, when });
        continue;
      }
      const name = node.name.value;
      const value: ValueShape =
        name === '__typename'
          ? { kind: 'LEAF', nullable: false, rule: (told) => told === typename, asText: false }
          : this.valueShape(this.fieldType(typename, name), selections);
      fields.push({ responseKey, name, when, value, namesTarget: name === by });
    }
    const targetKey = below && by !== null ? `${this.reserved}p` : null;
    return {
      typename,
      fields,
      lacking,
      targetKey,
      bare: fields.some(({ responseKey }) => responseKey === '__proto__'),
    };
  }

  private valueShape(type: TypeNode, sets: Collected['selections']): ValueShape {
    if (type.kind === Kind.NON_NULL_TYPE) return { ...this.valueShape(type.type, sets), nullable: false };
    if (type.kind === Kind.LIST_TYPE) return { kind: 'LIST', nullable: true, item: this.valueShape(type.type, sets) };
    const found = this.types.typeOf(type.name.value);
    if (found === undefined) throw new Error('The fetch asks a type that its subgraph does not have.');
    if (found.kind === 'OBJECT')
      return { kind: 'OBJECT', nullable: true, shape: this.objectShape(found.name, sets, true) };
    if (found.kind === 'ABSTRACT') {
      const shapes = new Map([...found.possible].map((name) => [name, this.objectShape(name, sets, true)]));
      return { kind: 'ABSTRACT', nullable: true, typeKey: `${this.reserved}t`, shapes };
    }
    return { kind: 'LEAF', nullable: true, rule: leafRule(found, this.scalars), asText: found.name === 'ID' };
  }

  /** The fields that a type is asked, by response key, fragments unfolded; selections of one key are kept together. */
  private collect(typename: string, sets: Collected['selections']): Map<string, Collected> {
    const found = new Map<string, Collected>();
    const take = ({ set, when, lacking: around }: AskedSet): void => {
      for (const selection of set.selections) {
        const own = both(when, conditionsOf(selection));
        const lacking = around || this.lacking.has(selection);
        if (selection.kind === Kind.FIELD) {
          const known = found.get(keyOf(selection));
          const entry = known ?? { node: selection, selections: [], when: own, lacking };
          if (known === undefined) found.set(keyOf(selection), entry);
          else {
            entry.when = either(entry.when, own);
            entry.lacking &&= lacking;
          }
          if (selection.selectionSet !== undefined)
            entry.selections.push({ set: selection.selectionSet, when: own, lacking });
          continue;
        }
        const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? this.fragments.get(selection.name.value) : selection;
        if (fragment === undefined) continue;
        const condition = fragment.typeCondition?.name.value;
        if (condition === undefined || this.applies(condition, typename))
          take({ set: fragment.selectionSet, when: own, lacking });
      }
    };
    for (const set of sets) take(set);
    return found;
  }

  private applies(condition: string, typename: string): boolean {
    return condition === typename || this.possibleTypes(condition).includes(typename);
  }

  private possibleTypes(typename: string): readonly string[] {
    const type = this.types.typeOf(typename);
    return type?.kind === 'ABSTRACT' ? [...type.possible] : [typename];
  }

  private fieldType(parent: string, field: string): TypeNode {
    const type = this.types.typeOf(parent);
    if (field === '__typename') return { kind: Kind.NAMED_TYPE, name: nameOf('String') };
    const found = type !== undefined && 'fields' in type ? type.fields.get(field) : undefined;
    if (found === undefined) throw new Error('The fetch asks a field that its subgraph does not have.');
    return found;
  }

  private print(whole: OperationDefinitionNode): string {
    return operationText(whole, this.fragments, (node) => withoutSelections(node, this.lacking, `${this.reserved}t`));
  }
}

function representationTypes(entity: EntityFetch): readonly string[] {
  return [
    ...new Set(
      entity.requires.flatMap((selection) => (selection.kind === 'InlineFragment' ? [selection.typeCondition] : [])),
    ),
  ];
}

function mergedSet(sets: Collected['selections']): SelectionSetNode {
  return setOf(sets.flatMap(({ set }) => set.selections));
}
