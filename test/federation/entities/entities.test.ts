// One entity whose fields live with two owners.

import { expectAnswer, type Federation, startFederation } from '../../support/federation';

const people = [
  { id: '1', name: 'Aigul' },
  { id: '2', name: 'Bolat' },
];

let federation: Federation;
beforeAll(async () => {
  federation = await startFederation({
    people: {
      typeDefs: 'type Query { people: [Person!]! } type Person @key(fields: "id") { id: ID! name: String }',
      resolvers: { Query: { people: () => people } },
    },
    ages: {
      typeDefs: 'type Person @key(fields: "id") { id: ID! age: Int }',
      resolvers: { Person: { __resolveReference: async ({ id }: { id: string }) => ({ id, age: Number(id) * 20 }) } },
    },
  });
});
afterAll(() => federation.close());

test('fields of both owners stand side by side, in the order asked', async () => {
  expectAnswer(await federation.ask('{ people { age id name } }'), {
    data: {
      people: [
        { age: 20, id: '1', name: 'Aigul' },
        { age: 40, id: '2', name: 'Bolat' },
      ],
    },
  });
});

test('all entities of a list are asked in one call', async () => {
  await federation.ask('{ people { age } }');
  expect(federation.calls.map((call) => call.service)).toEqual(['people', 'ages']);
});
