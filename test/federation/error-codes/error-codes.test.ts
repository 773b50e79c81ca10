// A subgraph’s own code is told when it is one of the catalogue; its text never is.

import { GraphQLError } from 'graphql';
import { expectAnswer, fail, useFederation } from '../../support/federation';

const graph = useFederation({
  one: {
    typeDefs: 'type Query { forbidden: Int odd: Int plain: Int }',
    resolvers: {
      Query: {
        forbidden: () => {
          throw new GraphQLError('a name', { extensions: { code: 'FORBIDDEN', secret: 'x' } });
        },
        odd: () => {
          throw new GraphQLError('a name', { extensions: { code: 'MADE_UP' } });
        },
        plain: () => fail(),
      },
    },
  },
});

test('codes of the catalogue pass, others become INTERNAL', async () => {
  expectAnswer(await graph.ask('{ plain odd forbidden }'), {
    data: { plain: null, odd: null, forbidden: null },
    errors: [
      { code: 'INTERNAL', at: 'one', path: ['plain'] },
      { code: 'INTERNAL', at: 'one', path: ['odd'] },
      { code: 'FORBIDDEN', at: 'one', path: ['forbidden'] },
    ],
  });
});
