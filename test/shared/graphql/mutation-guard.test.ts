// The question before every mutation: asked once for each field, in whatever guise the field is asked, and never for a query.

import { beforeEach, describe, expect, test } from '@jest/globals';
import { buildSchema, graphql } from 'graphql';
import { guardMutations } from '../../../shared/graphql/mutation-guard';
import { AppError } from '../../../shared/vocabulary/app-error';

const done: string[] = [];
const asked: string[] = [];
const schema = buildSchema('type Query { a: String } type Mutation { give(to: String): String take: String }');
const give = schema.getMutationType()?.getFields().give;
if (give !== undefined) {
  give.resolve = (_source, { to }) => {
    done.push(String(to));
    return 'given';
  };
}
guardMutations<{ readonly mayAct: boolean }>(schema, (context, fieldName) => {
  asked.push(fieldName);
  if (!context.mayAct) throw new AppError('UNAUTHENTICATED', 'A token is required.');
});

beforeEach(() => {
  done.length = 0;
  asked.length = 0;
});

const run = (source: string, mayAct: boolean) =>
  graphql({ schema, source, contextValue: { mayAct }, rootValue: { take: 'taken', a: 'a' } });

describe('a guarded mutation', () => {
  test('runs when the guard lets it, also without a resolver of its own', async () => {
    expect(await run('mutation { give(to: "x") take }', true)).toEqual({ data: { give: 'given', take: 'taken' } });
    expect([done, asked]).toEqual([['x'], ['give', 'take']]);
  });

  test.each([
    'mutation { x: give(to: "x") }',
    'mutation { ...on Mutation { give(to: "x") } }',
    'mutation { ...F } fragment F on Mutation { a: give(to: "1") b: give(to: "2") take }',
    'mutation { __typename give(to: "x") }',
  ])('does nothing when it does not: %s', async (source) => {
    const { data, errors } = await run(source, false);
    expect(Object.values(data ?? {}).filter((value) => value !== null && value !== 'Mutation')).toEqual([]);
    expect(errors?.length).toBe(asked.length);
    expect(done).toEqual([]);
  });

  test('leaves queries alone', async () => {
    expect(await run('{ a }', false)).toEqual({ data: { a: 'a' } });
    expect(asked).toEqual([]);
  });
});
