// Dealing representations out by target and laying the answers back, over all orders and sizes.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EntityFetch } from '../../../gateway/plan/plan-node';
import { joinAnswers, splitByTarget, targetByField } from '../../../gateway/route/partition';
import type { SubgraphAnswer } from '../../../gateway/route/subgraph-call';
import type { JsonObject, JsonValue } from '../../../shared/vocabulary/json';

const ENTITIES: readonly EntityFetch[] = [
  { responseKey: '_e0', variableName: 'first', requires: [] },
  { responseKey: '_e1', variableName: 'second', requires: [] },
];
const target = targetByField(new Map([['Tenure', 'operatorCode']]));

const tenure = (operatorCode: JsonValue, id: number): JsonValue => ({ __typename: 'Tenure', operatorCode, id });

/** What an honest server answers to its share. */
function answerTo(variables: JsonObject): SubgraphAnswer {
  const rows = (name: string) => (variables[name] as readonly JsonObject[]).map(({ id }) => ({ id }));
  return { data: { _e0: rows('first'), _e1: rows('second') }, errors: [] };
}

describe('representations', () => {
  test('of one target are one share, uncopied', () => {
    const variables = { first: [tenure('kcell', 1), tenure('kcell', 2)], second: [] };
    const split = splitByTarget(ENTITIES, variables, target);
    expect(split).toEqual({ shares: [{ target: 'kcell', variables, positions: null }], unroutable: [] });
    expect(split.shares[0]?.variables).toBe(variables);
  });

  test('of several targets keep their order within each, and carry the other variables along', () => {
    const variables = { first: [tenure('kcell', 1), tenure('tele2', 2), tenure('kcell', 3)], second: [], from: 'x' };
    const { shares } = splitByTarget(ENTITIES, variables, target);
    expect(shares.map((share) => [share.target, share.positions])).toEqual([
      ['kcell', [[0, 2], []]],
      ['tele2', [[1], []]],
    ]);
    expect(shares[0]?.variables).toEqual({ first: [tenure('kcell', 1), tenure('kcell', 3)], second: [], from: 'x' });
  });

  test.each([
    ['a key that is null', { __typename: 'Tenure', operatorCode: null }],
    ['a key that is empty', { __typename: 'Tenure', operatorCode: '' }],
    ['no key', { __typename: 'Tenure' }],
    ['a key that is an object', { __typename: 'Tenure', operatorCode: {} }],
    ['a type that is not partitioned', { __typename: 'Person', operatorCode: 'kcell' }],
    ['a type named __proto__', { __typename: '__proto__', operatorCode: 'kcell' }],
    ['nothing', null],
  ])('with %s are named as unroutable, and nobody else is', (_what, representation) => {
    const variables = { first: [tenure('kcell', 1), representation as JsonValue], second: [tenure('kcell', 2)] };
    const split = splitByTarget(ENTITIES, variables, target);
    expect(split.unroutable).toEqual([{ entity: 0, position: 1 }]);
    const joined = joinAnswers(
      ENTITIES,
      variables,
      split,
      split.shares.map((share) => answerTo(share.variables)),
    );
    expect(joined.data).toEqual({ _e0: [{ id: 1 }, null], _e1: [{ id: 2 }] });
    expect(joined.errors).toEqual([{ path: ['_e0', 1], code: 'NOT_ROUTABLE' }]);
  });

  test('beyond a hundred to one target are several calls', () => {
    const first = Array.from({ length: 150 }, (_, id) => tenure('kcell', id));
    const second = Array.from({ length: 80 }, (_, id) => tenure('kcell', 1_000 + id));
    const { shares } = splitByTarget(ENTITIES, { first, second }, target);
    const sizes = shares.map(({ variables }) => (variables.first as []).length + (variables.second as []).length);
    expect(sizes).toEqual([100, 100, 30]);
  });

  test('come back where they stood, whatever the order, the targets and the size of a call', () => {
    const rows = fc.array(fc.constantFrom('kcell', 'beeline', 'tele2', 'altel', null), { maxLength: 60 });
    fc.assert(
      fc.property(rows, rows, fc.integer({ min: 1, max: 20 }), (first, second, limit) => {
        let id = 0;
        const list = (codes: readonly (string | null)[]) => codes.map((code) => tenure(code, id++));
        const variables = { first: list(first), second: list(second) };
        const split = splitByTarget(ENTITIES, variables, target, limit);
        const joined = joinAnswers(
          ENTITIES,
          variables,
          split,
          split.shares.map((share) => answerTo(share.variables)),
        );
        const expected = (name: 'first' | 'second') =>
          (variables[name] as unknown as JsonObject[]).map(({ operatorCode, id: own }) =>
            operatorCode === null ? null : { id: own },
          );
        expect(joined.data).toEqual({ _e0: expected('first'), _e1: expected('second') });
        expect(joined.errors).toHaveLength([...first, ...second].filter((code) => code === null).length);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

describe('errors', () => {
  const variables = {
    first: [tenure('kcell', 1), tenure('tele2', 2), tenure('kcell', 3)],
    second: [tenure('tele2', 4)],
  };
  const split = splitByTarget(ENTITIES, variables, target);

  test('come back under the alias and position of their representation, with the rest of their path', () => {
    const kcell: SubgraphAnswer = {
      data: { _e0: [{ id: 1 }, { id: 3 }], _e1: [] },
      errors: [{ path: ['_e0', 1, 'risk', 'level'], code: 'OPERATOR_ERROR' }],
    };
    const tele2: SubgraphAnswer = {
      data: { _e0: [{ id: 2 }], _e1: [null] },
      errors: [{ path: ['_e1', 0], code: 'OPERATOR_BAD_RESPONSE' }],
    };
    expect(joinAnswers(ENTITIES, variables, split, [kcell, tele2]).errors).toEqual([
      { path: ['_e0', 2, 'risk', 'level'], code: 'OPERATOR_ERROR' },
      { path: ['_e1', 0], code: 'OPERATOR_BAD_RESPONSE' },
    ]);
  });

  test('without a path are one for each row of their share', () => {
    const lost: SubgraphAnswer = { data: null, errors: [{ path: null, code: 'OPERATOR_TIMEOUT' }] };
    const joined = joinAnswers(ENTITIES, variables, split, [lost, answerTo(split.shares[1]?.variables ?? {})]);
    expect(joined.data).toEqual({ _e0: [null, { id: 2 }, null], _e1: [{ id: 4 }] });
    expect(joined.errors.map(({ path }) => path)).toEqual([
      ['_e0', 0],
      ['_e0', 2],
    ]);
  });

  test.each([
    ['an alias that was not asked', ['_e9', 0]],
    ['a row that was not asked', ['_e0', 7]],
    ['a place that is no row', ['_e0', 'first']],
    ['nothing', []],
  ])('that name %s are dropped', (_what, path) => {
    const answer = answerTo(split.shares[0]?.variables ?? {});
    const told: SubgraphAnswer = { data: answer.data, errors: [{ path, code: 'OPERATOR_ERROR' }] };
    expect(joinAnswers(ENTITIES, variables, split, [told]).errors).toEqual([]);
  });
});
