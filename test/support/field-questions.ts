// Questions that reach every field of the schema: the shortest way from a root to a type, over fields that may be walked, and the document that
// asks fields of that type at its end. What an answer shows of them is told apart by row, value and code.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  printSchema,
} from 'graphql';
import { loadSupergraph } from '../../gateway/supergraph/load';
import type { GraphQLAnswer } from './http-call';
import { PROJECT_ROOT } from './project-root';

const SUPERGRAPH = join(PROJECT_ROOT, 'gateway', 'supergraph', 'supergraph.graphql');

/** The schema as clients see it. */
export const schema = buildSchema(printSchema(loadSupergraph(readFileSync(SUPERGRAPH, 'utf8')).consumerSchema));

/** Values that are well formed and name nothing that there is. */
const SAMPLES: Readonly<Record<string, string>> = {
  ID: '"0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10"',
  String: '"nothing"',
  Int: '1',
  Boolean: 'true',
  Msisdn: '"+77019999999"',
  Iin: '"900101300007"',
  Bin: '"150340012340"',
  Imei: '"490154203237518"',
  Date: '"2026-03-02"',
  DateTime: '"2026-03-05T10:00:00.000Z"',
  Kzt: '"1000.00"',
  AccessTrailFilter: '{ subject: "+77019999999" }',
};

/** Arguments of fields, by coordinate, as GraphQL text; samples where there are none. */
export type GivenArguments = Readonly<Record<string, string>>;

/** A field of a type, `Type.field`, with what it gives. */
export type SchemaField = GraphQLField<unknown, unknown>;

/** Object types that are no roots, in the order of the schema. */
export function rowTypes(): readonly GraphQLObjectType[] {
  const roots = ['Query', 'Mutation', 'Subscription'];
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__') && !roots.includes(name));
}

/** The fields of a root. */
export function rootFields(kind: 'Query' | 'Mutation' | 'Subscription'): readonly SchemaField[] {
  return fieldsOf(kind);
}

/** The fields of a type; none for one that the schema does not have. */
export function fieldsOf(typeName: string): readonly SchemaField[] {
  const type = schema.getType(typeName);
  return isObjectType(type) ? Object.values(type.getFields()) : [];
}

/** A field with its arguments and, for a row, the least that can be asked of it. */
export function asked(typeName: string, field: SchemaField, given: GivenArguments = {}): string {
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
  return `${called(typeName, field, given)}${selection}`;
}

/** One step of a way. */
export interface Step {
  readonly typeName: string;
  readonly field: SchemaField;
}

/** The shortest way to a type from the roots that are named, over steps that may be walked; null when there is none. */
export function wayTo(
  typeName: string,
  roots: ReadonlySet<string>,
  isOpen: (coordinate: string) => boolean,
): readonly Step[] | null {
  const start = rootFields('Query').filter(({ name }) => roots.has(name));
  let ends: (readonly Step[])[] = start.map((field) => [{ typeName: 'Query', field }]);
  ends = ends.filter(([step]) => step !== undefined && isOpen(coordinateOf(step)));
  const met = new Set<string>();
  while (ends.length > 0) {
    const next: (readonly Step[])[] = [];
    for (const way of ends) {
      const type = getNamedType(way.at(-1)?.field.type);
      if (!isObjectType(type) || met.has(type.name)) continue;
      if (type.name === typeName) return way;
      met.add(type.name);
      for (const field of Object.values(type.getFields())) {
        const step = { typeName: type.name, field };
        if (isObjectType(getNamedType(field.type)) && isOpen(coordinateOf(step))) next.push([...way, step]);
      }
    }
    ends = next;
  }
  return null;
}

/** `Type.field` of a step. */
export function coordinateOf({ typeName, field }: Step): string {
  return `${typeName}.${field.name}`;
}

/** The document that walks a way and asks some fields of the type at its end. */
export function questionOf(way: readonly Step[], fields: readonly SchemaField[], given: GivenArguments): string {
  const typeName = String(getNamedType(way.at(-1)?.field.type));
  const inner = fields.map((field) => asked(typeName, field, given)).join(' ');
  const walked = way.reduceRight((below, step) => `${called(step.typeName, step.field, given)} { ${below} }`, inner);
  return `{ ${walked} }`;
}

/** What an answer holds at the end of a way. */
export interface FoundRows {
  /** Every row that is there. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Whether the root of the way is there. */
  readonly isBegun: boolean;
  /** Codes of the errors, each with the field at which it stands. */
  readonly codes: readonly (readonly [field: string, code: string])[];
}

/** Reads an answer to `questionOf`. */
export function rowsAt(way: readonly Step[], { data, errors }: GraphQLAnswer): FoundRows {
  let places = flat(data);
  let isBegun = false;
  for (const [at, { field }] of way.entries()) {
    places = places.flatMap((place) => flat((place as Readonly<Record<string, unknown>>)[field.name]));
    if (at === 0) isBegun = places.length > 0;
  }
  const codes = errors.map(({ path = [], extensions }) => [
    String(path.findLast((part) => typeof part === 'string') ?? ''),
    extensions.code,
  ]) as (readonly [string, string])[];
  return { rows: places as FoundRows['rows'], isBegun, codes };
}

/** The things in a value, lists taken apart and nothing left out. */
function flat(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(flat);
  return value === null || value === undefined ? [] : [value];
}

function called(typeName: string, field: SchemaField, given: GivenArguments): string {
  const known = given[`${typeName}.${field.name}`];
  const values =
    known ??
    field.args
      .filter(isRequiredArgument)
      .map(({ name, type }) => `${name}: ${sampleOf(type)}`)
      .join(', ');
  return `${field.name}${values === '' ? '' : `(${values})`}`;
}

function sampleOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return sampleOf(type.ofType as GraphQLInputType);
  if (isListType(type)) return `[${sampleOf(type.ofType as GraphQLInputType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (!isInputObjectType(type) || type.name in SAMPLES) return SAMPLES[type.name] ?? '""';
  const members = Object.values(type.getFields()).filter(isRequiredInputField);
  return `{ ${members.map((member) => `${member.name}: ${sampleOf(member.type)}`).join(', ')} }`;
}
