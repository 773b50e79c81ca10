// Reads every source file and holds it against the rules of the house: who may import whom, how files are named and begun, what no
// file may hold. Each rule is first shown a breach, so that a rule that sees nothing is noticed.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { importBreaches, importsOf, placeBreaches, type SourceFile, styleBreaches } from './support/house-rules';

const ROOT = join(__dirname, '..');
const SOURCES = ['shared', 'subgraphs', 'gateway'].flatMap((folder) => filesUnder(folder, /\.ts$/));

/** A scope alone: the rest of the package's name is put together at run time. */
const SCOPE = /^@[^/]+$/;

const file = (path: string, text: string): SourceFile => ({ path, text });
const importing = (path: string, specifier: string, kind = 'import'): readonly string[] =>
  importBreaches(file(path, `// A header.\n${kind} { x } from '${specifier}';\n`));

describe('the project', () => {
  test('has sources to look at', () => expect(SOURCES.length).toBeGreaterThan(50));

  test('imports only what its rooms may', () => expect(SOURCES.flatMap(importBreaches)).toEqual([]));

  test('names and begins its files as the house does', () => expect(SOURCES.flatMap(styleBreaches)).toEqual([]));

  test('imports no file that is not there, and none outside itself', () => {
    const missing = SOURCES.flatMap((source) =>
      importsOf(source)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .filter(
          ({ target }) =>
            target.startsWith('..') || ![`${target}.ts`, target].some((path) => existsSync(join(ROOT, path))),
        )
        .map(({ specifier }) => `${source.path}: ${specifier}`),
    );
    expect(missing).toEqual([]);
  });

  test('imports no package that package.json does not name', () => {
    const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    );
    const named = Object.keys({ ...dependencies, ...optionalDependencies });
    // The demonstration's identity provider is not in the image of the programs, and its library is not either.
    const ofDemonstration = Object.keys(devDependencies);
    const unnamed = SOURCES.flatMap((source) =>
      importsOf(source)
        .filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
        .filter(
          ({ target }) =>
            !named.some((name) => name === target || (SCOPE.test(target) && name.startsWith(`${target}/`))) &&
            !(source.path.startsWith('shared/local-network/identity/') && ofDemonstration.includes(target)),
        )
        .map(({ target }) => `${source.path}: ${target}`),
    );
    expect(unnamed).toEqual([]);
  });

  test('names no machine, no registry and no author in any text', () => {
    const texts = [
      ...SOURCES,
      ...filesUnder('.', /\.(?:md|json|mjs|js|ya?ml|graphql|sh)$|^Dockerfile$|^\.npmrc$|^run$/, 1),
      ...['test', '.ci', 'docs', 'docker'].flatMap((folder) =>
        filesUnder(folder, /\.(?:ts|md|json|mjs|js|ya?ml|graphql|sh|sql)$/),
      ),
      ...['gateway', 'subgraphs', 'shared'].flatMap((folder) => filesUnder(folder, /\.(?:graphql|md|json|sql)$/)),
    ];
    expect(texts.flatMap(placeBreaches)).toEqual([]);
  });

  test('has a lockfile that npm ci accepts on every system', () => {
    expect(() =>
      execFileSync(process.execPath, ['.ci/complete-lockfile.mjs', '--check'], { cwd: ROOT, stdio: 'pipe' }),
    ).not.toThrow();
    const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
    expect(lock).not.toContain('"resolved"');
  });
});

