// Every line that the programs write to their logs: its message is a fixed sentence, into which nothing is put, and no program writes past
// its logger.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT_ROOT } from '../../support/project-root';

const SOURCES = ['gateway', 'shared', 'subgraphs'].flatMap((folder) =>
  readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path: `${folder}/${path}`, text: readFileSync(join(PROJECT_ROOT, folder, path), 'utf8') })),
);

/** What stands between the brackets of every call of a logger. */
function logCalls(text: string): readonly string[] {
  return [...text.matchAll(/\blogger\.(?:fatal|error|warn|info|debug|trace)\(/g)].map(({ 0: call, index }) => {
    const start = index + call.length;
    let depth = 1;
    let end = start;
    for (; depth > 0 && end < text.length; end += 1) {
      if (text[end] === '(') depth += 1;
      if (text[end] === ')') depth -= 1;
    }
    return text.slice(start, end - 1).trim();
  });
}

/** Members in braces, or none; then one literal. */
const FIXED = /^(?:\{[\s\S]*\},\s*)?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"),?$/;

test('every message is a fixed sentence', () => {
  const calls = SOURCES.flatMap(({ path, text }) => logCalls(text).map((call) => ({ path, call })));
  expect(calls.length).toBeGreaterThan(40);
  expect(calls.filter(({ call }) => !FIXED.test(call))).toEqual([]);
});

test('no program writes to the console', () => {
  const writers = SOURCES.filter(({ text }) => /\bconsole\.(?:log|info|warn|error|debug|trace)\(/.test(text));
  expect(writers.map(({ path }) => path)).toEqual([]);
});
