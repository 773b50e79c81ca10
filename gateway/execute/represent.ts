// Names one entity to a subgraph: reads what the plan wants of it from the merged data, or says why it cannot be named.

import type { JsonValue } from '../../shared/vocabulary/json';
import type { RepresentationField, RepresentationPlan } from '../plan/plan-node';
import type { LossBook, LossCause } from './errors';
import { type MergedObject, ownValue } from './merge';

/** What is known of missing values. */
export interface RepresentContext {
  readonly knownLosses: () => LossBook | null;
  /** Fields that nobody lost: the subgraph that has them answered null for the entity. */
  readonly absences: Map<object, Set<string>>;
}

/** `cause` is null for an entity that a subgraph does not know. */
export type Representation =
  | { readonly key: string; readonly representation: MergedObject }
  | { readonly key: null; readonly cause: LossCause | null };

/** The representation of an entity, with a text that is equal for equal ones, or the reason why there is none. */
export function represent(target: MergedObject, plan: RepresentationPlan, context: RepresentContext): Representation {
  const representation: MergedObject = { __typename: plan.typeName };
  let missing: { readonly holder: MergedObject; readonly key: string } | null = null;
  let key = plan.typeName;
  for (const field of plan.fields) {
    const value = read(target, field, (holder, lost) => {
      missing ??= { holder, key: lost };
    });
    representation[field.to] = value;
    key += typeof value === 'string' ? `|s${value.length}:${value}` : `|${JSON.stringify(value)}`;
  }
  const isNamed =
    plan.keys.length === 0 ||
    plan.keys.some((names) => names.every((name) => isPresent(ownValue(representation, name))));
  if (!isNamed) {
    const lost = plan.fields.find((field) => !isPresent(representation[field.to]));
    missing ??= { holder: target, key: lost?.from ?? '' };
  }
  if (missing !== null) return { key: null, cause: causeOf(missing, context) };
  plan.rewrite?.(representation as Record<string, JsonValue>);
  return { key, representation };
}

/** What a representation says of a field; tells `miss` of a value that must be there and is not. */
function read(
  holder: MergedObject,
  field: RepresentationField,
  miss: (holder: MergedObject, key: string) => void,
): JsonValue {
  const value = ownValue(holder, field.from);
  if (value === undefined || value === null) {
    if (!field.nullable) miss(holder, field.from);
    return null;
  }
  return field.nested === null ? value : readNested(value, field.nested, miss);
}

function readNested(
  value: JsonValue,
  nested: NonNullable<RepresentationField['nested']>,
  miss: (holder: MergedObject, key: string) => void,
): JsonValue {
  if (value === null || typeof value !== 'object') return null;
  if (Array.isArray(value)) return value.map((item: JsonValue) => readNested(item, nested, miss));
  const object = value as MergedObject;
  const typeName = typeof object.__typename === 'string' ? object.__typename : undefined;
  const read_: MergedObject = typeName === undefined ? {} : { __typename: typeName };
  for (const field of nested(typeName)) read_[field.to] = read(object, field, miss);
  return read_;
}

/** A key part is present when it has no null in it; lists count as values. */
function isPresent(value: JsonValue | undefined): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value !== 'object' || Array.isArray(value)) return true;
  return Object.values(value).every((member) => isPresent(member));
}

/** The fields were lost for the reason for which the missing part was; without one, nobody can be asked. */
function causeOf(
  { holder, key }: { readonly holder: MergedObject; readonly key: string },
  context: RepresentContext,
): LossCause | null {
  const cause = context.knownLosses()?.at(holder, key)?.[0]?.cause;
  if (cause !== undefined) return cause;
  return context.absences.get(holder)?.has(key) ? null : { code: 'NOT_ROUTABLE' };
}