describe('a breach of the table is seen', () => {
  test.each([
    ['vocabulary importing anything', 'shared/vocabulary/day.ts', '../service/logger'],
    ['vocabulary importing Node', 'shared/vocabulary/day.ts', 'node:crypto'],
    ['the audit core importing the file system', 'shared/audit/tree.ts', 'node:fs'],
    ['the audit core importing its shell', 'shared/audit/tree.ts', '../audit-log/append'],
    ['access importing graphql', 'shared/access/policy.ts', 'graphql'],
    ['the log importing graphql', 'shared/audit-log/append.ts', 'graphql'],
    ['the verifier importing the vocabulary', 'shared/verifier/main.ts', '../vocabulary/result'],
    ['the verifier importing HTTP', 'shared/verifier/main.ts', 'node:http'],
    ['shared/graphql importing typeorm', 'shared/graphql/loader.ts', 'typeorm'],
    ['shared/graphql importing service', 'shared/graphql/subgraph-host.ts', '../service/http-host'],
    ['service importing a subgraph', 'shared/service/database.ts', '../../subgraphs/operator/domain/porting'],
    ['service importing graphql', 'shared/service/database.ts', 'graphql'],
    ['the local network importing a house', 'shared/local-network/start.ts', '../../gateway/main'],
    ['a domain importing a library', 'subgraphs/operator/domain/porting.ts', 'zod'],
    ['a domain importing its store', 'subgraphs/operator/domain/porting.ts', '../store/porting-store'],
    ["a domain importing another subgraph's", 'subgraphs/operator/domain/porting.ts', '../../numbering/domain/porting'],
    ['a store importing its api', 'subgraphs/operator/store/seed.ts', '../api/schema'],
    ['a store importing graphql', 'subgraphs/operator/store/seed.ts', 'type-graphql'],
    ["a store importing another subgraph's", 'subgraphs/operator/store/seed.ts', '../../numbering/store/seed'],
    ['a store importing values of the audit core', 'subgraphs/operator/store/seed.ts', '../../../shared/audit/hash'],
    ['an api importing values of its store', 'subgraphs/operator/api/schema.ts', '../store/seed'],
    ['an api importing typeorm', 'subgraphs/operator/api/schema.ts', 'typeorm'],
    ['a main importing another house', 'subgraphs/operator/main.ts', '../numbering/main'],
    ['the gateway importing a subgraph', 'gateway/main.ts', '../subgraphs/operator/main'],
    ['pure routing importing I/O', 'gateway/route/trust.ts', 'node:fs'],
    ['the directory importing the HTTP client', 'gateway/route/directory.ts', 'undici'],
    ['the sender importing the executor', 'gateway/route/send.ts', '../execute/execute'],
    ['the executor importing the HTTP client', 'gateway/execute/execute.ts', 'undici'],
    ['the executor importing values of the sender', 'gateway/execute/execute.ts', '../route/subgraph-call'],
    ['the edge importing the sender', 'gateway/edge/listen.ts', '../route/send'],
    ['the planner importing I/O', 'gateway/plan/plan.ts', 'node:net'],
    ['a file in a folder that has no rule', 'shared/attic/old.ts', '../vocabulary/day'],
    ['more than three folders up', 'subgraphs/operator/store/deep/seed.ts', '../../../../shared/vocabulary/day'],
  ])('%s', (_what, path, specifier) => expect(importing(path, specifier)).toHaveLength(1));

  test('and what is allowed is not', () => {
    expect(importing('subgraphs/operator/api/schema.ts', '../store/seed', 'import type')).toEqual([]);
    expect(importing('subgraphs/operator/store/seed.ts', '../../../shared/audit/hash', 'import type')).toEqual([]);
    expect(importing('gateway/execute/execute.ts', '../route/subgraph-call', 'import type')).toEqual([]);
    expect(importing('gateway/route/send.ts', 'undici')).toEqual([]);
    expect(importing('subgraphs/operator/domain/porting.ts', './holding')).toEqual([]);
    expect(importing('subgraphs/operator/main.ts', './store/seed')).toEqual([]);
  });

  test('in whatever form it is imported', () => {
    const forms = [
      `import 'typeorm';`,
      `import * as orm from 'typeorm';`,
      `import {\n  DataSource,\n  type Logger,\n} from 'typeorm';`,
      `export { DataSource } from 'typeorm';`,
      `export * from 'typeorm';`,
      `const orm = require('typeorm');`,
      `const orm = await import('typeorm');`,
      `const orm = await import(\n  "typeorm"\n);`,
      `import { sub } from 'typeorm/driver/postgres';`,
    ];
    for (const form of forms)
      expect(importBreaches(file('shared/graphql/x.ts', `// A header.\n${form}\n`))).toHaveLength(1);
  });

  test('but not in a comment', () => {
    const text = `// A header.\n/* import { x } from 'typeorm'; */\n// import { x } from 'typeorm';\n`;
    expect(importBreaches(file('shared/graphql/x.ts', text))).toEqual([]);
  });
});

describe('a breach of style is seen', () => {
  const styled = (text: string, path = 'shared/vocabulary/day.ts'): readonly string[] =>
    styleBreaches(file(path, text));

  test.each([
    ['no header', 'export const x = 1;\n', undefined],
    ['a default export', '// A header.\nexport default 1;\n', undefined],
    ['the environment', '// A header.\nexport const x = process.env.X;\n', undefined],
    ['a value of any type', '// A header.\nexport const x = y as any;\n', undefined],
    ['an unfinished place', `// A header.\n// ${'TO'}${'DO'} later\n`, undefined],
    ['a vague name', '// A header.\n', 'shared/service/utils.ts'],
    ['a vague ending', '// A header.\n', 'shared/service/date-helpers.ts'],
    ['capitals in a name', '// A header.\n', 'shared/service/httpHost.ts'],
  ])('%s', (_what, text, path) => expect(styled(text, path)).toHaveLength(1));

  test('and what is allowed is not', () => {
    expect(styled('#!/usr/bin/env node\n// A header.\nexport const x = 1;\n')).toEqual([]);
    expect(styled('// A header.\nconst config = parseConfig(process.env);\n', 'subgraphs/operator/main.ts')).toEqual(
      [],
    );
    expect(styled('// A header.\n', 'subgraphs/numbering/api/operator-type.ts')).toEqual([]);
  });
});

test('a text that names a place of one machine is seen', () => {
  for (const text of [`https://registry.${'npmjs'}.org`, `/${'work'}/main`, `/${'home'}/me`, `see ${'Chat'}GPT`]) {
    expect(placeBreaches(file('README.md', text))).toHaveLength(1);
  }
  expect(placeBreaches(file('README.md', 'the registry of numbers; a workshop at home'))).toEqual([]);
});

/** Files of a folder whose name matches, by path from the root; `depth` 1 looks at the folder alone. */
function filesUnder(folder: string, name: RegExp, depth = Number.POSITIVE_INFINITY): SourceFile[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) {
      const isForeign = entry.name === 'node_modules' || entry.name === 'dist' || entry.name === '.local';
      return depth > 1 && !isForeign ? filesUnder(path, name, depth - 1) : [];
    }
    return name.test(entry.name) ? [{ path, text: readFileSync(join(ROOT, path), 'utf8') }] : [];
  });
}
