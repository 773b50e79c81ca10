// The fraud-case schema against the contract, which it holds whole and nothing else, and against its committed print.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildFraudCasesSubgraph } from '../../../subgraphs/fraud-cases/api/schema';
import { contractOf, coordinatesOf, undescribedIn } from '../../support/contract';

let sdl: string;
beforeAll(async () => {
  sdl = (await buildFraudCasesSubgraph()).sdl;
});

describe('schema of the fraud cases', () => {
  it('holds nothing but the contract, as the contract has it', () => {
    const contract = coordinatesOf(contractOf('fraud-cases'));
    const own = coordinatesOf(sdl);
    expect(Object.fromEntries([...own].sort())).toEqual(
      Object.fromEntries([...own.keys()].sort().map((coordinate) => [coordinate, contract.get(coordinate)])),
    );
  });

  it('lacks nothing of it', () => {
    const own = coordinatesOf(sdl);
    expect([...coordinatesOf(contractOf('fraud-cases')).keys()].filter((coordinate) => !own.has(coordinate))).toEqual(
      [],
    );
  });

  it('is committed as it is printed', () => {
    const committed = readFileSync(join(__dirname, '../../../subgraphs/fraud-cases/schema.graphql'), 'utf8');
    expect(sdl).toBe(committed);
  });

  it('describes every type, field, argument and value', () => {
    expect(undescribedIn(sdl)).toEqual([]);
  });
});
