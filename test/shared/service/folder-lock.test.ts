// One process at a time in a folder, and never none because of a dead one.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { lockFolder, startOf } from '../../../shared/service/folder-lock';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'senim-lock-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('is given to one, refused to the next, and free again after its release', () => {
  const first = lockFolder(folder, 'a.lock');
  expect(first).not.toBeNull();
  expect(lockFolder(folder, 'a.lock')).toBeNull();
  first?.release();
  first?.release();
  expect(readdirSync(folder)).toEqual([]);
  expect(lockFolder(folder, 'a.lock')).not.toBeNull();
});

test('is taken over from a process that is gone, and from one that has another’s number', () => {
  for (const dead of ['2147483646 5', `${process.pid} not-our-start`, '', 'rubbish']) {
    writeFileSync(join(folder, 'a.lock'), dead);
    const taken = lockFolder(folder, 'a.lock');
    expect(taken).not.toBeNull();
    taken?.release();
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('is not released by somebody who lost it', () => {
  const first = lockFolder(folder, 'a.lock');
  writeFileSync(join(folder, 'a.lock'), `1 ${startOf(1)}`);
  first?.release();
  expect(readdirSync(folder)).toEqual(['a.lock']);
});
