// A subgraph may name an entity that it cannot resolve; whoever can is asked.

import { expectAnswer, useFederation } from '../../support/federation';

const graph = useFederation({
  cases: {
    typeDefs:
      'type Query { cases: [Case!]! } type Case { title: String subject: Subject } type Subject @key(fields: "number", resolvable: false) { number: String! }',
    resolvers: { Query: { cases: () => [{ title: 'first', subject: { number: '7' } }] } },
  },
  subjects: {
    typeDefs: 'type Subject @key(fields: "number") { number: String! name: String }',
    resolvers: {
      Subject: {
        __resolveReference: async ({ number }: { number: string }) => ({ number, name: `subject ${number}` }),
      },
    },
  },
});

test('the name comes from the subgraph that resolves the subject', async () => {
  expectAnswer(await graph.ask('{ cases { title subject { number name } } }'), {
    data: { cases: [{ title: 'first', subject: { number: '7', name: 'subject 7' } }] },
  });
});

test('the key alone is answered where it stands', async () => {
  await graph.ask('{ cases { subject { number } } }');
  expect(graph.services()).toEqual(['cases']);
});
