// `suspend` and `reinstate` as somebody runs them: the program itself, compiled, on a database.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { suspensionReads } from '../../../subgraphs/fraud-cases/store/suspension';
import { PROJECT_ROOT } from '../../support/project-root';
import { createCaseDatabase } from './fraud-cases-fixture';

let database: Awaited<ReturnType<typeof createCaseDatabase>>;
beforeAll(async () => {
  database = await createCaseDatabase([]);
});
afterAll(() => database.close());

function run(...words: readonly string[]): Promise<{ readonly exitCode: number; readonly told: string }> {
  const program = join(PROJECT_ROOT, 'dist/subgraphs/fraud-cases/main.js');
  const options = { env: { PATH: process.env.PATH, DATABASE_URL: database.url, LOG_LEVEL: 'silent' } };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], options, (fault, _stdout, stderr) => {
      resolve({ exitCode: Number(fault?.code ?? 0), told: stderr });
    });
  });
}

describe('the commands', () => {
  test('suspend and reinstate a person; what changes nothing is said', async () => {
    const { isSuspended } = suspensionReads(database.dataSource);
    expect(await run('suspend', '--person', 'bank-1')).toEqual({ exitCode: 0, told: '' });
    expect(await isSuspended('bank-1')).toBe(true);
    expect(await run('suspend', '--person', 'bank-1')).toMatchObject({
      exitCode: 1,
      told: 'The person is suspended already.\n',
    });
    expect(await run('reinstate', '--person', 'bank-1')).toEqual({ exitCode: 0, told: '' });
    expect(await isSuspended('bank-1')).toBe(false);
    expect(await run('reinstate', '--person', 'bank-1')).toMatchObject({
      exitCode: 1,
      told: 'The person is not suspended.\n',
    });
  });

  test.each([
    ['nobody', ['suspend']],
    ['a name with a line break', ['suspend', '--person', 'a\nb']],
  ])('refuse %s in one sentence about PERSON', async (_what, words) => {
    const { exitCode, told } = await run(...words);
    expect([exitCode, told.trim().split('\n').length]).toEqual([1, 1]);
    expect(told).toContain('PERSON');
  });

  test('refuse another option', async () => {
    expect((await run('suspend', '--case', 'x')).exitCode).toBe(2);
  });
});
