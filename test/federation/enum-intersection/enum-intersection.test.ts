// A value that is inaccessible is not a value of the whole: nobody may send it, and where it comes back the field is lost.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  one: {
    typeDefs: `type Query { users: [User!]! of(kind: Kind!): Int } type User @key(fields: "id") { id: ID! kind: Kind @shareable }
      enum Kind { REGULAR ANONYMOUS @inaccessible }`,
    resolvers: {
      Query: {
        users: () => [
          { id: '1', kind: 'REGULAR' },
          { id: '2', kind: 'ANONYMOUS' },
        ],
        of: () => 7,
      },
    },
  },
  two: {
    typeDefs:
      'type User @key(fields: "id") { id: ID! kind: Kind @shareable } enum Kind { REGULAR ANONYMOUS } type Query { by(kind: Kind): Int }',
    resolvers: { Query: { by: () => 1 } },
  },
});

test('the field with the unknown value is null, with an error', async () => {
  expectAnswer(await graph.ask('{ users { id kind } }'), {
    data: {
      users: [
        { id: '1', kind: 'REGULAR' },
        { id: '2', kind: null },
      ],
    },
    errors: [{ code: 'INTERNAL', path: ['users', 1, 'kind'] }],
  });
});

test('the value is refused, in the document and in a variable', async () => {
  expect(await graph.ask('{ of(kind: ANONYMOUS) }')).toEqual({ data: undefined, errors: [{ code: 'BAD_USER_INPUT' }] });
  expect(await graph.ask('query ($kind: Kind!) { of(kind: $kind) }', { kind: 'ANONYMOUS' })).toEqual({
    data: undefined,
    errors: [{ code: 'BAD_USER_INPUT' }],
  });
  expect((await graph.ask('query ($kind: Kind!) { of(kind: $kind) }', { kind: 'REGULAR' })).data).toEqual({ of: 7 });
});
