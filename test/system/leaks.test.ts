// Nobody's number, name or handset where none may be. A network runs through stories and through hostile questions of every role, with its logs
// at their most talkative; then everything that is kept, scraped or mirrored is searched for every person, line and device of the
// demonstration. What the metrics are called is checked against rules and dashboard on the way, because the network is there.

import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DEMO_USERS, type DemoUser } from '../../shared/local-network/demo-users';
import { localFolder } from '../../shared/local-network/local-folder';
import { signIn } from '../../shared/local-network/sign-in';
import { PLAYBILL } from '../../shared/local-network/stories/playbill';
import { createStage } from '../../shared/local-network/stories/stage';
import { ERROR_CATALOGUE } from '../../shared/vocabulary/error-catalogue';
import { codeOfAnswer, type EventListener, listenTo } from '../support/event-listener';
import { createLeakSearch, type LeakSearch, type Secrets } from '../support/leak-search';
import { startTestNetwork, type TestNetwork } from '../support/network';
import {
  askedLabels,
  askedWords,
  expressions,
  metricNames,
  toldLabels,
  toldMetricNames,
} from '../support/operations-files';
import { PROJECT_ROOT } from '../support/project-root';

type Place = readonly [source: string, content: string | Uint8Array];

let network: TestNetwork;
let secrets: Secrets;
let search: LeakSearch;

/** What came to the operators' own endpoints: headers and body, by operator. */
const webhooks: (readonly [operator: string, content: string])[] = [];
const endpoints = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const told = `${JSON.stringify(request.headers)}\n${Buffer.concat(chunks).toString('utf8')}`;
    webhooks.push([request.url?.slice(1) ?? '', told]);
    response.writeHead(204).end();
  });
});
const OPERATORS = ['kcell', 'beeline', 'tele2'] as const;
let settings = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => endpoints.listen(0, '127.0.0.1', resolve));
  const { port } = endpoints.address() as AddressInfo;
  settings = mkdtempSync(join(tmpdir(), 'senim-leaks-'));
  const file = join(settings, 'webhooks.json');
  const told = OPERATORS.map((operatorCode) => ({ operatorCode, url: `http://127.0.0.1:${port}/${operatorCode}` }));
  writeFileSync(file, JSON.stringify({ endpoints: told }));
  network = await startTestNetwork({ scale: 60, environment: { LOG_LEVEL: 'debug', WEBHOOKS_FILE: file } });
  secrets = await secretsOf(network);
  search = createLeakSearch(secrets);
}, 150_000);

afterAll(async () => {
  await network?.stop();
  endpoints.closeAllConnections();
  endpoints.close();
  if (settings !== '') rmSync(settings, { recursive: true, force: true });
}, 60_000);

const originOf = (url: string): string => new URL(url).origin;

/** Where every program answers. */
function programs(): readonly (readonly [name: string, origin: string])[] {
  const { gateway, subgraphs, witnesses, identity } = network.record();
  return [
    ['gateway', originOf(gateway.url)],
    ['numbering', originOf(subgraphs.numbering.url)],
    ['fraud-cases', originOf(subgraphs['fraud-cases'].url)],
    ...Object.entries(subgraphs.operators).map(([code, { url }]) => [code, originOf(url)] as const),
    ...Object.entries(witnesses).map(([name, { url }]) => [name, originOf(url)] as const),
    ['identity', originOf(identity.issuer)],
  ];
}

async function tokenOf(user: DemoUser): Promise<string> {
  const token = await signIn(network.record(), localFolder(network.folder), user);
  if (!token.ok) throw new Error(`${user.name} was given no token: ${token.error}`);
  return token.value;
}

