// The README tells the truth: its first query gets the answer that stands below it, its commands exist and print a usage, and the
// paths it names are there.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { DEMO_USERS } from '../../shared/local-network/demo-users';
import { askGraphQL } from '../support/http-call';
import { run, startTestNetwork, type TestNetwork } from '../support/network';

const ROOT = join(__dirname, '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const SCRIPTS: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;

/** The fenced blocks of one language, in order. */
const blocks = (language: string): readonly string[] =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '');

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
}, 120_000);

afterAll(async () => {
  await network?.stop();
}, 60_000);

it('answers the first query as the README says', async () => {
  const [query] = blocks('graphql');
  const [variables, answer] = blocks('json').map((text) => JSON.parse(text));
  const headers = { authorization: `Bearer ${await network.tokenOf('investigator-1')}` };
  const told = await askGraphQL(new URL(network.record().gateway.url).origin, query ?? '', variables, headers);
  expect({ data: told.data, ...(told.errors.length === 0 ? {} : { errors: told.errors }) }).toEqual(answer);
});

it('names commands that exist, and each prints its usage', async () => {
  const named = new Set([...README.matchAll(/npm (?:run (?:-s )?)?([a-z:]+)/g)].map((match) => match[1] ?? ''));
  named.delete('ci');
  expect([...named].filter((name) => SCRIPTS[name] === undefined)).toEqual([]);
  for (const name of named) {
    const file = / (dist\/\S+\.js)$/.exec(SCRIPTS[name] ?? '')?.[1];
    if (file === undefined || file.startsWith('dist/test/')) continue;
    const { exitCode, stdout } = await run(join(ROOT, file), ['--help']);
    expect([name, exitCode]).toEqual([name, 0]);
    expect(stdout.toLowerCase()).toContain('usage');
  }
}, 60_000);

it('runs the dossier commands of the README', async () => {
  const commands = [...README.matchAll(/^npm run -s dossier -- (\+\d.*)$/gm)].map((match) => match[1] ?? '');
  const [ported, own, colleague] = await Promise.all(
    commands.map((words) => network.command('dossier', ...words.split(' '))),
  );
  expect(commands).toHaveLength(3);
  expect([ported?.exitCode, own?.exitCode, colleague?.exitCode]).toEqual([0, 0, 0]);
  expect(ported?.stdout).toMatch(/ANSWERED +Tele2, Kcell/);
  expect(own?.stdout).toMatch(/Holder +\S+ \S+ \S+, IIN \d{12}$/m);
  expect(own?.stdout).not.toContain('WITHHELD');
  expect(colleague?.stdout).toMatch(/Holder +\S\*+ \S\., IIN \*{8}\d{4}$/m);
  expect(colleague?.stdout).toMatch(/^WITHHELD +iin, fullName, usage:/m);
});

it('gives the token of the README to whoever it names, and the gateway takes it', async () => {
  const [, user = ''] = /npm run -s token -- ([a-z0-9-]+)\)/.exec(README) ?? [];
  const { exitCode, stdout, stderr } = await network.command('token', user);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const { issuer } = network.record().identity;
  const { payload } = await jwtVerify(stdout.trim(), createRemoteJWKSet(new URL(`${issuer}/jwks`)), {
    issuer,
    audience: 'senim',
    typ: 'at+jwt',
  });
  expect(payload).toMatchObject({ sub: user, org: 'afc', roles: ['INVESTIGATOR'], unit: 'almaty-1' });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);
  const origin = new URL(network.record().gateway.url).origin;
  const headers = { authorization: `Bearer ${stdout.trim()}` };
  expect(await askGraphQL(origin, '{ __typename }', {}, headers)).toMatchObject({ data: { __typename: 'Query' } });
});

it('asks the gateway by the lines of the README, with a token and with one that is bound to a key', async () => {
  const lines = blocks('sh').filter((block) => block.includes('curl '));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const token = `${process.execPath} ${join(ROOT, 'dist', 'shared', 'local-network', 'token.js')}`;
    const here = line
      .replace('http://127.0.0.1:4000', new URL(network.record().gateway.url).origin)
      .replace(/npm run -s token -- ([a-z0-9-]+)/, `${token} $1 --data ${network.folder}`);
    const { stdout } = await promisify(execFile)('sh', ['-c', here]);
    expect(JSON.parse(stdout)).toEqual({ data: { __typename: 'Query' } });
  }
});

it('names every user of the demonstration', () => {
  const section = README.slice(README.indexOf('## Signing in'), README.indexOf('## Who sees what'));
  const told = [...section.matchAll(/`([a-z0-9-]+)`(?: and `-(\d)`)?/g)].flatMap(([, name = '', second]) =>
    second === undefined ? [name] : [name, name.replace(/\d$/, second)],
  );
  for (const { name } of DEMO_USERS) expect(told).toContain(name);
});

it('names files and folders that are there', () => {
  const paths = [...README.matchAll(/`((?:gateway|shared|subgraphs|test)\/[^`*\s]*)`/g)].map((match) => match[1] ?? '');
  expect(paths.length).toBeGreaterThan(8);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
