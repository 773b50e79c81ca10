// The operators' schema against the contract and against its committed print.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildOperatorSubgraph } from '../../../../subgraphs/operator/api/schema';
import { contractOf, coordinatesOf, undescribedIn } from '../../../support/contract';

let sdl: string;
beforeAll(async () => {
  sdl = (await buildOperatorSubgraph()).sdl;
});

describe('schema of an operator', () => {
  it('is the contract, coordinate by coordinate', () => {
    // The schema builder prints a query type also when it has no fields.
    const { Query: _empty, ...printed } = Object.fromEntries(coordinatesOf(sdl));
    expect(printed).toEqual(Object.fromEntries(coordinatesOf(contractOf('operator'))));
  });

  it('has no root query field: nobody could tell which operator to ask', () => {
    expect([...coordinatesOf(sdl).keys()].filter((coordinate) => coordinate.startsWith('Query.'))).toEqual([]);
  });

  it('is committed as it is printed', () => {
    expect(sdl).toBe(readFileSync(join(__dirname, '../../../../subgraphs/operator/schema.graphql'), 'utf8'));
  });

  it('describes every type, field, argument and value', () => {
    expect(undescribedIn(sdl)).toEqual([]);
  });
});
