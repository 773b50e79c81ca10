// The operator's program as it is delivered, in a process of its own: what a thief with every key of the gateway reads of it, which is nothing
// without the bank's grant, and what is left of that when the process is killed and another one takes its place.

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Grant, signGrant, subjectKey } from '../../../shared/access/lookup-grant';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import { msToInstant } from '../../../shared/vocabulary/instant';
import { policyText } from '../../shared/audit-log/log-network';
import { grantFor, type SignedPost, signedHeaders } from '../../support/granted-reader';
import { PROJECT_ROOT } from '../../support/project-root';
import { GATEWAY_KEY, GRANT_KEY, NUMBERING_KEY, writeOperatorFiles } from './log/log-fixture';
import {
  contract,
  createOperatorDatabase,
  daysAgo,
  iinOf,
  type OperatorDatabase,
  person,
  tenure,
} from './operator-fixture';

const CODE = 'kcell';
const NOWHERE = 'http://127.0.0.1:9';
const SINCE = daysAgo(100);
const [NUMBER, OTHER] = ['+77015550001', '+77015550002'];
const [IIN, OTHER_IIN] = [iinOf(1), iinOf(2)];
const SUBJECT = subjectKey('OperatorTenure', NUMBER, SINCE);
const PERSONAL = new RegExp(`Ахметов|А\\*+|${IIN}|${OTHER_IIN}|\\*{8}`);
const READ =
  'query ($keys: [_Any!]!) { _entities(representations: $keys) { ... on OperatorTenure { contract { subscriber { iin fullName maskedIin maskedName } } } } }';
const key = (msisdn: string) => ({ __typename: 'OperatorTenure', msisdn, operatorCode: CODE, since: SINCE });
const bodyOf = (...msisdns: readonly string[]) =>
  JSON.stringify({ query: READ, variables: { keys: msisdns.map(key) } });
const granted = (changes: Partial<Grant> = {}, by: KeyPair = GRANT_KEY) => ({
  'afc-grant': signGrant(grantFor(CODE, [SUBJECT], changes), by),
});

let database: OperatorDatabase;
let folder: string;
let program: Program;

