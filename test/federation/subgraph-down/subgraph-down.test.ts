// A subgraph that does not answer costs its own fields: one error for each, in the order of the document; the rest stands.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  people: {
    typeDefs: 'type Query { people: [Person!]! me: Person } type Person @key(fields: "id") { id: ID! name: String }',
    resolvers: {
      Query: { people: () => [{ id: '1', name: 'Aigul' }, { id: '2' }], me: () => ({ id: '1', name: 'Aigul' }) },
    },
  },
  ages: {
    typeDefs:
      'type Query { oldest: Person count: Int } type Person @key(fields: "id") { id: ID! age: Int home: Home } type Home { city: String street: String }',
    resolvers: {
      Query: { oldest: () => ({ id: '2', age: 90 }), count: () => 2 },
      Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, age: 20, home: { city: 'Almaty' } }) },
    },
  },
});
beforeEach(() => graph.stopAnswering('ages', true));
afterEach(() => graph.stopAnswering('ages', false));
const lost = (...path: (string | number)[]) => ({ code: 'SUBGRAPH_UNAVAILABLE', at: 'ages', path });

test('fields of entities', async () => {
  expectAnswer(await graph.ask('{ people { years: age name home { city street } } }'), {
    data: {
      people: [
        { years: null, name: 'Aigul', home: null },
        { years: null, name: null, home: null },
      ],
    },
    errors: [
      lost('people', 0, 'years'),
      lost('people', 0, 'home'),
      lost('people', 1, 'years'),
      lost('people', 1, 'home'),
    ],
  });
});

test('root fields', async () => {
  expectAnswer(await graph.ask('{ count me { name } first: oldest { name age } }'), {
    data: { count: null, me: { name: 'Aigul' }, first: null },
    errors: [lost('count'), lost('first')],
  });
});

test('when it answers again, so does the gateway', async () => {
  graph.stopAnswering('ages', false);
  expectAnswer(await graph.ask('{ me { age } }'), { data: { me: { age: 20 } } });
});
