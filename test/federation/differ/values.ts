// What the fields of an invented graph give: values, nulls and errors by a hash of the object, the field and its arguments, the
// same whether one schema or many subgraphs are asked.

import { GraphQLError, type GraphQLFieldResolver, type GraphQLTypeResolver } from 'graphql';
import { type FieldSpec, fieldsOfType, type Graph } from './graph';
import { hashed, Random } from './random';

/** An object of the graph: its type and what tells it from others. */
export interface Thing {
  readonly __typename: string;
  readonly id: string;
}

export interface ValueSettings {
  readonly seed: string;
  readonly nullShare: number;
  readonly errorShare: number;
}

/** How many things there are of each entity type. */
const POPULATION = 4;

/** The values of a graph. */
export class Values {
  constructor(
    private readonly graph: Graph,
    private readonly settings: ValueSettings,
  ) {}

  /** A field's value: a leaf, null, an error, a thing, or a list of these. `required` is what a subgraph was told of the required field. */
  fieldValue(thing: Thing, field: FieldSpec, args: Readonly<Record<string, unknown>>, required?: unknown): unknown {
    const place = `${this.settings.seed}|${thing.__typename}|${thing.id}|${field.name}|${args.x ?? ''}`;
    const random = new Random(Math.floor(hashed(place) * 2 ** 31));
    if (field.requires !== null) {
      const told = required === undefined ? this.requiredValue(thing, field.requires) : required;
      if (told instanceof Error) return told;
      return this.invent(new Random(Math.floor(hashed(`${place}|${JSON.stringify(told)}`) * 2 ** 31)), field, place);
    }
    return this.invent(random, field, place);
  }

  /** The required field as a subgraph would be told of it; an error when it cannot be told. */
  requiredValue(thing: Thing, name: string): unknown {
    const field = fieldsOfType(this.graph, thing.__typename).find((candidate) => candidate.name === name);
    if (!field) throw new Error(`A field ${name} was expected.`);
    return settle(this.fieldValue(thing, field, {}), field);
  }

  private invent(random: Random, field: FieldSpec, place: string): unknown {
    const { nullShare, errorShare } = this.settings;
    if (random.chance(field.nonNull ? errorShare / 2 : errorShare)) return new GraphQLError('lost');
    if (!field.nonNull && random.chance(nullShare)) return null;
    if (!field.list) return this.single(random, field.of, place);
    return Array.from({ length: random.below(4) }, (_, index) => {
      if (random.chance(errorShare / 3)) return new GraphQLError('lost');
      if (!field.itemNonNull && random.chance(nullShare)) return null;
      return this.single(random, field.of, `${place}|${index}`);
    });
  }

  private single(random: Random, of: string, place: string): unknown {
    switch (of) {
      case 'Int':
        return random.below(1_000);
      case 'Float':
        return random.below(1_000) / 8;
      case 'Boolean':
        return random.chance(0.5);
      case 'String':
        return random.chance(0.1) ? 'quote " and \\ and ы\n' : `text-${random.below(1_000)}`;
      case 'ID':
        return `id-${random.below(1_000)}`;
      case 'Color':
        return random.pick(['RED', 'GREEN', 'BLUE']);
      case 'Anything':
        return random.pick<unknown>([7, 'any', { a: [1, null, { b: 'c' }] }, [], { __typename: 'E0', id: 'x' }]);
      default: {
        const members = this.graph.unions.get(of) ?? this.graph.interfaces.get(of) ?? [of];
        const typeName = random.pick(members);
        const isValue = this.graph.types.get(typeName)?.kind === 'value';
        return { __typename: typeName, id: isValue ? place : `${typeName}-${random.below(POPULATION)}` };
      }
    }
  }
}

/** The fields of every type by one function. `lost` overrides what a subgraph no longer gives. */
export function fieldResolver(
  graph: Graph,
  values: Values,
  subgraph: number | null,
): GraphQLFieldResolver<unknown, unknown> {
  return (source, args, _context, info) => {
    const told = (source ?? { __typename: 'Query', id: '' }) as Thing & Readonly<Record<string, unknown>>;
    const name = info.fieldName;
    if (name === 'id') return told.id;
    if (name === 'code') return codeOf(told.id);
    const typeName = told.__typename === 'Media' ? typeOfId(told.id) : told.__typename;
    const field = fieldsOfType(graph, typeName).find((candidate) => candidate.name === name);
    if (!field) throw new Error(`A field of ${typeName} was expected, not ${name}.`);
    if (subgraph !== null && !field.owners.includes(subgraph)) {
      // Asked of a subgraph that has the field only as external (told with the representation) or has lost it to another.
      if (field.overridden === subgraph) return null;
      return told[name];
    }
    const required = subgraph === null || field.requires === null ? undefined : (told[field.requires] ?? null);
    const value = values.fieldValue({ __typename: typeName, id: told.id }, field, args, required);
    return subgraph === null ? value : asKnownTo(graph, subgraph, field, value);
  };
}

export const typeResolver: GraphQLTypeResolver<unknown, unknown> = (source) => (source as Thing).__typename;

export function codeOf(id: string): string {
  return `code-${id}`;
}

/** Reads what a subgraph is told of an entity back into a thing. */
export function thingOf(reference: Readonly<Record<string, unknown>>): Thing {
  const id = typeof reference.id === 'string' ? reference.id : String(reference.code).slice('code-'.length);
  const told = String(reference.__typename);
  return { ...reference, __typename: told, id };
}

export function typeOfId(id: string): string {
  return id.slice(0, id.indexOf('-'));
}

/** A subgraph that has an interface as an object does not know the members. */
function asKnownTo(graph: Graph, subgraph: number, field: FieldSpec, value: unknown): unknown {
  if (graph.interfaceObjects.get(field.of) !== subgraph) return value;
  const rename = (item: unknown): unknown =>
    item !== null && typeof item === 'object' && 'id' in item ? { ...item, __typename: field.of } : item;
  return Array.isArray(value) ? value.map(rename) : rename(value);
}

/** What a field comes to when null bubbling within it is done: a value, null, or an error where null may not stand. */
function settle(value: unknown, field: FieldSpec): unknown {
  let settled = value;
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => (item instanceof Error ? null : item));
    settled = field.itemNonNull && items.includes(null) ? null : items;
  }
  if (settled instanceof Error || settled === null) return field.nonNull ? new GraphQLError('lost') : null;
  return settled;
}
