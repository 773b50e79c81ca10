// A required list of objects is told with the fields that were required of each.

import { expectAnswer, fail, useFederation } from '../../support/federation';

const graph = useFederation({
  people: {
    typeDefs: 'type Query { person: Person } type Person @key(fields: "iin") { iin: ID! name: String }',
    resolvers: { Query: { person: () => ({ iin: '7', name: 'Aigul' }) } },
  },
  operators: {
    typeDefs:
      'type Person @key(fields: "iin") { iin: ID! holdings: [Holding!] } type Holding { operator: String! lines: Int note: String }',
    resolvers: {
      Person: {
        __resolveReference: async ({ iin }: { iin: string }) => ({
          iin,
          holdings: [
            { operator: 'kcell', lines: 3, note: 'a' },
            { operator: 'tele2', lines: null, note: 'b' },
          ],
        }),
      },
      Holding: { lines: ({ lines }: { lines: number | null }) => lines ?? fail() },
    },
  },
  cap: {
    typeDefs: `type Person @key(fields: "iin") { iin: ID! holdings: [Holding!] @external cap: String @requires(fields: "holdings { operator lines }") }
      type Holding { operator: String! @external lines: Int @external }`,
    resolvers: {
      Person: {
        __resolveReference: async (person: object) => person,
        cap: ({ holdings }: { holdings: unknown }) => JSON.stringify(holdings),
      },
    },
  },
});

test('a count that was lost is told as null, so that the rule can say that it is incomplete', async () => {
  expectAnswer(await graph.ask('{ person { cap } }'), {
    data: { person: { cap: '[{"operator":"kcell","lines":3},{"operator":"tele2","lines":null}]' } },
  });
});

test('the loss itself is an error only where the client asked for the count', async () => {
  const answer = await graph.ask('{ person { holdings { lines } cap } }');
  expect(answer.errors).toEqual([{ code: 'INTERNAL', at: 'operators', path: ['person', 'holdings', 1, 'lines'] }]);
});
