// Addresses of tiles: one per tile, and no other spelling.

import { expect, test } from '@jest/globals';
import { parseTilePath, tilePath } from '../../../shared/audit-log/tile-path';

test.each([
  [{ level: 0, n: 0n, width: 256 }, 'tile/0/000'],
  [{ level: 0, n: 273n, width: 112 }, 'tile/0/273.p/112'],
  [{ level: 1, n: 1_000n, width: 256 }, 'tile/1/x001/000'],
  [{ level: 2, n: 1_234_067n, width: 1 }, 'tile/2/x001/x234/067.p/1'],
])('%j is %s', (address, path) => {
  expect(tilePath(address)).toBe(path);
  expect(parseTilePath(path)).toEqual(address);
});

test.each([
  'tile/0/0',
  'tile/0/0000',
  'tile/00/000',
  'tile/8/000',
  'tile/-1/000',
  'tile/0/x000/001',
  'tile/0/001/002',
  'tile/0/x001/x002',
  'tile/0/000.p/0',
  'tile/0/000.p/256',
  'tile/0/000.p/007',
  'tile/0/000.p/1/',
  'tile/0/000/../001',
  'tile/entries/000',
  `tile/0/${'x999/'.repeat(9)}999`,
  '',
])('%s is no address', (path) => {
  expect(parseTilePath(path)).toBeNull();
});
