// How an entity is named to a subgraph: from the planner's `requires`, one plan per type name, worked out when a type is first
// met. What the values are, and what happens when some are missing, is decided by execute/entities.ts.

import type { FetchRewrite, RequiresSelection } from '@graphql-hive/router-query-planner';
import { AppError } from '../../shared/vocabulary/app-error';
import type { TypeFacts } from '../supergraph/type-facts';
import type { RepresentationField, RepresentationPlan } from './plan-node';
import { applyRewrite, type Rewrite, readRewrites } from './rewrite';

/** The plan for each type name, null for a type that the requires do not concern. `isCondition`: whether the client asks something under this type's condition. Remembers its answers: type names must come from a bounded set, as those of a supergraph do. */
export function compileRepresentations(
  requires: readonly RequiresSelection[],
  inputRewrites: readonly FetchRewrite[] | undefined,
  serviceName: string,
  facts: TypeFacts,
  isCondition: (typeName: string) => boolean,
): (typeName: string) => RepresentationPlan | null {
  const rewrites = readRewrites(inputRewrites);
  const plans = new Map<string, RepresentationPlan | null>();
  return (typeName) => {
    const known = plans.get(typeName);
    if (known !== undefined) return known;
    let fields = fieldsFor(requires, typeName, facts);
    // The planner joins what is asked of an interface object under several type conditions and then names one type only.
    if (
      fields.length === 0 &&
      isCondition(typeName) &&
      rewrites.some((rewrite) => typeNameSetBy(rewrite, typeName, facts))
    ) {
      fields = fieldsFor(requires, undefined, facts);
    }
    const plan = fields.length === 0 ? null : planFor(typeName, fields, rewrites, serviceName, facts);
    if (plan !== null || plans.size < MOST_REMEMBERED) plans.set(typeName, plan);
    return plan;
  };
}

/** A subgraph may send any text as a type name; only so many unknown ones are remembered. */
const MOST_REMEMBERED = 1_000;

function planFor(
  typeName: string,
  fields: readonly RepresentationField[],
  rewrites: readonly Rewrite[],
  serviceName: string,
  facts: TypeFacts,
): RepresentationPlan {
  let nameInSubgraph = typeName;
  const rest: Rewrite[] = [];
  for (const rewrite of rewrites) {
    const renamed = typeNameSetBy(rewrite, typeName, facts);
    if (renamed === undefined) rest.push(rewrite);
    else if (renamed !== null) nameInSubgraph = renamed;
  }
  const names = new Set(fields.map((field) => field.to));
  const keys = facts.keysOf(nameInSubgraph, serviceName).filter((key) => key.every((name) => names.has(name)));
  return {
    typeName: nameInSubgraph,
    fields,
    keys,
    rewrite:
      rest.length === 0
        ? null
        : (representation) => {
            for (const rewrite of rest) applyRewrite(representation, rewrite, facts);
          },
  };
}

/** The type name that a rewrite gives to entities of this type: null when it gives none to them, undefined when it rewrites something else. */
function typeNameSetBy(rewrite: Rewrite, typeName: string, facts: TypeFacts): string | null | undefined {
  if (!('setTo' in rewrite.change)) return undefined;
  const last = rewrite.path.at(-1);
  const conditions = rewrite.path.slice(0, -1);
  if (last === undefined || !('Key' in last) || last.Key !== '__typename') return undefined;
  let fits = true;
  for (const condition of conditions) {
    if (!('TypenameEquals' in condition)) return undefined;
    fits &&= condition.TypenameEquals.some((wanted) => facts.isSubtype(typeName, wanted));
  }
  return fits ? rewrite.change.setTo : null;
}

/** The fields that concern objects of a type. Without a type name every field does: absent ones are simply not there. */
function fieldsFor(
  selections: readonly RequiresSelection[],
  typeName: string | undefined,
  facts: TypeFacts,
): RepresentationField[] {
  const byName = new Map<string, RepresentationField>();
  const nestedByName = new Map<string, RequiresSelection[]>();
  const collect = (level: readonly RequiresSelection[], condition: string | undefined): void => {
    for (const selection of level) {
      if (selection.kind === 'FragmentSpread')
        throw new AppError('INTERNAL', 'Requires without named fragments expected.');
      if (selection.kind === 'InlineFragment') {
        if (typeName !== undefined && !facts.isSubtype(typeName, selection.typeCondition)) continue;
        collect(selection.selections, selection.typeCondition);
        continue;
      }
      if (selection.name === '__typename') continue;
      const to = selection.alias ?? selection.name;
      const nested = selection.selections?.length ? selection.selections : null;
      if (nested !== null) nestedByName.set(to, [...(nestedByName.get(to) ?? []), ...nested]);
      if (byName.has(to)) continue;
      const owner = typeName !== undefined && facts.fieldType(typeName, to) !== undefined ? typeName : condition;
      byName.set(to, {
        from: selection.name,
        to,
        nullable: owner === undefined || facts.isNullable(owner, to),
        nested: nested === null ? null : nestedFields(nestedByName, to, owner, facts),
      });
    }
  };
  collect(selections, undefined);
  return [...byName.values()];
}

function nestedFields(
  nestedByName: ReadonlyMap<string, RequiresSelection[]>,
  name: string,
  owner: string | undefined,
  facts: TypeFacts,
): (typeName: string | undefined) => readonly RepresentationField[] {
  const remembered = new Map<string, readonly RepresentationField[]>();
  const declared = owner === undefined ? undefined : facts.fieldType(owner, name);
  const staticName = declared === undefined || facts.isAbstract(declared) ? undefined : declared;
  return (typeName) => {
    const wanted = typeName ?? staticName;
    const known = remembered.get(wanted ?? '');
    if (known !== undefined) return known;
    const fields = fieldsFor(nestedByName.get(name) ?? [], wanted, facts);
    if (remembered.size < MOST_REMEMBERED) remembered.set(wanted ?? '', fields);
    return fields;
  };
}
