// A null that may not be makes its parent null, up to the nearest place that may be null; one error tells why.

import { expectAnswer, fail, useFederation } from '../../support/federation';

const graph = useFederation({
  people: {
    typeDefs: `type Query { maybe: Person sure: Person! list: [Person] strictItems: [Person!] strict: [Person!]! other: Int }
      type Person @key(fields: "id") { id: ID! name: String }`,
    resolvers: {
      Query: {
        maybe: () => ({ id: '1', name: 'Aigul' }),
        sure: () => ({ id: '1', name: 'Aigul' }),
        list: () => [{ id: '1' }, { id: '2' }],
        strictItems: () => [{ id: '2' }, { id: '1' }],
        strict: () => [{ id: '2' }, { id: '1' }],
        other: () => 5,
      },
    },
  },
  ages: {
    typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int! shoe: Int }',
    resolvers: {
      Person: {
        __resolveReference: async ({ id }: { id: string }) => ({ id }),
        age: ({ id }: { id: string }) => (id === '1' ? fail() : 20),
        shoe: () => 39,
      },
    },
  },
});

test('to the object', async () => {
  expectAnswer(await graph.ask('{ maybe { years: age name } other }'), {
    data: { maybe: null, other: 5 },
    errors: [{ code: 'INTERNAL', at: 'ages', path: ['maybe', 'years'] }],
  });
});

test('to the root', async () => {
  expectAnswer(await graph.ask('{ other sure { age } }'), {
    data: null,
    errors: [{ code: 'INTERNAL', at: 'ages', path: ['sure', 'age'] }],
  });
});

test('to the item of a list', async () => {
  expectAnswer(await graph.ask('{ list { age } }'), {
    data: { list: [null, { age: 20 }] },
    errors: [{ code: 'INTERNAL', at: 'ages', path: ['list', 0, 'age'] }],
  });
});

test('to the list', async () => {
  expectAnswer(await graph.ask('{ strictItems { age } other }'), {
    data: { strictItems: null, other: 5 },
    errors: [{ code: 'INTERNAL', at: 'ages', path: ['strictItems', 1, 'age'] }],
  });
});

test('through the list to the root', async () => {
  expectAnswer(await graph.ask('{ strict { age } other }'), {
    data: null,
    errors: [{ code: 'INTERNAL', at: 'ages', path: ['strict', 1, 'age'] }],
  });
});
