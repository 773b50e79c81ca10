// Valid operations of a client schema, made by chance: fields with their arguments, inline and named fragments, aliases, conditions,
// values as literals or variables. What is done to them afterwards is decided elsewhere.

import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
} from 'graphql';
import type { Random } from '../../federation/differ/random';

/** An operation as a client would post it. */
export interface ValidOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly kind: 'query' | 'mutation';
}

/** Values to take for a scalar, by its name. */
export type ValuePools = Readonly<Record<string, readonly unknown[]>>;

/** What operations are made from. */
export interface Grammar {
  readonly schema: GraphQLSchema;
  readonly pools: ValuePools;
}

/** Values that fit the scalars of the contract, whatever rows there are. */
export const PLAIN_VALUES: ValuePools = {
  Msisdn: ['+77010000010', '+77010000011', '+77019999992', '+77771234567'],
  Iin: ['900101300007', '850615400012'],
  Bin: ['990140000385', '010540003335'],
  Imei: ['490154203237518', '356938035643809'],
  Iccid: ['8997701000000000005'],
  DateTime: ['2024-05-01T00:00:00.000Z', '2025-02-28T23:59:59+05:00'],
  Date: ['2025-01-01', '2024-02-29'],
  Kzt: ['1000.00', '0.01'],
  ID: ['kcell', 'tele2', '00000000-0000-4000-8000-000000000001', 'x'],
  String: ['a', 'Случай', ''],
  Int: [1, 2, 20],
  Float: [0, 1.5, -1],
  Boolean: [true, false],
};

/** One valid operation. */
export function validOperation({ schema, pools }: Grammar, random: Random): ValidOperation {
  const mutationType = schema.getMutationType();
  const isMutation = mutationType !== undefined && mutationType !== null && random.chance(0.1);
  const root = isMutation ? mutationType : schema.getQueryType();
  if (root === undefined || root === null) throw new Error('A schema with queries was expected.');
  const writer = new Writer(schema, pools, random);
  const body = writer.rootSelection(root, isMutation ? 1 : 1 + random.below(3));
  const kind = isMutation ? 'mutation' : 'query';
  const declared = writer.declarations.length === 0 ? '' : `(${writer.declarations.join(', ')})`;
  const name = declared !== '' || random.chance(0.5) ? ' Asked' : '';
  const fragments = writer.fragments.map((fragment) => `\n${fragment}`).join('');
  return { query: `${kind}${name}${declared} ${body}${fragments}`, variables: writer.variables, kind };
}

class Writer {
  readonly declarations: string[] = [];
  readonly variables: Record<string, unknown> = {};
  readonly fragments: string[] = [];
  private fieldsLeft = 30;
  private aliasesLeft = 8;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly pools: ValuePools,
    private readonly random: Random,
  ) {}

  rootSelection(root: GraphQLObjectType, count: number): string {
    const fields = Object.keys(root.getFields());
    const parts = Array.from({ length: count }, (_, number) =>
      this.field(root, this.random.pick(fields), 1, number > 0 ? `r${number}` : ''),
    );
    return `{ ${parts.join(' ')} }`;
  }

  private selection(type: GraphQLNamedType, depth: number): string {
    if (isAbstractType(type)) {
      const parts = this.schema.getPossibleTypes(type).map((each) => `... on ${each} ${this.selection(each, depth)}`);
      return `{ __typename ${this.random.chance(0.5) ? parts.join(' ') : (parts[0] ?? '')} }`;
    }
    if (!('getFields' in type) || isInputObjectType(type)) return '{ __typename }';
    const object = type as GraphQLObjectType;
    const all = Object.values(object.getFields());
    const usable = depth >= 7 ? all.filter((field) => isLeafType(getNamedType(field.type))) : all;
    const parts = new Set<string>();
    for (let wanted = 1 + this.random.below(5); wanted > 0 && this.fieldsLeft > 0; wanted -= 1) {
      if (usable.length === 0) break;
      parts.add(this.random.pick(usable).name);
    }
    const texts = [...parts].map((name) => this.field(object, name, depth, ''));
    if (texts.length === 0 || this.random.chance(0.1)) texts.push('__typename');
    const text = `{ ${texts.join(' ')} }`;
    if (this.random.chance(0.1)) return `{ ... on ${object} ${text} }`;
    if (!this.random.chance(0.08)) return text;
    const name = `F${this.fragments.length}`;
    this.fragments.push(`fragment ${name} on ${object} ${text}`);
    return `{ ...${name} }`;
  }

  private field(type: GraphQLObjectType, name: string, depth: number, key: string): string {
    this.fieldsLeft -= 1;
    const field = type.getFields()[name];
    if (field === undefined) return '__typename';
    let alias = key;
    if (alias === '' && this.aliasesLeft > 0 && this.random.chance(0.05)) {
      this.aliasesLeft -= 1;
      alias = `k${this.aliasesLeft}`;
    }
    const given = field.args.flatMap((argument) => this.argument(argument));
    const args = given.length === 0 ? '' : `(${given.join(', ')})`;
    const named = getNamedType(field.type);
    const inner = isLeafType(named) ? '' : ` ${this.selection(named, depth + 1)}`;
    return `${alias === '' ? '' : `${alias}: `}${name}${args}${this.condition()}${inner}`;
  }

  private condition(): string {
    if (!this.random.chance(0.04)) return '';
    const directive = this.random.pick(['skip', 'include']);
    if (this.random.chance(0.5)) return ` @${directive}(if: ${this.random.chance(0.5)})`;
    return ` @${directive}(if: ${this.declare('Boolean!', this.random.chance(0.5))})`;
  }

  private argument(argument: GraphQLArgument): readonly string[] {
    if (!isRequiredArgument(argument) && this.random.chance(0.6)) return [];
    const value = this.value(argument.type, argument.name, 0);
    const told = this.random.chance(0.7)
      ? this.declare(String(argument.type), value)
      : this.literal(argument.type, value);
    return [`${argument.name}: ${told}`];
  }

  private declare(type: string, value: unknown): string {
    const name = `v${this.declarations.length}`;
    this.declarations.push(`$${name}: ${type}`);
    this.variables[name] = value;
    return `$${name}`;
  }

  private value(type: GraphQLInputType, name: string, depth: number): unknown {
    if (isNonNullType(type)) return this.value(type.ofType, name, depth);
    if (isListType(type)) {
      return Array.from({ length: 1 + this.random.below(3) }, () => this.value(type.ofType, name, depth));
    }
    if (isEnumType(type)) return this.random.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || (depth < 3 && this.random.chance(0.4)),
      );
      return Object.fromEntries(fields.map((field) => [field.name, this.value(field.type, field.name, depth + 1)]));
    }
    return this.random.pick(this.pools[type.name] ?? ['x']);
  }

  private literal(type: GraphQLInputType, value: unknown): string {
    const bare = isNonNullType(type) ? type.ofType : type;
    if (value === null) return 'null';
    if (isListType(bare)) return `[${(value as readonly unknown[]).map((item) => this.literal(bare.ofType, item))}]`;
    if (isEnumType(bare)) return String(value);
    if (isInputObjectType(bare)) {
      const members = Object.entries(value as Readonly<Record<string, unknown>>).map(([name, member]) => {
        const field = bare.getFields()[name];
        return field === undefined ? '' : `${name}: ${this.literal(field.type, member)}`;
      });
      return `{ ${members.join(', ')} }`;
    }
    return JSON.stringify(value);
  }
}