beforeAll(async () => {
  database = await createOperatorDatabase([
    person('p1', IIN),
    person('p2', OTHER_IIN),
    tenure(NUMBER, SINCE),
    tenure(OTHER, SINCE),
    contract({ id: 'c1', msisdn: NUMBER, since: SINCE, subscriberId: 'p1' }),
    contract({ id: 'c2', msisdn: OTHER, since: SINCE, subscriberId: 'p2' }),
  ]);
  folder = mkdtempSync(join(tmpdir(), 'senim-operator-process-'));
  program = await startProgram();
}, 60_000);
afterAll(async () => {
  await program?.end('SIGTERM');
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Program {
  readonly url: string;
  /** What it has written so far. */
  output(): string;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the program over the one database; `npm run build` makes it. */
async function startProgram(): Promise<Program> {
  const files = writeOperatorFiles(
    join(folder, 'files'),
    CODE,
    policyText(() => NOWHERE),
    NOWHERE,
  );
  const child: ChildProcess = spawn(process.execPath, [join('dist', 'subgraphs', 'operator', 'main.js'), 'serve'], {
    cwd: PROJECT_ROOT,
    env: { ...files, DATABASE_URL: database.url, OPERATOR_CODE: CODE, PORT: '0', PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let written = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (written += String(text)));
  for (;;) {
    const [, url] = /"url":"(http:[^"]+)"/.exec(written) ?? [];
    if (url !== undefined) {
      return {
        url,
        output: () => written,
        async end(signal) {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const ended = once(child, 'exit');
          child.kill(signal);
          await ended;
        },
      };
    }
    if (child.exitCode !== null) throw new Error(`The operator ended: ${written}`);
    await sleep(20);
  }
}

async function send(body: string, headers: Readonly<Record<string, string>>) {
  const response = await fetch(`${program.url}/graphql`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}
const ask = (post: SignedPost) => send(post.body, signedHeaders(post));
const alarmsSince = (place: number) =>
  [
    ...program
      .output()
      .slice(place)
      .matchAll(/"alarm":"([A-Z_]+)"/g),
  ].map(([, word]) => word);
async function countOf(metric: string): Promise<number> {
  const text = await (await fetch(`${program.url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${metric} `) || one.startsWith(`${metric}{`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

describe('with all keys of the gateway and without the grant', () => {
  const past = Date.now() - 130_000;
  it.each<[string, string, Readonly<Record<string, string>>, string?]>([
    ['none', 'NO_GRANT', {}],
    ['one that it signed itself', 'GRANT_UNKNOWN_KEY', granted({}, GATEWAY_KEY)],
    [
      'one of its own under the name of the right key',
      'GRANT_MALFORMED',
      granted({}, { ...GATEWAY_KEY, publicKey: GRANT_KEY.publicKey }),
    ],
    ['one that numbering signed', 'GRANT_UNKNOWN_KEY', granted({}, NUMBERING_KEY)],
    ['one for another operator', 'GRANT_WRONG_AUDIENCE', granted({ audience: 'tele2' })],
    [
      'one of an earlier minute',
      'GRANT_EXPIRED',
      granted({ issuedAt: msToInstant(past), expiresAt: msToInstant(past + 60_000) }),
    ],
    ['one about another number', 'NOT_A_SUBJECT', granted(), bodyOf(OTHER)],
    ['one about one of two numbers', 'NOT_A_SUBJECT', granted(), bodyOf(NUMBER, OTHER)],
  ])('%s, reads nothing, and is told', async (_what, reason, headers, body = bodyOf(NUMBER)) => {
    const place = program.output().length;
    const { status, text } = await ask({ body, headers });
    expect(status).toBe(403);
    expect(text).not.toMatch(PERSONAL);
    await untilTold(() => alarmsSince(place).length > 0);
    expect(alarmsSince(place)).toEqual([reason]);
    expect(program.output()).not.toMatch(PERSONAL);
  });

  it.each<[string, Partial<Grant>, object | null]>([
    [
      'other fields',
      { fields: ['OperatorTenure.contract', 'LineContract.status', 'LineContract.subscriber'] },
      { iin: null, fullName: null, maskedIin: null, maskedName: null },
    ],
    ['no way to the holder', { fields: ['Subscriber.iin', 'Subscriber.fullName', 'Subscriber.maskedName'] }, null],
    [
      'the masked class alone',
      { class: 'MASKED' },
      { iin: null, fullName: null, maskedIin: expect.stringMatching(/^\*{8}/), maskedName: 'А***** К.' },
    ],
  ])('a grant of %s opens nothing else, and what was withheld is counted', async (_what, changes, subscriber) => {
    const before = await countOf('senim_withheld_reads_total');
    const { status, text } = await ask({ body: bodyOf(NUMBER), headers: granted(changes) });
    const { data } = JSON.parse(text) as { readonly data: object };
    expect(status).toBe(200);
    expect(text).not.toMatch(new RegExp(`${IIN}|Ахметов`));
    expect(data).toEqual({ _entities: [{ contract: subscriber === null ? null : { subscriber } }] });
    expect(await countOf('senim_withheld_reads_total')).toBe(before + 1);
  });
});

describe('after its process was killed', () => {
  it('answers an honest retry anew, counts it once, and takes nothing that came before', async () => {
    const jti = randomUUID();
    const post = { body: bodyOf(NUMBER), headers: granted({ jti }) };
    const first = signedHeaders(post);
    const answer = await send(post.body, first);
    expect([answer.status, PERSONAL.test(answer.text)]).toEqual([200, true]);
    const persons = await personsToday();

    await program.end('SIGKILL');
    program = await startProgram();

    const place = program.output().length;
    expect((await send(post.body, first)).status).toBe(401);
    expect(await ask({ body: bodyOf(OTHER), headers: post.headers })).toMatchObject({ status: 403 });
    expect(await ask(post)).toEqual(answer);
    await untilTold(() => alarmsSince(place).length > 1);
    expect(alarmsSince(place)).toEqual(['SIGNATURE_EARLIER', 'NOT_A_SUBJECT']);
    const [row] = await database.dataSource.query(
      'SELECT count(*)::integer AS uses FROM disclosure WHERE grant_id = $1',
      [jti],
    );
    expect([row?.uses, await personsToday()]).toEqual([1, persons]);
  }, 30_000);
});

async function personsToday(): Promise<number> {
  const [row] = await database.dataSource.query(
    'SELECT coalesce(sum(persons), 0)::integer AS persons FROM disclosure_day',
  );
  return row?.persons;
}

async function untilTold(isTold: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !isTold(); turn += 1) await sleep(10);
}