async function rowsIn<Row>(database: string, sql: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Columns by which people, lines and devices are known. */
const COLUMNS = ['msisdn', 'suspect', 'victim', 'iin', 'bin', 'imei', 'imsi', 'iccid', 'full_name'];

/** All of them, out of the databases that hold them. */
async function secretsOf({ record }: TestNetwork): Promise<Secrets> {
  const found = new Map<string, Set<string>>(COLUMNS.map((column) => [column, new Set()]));
  const { numbering, 'fraud-cases': cases, operators } = record().subgraphs;
  for (const { database } of [numbering, cases, ...Object.values(operators)]) {
    const columns = await rowsIn<{ readonly name: string; readonly of: string }>(
      database,
      `SELECT table_name AS of, column_name AS name FROM information_schema.columns
       JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type = 'text'
         AND column_name IN (${COLUMNS.map((column) => `'${column}'`).join(', ')})`,
    );
    for (const { name, of } of columns) {
      const sql = `SELECT DISTINCT ${name} AS value FROM ${of} WHERE ${name} IS NOT NULL`;
      const rows = await rowsIn<{ readonly value: string }>(database, sql);
      for (const { value } of rows) found.get(name)?.add(value);
    }
  }
  const all = (...columns: readonly string[]): string[] => [
    ...new Set(columns.flatMap((column) => [...(found.get(column) ?? [])])),
  ];
  return {
    msisdns: all('msisdn', 'suspect', 'victim'),
    numbers: { iin: all('iin'), bin: all('bin'), imei: all('imei'), imsi: all('imsi'), iccid: all('iccid') },
    names: all('full_name'),
  };
}

/** Finds, as lines that name kind and place. */
function findsIn(places: readonly Place[]): readonly string[] {
  const hits = places.flatMap(([source, content]) => search.hitsIn(source, content));
  return hits.map(({ source, kind, form, around }) => `${source}: ${kind}, ${form}: ${around}`);
}

function filesUnder(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}

/** What every program wrote. The launcher is left out: it shows numbers of the demonstration to the person who started it. */
function logs(): readonly Place[] {
  const { logs: folder, postgres } = localFolder(network.folder);
  const files = [...filesUnder(folder), ...filesUnder(join(postgres, 'postgres.log'))];
  return files.map((file): Place => [file, readFileSync(file)]);
}

async function scrapes(): Promise<readonly (readonly [string, string])[]> {
  return Promise.all(
    programs().map(async ([name, origin]) => {
      const response = await fetch(`${origin}/metrics`);
      return [`${name}/metrics`, response.status === 200 ? await response.text() : ''] as const;
    }),
  );
}

/** One from the middle of each kind. */
function somebody() {
  const { msisdns, numbers, names } = secrets;
  const from = (list: readonly string[] | undefined): string => list?.[Math.floor(list.length / 2)] ?? '';
  const { iin, bin, imei, iccid, imsi } = numbers;
  return {
    msisdn: from(msisdns),
    iin: from(iin),
    bin: from(bin),
    imei: from(imei),
    iccid: from(iccid),
    imsi: from(imsi),
    name: from(names),
  };
}

describe('the search', () => {
  it('knows whom it looks for', () => {
    expect(secrets.msisdns.length).toBeGreaterThan(150);
    expect(secrets.names.length).toBeGreaterThan(100);
    for (const kind of ['iin', 'imei', 'imsi', 'iccid'])
      expect(secrets.numbers[kind]?.length ?? 0).toBeGreaterThan(100);
  });

  it('finds them in whatever form, and nothing in what is harmless', () => {
    const { msisdn, iin, imei, iccid, name } = somebody();
    const [word = ''] = name.match(/\p{L}{4,}/u) ?? [];
    const escaped = (text: string): string =>
      text.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const inner = Buffer.from(`{"iin":"${iin}"}`).toString('base64url');
    const forms: Readonly<Record<string, string>> = {
      plain: `{"msg":"asked for ${msisdn}"}`,
      spaced: `8 (${msisdn.slice(2, 5)}) ${msisdn.slice(5, 8)}-${msisdn.slice(8, 10)}-${msisdn.slice(10)}`,
      national: `msisdn=${msisdn.slice(2)};`,
      iin: `at Object.iin${iin}`,
      imei: `DeviceSighting:${imei}`,
      iccid: `x${iccid}x`,
      name: `no such row: ${name}`,
      word: `"${word.toUpperCase()}"`,
      percent: `/internal/line-course/${encodeURIComponent(msisdn)}`,
      percentName: `?n=${encodeURIComponent(name)}`,
      escaped: `{"name":"${escaped(name)}"}`,
      base64url: `x.${Buffer.from(`{"msisdn":"${msisdn}"}`).toString('base64url')}.y`,
      base64OfWide: `x.${Buffer.from(`iin ${iin}`, 'utf16le').toString('base64')}.y`,
      hexOfWide: `\\x${Buffer.from(name, 'utf16le').swap16().toString('hex')}`,
      hexOfNumber: `\\x${Buffer.from(msisdn).toString('hex')}`,
      twice: Buffer.from(`{"jws":"${inner}"}`).toString('base64'),
      hex: `\\x${Buffer.from(name).toString('hex')}`,
      hash: `\\x01${createHash('sha256').update(msisdn).digest('hex')}`,
      codedHash: createHash('sha256').update(iin).digest('base64url'),
    };
    const missed = Object.entries(forms).filter(([, text]) => search.hitsIn('x', text).length === 0);
    expect(missed.map(([form]) => form)).toEqual([]);
    const wide = [`to ${msisdn}`, `holder ${name}`].map((text) => Buffer.from(`${text};`, 'utf16le'));
    const shifted = wide.map((bytes) => Buffer.concat([Buffer.from([7]), Buffer.from(bytes).swap16()]));
    expect([...wide, ...shifted].filter((bytes) => search.hitsIn('x', bytes).length === 0)).toEqual([]);
    const harmless = [
      `{"time":"${new Date().toISOString()}","pid":123456,"requestId":"0b0f5a3e-6f0c-4a7e-9d58-3a1c5e7f9b10"}`,
      'senim_gateway_operation_seconds_sum{program="gateway"} 0.010925182999999381',
      `{"maskedIin":"********${iin.slice(8)}","maskedName":"${name[0]}***** ${name[0]}.","n":"+7701***4567"}`,
      createHash('sha256').update(`${msisdn}salt`).digest('hex'),
      Buffer.from('nobody at all, in wide letters', 'utf16le').toString('base64'),
    ];
    expect(findsIn(harmless.map((text) => ['harmless', text]))).toEqual([]);
  });
});

describe('a network that has lived', () => {
  /** Answers by who asked what: status and body. */
  const answers: Place[] = [];
  /** Streams that are open while it lives, by who listens to what. */
  const streams: (readonly [who: string, stream: EventListener])[] = [];
  afterAll(() => {
    for (const [, stream] of streams) stream.leave();
  });

  it('is listened to by operators, each for its own orders, and by those to whom nothing is told', async () => {
    const [, gateway = ''] = programs()[0] ?? [];
    const { caseId } = network.record().stories.openCase as { readonly caseId: string };
    const fields = 'id kind state operatorCode target { msisdn } document reason case { id number }';
    const orders = (code: string): string => `subscription { blockOrderIssued(operatorCode: "${code}") { ${fields} } }`;
    const cases = `subscription { caseUpdated(caseId: "${caseId}") { id number assignee subjects { ground number { msisdn } } } }`;
    const asked: readonly (readonly [user: string, query: string, isRefused: boolean])[] = [
      ...OPERATORS.map((code) => [`operator-${code}`, orders(code), false] as const),
      ['operator-beeline', orders('kcell'), true],
      ['operator-tele2', cases, true],
      ['investigator-2', cases, true],
      ['bank-1', cases, true],
      ['portal-1', orders('kcell'), true],
    ];
    for (const [name, query, isRefused] of asked) {
      const user = DEMO_USERS.find((each) => each.name === name);
      if (user === undefined) throw new Error(`There is no ${name}.`);
      const stream = await listenTo(`${gateway}/graphql`, await tokenOf(user), query);
      if (!isRefused) {
        streams.push([name, stream]);
        continue;
      }
      expect([name, (await stream.ended) === 'BROKEN', stream.answers.map(codeOfAnswer)]).toEqual([
        name,
        false,
        ['FORBIDDEN'],
      ]);
      expect(stream.answers.map(({ data }) => data ?? null)).toEqual([null]);
    }
  });

  it.each(PLAYBILL.filter(({ number }) => [2, 4, 6, 9].includes(number)))(
    'story $number: $title',
    async ({ play }) => {
      const quiet = { tell: () => {}, act: () => {}, see: () => {} };
      await play(createStage(network.record(), localFolder(network.folder), quiet));
    },
    60_000,
  );

  it('answers hostile questions of every role', async () => {
    const askers: readonly (readonly [string, string | null])[] = [
      ['nobody', null],
      ...(await Promise.all(DEMO_USERS.map(async (user) => [user.name, await tokenOf(user)] as const))),
    ];
    const [, gateway = ''] = programs()[0] ?? [];
    const answered = async (response: Response): Promise<string> => `${response.status} ${await response.text()}`;
    for (const [asker, token] of askers) {
      const signedIn: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
      const asked = hostileQuestions().map(async ([what, body, headers = {}]): Promise<Place> => {
        const init = { method: 'POST', headers: { 'content-type': 'application/json', ...signedIn, ...headers }, body };
        return [`${asker}: ${what}`, await answered(await fetch(`${gateway}/graphql`, init))];
      });
      answers.push(...(await Promise.all(asked)));
    }
    for (const [name, origin] of programs()) {
      const asked = hostileRequests().map(async ([what, path, init]): Promise<Place> => {
        return [`${name}: ${what}`, await answered(await fetch(`${origin}${path}`, init))];
      });
      answers.push(...(await Promise.all(asked)));
    }
    expect(answers.length).toBeGreaterThan(200);
  }, 60_000);

  it('echoed nobody and nothing of what it was asked, in no error and no refusal', () => {
    const errors = answers.map(([source, text]): Place => [source, withoutData(text)]);
    expect(errors.filter(([, text]) => text.length > 0).length).toBeGreaterThan(200);
    expect(findsIn(errors)).toEqual([]);
  });

  it('gave no person, line or device to a role that may see none', () => {
    const theirs = answers.filter(([source]) => !MAY_LOOK.test(source));
    expect(theirs.length).toBeGreaterThan(150);
    expect(findsIn(theirs)).toEqual([]);
  });

  it('gave none in clear to those who may look, without a case of theirs', () => {
    const theirs = answers.filter(([source]) => MAY_LOOK.test(source));
    expect(theirs.length).toBeGreaterThan(50);
    expect(findsIn(theirs)).toEqual([]);
  });

  it('told none by webhook, whoever it went to', () => {
    expect(webhooks.length).toBeGreaterThan(2);
    expect(findsIn(webhooks.map(([operator, told]): Place => [`webhook of ${operator}`, told]))).toEqual([]);
  });

  it('told no operator of a line that another operator serves, by stream or feed', async () => {
    const { origin } = new URL(network.record().subgraphs['fraud-cases'].url);
    let told = 0;
    for (const code of OPERATORS) {
      const database = network.record().subgraphs.operators[code]?.database ?? '';
      const served = await rowsIn<{ readonly msisdn: string }>(database, 'SELECT DISTINCT msisdn FROM tenure');
      const own = new Set(served.map(({ msisdn }) => msisdn));
      // Whose line it is is told to nobody, and which line to who serves it or did.
      const others = createLeakSearch({ ...secrets, msisdns: secrets.msisdns.filter((msisdn) => !own.has(msisdn)) });
      const user = DEMO_USERS.find(({ name }) => name === `operator-${code}`);
      if (user === undefined) throw new Error(`There is no operator-${code}.`);
      const headers = { authorization: `Bearer ${await tokenOf(user)}` };
      const feed = await fetch(`${origin}/feed/block-orders?limit=200`, { headers });
      expect(feed.status).toBe(200);
      const heard = streams.filter(([name]) => name === user.name).flatMap(([, stream]) => stream.answers);
      told += heard.length;
      const bodies = [await feed.text(), JSON.stringify(heard)];
      expect(bodies.flatMap((body) => others.hitsIn(code, body).map(({ kind, around }) => [kind, around]))).toEqual([]);
      // And it would be found: what is told to this one is too much for each of the others.
      if (heard.length > 0) expect(bodies.flatMap((body) => search.hitsIn(code, body)).length).toBeGreaterThan(0);
    }
    expect(told).toBeGreaterThan(1);
  });

  it('wrote none into any log', () => {
    const places = logs();
    expect(places.length).toBeGreaterThan(programs().length);
    for (const [name] of programs()) expect(places.filter(([file]) => String(file).includes(name))).not.toEqual([]);
    expect(places.reduce((bytes, [, content]) => bytes + content.length, 0)).toBeGreaterThan(10_000);
    expect(findsIn(places)).toEqual([]);
  });

  it('tells none in its metrics, under no label that is not a word', async () => {
    const told = await scrapes();
    expect(told.filter(([, text]) => !text.includes('process_resident_memory_bytes'))).toEqual([]);
    expect(findsIn(told)).toEqual([]);
    const values = told.flatMap(([, text]) => [...text.matchAll(/[a-z_]+="([^"]*)"/g)].map(([, value = '']) => value));
    expect([...new Set(values)].filter((value) => !/^(?:[A-Za-z_+-][A-Za-z0-9_.-]*|[0-9.]{1,5})$/.test(value))).toEqual(
      [],
    );
    expect(new Set(values).size).toBeLessThan(200);
  });

  it('tells every metric that rules and dashboard ask for', async () => {
    const told = toldMetricNames((await scrapes()).map(([, text]) => text).join('\n'));
    const asked = expressions().flatMap(([place, expr]) => metricNames(expr).map((name) => [place, name] as const));
    expect(asked.filter(([, name]) => !told.has(name))).toEqual([]);
  });

  it('tells them under every label by which rules and dashboard ask', async () => {
    const told = toldLabels((await scrapes()).map(([, text]) => text).join('\n'));
    const asked = expressions().flatMap(([place, expr]) => askedLabels(expr).map((each) => [place, ...each] as const));
    expect(asked.length).toBeGreaterThan(60);
    // What has happened to nobody yet has no value: of those the program's own text says by which labels it counts.
    const unmet = asked.filter(([, metric, label]) => !(told.get(metric) ?? declaredLabels(metric)).has(label));
    expect(unmet).toEqual([]);
    const silent = [...new Set(asked.map(([, metric]) => metric))].filter((metric) => !told.has(metric));
    expect(
      silent.filter(
        (metric) => !/alarms|order_outbox|parked|strangers|tls_|breaker|overdue|missed|close|failed/.test(metric),
      ),
    ).toEqual([]);
  });

  it('and by words that programs say', () => {
    const asked = expressions().flatMap(([place, expr]) => askedWords(expr).map((each) => [place, ...each] as const));
    expect(asked.length).toBeGreaterThan(10);
    const known = new Set([...Object.keys(ERROR_CATALOGUE), ...SAID]);
    expect(asked.filter(([, , word]) => !known.has(word))).toEqual([]);
  });

  it('keeps none in what can never be erased: the audit tables of every party, but openings and disclosures', async () => {
    const { 'fraud-cases': cases, operators } = network.record().subgraphs;
    const places: Place[] = [];
    for (const [owner, { database }] of [['fraud-cases', cases] as const, ...Object.entries(operators)]) {
      const tables = await rowsIn<{ readonly name: string }>(
        database,
        `SELECT table_name AS name FROM information_schema.tables
         WHERE table_schema = 'audit' AND table_type = 'BASE TABLE' AND table_name NOT IN ('opening', 'disclosure')`,
      );
      expect(tables.length).toBeGreaterThan(5);
      for (const { name } of tables) {
        const rows = await rowsIn<{ readonly row: string }>(database, `SELECT t::text AS row FROM audit.${name} t`);
        places.push([`${owner} audit.${name}`, rows.map(({ row }) => row).join('\n')]);
      }
    }
    expect(places.find(([place]) => place === 'fraud-cases audit.log_entry')?.[1].length).toBeGreaterThan(10_000);
    expect(findsIn(places)).toEqual([]);
  });

  it('lets nobody mirror any: checkpoint, tiles and receipts, and what witnesses and trust hold', async () => {
    const [, bank = ''] = programs().find(([name]) => name === 'fraud-cases') ?? [];
    const note = await (await fetch(`${bank}/log/checkpoint`)).text();
    const size = Number(note.split('\n')[1]);
    const places: Place[] = [['checkpoint', note]];
    for (let tile = 0; tile * 256 < size; tile += 1) {
      const width = Math.min(256, size - tile * 256);
      const path = `/log/tile/0/${String(tile).padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`;
      const response = await fetch(`${bank}${path}`);
      expect([path, response.status]).toEqual([path, 200]);
      places.push([path, new Uint8Array(await response.arrayBuffer())]);
    }
    const { database } = network.record().subgraphs['fraud-cases'];
    const acts = await rowsIn<{ readonly id: string }>(
      database,
      'SELECT DISTINCT ON (kind, author) id FROM audit.act ORDER BY kind, author, recorded_at',
    );
    for (const { id } of acts) {
      places.push([`receipt ${id}`, await (await fetch(`${bank}/log/receipts/${id}`)).text()]);
    }
    const { witnesses, log, trust, operators } = localFolder(network.folder);
    for (const file of [witnesses, log, trust, operators].flatMap(filesUnder)) places.push([file, readFileSync(file)]);
    expect(places.length).toBeGreaterThan(30);
    expect(findsIn(places)).toEqual([]);
  });

  it('and one line that says too much is found where it stands', () => {
    const [file] = filesUnder(localFolder(network.folder).logs).filter((path) => path.includes('gateway'));
    const { msisdn, name } = somebody();
    appendFileSync(file ?? '', `${JSON.stringify({ msg: `nobody answered about ${msisdn}` })}\n`);
    appendFileSync(file ?? '', `${JSON.stringify({ err: { message: `Key (full_name)=(${name}) exists` } })}\n`);
    const found = findsIn(logs());
    expect(found.filter((line) => line.startsWith(`${file}: msisdn`))).toHaveLength(1);
    expect(found.filter((line) => line.startsWith(`${file}: name`)).length).toBeGreaterThan(0);
  });
});

/** Words that stand for more than a code of an answer: of the log, of witnesses, of doors and of connections. */
const SAID = ['HALTED', 'EXTENSION_UNPROVEN', 'OVER_CAP', 'PROTOCOL'];

/** The labels of a family as the program that counts it declares them, with those that every family has. */
function declaredLabels(metric: string): ReadonlySet<string> {
  const families = ['gateway', 'shared', 'subgraphs'].flatMap((folder) => filesUnder(join(PROJECT_ROOT, folder)));
  for (const file of families.filter((name) => name.endsWith('.ts'))) {
    const text = readFileSync(file, 'utf8');
    const [, family] = text.split(`name: '${metric}'`);
    if (family === undefined) continue;
    const [, word = '', list] = /^[^}]*?labels: (?:([a-z]\w*)|\[([^\]]*)\])/.exec(family) ?? [];
    const labels = list ?? new RegExp(`const ${word} = \\[([^\\]]*)\\]`).exec(text)?.[1] ?? '';
    const own = [...labels.matchAll(/'([a-z_]+)'/g)].map(([, label = '']) => label);
    return new Set([...own, 'program', 'party', 'job', 'instance']);
  }
  return new Set();
}

