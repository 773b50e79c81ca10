// A field selected twice is one field, at its first place, with all that was selected of it.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  people: {
    typeDefs: 'type Query { me: Person } type Person @key(fields: "id") { id: ID! name: String friend: Person }',
    resolvers: { Query: { me: () => ({ id: '1', name: 'Aigul', friend: { id: '2', name: 'Bolat' } }) } },
  },
  ages: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int }',
    resolvers: { Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, age: Number(id) * 10 }) } },
  },
});

test('members stand in the order in which they were first met', async () => {
  expectAnswer(
    await graph.ask(`{ me { friend { age } name } ...More me { name id friend { name age } } }
      fragment More on Query { me { age friend { id } } }`),
    { data: { me: { friend: { age: 20, id: '2', name: 'Bolat' }, name: 'Aigul', age: 10, id: '1' } } },
  );
});
