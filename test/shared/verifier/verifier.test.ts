import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatBundle } from '../../../shared/audit/bundle-format';
import { formatCheckpoint } from '../../../shared/audit/checkpoint';
import { formatEquivocation } from '../../../shared/audit/equivocation';
import { formatNote, signNoteLine } from '../../../shared/audit/note';
import { logKey, ORIGIN, ordinaryCase, policyText, rootText, TestLog, tellCase } from '../audit/test-log';

const program = path.join(__dirname, '../../../dist/shared/verifier/main.js');
const folder = mkdtempSync(path.join(tmpdir(), 'verifier-'));
const file = (name: string, text: string): string => {
  const full = path.join(folder, name);
  writeFileSync(full, text);
  return full;
};
const policy = file('policy.txt', policyText());
const root = file('root.json', rootText());
const { log } = ordinaryCase();
const text = formatBundle(log.export());
const bundle = file('bundle.json', text);

function run(...words: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', env: {} });
  return { status, stdout, stderr };
}
const verify = (name: string, ...more: readonly string[]) => run(name, '--policy', policy, '--root', root, ...more);

afterAll(() => rmSync(folder, { recursive: true }));

test('the built verifier is there', () => expect(existsSync(program)).toBe(true));

test('0: VALID, a line per step, per act and per party', () => {
  const { status, stdout } = verify(bundle);
  expect(stdout).toContain('verdict: VALID\n');
  expect(stdout.match(/^ok {3}/gm)).toHaveLength(12);
  expect(stdout).toContain('entry 9: afc block.ordered');
  expect(stdout).toContain('party tele2: BOUND');
  expect(status).toBe(0);
});

test('1: INVALID, with the code and the place', () => {
  const { status, stdout } = verify(
    file('invalid.json', text.replace('"value":"+77011234567"', '"value":"+77011234568"')),
  );
  expect(stdout).toContain('INVALID DISCLOSURE at entry 0');
  expect(stdout).toContain('verdict: INVALID\n');
  expect(status).toBe(1);
});

test('2: MALFORMED', () => {
  const { status, stdout } = verify(file('malformed.json', text.trimEnd()));
  expect(stdout).toContain('MALFORMED NOT_CANONICAL at bundle');
  expect(status).toBe(2);
});

test('3: VALID_NOT_FINAL', () => {
  const few = new TestLog();
  tellCase(few);
  few.snapshot();
  few.publish(['kcell', 'tele2']);
  const { status, stdout } = verify(file('not-final.json', formatBundle(few.export())));
  expect(stdout).toContain('verdict: VALID_NOT_FINAL\n');
  expect(status).toBe(3);
});

test('4: EQUIVOCATION', () => {
  const noteOf = (byte: number): string => {
    const checkpoint = formatCheckpoint({ origin: ORIGIN, size: 5n, root: Buffer.alloc(32, byte) });
    return formatNote(checkpoint, [signNoteLine(ORIGIN, logKey.privateKey, checkpoint)]);
  };
  const { status, stdout } = verify(
    file('equivocation.json', formatEquivocation({ notes: [noteOf(1), noteOf(2)], leafHashes: null })),
  );
  expect(stdout).toContain('verdict: EQUIVOCATION\n');
  expect(status).toBe(4);
});

test.each<[string, readonly string[]]>([
  ['no arguments', []],
  ['no policy', [bundle, '--root', root]],
  ['two files', [bundle, bundle, '--policy', policy, '--root', root]],
  ['an unknown option', [bundle, '--policy', policy, '--root', root, '--trust-me', 'yes']],
  ['an option twice', [bundle, '--policy', policy, '--policy', policy, '--root', root]],
  ['an option without value', [bundle, '--policy', policy, '--root']],
  ['a file that is not there', [path.join(folder, 'absent'), '--policy', policy, '--root', root]],
  ['a folder', [folder, '--policy', policy, '--root', root]],
  ['no instant', [bundle, '--policy', policy, '--root', root, '--not-before', 'yesterday']],
])('5: usage: %s', (_, words) => {
  const { status, stdout, stderr } = run(...words);
  expect([status, stdout]).toEqual([5, '']);
  expect(stderr.split('\n')).toHaveLength(3);
});

test('--help names every exit code, --not-before asks for a newer state', () => {
  expect(run('--help').status).toBe(0);
  expect(run('--help').stdout).toContain('0 VALID, 1 INVALID, 2 MALFORMED, 3 VALID_NOT_FINAL, 4 EQUIVOCATION, 5 usage');
  expect(verify(bundle, '--not-before', '2026-11-24T00:00:00Z').stdout).toContain('INVALID STALE');
});

test('nothing that a file merely claims reaches the terminal', () => {
  const { status, stdout, stderr } = verify(file('escape.json', text.replace('"case":"', '"case":"\u001b]0;owned')));
  expect(status).toBe(2);
  expect(stdout + stderr).not.toContain('owned');
});

test('the verifier loads nothing but its own folder, the core and the vocabulary', () => {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    const source = readFileSync(name, 'utf8');
    for (const [, wanted = ''] of source.matchAll(/require\("([^"]+)"\)/g)) {
      if (wanted.startsWith('.')) visit(path.join(path.dirname(name), `${wanted}.js`));
      else expect(['node:fs', 'node:crypto']).toContain(wanted);
    }
  };
  visit(program);
  const rooms = new Set([...seen].map((name) => path.basename(path.dirname(name))));
  expect([...rooms].sort()).toEqual(['audit', 'verifier', 'vocabulary']);
});
