// What is asked back of an untrusted server, and what of its answer is believed: nested entities, abstract types, conditions, aliases
// and root mutations, over a graph invented for the purpose.

import { describe, expect, test } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import type { FetchPlan } from '../../../gateway/plan/plan-node';
import { parseToldBody, type ToldObject } from '../../../gateway/route/answer-body';
import { KNOWN_SCALARS } from '../../../gateway/route/scalar-rules';
import type { ServedSchema } from '../../../gateway/route/served-schema';
import { createQuestions } from '../../../gateway/route/trust';
import { type PartitionRule, readRoutes } from '../../../gateway/supergraph/partition-rules';
import type { JsonObject } from '../../../shared/vocabulary/json';

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@composeDirective", "@external"])
  @link(url: "https://senim.kz/partition/v1.0", import: ["@partitioned"])
  @composeDirective(name: "@partitioned")
directive @partitioned(by: String!) on OBJECT | FIELD_DEFINITION`;

const OPERATOR = `${LINK}
type Mutation { order(to: ID!, text: String!): Receipt @partitioned(by: "to") }
type Receipt { id: ID! code: Int! lines: [Line!] }
type Line @key(fields: "id owner") @partitioned(by: "owner") {
  id: ID! owner: ID! since: DateTime tag(size: Int): String strict: [[Int!]!] extra: Json
  holder: Holder next: Line things: [Thing!] level: Level
}
type Box @key(fields: "place { code } owner") @partitioned(by: "owner") { place: Place! owner: ID! weight: Float }
type Place { code: ID! }
union Thing = Line | Note
interface Holder { name: String }
type Person implements Holder { name: String age: Int! line: Line }
type Firm implements Holder { name: String }
type Note { text: String! }
enum Level { LOW HIGH }
scalar DateTime
scalar Json`;

const BANK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query { lines: [Line!] boxes: [Box!] }
type Line @key(fields: "id owner") { id: ID! owner: ID! }
type Box @key(fields: "place { code } owner") { place: Place! owner: ID! }
type Place { code: ID! }`;

const { supergraphSdl } = composeServices([
  { name: 'bank', url: 'http://bank.invalid', typeDefs: parse(BANK) },
  { name: 'operator', url: '', typeDefs: parse(OPERATOR) },
]);
const routes = readRoutes(parse(supergraphSdl ?? ''), ['operator']);
const rule = routes.partitioned.get('operator') as PartitionRule;
const questions = createQuestions(KNOWN_SCALARS);
const questionOf = (rule: PartitionRule, fetch: FetchPlan, served: ServedSchema | null = null) =>
  questions(rule, fetch, served);

const field = (name: string, selections?: readonly string[]) =>
  ({
    kind: 'Field',
    name,
    ...(selections ? { selections: selections.map((inner) => ({ kind: 'Field', name: inner })) } : {}),
  }) as const;

function fetchOf(selection: string, options: { type?: string; variables?: string } = {}): FetchPlan {
  const { type = 'Line', variables = '' } = options;
  const key = type === 'Line' ? [field('id')] : [field('place', ['code'])];
  return {
    serviceName: 'operator',
    operationKind: 'query',
    operation: `query($representations:[_Any!]!${variables}){_entities(representations:$representations){...on ${type}{${selection}}}}`,
    variableNames: [],
    entities: [
      {
        responseKey: '_entities',
        variableName: 'representations',
        requires: [
          {
            kind: 'InlineFragment',
            typeCondition: type,
            selections: [field('__typename'), field('owner'), ...key] as never,
          },
        ],
      },
    ],
  };
}

const REPRESENTATION = { __typename: 'Line', id: '1', owner: 'a' };
const ASKED_BACK = { senim__t: 'Line', senim__k0: '1', senim__k1: 'a' };

/** A body as it comes from the wire. */
function told(body: unknown): ToldObject {
  const object = parseToldBody(Buffer.from(JSON.stringify(body)));
  if (object === null) throw new Error('The body must be JSON.');
  return object;
}

/** A whole honest answer is taken as it stands, what was asked back included; nobody reads that. */
function withoutReserved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutReserved);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith('senim'))
      .map(([name, member]) => [name, withoutReserved(member)]),
  );
}

/** What is believed of one row, and where it is told to be wrong. */
function believe(
  selection: string,
  row: unknown,
  more: { variables?: JsonObject; errors?: unknown; declared?: string } = {},
) {
  const fetch = fetchOf(selection, { variables: more.declared ?? '' });
  const { whole } = questionOf(rule, fetch);
  const body = { data: { _entities: [row] }, ...(more.errors === undefined ? {} : { errors: more.errors }) };
  const answer = whole.check(told(body), { representations: [REPRESENTATION], ...more.variables }, 'a');
  if (answer === null) throw new Error('Nothing stands twice in it.');
  const [believed] = (answer.data?._entities ?? []) as readonly unknown[];
  return { row: withoutReserved(believed), wrong: answer.errors.map(({ path, code }) => `${path?.join('.')} ${code}`) };
}

