// Plans of the planner made ready, also in forms that it makes seldom.

import type { PlanNode } from '@graphql-hive/router-query-planner';
import { parse } from 'graphql';
import { compilePlan } from '../../../gateway/plan/compile-plan';
import { readTypeFacts } from '../../../gateway/supergraph/type-facts';
import { composeInvented } from '../../support/federation';

const facts = readTypeFacts(
  parse(
    composeInvented({
      one: {
        typeDefs: `type Query { media: [Media!]! } interface Media @key(fields: "id") { id: ID! title: String }
          type Book implements Media @key(fields: "id") { id: ID! title: String shelf: Shelf! } type Shelf { row: Int! note: String }`,
      },
      two: { typeDefs: 'type Media @key(fields: "id") @interfaceObject { id: ID! rating: Int }' },
    }),
  ),
);
const compile = (node: PlanNode) => compilePlan(node, facts, () => false);

const operation =
  'query($representations:[_Any!]!){_entities(representations: $representations){...on Media{rating stars: rating}}}';
const requires = [
  {
    kind: 'InlineFragment' as const,
    typeCondition: 'Book',
    selections: [
      { kind: 'Field' as const, name: '__typename' },
      { kind: 'Field' as const, name: 'id' },
      {
        kind: 'Field' as const,
        name: 'shelf',
        selections: [
          { kind: 'Field' as const, name: 'row' },
          { kind: 'Field' as const, name: 'note' },
        ],
      },
    ],
  },
];
const entityFetch = (more: object = {}): PlanNode => ({
  kind: 'Flatten',
  path: [{ Field: 'media' }, '@', { TypeCondition: ['Book'] }],
  node: { kind: 'Fetch', serviceName: 'two', operationKind: 'query', operation, requires, ...more },
});

function group(node: PlanNode) {
  const { root } = compile(node);
  const found = root?.kind === 'entity-fetch' ? root.groups[0] : undefined;
  if (!found) throw new Error('An entity fetch was expected.');
  return found;
}

test('a flatten becomes the way to its entities', () => {
  const { paths } = group(entityFetch());
  expect(paths[0]?.map((step) => step.kind)).toEqual(['field', 'each', 'type']);
});

test('a flatten around a sequence or a condition reaches the fetches within', () => {
  const inner = entityFetch();
  if (inner.kind !== 'Flatten') throw new Error('A flatten was expected.');
  const { root } = compile({
    kind: 'Flatten',
    path: [{ Field: 'top' }],
    node: {
      kind: 'Condition',
      condition: 'yes',
      ifClause: inner,
      elseClause: { kind: 'Sequence', nodes: [inner, inner] },
    },
  });
  if (root?.kind !== 'condition' || root.whenFalse?.kind !== 'sequence') throw new Error('A condition was expected.');
  expect(root.variableName).toBe('yes');
  const fetches = [root.whenTrue, ...root.whenFalse.nodes].map((node) =>
    node?.kind === 'entity-fetch' ? node.groups[0]?.paths[0]?.length : 0,
  );
  expect(fetches).toEqual([4, 4, 4]);
});

test.each([
  ['one shape', { ValueSetter: { path: [{ TypenameEquals: ['Media'] }, { Key: '__typename' }], setValueTo: 'Media' } }],
  [
    'the other shape',
    { kind: 'ValueSetter', path: [{ TypenameEquals: ['Media'] }, { Key: '__typename' }], setValueTo: 'Media' },
  ],
])('a type name for the subgraph, written in %s', (_shape, rewrite) => {
  const plan = group(entityFetch({ inputRewrites: [rewrite] })).representationOf('Book');
  expect(plan?.typeName).toBe('Media');
  expect(plan?.keys).toEqual([['id']]);
});

test('a rewrite for another type does not concern this one', () => {
  const rewrite = { ValueSetter: { path: [{ TypenameEquals: ['Film'] }, { Key: '__typename' }], setValueTo: 'Media' } };
  expect(group(entityFetch({ inputRewrites: [rewrite] })).representationOf('Book')?.typeName).toBe('Book');
});

test('a representation knows which of its fields may be null, and what is read of objects', () => {
  const { representationOf } = group(entityFetch());
  expect(representationOf('Film')).toBeNull();
  const fields = representationOf('Book')?.fields ?? [];
  expect(fields.map(({ to, nullable }) => [to, nullable])).toEqual([
    ['id', false],
    ['shelf', false],
  ]);
  const nested = fields[1]?.nested?.(undefined) ?? [];
  expect(nested.map(({ to, nullable }) => [to, nullable])).toEqual([
    ['row', false],
    ['note', true],
  ]);
});

test('output rewrites rename keys of the answer, of the losses and of error paths', () => {
  const { output, responseKeys, responseKeysOf } = group(
    entityFetch({
      outputRewrites: [
        {
          KeyRenamer: {
            path: [{ Key: '_entities' }, { TypenameEquals: ['Book'] }, { Key: 'stars' }],
            renameKeyTo: 'points',
          },
        },
      ],
    }),
  );
  expect(responseKeys).toEqual(['rating', 'points']);
  expect(responseKeysOf('Book')).toEqual(['rating', 'points']);
  const data = { _entities: [{ __typename: 'Book', stars: 5 }, { __typename: 'Film', stars: 4 }, null] };
  output?.data(data);
  expect(data).toEqual({ _entities: [{ __typename: 'Book', points: 5 }, { __typename: 'Film', stars: 4 }, null] });
  expect(output?.path(['_entities', 3, 'stars', 1])).toEqual(['_entities', 3, 'points', 1]);
  expect(output?.path(['_entities', 3, 'rating'])).toEqual(['_entities', 3, 'rating']);
});

test('groups that ask the same have the same identity, others have none', () => {
  const other = entityFetch({ operation: operation.replace('stars: rating', '') });
  const { root } = compile({ kind: 'Sequence', nodes: [entityFetch(), other, entityFetch()] });
  const identities =
    root?.kind === 'sequence'
      ? root.nodes.map((node) => (node.kind === 'entity-fetch' ? node.groups[0]?.identity : null))
      : [];
  expect(identities[0]).toBe(identities[2]);
  expect(identities[0]).toBeGreaterThanOrEqual(0);
  expect(identities[1]).toBe(-1);
});

test('a subscription is opened first, the rest is for its events', () => {
  const primary = { serviceName: 'one', operationKind: 'subscription' as const, operation: 'subscription{told{id}}' };
  const { primary: opened, root } = compile({
    kind: 'Sequence',
    nodes: [{ kind: 'Subscription', primary: { kind: 'Fetch', ...primary } }, entityFetch()],
  });
  expect(opened?.fetch.operation).toBe(primary.operation);
  expect(opened?.responseKeys).toEqual(['told']);
  expect(root?.kind).toBe('entity-fetch');
});

test('a plan without nodes asks nobody; a deferred part is not planned by anybody', () => {
  expect(compilePlan(undefined, facts, () => false).root).toBeNull();
  expect(() => compile({ kind: 'Defer', primary: {}, deferred: [] })).toThrow('without deferred parts');
});
