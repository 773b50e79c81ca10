// Fields of an interface, some of which live elsewhere for some of its types.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  accounts: {
    typeDefs: `type Query { owners: [Owner!]! }
      interface Owner { id: ID! name: String }
      type Person implements Owner @key(fields: "id") { id: ID! name: String }
      type Company implements Owner @key(fields: "id") { id: ID! name: String bin: String }`,
    resolvers: {
      Query: {
        owners: () => [
          { __typename: 'Person', id: 'p1', name: 'Aigul' },
          { __typename: 'Company', id: 'c1', name: 'Kaz', bin: '1' },
        ],
      },
    },
  },
  taxes: {
    typeDefs: `type Person @key(fields: "id") { id: ID! tax: Int } type Company @key(fields: "id") { id: ID! tax: Int vat: Boolean }`,
    resolvers: {
      Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, tax: 10 }) },
      Company: { __resolveReference: async ({ id }: { id: string }) => ({ id, tax: 20, vat: true }) },
    },
  },
});

test('fields of the interface and of its types, from both subgraphs', async () => {
  expectAnswer(
    await graph.ask(
      '{ owners { name ... on Company { vat tax bin } ... on Person { tax } ... on Owner { id __typename } } }',
    ),
    {
      data: {
        owners: [
          { name: 'Aigul', tax: 10, id: 'p1', __typename: 'Person' },
          { name: 'Kaz', vat: true, tax: 20, bin: '1', id: 'c1', __typename: 'Company' },
        ],
      },
    },
  );
});
