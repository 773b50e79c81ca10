// The page for a court says what the verifier does: the same verdicts under the same exit codes in the same words, remarks that exist,
// options that it takes, and paths that are there.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIT_CATALOGUE } from '../../shared/audit/audit-catalogue';
import { USAGE_EXIT_CODE, VERDICT_EXIT_CODES } from '../../shared/audit/findings';
import { run } from '../support/network';

const ROOT = join(__dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'court.md'), 'utf8');

it('lists the verdicts with their exit codes', () => {
  const rows = [...PAGE.matchAll(/^\| ([A-Z_]+|\(usage\)) \| (\d) \|/gm)].map(([, verdict, code]) => [
    verdict,
    Number(code),
  ]);
  expect(rows).toEqual([...Object.entries(VERDICT_EXIT_CODES), ['(usage)', USAGE_EXIT_CODE]]);
});

it('names codes that exist, remarks as remarks and faults as faults', () => {
  const catalogue: Readonly<Record<string, { readonly severity: string }>> = AUDIT_CATALOGUE;
  expect(['BACKFILLED', 'OPEN_BELOW', 'TIME_OUT_OF_BRACKET'].filter((code) => !PAGE.includes(`\`${code}\``))).toEqual(
    [],
  );
  expect(['BACKFILLED', 'OPEN_BELOW', 'TIME_OUT_OF_BRACKET'].map((code) => catalogue[code]?.severity)).toEqual([
    'REMARK',
    'REMARK',
    'INVALID',
  ]);
});

it('calls the verifier with options that it takes', async () => {
  const { stdout } = await run(join(ROOT, 'dist', 'shared', 'verifier', 'main.js'), ['--help']);
  const options = new Set(
    [...PAGE.matchAll(/npm run -s verify -- [^\n`]+/g)].flatMap(([line]) => line.match(/ --[a-z-]+/g) ?? []),
  );
  options.delete(' --');
  expect([...options].filter((option) => !stdout.includes(`${option.trim()} `))).toEqual([]);
  expect(options.size).toBe(3);
});

it('names files and folders that are there', () => {
  const paths = [...PAGE.matchAll(/`((?:shared|test|docs)\/[^`\s]*)`/g)].map((match) => match[1] ?? '');
  expect(paths.length).toBeGreaterThan(1);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