describe('the question', () => {
  test('asks type and key back in every row, and the server of every nested entity', () => {
    const { operation } = questionOf(
      rule,
      fetchOf('next{id} holder{name ...on Person{line{tag}}} things{...on Note{text}}'),
    ).whole;
    expect(operation).toContain('senim__t:__typename ...on Line{senim__k0:id senim__k1:owner}');
    expect(operation).toContain('next{id senim__p:owner}');
    expect(operation).toContain('line{tag senim__p:owner}');
    expect(operation).toContain('things{...on Note{text}senim__t:__typename ...on Line{senim__p:owner}}');
    expect(operation).toContain('senim__t:__typename');
  });

  test('asks a key of several levels back as a whole', () => {
    const { operation } = questionOf(rule, fetchOf('weight', { type: 'Box' })).whole;
    expect(operation).toContain('senim__k0:place{code}');
    expect(operation).toContain('senim__k1:owner');
  });

  test('avoids an alias that the client uses', () => {
    const { operation } = questionOf(rule, fetchOf('senim__k0:tag')).whole;
    expect(operation).toContain('senim1__k0:id');
  });

  test('is compiled once for a plan', () => {
    const fetch = fetchOf('tag');
    expect(questionOf(rule, fetch)).toBe(questionOf(rule, fetch));
  });
});

describe('a row', () => {
  test('is believed when type and key are those that were asked', () => {
    expect(believe('tag', { ...ASKED_BACK, tag: 'x' })).toEqual({ row: { tag: 'x' }, wrong: [] });
  });

  test('may tell an ID as a number', () => {
    expect(believe('id', { ...ASKED_BACK, senim__k0: 1, id: 1 })).toEqual({ row: { id: '1' }, wrong: [] });
  });

  test('is not believed when a client alias of a key says otherwise than the key', () => {
    expect(believe('mine:id', { ...ASKED_BACK, mine: '2' })).toEqual({
      row: null,
      wrong: ['_entities.0 OPERATOR_BAD_RESPONSE'],
    });
    expect(believe('whose:owner', { ...ASKED_BACK, whose: 'b' })).toEqual({
      row: null,
      wrong: ['_entities.0 OPERATOR_BAD_RESPONSE'],
    });
  });

  test('with a key of several levels is compared in all of them', () => {
    const representation = { __typename: 'Box', place: { __typename: 'Place', code: 'x' }, owner: 'a' };
    const check = (code: unknown) =>
      questionOf(rule, fetchOf('weight', { type: 'Box' })).whole.check(
        told({ data: { _entities: [{ senim__t: 'Box', senim__k0: { code }, senim__k1: 'a', weight: 1 }] } }),
        { representations: [representation] },
        'a',
      )?.data;
    expect(check('x')).toEqual({ _entities: [{ weight: 1 }] });
    expect(check('y')).toEqual({ _entities: [null] });
  });
});

describe('an answer', () => {
  test('that tells a member twice is not believed at all, wherever it does', () => {
    const { whole } = questionOf(rule, fetchOf('tag'));
    const check = (text: string) => {
      const object = parseToldBody(Buffer.from(text));
      return object === null ? null : whole.check(object, { representations: [REPRESENTATION] }, 'a');
    };
    const row = JSON.stringify({ ...ASKED_BACK, tag: 'x' });
    expect(check(`{"data":{"_entities":[${row}]}}`)?.errors).toEqual([]);
    for (const text of [
      `{"data":{"_entities":[${row.replace('"tag":', '"tag":"y","tag":')}]}}`,
      `{"data":{"_entities":[]},"data":{"_entities":[${row}]}}`,
      `{"data":{"_entities":[],"_entities":[${row}]}}`,
      `{"data":{"_entities":[${row}]},"extensions":{"a":1,"a":1}}`,
    ]) {
      expect(check(text)).toBeNull();
    }
  });

  test('that is honest is told apart from one with a member too many, by whatever name', () => {
    for (const name of ['more', 'constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const row = JSON.parse(JSON.stringify({ ...ASKED_BACK, tag: 'x' }).replace('}', `,"${name}":"y"}`));
      expect(believe('tag', row)).toEqual({ row: { tag: 'x' }, wrong: [] });
    }
    expect(believe('constructor:tag', { ...ASKED_BACK })).toEqual({
      row: { constructor: null },
      wrong: ['_entities.0.constructor OPERATOR_BAD_RESPONSE'],
    });
  });
});

