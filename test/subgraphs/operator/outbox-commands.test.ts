// `retry-parked` and `erase-openings` as somebody runs them: the program itself, compiled, on a database.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { policyText } from '../../shared/audit-log/log-network';
import { PROJECT_ROOT } from '../../support/project-root';
import { writeOperatorFiles } from './log/log-fixture';
import { simBoxFacts } from './log/suspicious-line';
import { createOperatorDatabase, OPERATOR, type OperatorDatabase } from './operator-fixture';

const folder = mkdtempSync(join(tmpdir(), 'senim-outbox-'));
const files = writeOperatorFiles(
  folder,
  OPERATOR,
  policyText(() => 'http://127.0.0.1:9'),
  'http://127.0.0.1:9',
);
let database: OperatorDatabase;
beforeAll(async () => {
  database = await createOperatorDatabase(simBoxFacts(1));
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

function run(words: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const program = join(PROJECT_ROOT, 'dist/subgraphs/operator/main.js');
  const env = { PATH: process.env.PATH, DATABASE_URL: database.url, OPERATOR_CODE: OPERATOR, ...files, ...more };
  return new Promise<{ readonly exitCode: number; readonly out: string; readonly told: string }>((resolve) => {
    execFile(process.execPath, [program, ...words], { env }, (fault, out, told) => {
      resolve({ exitCode: Number(fault?.code ?? 0), out, told });
    });
  });
}

test('retry-parked lets parked acts be delivered once more, and says how many', async () => {
  expect(await run(['retry-parked'])).toEqual({ exitCode: 0, out: '{"retried":0}\n', told: '' });
  const id = '0c0c0c0c-0000-7000-8000-000000000001';
  await database.dataSource.transaction(async (manager) => {
    // A row of the queue alone, without its act.
    await manager.query(`SET LOCAL session_replication_role = 'replica'`);
    await manager.query(
      `INSERT INTO act_delivery (act_id, state, attempts, refusals, last_refusal) VALUES ($1, 'PARKED', 5, 5, 'NOT_ACCEPTED')`,
      [id],
    );
  });
  expect(await run(['retry-parked'])).toEqual({ exitCode: 0, out: '{"retried":1}\n', told: '' });
  expect(await database.dataSource.query('SELECT state, refusals FROM act_delivery WHERE act_id = $1', [id])).toEqual([
    { state: 'WAITING', refusals: 0 },
  ]);
});

test('erase-openings with nothing to erase writes no act', async () => {
  const basis = { ERASURE_BASIS: 'Retention is over.' };
  expect(await run(['erase-openings', '--before', '2026-01-01'], basis)).toEqual({
    exitCode: 0,
    out: '{"erased":0}\n',
    told: '',
  });
  expect(await database.dataSource.query(`SELECT 1 FROM audit.act WHERE kind = 'erasure.performed'`)).toEqual([]);
});

test.each([
  ['no day', ['erase-openings'], 'ERASE_BEFORE'],
  ['what is no day', ['erase-openings', '--before', '2026-02-30'], 'ERASE_BEFORE'],
  ['no reason', ['erase-openings', '--before', '2026-01-01'], 'ERASURE_BASIS'],
])('erase-openings with %s is refused in plain words', async (_what, words, variable) => {
  const { exitCode, told } = await run(words);
  expect(exitCode).toBe(1);
  expect(told).toContain(variable);
});

test('the usage names both commands', async () => {
  const { out } = await run(['--help']);
  expect(out).toMatch(/retry-parked +\S/);
  expect(out).toMatch(/erase-openings +\S/);
});
