// The numbering schema against the contract and against its committed print.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { buildNumberingSubgraph } from '../../../subgraphs/numbering/api/schema';
import { contractOf, coordinatesOf, undescribedIn } from '../../support/contract';

let sdl: string;
beforeAll(async () => {
  sdl = (await buildNumberingSubgraph()).sdl;
});

describe('schema of numbering', () => {
  it('is the contract, coordinate by coordinate', () => {
    const contract = contractOf('numbering');
    expect(Object.fromEntries([...coordinatesOf(sdl)].sort())).toEqual(
      Object.fromEntries([...coordinatesOf(contract)].sort()),
    );
  });

  it('is committed as it is printed', () => {
    const committed = readFileSync(join(__dirname, '../../../subgraphs/numbering/schema.graphql'), 'utf8');
    expect(sdl).toBe(committed);
  });

  it('describes every type, field and argument', () => {
    expect(undescribedIn(sdl)).toEqual([]);
  });
});