describe('a nested entity of a partitioned type', () => {
  test('is believed when it names the server that was asked', () => {
    const next = { senim__p: 'a', id: '9', owner: 'a' };
    expect(believe('next{id owner}', { ...ASKED_BACK, next })).toEqual({
      row: { next: { id: '9', owner: 'a' } },
      wrong: [],
    });
  });

  test.each([
    ['names another server', { senim__p: 'b', id: '9', owner: 'b' }],
    ['names another server only where the client looks', { senim__p: 'a', id: '9', owner: 'b' }],
    ['names none', { id: '9', owner: 'a' }],
  ])('is null when it %s', (_what, next) => {
    expect(believe('next{id owner}', { ...ASKED_BACK, next })).toEqual({
      row: { next: null },
      wrong: ['_entities.0.next OPERATOR_BAD_RESPONSE'],
    });
  });

  test('costs its list when it stands in one of non-null items', () => {
    const things = [
      { senim__t: 'Note', text: 'x' },
      { senim__t: 'Line', senim__p: 'b', id: '1' },
    ];
    expect(believe('things{...on Note{text} ...on Line{id}}', { ...ASKED_BACK, things })).toEqual({
      row: { things: null },
      wrong: ['_entities.0.things.1 OPERATOR_BAD_RESPONSE'],
    });
  });
});

