// docker-compose.yml and Dockerfile, read as documents, because no Docker can be relied on: every path exists, every program is told
// what its config.ts asks for, no party reaches another's database, and no password is written down.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ENVIRONMENT as GATEWAY, readConfig as readGatewayConfig } from '../../../gateway/config';
import { ENVIRONMENT as CEREMONY, readConfig as readCeremonyConfig } from '../../../shared/ceremony/config';
import { keyPath, parseParties } from '../../../shared/ceremony/parties';
import { TLS_CERTIFICATE, TLS_KEY } from '../../../shared/ceremony/transport-files';
import { DEMO_OPERATORS } from '../../../shared/local-network/demo-data/demo-operator';
import { keyHolders } from '../../../shared/local-network/identity-layout';
import { partiesDocument } from '../../../shared/local-network/joint-log-layout';
import type { Environment } from '../../../shared/service/environment';
import { parseOperatorDirectory } from '../../../shared/vocabulary/operator-directory';
import type { Result } from '../../../shared/vocabulary/result';
import { readWitnessConfig, ENVIRONMENT as WITNESS } from '../../../shared/witness/config';
import { ENVIRONMENT as CASES, readServiceConfig as readCasesConfig } from '../../../subgraphs/fraud-cases/config';
import {
  ENVIRONMENT as NUMBERING,
  readServiceConfig as readNumberingConfig,
} from '../../../subgraphs/numbering/config';
import { ENVIRONMENT as OPERATOR, readServiceConfig as readOperatorConfig } from '../../../subgraphs/operator/config';

const ROOT = join(__dirname, '..', '..', '..');

interface ComposeService {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly networks?: readonly string[];
  readonly network_mode?: string;
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

/** Whoever has a folder of keys, and the program that reads it. */
const HOLDERS: Readonly<Record<string, string>> = {
  afc: 'fraud-cases',
  'afc-gateway': 'gateway',
  'afc-numbering': 'numbering',
  'afc-dispatcher': 'fraud-cases',
  numbering: 'numbering',
  ...Object.fromEntries([...DEMO_OPERATORS.map(({ code }) => code), 'regulator'].map((name) => [name, name])),
};
const KEYS = '/etc/senim/keys';

/** What stands in .env: who gives tokens in production. */
const IN_ENV: Readonly<Record<string, string>> = {
  ISSUER_URL: 'https://id.example.test',
  TOKEN_ENDPOINT: 'https://id.example.test/token',
};

/** A value as compose hands it to a program: what .env says, else what the file itself says instead. */
const filledIn = (value: string): string =>
  value.replace(/\$\{([A-Z_]+):([?-])([^}]*)\}/g, (_, name: string, sign: string, rest: string) =>
    sign === '-' ? rest : (IN_ENV[name] ?? 'filled-in'),
  );

/** What each program's config.ts says that it reads, and how it reads it. */
const PROGRAMS_BY_SOURCE: Readonly<
  Record<string, { readonly lines: readonly string[]; readonly read: (given: Environment) => Result<unknown, unknown> }>
> = {
  'gateway/main.ts': { lines: GATEWAY, read: readGatewayConfig },
  'shared/ceremony/main.ts': { lines: CEREMONY, read: readCeremonyConfig },
  'shared/witness/main.ts': { lines: WITNESS, read: readWitnessConfig },
  'subgraphs/numbering/main.ts': { lines: NUMBERING, read: readNumberingConfig },
  'subgraphs/fraud-cases/main.ts': { lines: CASES, read: readCasesConfig },
  'subgraphs/operator/main.ts': {
    lines: OPERATOR,
    read: readOperatorConfig,
  },
};

