// The list of operators as the gateway follows it: read, changed, replaced, broken and mended while it is in use.

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Directory, fixedDirectory, watchedDirectory } from '../../../gateway/route/directory';

let folder: string;
let file: string;
let directory: Directory | undefined;
let told: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senim-directory-'));
  file = join(folder, 'operators.json');
  told = [];
});

afterEach(async () => {
  await directory?.close();
  directory = undefined;
  await rm(folder, { recursive: true });
});

function listOf(operators: Readonly<Record<string, { readonly port: number; readonly state?: string }>>): string {
  return JSON.stringify({
    operators: Object.entries(operators).map(([code, { port, state = 'CONNECTED' }]) => ({
      code,
      name: code,
      brands: [code],
      endpoint: `http://127.0.0.1:${port}/graphql`,
      state,
      schemaHash: null,
      keys: {},
    })),
  });
}

async function open(text: string): Promise<Directory> {
  await writeFile(file, text);
  directory = await watchedDirectory({
    file,
    serviceName: 'operator',
    events: { changed: (count) => told.push(`changed ${count}`), refused: () => told.push('refused') },
  });
  return directory;
}

async function until(holds: () => boolean): Promise<void> {
  for (let wait = 0; wait < 500 && !holds(); wait += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

describe('a watched directory', () => {
  test('knows those who are connected, and them under its own subgraph alone', async () => {
    const { addressOf } = await open(listOf({ kcell: { port: 1 }, altel: { port: 2, state: 'LEFT' } }));
    expect(addressOf('operator', 'kcell')).toBe('http://127.0.0.1:1/graphql');
    expect(addressOf('operator', 'altel')).toBeNull();
    expect(addressOf('operator', 'nobody')).toBeNull();
    expect(addressOf('operator', '__proto__')).toBeNull();
    expect(addressOf('numbering', 'kcell')).toBeNull();
  });

  test('follows one that joins, one that moves and one that leaves', async () => {
    const { addressOf } = await open(listOf({ kcell: { port: 1 }, altel: { port: 2 } }));
    await writeFile(file, listOf({ kcell: { port: 3 }, altel: { port: 2, state: 'LEFT' }, tele2: { port: 4 } }));
    await until(() => addressOf('operator', 'tele2') !== null);
    expect(addressOf('operator', 'kcell')).toBe('http://127.0.0.1:3/graphql');
    expect(addressOf('operator', 'altel')).toBeNull();
  });

  test('follows a file that is replaced by a rename, again and again', async () => {
    const { addressOf } = await open(listOf({ kcell: { port: 1 } }));
    for (const port of [2, 3, 4]) {
      await writeFile(`${file}.next`, listOf({ kcell: { port } }));
      await rename(`${file}.next`, file);
      await until(() => addressOf('operator', 'kcell') === `http://127.0.0.1:${port}/graphql`);
    }
  });

  test.each([
    ['that is broken', '{"operators": ['],
    ['that is empty', ''],
    ['with a code twice', '{"operators":[{"code":"a1"},{"code":"a1"}]}'],
  ])('keeps what it knows of a file %s, tells it once, and follows the next good one', async (_what, broken) => {
    const { addressOf } = await open(listOf({ kcell: { port: 1 } }));
    await writeFile(file, broken);
    await until(() => told.includes('refused'));
    expect(addressOf('operator', 'kcell')).toBe('http://127.0.0.1:1/graphql');
    await writeFile(file, listOf({ kcell: { port: 2 } }));
    await until(() => addressOf('operator', 'kcell') === 'http://127.0.0.1:2/graphql');
  });

  test('keeps what it knows when the file is gone', async () => {
    const { addressOf } = await open(listOf({ kcell: { port: 1 } }));
    await rm(file);
    await until(() => told.includes('refused'));
    expect(addressOf('operator', 'kcell')).not.toBeNull();
  });

  test('does not start over a file that is none', async () => {
    await expect(open('{}')).rejects.toThrow('OPERATORS_FILE');
    await rm(file);
    const events = { changed: () => undefined, refused: () => undefined };
    await expect(watchedDirectory({ file, serviceName: 'operator', events })).rejects.toThrow('cannot be read');
  });
});

test('a fixed directory knows what it was given', () => {
  const { addressOf } = fixedDirectory({ shard: { a: 'http://a.invalid' } });
  expect([
    addressOf('shard', 'a'),
    addressOf('shard', 'b'),
    addressOf('other', 'a'),
    addressOf('constructor', 'name'),
  ]).toEqual(['http://a.invalid', null, null, null]);
});