describe('values', () => {
  test.each([
    ['a list of lists', 'strict', [[1, 2], []], [[1, 2], []]],
    ['an instant', 'since', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
    ['a scalar of which nothing is known', 'extra', { a: [1, { b: null }] }, { a: [1, { b: null }] }],
    ['an enum value', 'level', 'LOW', 'LOW'],
    ['null', 'level', null, null],
  ])('of their type are believed: %s', (_what, name, told, believed) => {
    expect(believe(name, { ...ASKED_BACK, [name]: told })).toEqual({ row: { [name]: believed }, wrong: [] });
  });

  test.each([
    ['a text in a list of numbers', 'strict', [[1, 'x']], '0.1'],
    ['a null list in a list', 'strict', [[1], null], '1'],
    ['a number beyond 32 bits', 'strict', [[2 ** 31]], '0.0'],
  ])('not of their type are null and named: %s', (_what, name, told, place) => {
    expect(believe(name, { ...ASKED_BACK, [name]: told })).toEqual({
      row: { [name]: null },
      wrong: [`_entities.0.${name}.${place} OPERATOR_BAD_RESPONSE`],
    });
  });

  test.each(['a day', 5, {}, 'x'.repeat(1_000), '2026-13-01', '2026-01-01T00:00:00'])(
    'not of a known scalar are null: %s',
    (told) => {
      expect(believe('since', { ...ASKED_BACK, since: told })).toMatchObject({ row: { since: null } });
    },
  );

  test('of a scalar of which nothing is known bring no prototype along', () => {
    const told = JSON.parse('{"a":1,"__proto__":{"polluted":true}}');
    const { row } = believe('extra', { ...ASKED_BACK, extra: told }) as { row: { extra: object } };
    expect(Object.keys(row.extra)).toEqual(['a']);
    expect(Object.getPrototypeOf(row.extra)).toBeNull();
  });

  test('of an abstract type are read by the type that they name, if it is one of its', () => {
    const selection = 'holder{name __typename ...on Person{age} ...on Firm{firm:name}}';
    const read = (holder: object) => believe(selection, { ...ASKED_BACK, holder });
    expect(read({ senim__t: 'Person', __typename: 'Person', name: 'x', age: 5, firm: 'y' }).row).toEqual({
      holder: { name: 'x', __typename: 'Person', age: 5 },
    });
    expect(read({ senim__t: 'Person', __typename: 'Firm', name: 'x', age: 5 }).row).toEqual({ holder: null });
    expect(read({ senim__t: 'Note', __typename: 'Note', name: 'x' }).row).toEqual({ holder: null });
    expect(read({ name: 'x', __typename: 'Person', age: 5 }).row).toEqual({ holder: null });
    expect(read({ senim__t: 'Person', __typename: 'Person', name: 'x', age: null })).toEqual({
      row: { holder: null },
      wrong: ['_entities.0.holder.age OPERATOR_BAD_RESPONSE'],
    });
  });

  test('under an alias named __proto__ stay members', () => {
    const { row } = believe(
      '__proto__:tag',
      JSON.parse('{"senim__t":"Line","senim__k0":"1","senim__k1":"a","__proto__":"x"}'),
    );
    expect(Object.entries(row as object)).toEqual([['__proto__', 'x']]);
  });

  test('that @skip and @include leave out are neither missed nor taken', () => {
    const selection = 'tag @include(if:$on) ...on Line @skip(if:$on){level}';
    const row = { ...ASKED_BACK, tag: 'x', level: 'LOW' };
    const ask = (on: boolean) => believe(selection, row, { variables: { on }, declared: ',$on:Boolean!' });
    expect(ask(true)).toEqual({ row: { tag: 'x' }, wrong: [] });
    expect(ask(false)).toEqual({ row: { level: 'LOW' }, wrong: [] });
  });

  test('of a variable that was not given follow its default', () => {
    const row = { ...ASKED_BACK, tag: 'x' };
    expect(believe('tag @include(if:$on)', row, { declared: ',$on:Boolean!=true' }).row).toEqual({ tag: 'x' });
    expect(believe('tag @include(if:$on)', row, { declared: ',$on:Boolean!=false' }).row).toEqual({});
  });
});

describe('an error entry', () => {
  const row = { ...ASKED_BACK, tag: null, next: { senim__p: 'a', id: '9', since: null } };
  test.each([
    ['at what is null', ['_entities', 0, 'tag'], ['_entities.0.tag OPERATOR_ERROR']],
    ['below what is null', ['_entities', 0, 'tag', 'deep', 5], ['_entities.0.tag OPERATOR_ERROR']],
    ['deep inside', ['_entities', 0, 'next', 'since'], ['_entities.0.next.since OPERATOR_ERROR']],
    ['at what has a value', ['_entities', 0, 'next', 'id'], []],
    ['at a reserved alias', ['_entities', 0, 'senim__k0'], []],
    ['at what was not asked', ['_entities', 0, 'blockStatus'], []],
    ['at another root', ['phoneNumber', 'blockStatus'], []],
    ['at no row', ['_entities', 5], []],
  ])('%s', (_where, path, wrong) => {
    const entry = { message: 'x', path, extensions: { code: 'UNAUTHENTICATED' } };
    expect(believe('tag next{id since}', row, { errors: [entry, entry] }).wrong).toEqual(wrong);
  });
});

describe('a root mutation', () => {
  const mutation = (operation: string): FetchPlan => ({
    serviceName: 'operator',
    operationKind: 'mutation',
    operation,
    variableNames: [],
    entities: [],
  });

  test('names its server by a variable, a literal or a default', () => {
    const { rootFields } = questionOf(
      rule,
      mutation(
        'mutation($to:ID!,$other:ID="c",$text:String!){one:order(to:$to,text:$text){...r} two:order(to:"b",text:"x"){...r} three:order(to:$other,text:"y"){id}} fragment r on Receipt{id code}',
      ),
    );
    expect(rootFields.map((asked) => asked.targetIn({ to: 'a', text: 't' }))).toEqual(['a', 'b', 'c']);
    expect(rootFields.map(({ operation }) => operation)).toEqual([
      'mutation($to:ID!$text:String!){one:order(to:$to text:$text){...r}}fragment r on Receipt{id code}',
      'mutation{two:order(to:"b" text:"x"){...r}}fragment r on Receipt{id code}',
      'mutation($other:ID="c"){three:order(to:$other text:"y"){id}}',
    ]);
  });

  test('has its answer checked like any other', () => {
    const [asked] = questionOf(rule, mutation('mutation{order(to:"a",text:"x"){id code lines{tag}}}')).rootFields;
    const check = (order: unknown, errors?: unknown) =>
      asked?.check(told({ data: { order }, ...(errors ? { errors } : {}) }), {}, 'a');
    expect(check({ id: 'r', code: 1, lines: [{ senim__p: 'a', tag: 'x' }], more: 'y' })).toEqual({
      data: { order: { id: 'r', code: 1, lines: [{ tag: 'x' }] } },
      errors: [],
    });
    expect(check({ id: 'r', code: 1, lines: [{ senim__p: 'b', tag: 'x' }] })?.data).toEqual({
      order: { id: 'r', code: 1, lines: null },
    });
    expect(check({ id: 'r', code: 'x', lines: null })).toEqual({
      data: { order: null },
      errors: [{ path: ['order', 'code'], code: 'OPERATOR_BAD_RESPONSE', operatorCode: 'a' }],
    });
    expect(check(null, [{ message: 'no' }])?.errors).toEqual([
      { path: ['order'], code: 'OPERATOR_ERROR', operatorCode: 'a' },
    ]);
  });
});
