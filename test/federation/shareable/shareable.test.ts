// Fields that several subgraphs have are asked once, wherever that costs the fewest calls.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  one: {
    typeDefs: 'type Query { place: Place @shareable } type Place @shareable { name: String height: Int } ',
    resolvers: { Query: { place: () => ({ name: 'Almaty', height: 800 }) } },
  },
  two: {
    typeDefs:
      'type Query { place: Place @shareable } type Place { name: String @shareable people: Int height: Int @shareable }',
    resolvers: { Query: { place: () => ({ name: 'Almaty', people: 2000000, height: 800 }) } },
  },
});

test('one subgraph that has everything is asked alone', async () => {
  expectAnswer(await graph.ask('{ place { height people name } }'), {
    data: { place: { height: 800, people: 2000000, name: 'Almaty' } },
  });
  expect(graph.services()).toEqual(['two']);
});
