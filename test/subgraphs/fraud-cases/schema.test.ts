// The fraud-case schema against the contract and against its committed print. Commands, statistics, the trail of accesses and liability are not
// built yet; what is missing stands in one list here, to the last coordinate, so that nothing is forgotten and nothing slips in.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildFraudCasesSubgraph } from '../../../subgraphs/fraud-cases/api/schema';
import { contractOf, coordinatesOf, undescribedIn } from '../../support/contract';

/** Types of the contract that this schema lacks whole, with all their fields. */
const MISSING_TYPES = ['AccessRecord', 'AccessTrailConnection', 'AccessTrailFilter', 'BreakGlass', 'BreakGlassPayload'];

/** Fields of the contract that this schema lacks on types that it has. */
const MISSING_FIELDS = ['Mutation.breakGlass', 'Mutation.reviewBreakGlass', 'Query.accessTrail'];

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

  it('lacks exactly what the list of missing parts names', () => {
    const own = coordinatesOf(sdl);
    const missing = [...coordinatesOf(contractOf('fraud-cases')).keys()].filter((coordinate) => !own.has(coordinate));
    const types = missing.filter((coordinate) => !coordinate.includes('.'));
    const fields = missing.filter((coordinate) => !types.includes(coordinate.split('.')[0] ?? ''));
    expect(types.sort()).toEqual([...MISSING_TYPES].sort());
    expect(fields.sort()).toEqual([...MISSING_FIELDS].sort());
  });

  it('is committed as it is printed', () => {
    const committed = readFileSync(join(__dirname, '../../../subgraphs/fraud-cases/schema.graphql'), 'utf8');
    expect(sdl).toBe(committed);
  });

  it('describes every type, field, argument and value', () => {
    expect(undescribedIn(sdl)).toEqual([]);
  });
});