const networksOf = (service: ComposeService): readonly string[] => service.networks ?? [];
const mountsOf = (service: ComposeService): readonly string[] => service.volumes ?? [];
const sourceOf = (service: ComposeService): string =>
  (service.command[0] ?? '').replace(/^dist\//, '').replace(/\.js$/, '.ts');

describe('docker-compose.yml', () => {
  test('has one service for each program, and one PostgreSQL for each organisation', () => {
    expect(SERVING.map(([name]) => name).sort()).toEqual([...OWNERS, 'gateway', 'regulator'].sort());
    expect(DATABASES.map(([name]) => name).sort()).toEqual(OWNERS.map((owner) => `${owner}-db`).sort());
    expect(new Set(DATABASES.map(([, service]) => service.image))).toEqual(new Set(['postgres:18-bookworm']));
  });

  test('names entry files, networks, volumes and documents that exist', () => {
    for (const [, service] of PROGRAMS) expect(existsSync(join(ROOT, sourceOf(service)))).toBe(true);
    for (const [, service] of SERVICES) {
      for (const network of networksOf(service)) expect(Object.keys(FILE.networks)).toContain(network);
      for (const volume of service.volumes ?? []) expect(Object.keys(FILE.volumes)).toContain(volume.split(':')[0]);
      for (const { source } of service.configs ?? []) expect(Object.keys(FILE.configs)).toContain(source);
      for (const other of Object.keys(service.depends_on ?? {})) expect(Object.keys(FILE.services)).toContain(other);
    }
  });

  test.each(OWNERS)('lets nobody but %s and its migration reach its database', (owner) => {
    const reaching = SERVICES.filter(([, service]) => networksOf(service).includes(`${owner}-data`)).map(
      ([name]) => name,
    );
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
      SERVICES.filter(([, service]) => networksOf(service).includes('exchange'))
        .map(([name]) => name)
        .sort(),
    ).toEqual(['gateway', 'numbering', 'fraud-cases', 'regulator', ...DEMO_OPERATORS.map(({ code }) => code)].sort());
  });

  test.each(OWNERS)('migrates %s’s database when it is healthy and serves when that is done', (owner) => {
    expect(FILE.services[`${owner}-migrate`]).toMatchObject({
      command: [FILE.services[owner]?.command[0], 'migrate'],
      restart: 'no',
      depends_on: { [`${owner}-db`]: { condition: 'service_healthy' } },
    });
    const done = { condition: 'service_completed_successfully' };
    expect(FILE.services[owner]?.depends_on).toEqual({ [`${owner}-migrate`]: done, ceremony: done });
    expect(FILE.services[`${owner}-db`]?.healthcheck).toBeDefined();
  });

  test('tells each program everything that its config.ts needs, and nothing that it does not read', () => {
    for (const [name, service] of PROGRAMS) {
      const program = PROGRAMS_BY_SOURCE[sourceOf(service)];
      const known = program?.lines.map((line) => line.split(' ')[0]) ?? [];
      const unknown = Object.keys(service.environment).filter((variable) => !known.includes(variable));
      expect({ name, unknown }).toEqual({ name, unknown: [] });
      if (service.command[1] === 'migrate') continue;
      // HOST and PORT come with the image.
      const told = Object.entries(service.environment).map(([variable, value]) => [variable, filledIn(value)]);
      const read = program?.read({ HOST: '0.0.0.0', PORT: '8080', ...Object.fromEntries(told) });
      expect({ name, read: read?.ok ? 'whole' : read?.error }).toEqual({ name, read: 'whole' });
    }
  });

  test('gives every party’s keys to its own program alone, and nobody may change them but the ceremony', () => {
    const mounts = SERVICES.flatMap(([name, service]) => mountsOf(service).map((mount) => [name, mount] as const));
    for (const [holder, program] of Object.entries(HOLDERS)) {
      const volume = `${holder}-keys:${KEYS}/${holder}`;
      expect(mounts.filter(([, mount]) => `${mount}:`.startsWith(`${volume}:`)).toSorted()).toEqual(
        [['ceremony', volume] as const, [program, `${volume}:ro`] as const].toSorted(),
      );
      expect(mounts.filter(([, mount]) => `${mount}:`.includes(`${KEYS}/${holder}:`))).toHaveLength(2);
    }
    expect(mounts.filter(([, mount]) => mount.includes(KEYS))).toHaveLength(2 * Object.keys(HOLDERS).length);
    const trusting = mounts.filter(([, mount]) => mount.startsWith('trust:'));
    expect(trusting.filter(([, mount]) => !mount.endsWith(':ro'))).toEqual([['ceremony', 'trust:/etc/senim/trust']]);
    expect(FILE.services.ceremony?.network_mode).toBe('none');
    const states = mounts.filter(([, mount]) => mount.split(':')[0]?.endsWith('-state'));
    expect(states).toEqual(
      ['regulator', 'fraud-cases', ...DEMO_OPERATORS.map(({ code }) => code)].map((name) => [
        name,
        `${name}-state:/var/lib/senim`,
      ]),
    );
  });

  test('names key files that the ceremony makes, each at its own party and for its own purpose', () => {
    const parties = parseParties(FILE.configs.parties?.content ?? '');
    if (!parties.ok) throw new Error(parties.error);
    const files = [
      ...parties.value.parties.flatMap((party) => party.keys.map((role) => keyPath(party, role))),
      ...(parties.value.certificates ?? []).flatMap(({ programs }) =>
        programs.map(({ holder }) => `${holder}/${TLS_KEY}`),
      ),
      ...(parties.value.others ?? []).flatMap(({ code, keys, secrets }) => [
        ...keys.map((name) => `${code}/${name}.pem`),
        ...secrets.map((name) => `${code}/${name}.key`),
      ]),
    ].map((path) => `${KEYS}/${path}`);
    const named = SERVING.flatMap(([, service]) =>
      Object.entries(service.environment).filter(([variable]) => variable.endsWith('_KEY_FILE')),
    );
    for (const [variable, path] of named) {
      const purpose = variable === 'DISPATCHER_KEY_FILE' ? 'client' : variable.replace('_KEY_FILE', '').toLowerCase();
      expect(path).toMatch(new RegExp(`/${purpose}\\.(?:pem|key)$`));
    }
    expect(named.map(([, path]) => path).toSorted()).toEqual(files.toSorted());
    expect(FILE.services.ceremony?.environment).toMatchObject({
      PARTIES_FILE: FILE.services.ceremony?.configs?.[0]?.target,
      KEYS_DIR: KEYS,
    });
  });

  test('lets no program be spoken with in the clear: each has its certificate, its key, and a book of whom it has to do with', () => {
    const parties = parseParties(FILE.configs.parties?.content ?? '');
    if (!parties.ok) throw new Error(parties.error);
    const certified = (parties.value.certificates ?? []).flatMap(({ code, programs }) =>
      programs.map((program) => ({ ...program, party: code })),
    );
    expect(certified.map(({ name }) => name).toSorted()).toEqual(SERVING.map(([name]) => name).toSorted());
    expect(new Set(certified.map(({ uri }) => uri)).size).toBe(certified.length);
    const { TRANSPORT_DIR: folder } = FILE.services.ceremony?.environment ?? {};
    for (const { name, holder, hosts, party } of certified) {
      const environment: Readonly<Record<string, string>> = FILE.services[name]?.environment ?? {};
      expect(environment).toMatchObject({
        TLS_CERT_FILE: `${KEYS}/${holder}/${TLS_CERTIFICATE}`,
        TLS_KEY_FILE: `${KEYS}/${holder}/${TLS_KEY}`,
        TLS_PEERS_FILE: `${folder}/${name}.json`,
      });
      expect(HOLDERS[holder]).toBe(name);
      expect(hosts).toContain(name);
      expect(party).toBe(['gateway', 'numbering', 'fraud-cases'].includes(name) ? 'afc' : name);
      expect(mountsOf(FILE.services[name] ?? ({} as ComposeService))).toContain(`transport:${folder}:ro`);
      // Whoever is called is known to who calls, and the other way round.
      for (const url of Object.values(environment).flatMap(
        (value) => /^https?:\/\/([a-z0-9-]+):/.exec(value)?.[1] ?? [],
      )) {
        expect(certified.find((each) => each.name === name)?.peers).toContain(url);
        expect(certified.find((each) => each.name === url)?.peers).toContain(name);
      }
    }
    expect(TEXT.replace('http://127.0.0.1', '')).not.toMatch(/http:\/\//);
    const written = SERVICES.flatMap(([name, service]) => mountsOf(service).map((mount) => [name, mount] as const));
    expect(written.filter(([, mount]) => mount.startsWith('transport:') && !mount.endsWith(':ro'))).toEqual([
      ['ceremony', `transport:${folder}`],
    ]);
  });

  test('is refused by every program when its certificates are left out', () => {
    for (const [name, service] of SERVING) {
      const told = Object.entries(service.environment).filter(([variable]) => !variable.startsWith('TLS_'));
      const filled = Object.fromEntries(told.map(([variable, value]) => [variable, filledIn(value)]));
      const read = PROGRAMS_BY_SOURCE[sourceOf(service)]?.read({ HOST: '0.0.0.0', PORT: '8080', ...filled });
      expect({ name, refused: read?.ok === false && read.error }).toEqual({
        name,
        refused: [expect.stringContaining('nothing is answered beyond it')],
      });
    }
  });

  test('has the same parties, quorum and addresses as a local network', () => {
    const origins = new Map([...OWNERS, 'regulator'].map((name) => [name, `https://${name}:8080`]));
    const codes = DEMO_OPERATORS.map(({ code }) => code);
    const local = partiesDocument(codes, origins);
    const { others, certificates: _certificates, ...parties } = JSON.parse(FILE.configs.parties?.content ?? '');
    expect({ ...parties, origin: '' }).toEqual({ ...local, origin: '' });
    const holders = keyHolders() as readonly { readonly code: string }[];
    // Who gives tokens here, and to whom else, is the issuer's affair.
    expect(others).toEqual(
      holders
        .filter(({ code }) => HOLDERS[code] !== undefined)
        .map((holder) => Object.fromEntries(Object.entries(holder).filter(([, value]) => value.length > 0))),
    );
    for (const code of codes) expect(FILE.services[code]?.environment.LOG_URL).toBe('https://fraud-cases:8080');
  });

  test('leaves who gives tokens to whoever runs it, and lets nobody but gateway and fraud-cases out to it', () => {
    for (const name of ['gateway', 'fraud-cases']) {
      expect(FILE.services[name]?.environment.ISSUER_URL).toBe(`\${ISSUER_URL:?set ISSUER_URL in .env}`);
    }
    expect(SERVICES.filter(([, { command }]) => command.join(' ').includes('identity'))).toEqual([]);
    const ways = Object.keys(FILE.networks).filter((name) => FILE.networks[name]?.internal !== true);
    const out = SERVICES.filter(([, service]) => networksOf(service).some((network) => ways.includes(network)));
    expect(out.map(([name]) => name).toSorted()).toEqual(['fraud-cases', 'gateway']);
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
      DEMO_OPERATORS.map(({ code }) => [code, `https://${code}:8080/graphql`]),
    );
    // The ceremony puts the operators' public keys into it, by which their answers are believed.
    const { TRANSPORT_DIR, OPERATORS_FILE } = FILE.services.ceremony?.environment ?? {};
    expect(FILE.services.ceremony?.configs).toContainEqual({ source: 'operators', target: OPERATORS_FILE });
    const readers = SERVING.filter(([, { environment }]) => environment.OPERATORS_FILE !== undefined);
    expect(readers.map(([name]) => name).toSorted()).toEqual(['gateway', 'numbering']);
    for (const [name, { environment }] of readers) {
      expect({ name, file: environment.OPERATORS_FILE }).toEqual({ name, file: `${TRANSPORT_DIR}/operators.json` });
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

  test('has a folder of each party’s keys, for the user who runs the programs', () => {
    const parties = /for party in ([a-z0-9 -]+); do install -d -o node -g node -m 700 /.exec(lines.join('\n'))?.[1];
    expect(parties?.split(' ')).toEqual(Object.keys(HOLDERS));
  });

  test('asks for its health by a program that exists', () => {
    const program = /^HEALTHCHECK .* CMD \["node", "dist\/(.+)\.js"\]$/m.exec(lines.join('\n'))?.[1];
    expect(existsSync(join(ROOT, `${program}.ts`))).toBe(true);
    expect(lines.join('\n')).toMatch(/install -d -o node -g node .*\/etc\/senim\/transport/);
  });

  test('runs a program that exists unless told otherwise', () => {
    const program = /^CMD \["dist\/(.+)\.js", "serve"\]$/m.exec(lines.join('\n'))?.[1];
    expect(existsSync(join(ROOT, `${program}.ts`))).toBe(true);
  });
});
