// One value of a root field put together from two subgraphs, its lists item by item.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  one: {
    typeDefs: 'type Query { places: [Place!] @shareable } type Place { name: String @shareable height: Int }',
    resolvers: {
      Query: {
        places: () => [
          { name: 'Almaty', height: 800 },
          { name: 'Astana', height: 350 },
        ],
      },
    },
  },
  two: {
    typeDefs: 'type Query { places: [Place!] @shareable } type Place { name: String @shareable people: Int }',
    resolvers: {
      Query: {
        places: () => [
          { name: 'Almaty', people: 2 },
          { name: 'Astana', people: 1 },
        ],
      },
    },
  },
});

test('both answers are merged', async () => {
  expectAnswer(await graph.ask('{ places { people name height } }'), {
    data: {
      places: [
        { people: 2, name: 'Almaty', height: 800 },
        { people: 1, name: 'Astana', height: 350 },
      ],
    },
  });
});
