// Puts the rules of fields before every field of the schema: by role, and by what the row is to the reader now. It believes the token of the
// request alone, whatever the gateway decided. A field that is refused is FORBIDDEN; a row that is not the reader's is not there at all, so that
// nobody learns that it exists.

import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { accessOf, dependsOnRow, type FieldShown, rowField } from '../../../shared/access/policy';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { ActorRole } from '../../../shared/vocabulary/role';
import type { FraudCasesContext } from './fraud-cases-context';
import type { StandingAs } from './row-standing';

/** Fields that say whether a row is there for a reader, by type: who may not have this one, has no such row. */
const ROW_TYPES: ReadonlyMap<string, string> = new Map<string, string>(
  [
    'FraudCase',
    'BlockOrder',
    'Appeal',
    'InformationRequest',
    'SuspicionReport',
    'Loss',
    'DutyClock',
    'LiabilityAssessment',
  ].map((typeName) => [typeName, `${typeName}.id`]),
).set('DutyReportRow', 'DutyReportRow.party');

/** What a field is to readers of some roles, whatever the row. */
type Rule = 'REFUSED' | 'SHOWN' | 'BY_ROW';

type GuardedField = GraphQLField<object, FraudCasesContext>;

/** Guards every field of every object type but those of mutations and subscriptions, which are asked about before anything is done. */
export function guardFields(schema: GraphQLSchema): void {
  const begun = new Set([schema.getMutationType()?.name, schema.getSubscriptionType()?.name]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.name.startsWith('_')) continue;
      if (begun.has(type.name)) guardRows(field);
      else guardField(type.name, field);
    }
  }
}

function guardField(typeName: string, field: GuardedField): void {
  guardRows(field);
  const resolve = field.resolve ?? defaultFieldResolver;
  const coordinate = `${typeName}.${field.name}`;
  const ruleFor = rulesByRoles(coordinate);
  field.resolve = (source, values, context, info) => {
    const { roles } = context.reader;
    const rule = ruleFor(roles);
    if (rule === 'SHOWN') return resolve(source, values, context, info);
    if (rule === 'REFUSED') throw refusalFor(context);
    const shownBy = (standing: StandingAs): unknown => {
      const shown = rowField(coordinate, roles, standing);
      if (shown === 'REFUSED') throw refusalFor(context);
      const value: unknown = resolve(source, values, context, info);
      if (shown === 'SHOWN') return value;
      return value instanceof Promise
        ? value.then((person) => disguised(person, shown, context))
        : disguised(value, shown, context);
    };
    const standing = context.standings.of(typeName, source);
    return standing instanceof Promise ? standing.then(shownBy) : shownBy(standing);
  };
}

/** Takes rows that are not the reader's out of what a field gives. */
function guardRows(field: GuardedField): void {
  const typeName = getNamedType(field.type).name;
  const coordinate = ROW_TYPES.get(typeName);
  if (coordinate === undefined) return;
  const resolve = field.resolve ?? defaultFieldResolver;
  const ruleFor = rulesByRoles(coordinate);
  const isList = isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
  field.resolve = async (source, values, context, info) => {
    const value: unknown = await resolve(source, values, context, info);
    const rule = ruleFor(context.reader.roles);
    if (rule === 'SHOWN') return value;
    if (isList) {
      if (!Array.isArray(value)) return value;
      const there = await Promise.all(value.map((row) => isThere(typeName, row, context)));
      return value.filter((_row, place) => there[place] === true);
    }
    if (value === null) await asIfThere(typeName, values, context);
    if (await isThere(typeName, value, context)) return value;
    if (isNonNullType(field.type)) throw refusalFor(context);
    return null;
  };
}

/** What is asked for by its id and is nowhere takes as long as what is somebody else's: the same questions are asked about it. */
async function asIfThere(typeName: string, values: unknown, context: FraudCasesContext): Promise<void> {
  const { id } = values as { readonly id?: unknown };
  if (typeof id === 'string') await isThere(typeName, { id, caseId: id }, context);
}

/** Whether a row is there for the reader of a request; a type that is no row always is. */
export async function isThere(
  typeName: string,
  row: unknown,
  { standings, reader }: FraudCasesContext,
): Promise<boolean> {
  const coordinate = ROW_TYPES.get(typeName);
  if (coordinate === undefined || typeof row !== 'object' || row === null) return true;
  return rowField(coordinate, reader.roles, await standings.of(typeName, row)) !== 'REFUSED';
}

/** The rule of a field by the roles of a reader; worked out once for each set of roles. */
function rulesByRoles(coordinate: string): (roles: readonly ActorRole[]) => Rule {
  const known = new Map<string, Rule>();
  return (roles) => {
    const key = roles.join(' ');
    const before = known.get(key);
    if (before !== undefined) return before;
    let rule: Rule = 'SHOWN';
    if (roles.every((role) => accessOf(coordinate, role) === 'NONE')) rule = 'REFUSED';
    else if (dependsOnRow(coordinate, roles)) rule = 'BY_ROW';
    if (known.size < MOST_ROLE_SETS) known.set(key, rule);
    return rule;
  };
}

/** More sets of roles than tokens have. */
const MOST_ROLE_SETS = 256;

/** A person as somebody is told of them who may not know who it is. */
function disguised(person: unknown, shown: FieldShown, { pseudonymOf }: FraudCasesContext): string | null {
  if (typeof person !== 'string') return null;
  return shown === 'PSEUDONYM' ? pseudonymOf(person) : 'INVESTIGATOR';
}

function refusalFor({ principal }: FraudCasesContext): AppError {
  if (principal === null) return new AppError('UNAUTHENTICATED', 'Cases are read by those who are signed in.');
  return new AppError('FORBIDDEN', 'A field is shown to whom the rules name.');
}
