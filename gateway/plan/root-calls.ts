// The fields at the root of an operation as they are called: which field, with which arguments, and where its value stands in the merged
// data. For whoever must know of whom an operation asks before any of it is fetched.

import { type FieldNode, type GraphQLObjectType, getArgumentValues } from 'graphql';
import type { JsonObject } from '../../shared/vocabulary/json';
import type { SourceKeys } from './normal-form';

/** One field of the root that is fetched. */
export interface RootCall {
  /** Its name in the schema. */
  readonly name: string;
  /** Key of its value in the merged data. */
  readonly sourceKey: string;
  /** Its arguments under these coerced variables. */
  readonly argumentsIn: (variables: JsonObject) => Readonly<Record<string, unknown>>;
}

/** The calls of fields of a root type; each source key once, because equal keys are equal questions. */
export function rootCalls(
  fields: readonly FieldNode[],
  rootType: GraphQLObjectType,
  sourceKeys: SourceKeys,
): readonly RootCall[] {
  const declared = rootType.getFields();
  const calls = new Map<string, RootCall>();
  for (const field of fields) {
    const name = field.name.value;
    const definition = declared[name];
    if (definition === undefined) continue;
    const sourceKey = sourceKeys(field);
    calls.set(sourceKey, {
      name,
      sourceKey,
      argumentsIn: (variables) => getArgumentValues(definition, field, variables),
    });
  }
  return [...calls.values()];
}
