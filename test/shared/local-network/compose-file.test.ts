// docker-compose.yml and Dockerfile, read as documents, because no Docker can be relied on: every path exists, every program is told
// what its config.ts asks for, no party reaches another's database, and no password is written down.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { DEMO_OPERATORS } from '../../../shared/local-network/demo-data/demo-operator';
import { parseOperatorDirectory } from '../../../shared/vocabulary/operator-directory';

const ROOT = join(__dirname, '..', '..', '..');

interface ComposeService {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, object>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
}

const TEXT = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const FILE: ComposeFile = parse(TEXT, { merge: true });
const SERVICES = Object.entries(FILE.services);
const PROGRAMS = SERVICES.filter(([, service]) => service.command[0]?.startsWith('dist/'));
const SERVING = PROGRAMS.filter(([, service]) => service.command[1] === 'serve');
const DATABASES = SERVICES.filter(([, service]) => service.image.startsWith('postgres:'));
const OWNERS = ['numbering', 'fraud-cases', ...DEMO_OPERATORS.map((operator) => operator.code)];

const sourceOf = (service: ComposeService): string =>
  (service.command[0] ?? '').replace(/^dist\//, '').replace(/\.js$/, '.ts');

describe('docker-compose.yml', () => {
  test('has one service for each program, and one PostgreSQL for each organisation', () => {
    expect(SERVING.map(([name]) => name).sort()).toEqual([...OWNERS, 'gateway'].sort());
    expect(DATABASES.map(([name]) => name).sort()).toEqual(OWNERS.map((owner) => `${owner}-db`).sort());
    expect(new Set(DATABASES.map(([, service]) => service.image))).toEqual(new Set(['postgres:18-bookworm']));
  });

  test('names entry files, networks, volumes and documents that exist', () => {
    for (const [, service] of PROGRAMS) expect(existsSync(join(ROOT, sourceOf(service)))).toBe(true);
    for (const [, service] of SERVICES) {
      for (const network of service.networks) expect(Object.keys(FILE.networks)).toContain(network);
      for (const volume of service.volumes ?? []) expect(Object.keys(FILE.volumes)).toContain(volume.split(':')[0]);
      for (const { source } of service.configs ?? []) expect(Object.keys(FILE.configs)).toContain(source);
      for (const other of Object.keys(service.depends_on ?? {})) expect(Object.keys(FILE.services)).toContain(other);
    }
  });

  test.each(OWNERS)('lets nobody but %s and its migration reach its database', (owner) => {
    const reaching = SERVICES.filter(([, service]) => service.networks.includes(`${owner}-data`)).map(([name]) => name);
    expect(reaching.sort()).toEqual([owner, `${owner}-db`, `${owner}-migrate`].sort());
    expect(FILE.services[`${owner}-db`]?.networks).toEqual([`${owner}-data`]);
    expect(FILE.networks[`${owner}-data`]).toEqual({ internal: true });
  });

  test('publishes the gateway on loopback and nothing else', () => {
    const published = SERVICES.flatMap(([name, service]) => (service.ports ?? []).map((port) => [name, port]));
    expect(published).toEqual([['gateway', '127.0.0.1:4000:8080']]);
  });

  test('lets operators meet the bank’s side on one network only', () => {
    for (const { code } of DEMO_OPERATORS) expect(FILE.services[code]?.networks).toEqual(['exchange', `${code}-data`]);
    expect(
      SERVICES.filter(([, service]) => service.networks.includes('exchange'))
        .map(([name]) => name)
        .sort(),
    ).toEqual(['gateway', 'numbering', ...DEMO_OPERATORS.map(({ code }) => code)].sort());
  });

  test.each(OWNERS)('migrates %s’s database when it is healthy and serves when that is done', (owner) => {
    expect(FILE.services[`${owner}-migrate`]).toMatchObject({
      command: [FILE.services[owner]?.command[0], 'migrate'],
      restart: 'no',
      depends_on: { [`${owner}-db`]: { condition: 'service_healthy' } },
    });
    expect(FILE.services[owner]?.depends_on).toEqual({
      [`${owner}-migrate`]: { condition: 'service_completed_successfully' },
    });
    expect(FILE.services[`${owner}-db`]?.healthcheck).toBeDefined();
  });

  test('sets only variables that the program’s config.ts reads, and every one that has no default', () => {
    for (const [name, service] of SERVING) {
      const house = sourceOf(service).replace(/main\.ts$/, 'config.ts');
      const { names, required } = variablesIn(readFileSync(join(ROOT, house), 'utf8'));
      const given = Object.keys(service.environment);
      expect({ name, unknown: given.filter((variable) => !names.has(variable)) }).toEqual({ name, unknown: [] });
      // HOST and PORT come with the image.
      const missing = required.filter((variable) => !given.includes(variable) && variable !== 'PORT');
      expect({ name, missing }).toEqual({ name, missing: [] });
    }
  });

  test('writes no password and gives none a default', () => {
    for (const [, service] of SERVICES) {
      for (const [name, value] of Object.entries(service.environment)) {
        const secret = name === 'POSTGRES_PASSWORD' ? value : /:\/\/[^:]+:(.+)@/.exec(value)?.[1];
        if (secret !== undefined) expect(secret).toMatch(/^\$\{[A-Z0-9_]+_DB_PASSWORD:\?[^}]+\}$/);
      }
    }
    for (const owner of OWNERS) {
      const variable = `\${${owner.toUpperCase().replaceAll('-', '_')}_DB_PASSWORD:?`;
      expect(FILE.services[owner]?.environment.DATABASE_URL).toContain(variable);
      expect(FILE.services[`${owner}-db`]?.environment.POSTGRES_PASSWORD?.startsWith(variable)).toBe(true);
    }
  });

  test('keeps statements’ values out of every database’s log', () => {
    for (const [, service] of DATABASES) {
      expect(service.command).toEqual(
        expect.arrayContaining(['log_error_verbosity=terse', 'log_parameter_max_length_on_error=0']),
      );
    }
  });

  test('lists the operators that it runs, where it runs them', () => {
    const directory = parseOperatorDirectory(FILE.configs.operators?.content ?? '');
    expect(directory.ok && directory.value.operators.map(({ code, endpoint }) => [code, endpoint])).toEqual(
      DEMO_OPERATORS.map(({ code }) => [code, `http://${code}:8080/graphql`]),
    );
    for (const [name, service] of SERVING) {
      const file = service.environment.OPERATORS_FILE;
      expect({ name, file }).toEqual({ name, file: service.configs?.[0]?.target });
    }
  });
});