/** Roles that may see a person for a case; whatever else is asked here is for no case of theirs. */
const MAY_LOOK = /^(?:investigator|supervisor|appeals)-/;

/** What is told besides data: everything of a refusal, the errors of an answer. */
function withoutData(answer: string | Uint8Array): string {
  const text = String(answer);
  try {
    return JSON.stringify({ ...JSON.parse(text.slice(text.indexOf(' '))), data: null });
  } catch {
    return text;
  }
}

/** Questions that try to be told too much, or to be told their own words again. Fields that would answer with the number itself are not asked. */
function hostileQuestions(): readonly (readonly [
  what: string,
  body: string,
  headers?: Readonly<Record<string, string>>,
])[] {
  const { msisdn, iin, bin, imei, name } = somebody();
  const ask = (query: string, variables: object = {}, operationName?: string): string =>
    JSON.stringify({ query, variables, ...(operationName === undefined ? {} : { operationName }) });
  const clear =
    '{ contract { subscriber { iin fullName } simCards { iccid } } tenures { contract { subscriber { iin fullName } } } }';
  return [
    [
      'clear fields',
      ask(
        `query ($m: Msisdn!) { phoneNumber(msisdn: $m) { currentTenure { contract { id subscriber { iin fullName } } } } }`,
        { m: msisdn },
      ),
    ],
    [
      'clear fields under a case that is none',
      ask(
        `query ($m: Msisdn!) { phoneNumber(msisdn: $m) { currentTenure { contract { id subscriber { iin fullName } } } } }`,
        { m: msisdn },
      ),
      { 'afc-case': '0b0f5a3e-6f0c-4a7e-9d58-3a1c5e7f9b10', 'afc-purpose': 'INVESTIGATION' },
    ],
    [
      'a person',
      ask(
        'query ($i: Iin!) { person(iin: $i) { holdings { operatorCode contracts { id subscriber { fullName } } } } }',
        { i: iin },
      ),
    ],
    [
      'a handset',
      ask('query ($i: Imei!) { device(imei: $i) { sightings { operatorCode contracts { id } } } }', { i: imei }),
    ],
    ['a company', ask('query ($b: Bin!) { legalEntity(bin: $b) { holdings { operatorCode } } }', { b: bin })],
    ['literals', ask(`{ phoneNumber(msisdn: "${msisdn}") { nosuch } person(iin: "${iin}") { x } }`)],
    ['a literal that is no number', ask(`{ phoneNumber(msisdn: "${msisdn}0") { blockStatus { state } } }`)],
    [
      'a variable that is no number',
      ask('query ($m: Msisdn!) { phoneNumber(msisdn: $m) { blockStatus { state } } }', { m: `${msisdn}x${name}` }),
    ],
    [
      'a name where a number belongs',
      ask('query ($m: Msisdn!) { phoneNumber(msisdn: $m) { blockStatus { state } } }', { m: { name } }),
    ],
    ['names of fields', ask(`{ ${clear} f${msisdn.slice(1)}: phoneNumber(msisdn: "${msisdn}") { f${iin} } }`)],
    ['a name of an operation', ask(`query N${iin} { nosuch }`, {}, `N${imei}`)],
    ['an enum', ask(`{ fraudCases(filter: { states: [N${msisdn.slice(1)}] }) { nodes { id } } }`)],
    ['a comment', ask(`# ${name} ${msisdn}\n{`)],
    ['no JSON', `{"query": "${msisdn} ${name}`],
    ['too deep', ask(`{ phoneNumber(msisdn: "${msisdn}") ${'{ serving { phoneNumber '.repeat(40)}`)],
    [
      'headers',
      ask('{ __typename }'),
      { 'x-request-id': msisdn, 'afc-case': iin, 'afc-purpose': imei, traceparent: `00-${iin}-${msisdn}` },
    ],
    ['a media type', ask('{ __typename }'), { 'content-type': `text/${iin}` }],
    [
      'a mutation',
      ask('mutation ($c: ID!) { approveDecision(caseId: $c, version: 1) { userErrors { code message } } }', {
        c: msisdn,
      }),
    ],
    [
      'a mutation of words',
      ask('mutation ($c: ID!) { dismissReport(caseId: $c, input: { reason: "x" }) { userErrors { code message } } }', {
        c: name,
      }),
    ],
  ];
}

