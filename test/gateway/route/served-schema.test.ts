// What of an operation a server of an older schema lacks, case by case.

import { describe, expect, test } from '@jest/globals';
import { parse, print, stripIgnoredCharacters } from 'graphql';
import { lackingSelections, parseServedSchema, withoutSelections } from '../../../gateway/route/served-schema';

const OWN = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Line @key(fields: "id owner") { id: ID! owner: ID! tag(size: Int): String holder: Holder level(of: Level): Level next: Line }
union Holder = Person
type Person { name: String }
enum Level { LOW }
extend type Mutation { order(to: ID!, why: String!): Line }
type Mutation`;

/** The operation as it would be sent. */
function asked(operation: string): string {
  const served = parseServedSchema(OWN);
  if (served === null) throw new Error('The schema must be one.');
  const document = parse(operation);
  return stripIgnoredCharacters(print(withoutSelections(document, lackingSelections(served, document), 't')));
}

const rows = (selection: string, variables = '') =>
  `query($r:[_Any!]!${variables}){_entities(representations:$r){...on Line{${selection}}}}`;

describe('of an operation', () => {
  test.each([
    ['everything is had', 'id tag(size:1)next{id}', 'id tag(size:1)next{id}'],
    ['a field is lacking', 'id speed', 'id'],
    ['a field below another is lacking', 'next{id speed}', 'next{id}'],
    ['every field of an object is lacking', 'id next{speed weight}', 'id next{t:__typename}'],
    ['an argument is lacking', 'id tag(size:1 unit:"mm")', 'id'],
    ['a value of an enum is lacking', 'id level(of:HIGH)', 'id'],
    ['a type is lacking', 'holder{...on Firm{name}...on Person{name}}', 'holder{...on Person{name}}'],
    ['an object is a leaf', 'id tag(size:1){text}', 'id'],
    ['a leaf is an object', 'id holder', 'id'],
  ])('%s', (_what, selection, left) => {
    expect(asked(rows(selection))).toBe(rows(left));
  });

  test('what uses a variable of an unknown type goes with it', () => {
    expect(asked(rows('id tag(size:$s)level(of:$l)', '$s:Int$l:Grade'))).toBe(
      rows('id tag(size:$s)', '$s:Int$l:Grade'),
    );
  });

  test('fragments are looked into, and those of unknown types dropped', () => {
    const operation =
      'query($r:[_Any!]!){_entities(representations:$r){...a ...b}}fragment a on Line{id speed}fragment b on Box{id}';
    expect(asked(operation)).toBe(
      'query($r:[_Any!]!){_entities(representations:$r){...a}}fragment a on Line{id}fragment b on Box{id}',
    );
  });

  test('an argument that the server needs and nobody gives costs the field', () => {
    expect(asked('mutation{order(to:"a"){id}two:order(to:"a"why:"b"){id}}')).toBe(
      'mutation{two:order(to:"a" why:"b"){id}}',
    );
  });
});

test('a text that is no schema is none', () => {
  expect([parseServedSchema('type {'), parseServedSchema(''), parseServedSchema('{ a }')]).toEqual([null, null, null]);
});