describe('Dockerfile', () => {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n');

  test('copies what exists, runs as an ordinary user, and leaves the embedded PostgreSQL out', () => {
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    for (const path of copied) expect({ path, exists: existsSync(join(ROOT, path)) }).toEqual({ path, exists: true });
    expect(lines).toContain('USER node');
    expect(lines).toContain('RUN npm ci --omit=dev --omit=optional --ignore-scripts');
    const folders = /"include": \[([^\]]+)\]/.exec(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'))?.[1] ?? '';
    for (const folder of folders.replaceAll('"', '').split(', ')) expect(copied).toContain(folder);
  });

  test('runs a program that exists unless told otherwise', () => {
    const program = /^CMD \["dist\/(.+)\.js", "serve"\]$/m.exec(lines.join('\n'))?.[1];
    expect(existsSync(join(ROOT, `${program}.ts`))).toBe(true);
  });
});

/** Variables that a config.ts declares, and those of them that a program cannot do without. */
function variablesIn(text: string): { readonly names: ReadonlySet<string>; readonly required: readonly string[] } {
  const declared = [...text.matchAll(/^ {2}([A-Z][A-Z0-9_]+)(?::|,)(.*(?:\n {4,}.*)*)/gm)];
  return {
    names: new Set(declared.map((match) => match[1] ?? '')),
    required: declared.filter((match) => !/default\(|optional\(/.test(match[2] ?? '')).map((match) => match[1] ?? ''),
  };
}