/** Requests straight at a program's port. */
function hostileRequests(): readonly (readonly [what: string, path: string, init: RequestInit])[] {
  const { msisdn, iin, imei, name } = somebody();
  const json = { 'content-type': 'application/json' };
  const post = (body: string, headers: Record<string, string> = json): RequestInit => ({
    method: 'POST',
    headers,
    body,
  });
  const since = '2024-01-01T00:00:00.000Z';
  const representations = [{ __typename: 'OperatorTenure', msisdn, operatorCode: 'kcell', since }];
  const entities =
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on OperatorTenure { contract { subscriber { iin fullName } } } } }';
  return [
    ['entities', '/graphql', post(JSON.stringify({ query: entities, variables: { r: representations } }))],
    [
      'entities with a context of its own',
      '/graphql',
      post(JSON.stringify({ query: entities, variables: { r: representations } }), {
        ...json,
        'afc-context': `${iin}.${msisdn}.x`,
        'afc-grant': `a.${Buffer.from(msisdn).toString('base64url')}.b`,
      }),
    ],
    ['the schema', '/graphql', post('{"query":"{ _service { sdl } }"}')],
    ['no operation', '/graphql', post(`{"query":"${msisdn} { ${iin}"}`)],
    ['no JSON', '/graphql', post(`${msisdn}`)],
    ['a path', `/nosuch/${msisdn}?iin=${iin}`, {}],
    ['the course of a line', `/internal/line-course/${encodeURIComponent(`${msisdn}0`)}`, {}],
    ['metrics with a question', `/metrics?msisdn=${encodeURIComponent(msisdn)}`, { method: 'POST' }],
    [
      'an act',
      '/internal/acts',
      post(JSON.stringify({ act: msisdn, salt: iin, disclosures: [{ field: 'x', salt: imei, value: `"${iin}"` }] })),
    ],
    [
      'an own act',
      '/acts',
      post(JSON.stringify({ kind: 'suspicion.reported', ref: [msisdn], fields: { suspect: iin } })),
    ],
    ['a porting', '/internal/port-in', post(JSON.stringify({ portId: msisdn, msisdn: iin, since: imei }))],
    ['a disclosure', '/internal/disclosures', post(JSON.stringify({ case: msisdn, purpose: iin, reads: [] }))],
    ['a cosignature', '/witness/add-checkpoint', post(`old ${msisdn}\n${iin}\n`, { 'content-type': 'text/plain' })],
    [
      'a token',
      '/token',
      post(`grant_type=client_credentials&client_id=${encodeURIComponent(name)}&client_assertion=${msisdn}`, {
        'content-type': 'application/x-www-form-urlencoded',
      }),
    ],
    ['a tile', `/log/tile/${iin}/${msisdn}`, {}],
    ['a receipt', `/log/receipts/${iin}`, {}],
  ];
}
