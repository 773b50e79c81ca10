// What access costs a dossier: two whole networks with the same data, one as it is delivered and one whose doors, leave and signatures were
// taken away in code, asked in turns in one run. Only one of them works at a time. Both must give the same answers, field for field.

import { cpus } from 'node:os';
import { Client } from 'pg';
import { signGrant } from '../../shared/access/lookup-grant';
import {
  createSeenNonces,
  signAnswer,
  signRequest,
  verifyAnswer,
  verifyRequest,
} from '../../shared/access/request-signature';
import { loadKeyFile } from '../../shared/audit-log/key-file';
import { localFolder } from '../../shared/local-network/local-folder';
import { msToInstant } from '../../shared/vocabulary/instant';
import { startTestNetwork, type TestNetwork } from '../support/network';
import {
  type Asking,
  bodyFor,
  dossierAsk,
  environmentOf,
  lookIntoNumbering,
  processesOf,
  round,
  type Trace,
  traceCalls,
} from './dossier-network';
import { type Ask, median, openLoop } from './load';
import { type CpuTimes, cpuBetween, readCpuTimes } from './process-time';

/** What the design allows: of the bare dossier's time, and of the gateway's CPU. */
const MOST_P50 = 1.6;
const MOST_GATEWAY_CPU = 2;
/** Several, so that what is measured is not how one person's looks wait for one another. */
const READERS = ['investigator-1', 'investigator-2', 'supervisor-1', 'supervisor-2'];
const RATES = [10, 20];
const SECONDS = 5;
const ONE_BY_ONE = 60;
const IN_CLEAR = 40;
const TRACED = 60;
/** Compilers of programs that were just started learn by what is asked. */
const WARM_UP = 300;

/** One of the two networks with those who ask it. */
interface Side {
  readonly name: 'bare' | 'secured';
  readonly network: TestNetwork;
  readonly postmaster: number;
  readonly asks: ReadonlyMap<string, Ask>;
  readonly samples: Map<string, Sample>;
  asked: number;
}

/** Everything that was seen of one way of asking. */
interface Sample {
  readonly times: number[];
  /** The median of each turn: how much the machine had to do besides. */
  readonly turns: number[];
  readonly cpu: Map<string, number>;
  wrong: number;
}

/** Starts both networks, asks them in turns, and prints what access costs. Sets the exit code when a target is missed. */
export async function compareDossiers({
  scale,
  rounds,
}: {
  readonly scale: number;
  readonly rounds: number;
}): Promise<void> {
  console.log(`Starting two networks with ${scale} lines per operator …`);
  const networks: TestNetwork[] = [];
  const closes: (() => Promise<void>)[] = [];
  try {
    const bare = await startTestNetwork({ scale, environment: environmentOf(true) });
    networks.push(bare);
    const secured = await startTestNetwork({ scale, environment: environmentOf(false) });
    networks.push(secured);
    const { numbers } = await lookIntoNumbering(secured);
    const { open, ...fields } = await fieldsOf(bare, secured, numbers.slice(0, 25), await numbersOfCases(secured));
    const sides = [
      await openSide('bare', bare, numbers, open, closes),
      await openSide('secured', secured, numbers, open, closes),
    ] as const;
    console.log(
      `the same answers: ${fields.masked} fields masked, ${fields.clear} in clear, of ${fields.compared} numbers`,
    );
    for (const side of sides) await warmUp(side);
    for (let turn = 0; turn < rounds; turn += 1) {
      // Who comes first changes, so that neither is always the one that comes to a warm machine.
      for (const side of turn % 2 === 0 ? sides : [...sides].reverse()) await askAll(side);
      const [left, right] = sides.map(({ samples }) =>
        round(samples.get(rateName(RATES.at(-1) ?? 0))?.turns.at(-1) ?? 0),
      );
      console.log(
        `turn ${turn + 1} of ${rounds}: p50 at ${RATES.at(-1)} a second ${left} ms bare, ${right} ms secured`,
      );
    }
    const traces = [];
    for (const [place, network] of [bare, secured].entries()) {
      traces.push(await traceCalls(network, numbers, TRACED, place === 0));
    }
    report(sides, traces, { scale, rounds, fields });
  } finally {
    for (const close of closes) await close();
    for (const network of networks) await network.stop();
  }
}

/** Numbers of open cases in the charge of `investigator-1`, one of each case. */
async function numbersOfCases(network: TestNetwork): Promise<readonly NumberOfCase[]> {
  const client = new Client({ connectionString: network.record().subgraphs['fraud-cases'].database });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string; msisdn: string }>(
      `SELECT DISTINCT ON (id) id, msisdn FROM fraud_case JOIN case_subject ON case_id = id
       WHERE is_open AND assignee = 'investigator-1' ORDER BY id, msisdn LIMIT 40`,
    );
    return rows.map(({ id, msisdn }) => ({ caseId: id, msisdn }));
  } finally {
    await client.end();
  }
}

interface NumberOfCase {
  readonly caseId: string;
  readonly msisdn: string;
}

interface Comparison {
  /** Numbers of cases that both show in clear. */
  readonly open: readonly NumberOfCase[];
  readonly compared: number;
  /** Values that were shown. */
  readonly masked: number;
  readonly clear: number;
}

/** Numbers for which both networks give as many fields and no refusal; rejects when their masked answers differ. */
async function fieldsOf(
  bare: TestNetwork,
  secured: TestNetwork,
  numbers: readonly string[],
  cases: readonly NumberOfCase[],
): Promise<Comparison> {
  let masked = 0;
  for (const msisdn of numbers) {
    const [left, right] = await Promise.all([bare, secured].map((network) => countFields(network, msisdn)));
    if (left === undefined || left === null || left !== right) throw new Error('The two networks answer differently.');
    masked += left;
  }
  const same: NumberOfCase[] = [];
  let clear = 0;
  for (const each of cases) {
    const [left, right] = await Promise.all(
      [bare, secured].map((network) => countFields(network, each.msisdn, each.caseId)),
    );
    if (left === undefined || left === null || left !== right) continue;
    same.push(each);
    clear += left;
  }
  if (same.length === 0) throw new Error('No number of a case is shown in clear.');
  return { open: same, compared: numbers.length + same.length, masked, clear };
}

/** How many values an answer shows; null when it tells an error. */
async function countFields(network: TestNetwork, msisdn: string, caseId?: string): Promise<number | null> {
  const forCase: Readonly<Record<string, string>> =
    caseId === undefined ? {} : { 'afc-case': caseId, 'afc-purpose': 'INVESTIGATION' };
  const answer = await fetch(network.record().gateway.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await network.tokenOf('investigator-1')}`,
      ...forCase,
    },
    body: bodyFor(msisdn, Date.now(), caseId !== undefined),
  });
  const { data, errors } = (await answer.json()) as { readonly data: unknown; readonly errors?: readonly unknown[] };
  return errors === undefined && data !== null ? valuesIn(data) : null;
}

function valuesIn(value: unknown): number {
  if (value === null) return 0;
  if (typeof value !== 'object') return 1;
  return Object.values(value as object).reduce((sum: number, each) => sum + valuesIn(each), 0);
}

async function openSide(
  name: Side['name'],
  network: TestNetwork,
  numbers: readonly string[],
  cases: readonly NumberOfCase[],
  closes: (() => Promise<void>)[],
): Promise<Side> {
  const { url } = network.record().gateway;
  const { postmaster } = await lookIntoNumbering(network);
  const asks = new Map<string, Ask>();
  const openAsk = async (asked: readonly string[], asking: Asking): Promise<Ask> => {
    const { ask, close } = await dossierAsk(network, url, asked, asking);
    closes.unshift(close);
    return ask;
  };
  const readers: Ask[] = [];
  for (const user of READERS) readers.push(await openAsk(numbers, { user }));
  const [first] = readers;
  if (first === undefined) throw new Error('Somebody asks.');
  asks.set('one', first);
  asks.set('several', (request) => (readers[request % readers.length] ?? first)(request));
  const inClear: Ask[] = [];
  for (const { caseId, msisdn } of cases) inClear.push(await openAsk([msisdn], { caseId }));
  asks.set('clear', (request) => (inClear[request % inClear.length] ?? first)(request));
  return { name, network, postmaster, asks, samples: new Map(), asked: 0 };
}

async function warmUp({ asks }: Side): Promise<void> {
  const [several, clear] = [asks.get('several'), asks.get('clear')];
  if (several === undefined || clear === undefined) return;
  for (let request = 0; request < WARM_UP; request += 1) await several(request);
  for (let request = 0; request < 60; request += 1) await clear(request);
  await openLoop(several, 20, 3, WARM_UP);
}

/** One turn: one by one, in clear one by one, at each rate by several, and at the highest by one. */
async function askAll(side: Side): Promise<void> {
  await oneByOne(side, ONE_BY_ONE_MASKED, 'one', ONE_BY_ONE);
  await oneByOne(side, ONE_BY_ONE_CLEAR, 'clear', IN_CLEAR);
  for (const rate of RATES) await atRate(side, rateName(rate), 'several', rate);
  await atRate(side, ONE_READER, 'one', RATES.at(-1) ?? 0);
}

const ONE_BY_ONE_MASKED = 'masked, one by one';
const ONE_BY_ONE_CLEAR = 'in clear for a case, one by one';
const ONE_READER = `masked, ${RATES.at(-1)} a second by one reader`;

function rateName(rate: number): string {
  return `masked, ${rate} a second`;
}

async function oneByOne(side: Side, name: string, who: string, count: number): Promise<void> {
  const ask = side.asks.get(who);
  if (ask === undefined) return;
  await sampled(side, name, async (sample) => {
    for (let request = 0; request < count; request += 1) {
      const begun = performance.now();
      if (!(await ask(side.asked++))) sample.wrong += 1;
      sample.times.push(performance.now() - begun);
    }
  });
}

async function atRate(side: Side, name: string, who: string, rate: number): Promise<void> {
  const ask = side.asks.get(who);
  if (ask === undefined) return;
  await sampled(side, name, async (sample) => {
    const times: number[] = [];
    const load = await openLoop(ask, rate, SECONDS, side.asked, times);
    side.asked += load.requests;
    sample.wrong += load.wrong;
    sample.times.push(...times);
  });
}

async function sampled(side: Side, name: string, work: (sample: Sample) => Promise<void>): Promise<void> {
  const sample = side.samples.get(name) ?? { times: [], turns: [], cpu: new Map<string, number>(), wrong: 0 };
  side.samples.set(name, sample);
  const processes = processesOf(side.network);
  const before = readCpuTimes(processes, side.postmaster);
  const known = sample.times.length;
  await work(sample);
  sample.turns.push(median(sample.times.slice(known)));
  const used: CpuTimes = cpuBetween(before, readCpuTimes(processes, side.postmaster));
  for (const [process, time] of Object.entries(used)) sample.cpu.set(process, (sample.cpu.get(process) ?? 0) + time);
}

interface Figures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly turnsMs: readonly number[];
  readonly wrong: number;
  readonly dossiers: number;
  readonly cpuMsPerDossier: CpuTimes;
}

function figuresOf({ samples }: Side, name: string): Figures {
  const { times, turns, cpu, wrong } = samples.get(name) ?? {
    times: [],
    turns: [],
    cpu: new Map<string, number>(),
    wrong: 0,
  };
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return {
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    turnsMs: turns.map(round),
    wrong,
    dossiers: times.length,
    cpuMsPerDossier: Object.fromEntries([...cpu].map(([process, time]) => [process, round(time / times.length)])),
  };
}

function report(
  [bare, secured]: readonly [Side, Side],
  [bareTrace, securedTrace]: readonly Trace[],
  settings: object,
): void {
  const machine = `${cpus()[0]?.model ?? 'unknown'} × ${cpus().length}, Node ${process.version}`;
  const names = [...secured.samples.keys()];
  const rows = names.map((name) => {
    const [without, withAccess] = [figuresOf(bare, name), figuresOf(secured, name)];
    const gateway = (withAccess.cpuMsPerDossier.gateway ?? 0) / (without.cpuMsPerDossier.gateway ?? 1);
    return {
      name,
      without,
      withAccess,
      p50Ratio: round(withAccess.p50Ms / without.p50Ms),
      gatewayRatio: round(gateway),
    };
  });
  console.log(`\nOne dossier, bare and secured (${machine}):`);
  console.log(
    line(['', 'p50 ms', 'p50 ms', 'ratio', 'p99 ms', 'p99 ms', 'gateway CPU ms', 'CPU ms', 'ratio', 'wrong']),
  );
  for (const { name, without, withAccess, p50Ratio, gatewayRatio } of rows) {
    const cpu = [without, withAccess].map(({ cpuMsPerDossier }) => cpuMsPerDossier.gateway ?? 0);
    const wrong = without.wrong + withAccess.wrong;
    console.log(
      line([
        name,
        without.p50Ms,
        withAccess.p50Ms,
        p50Ratio,
        without.p99Ms,
        withAccess.p99Ms,
        ...cpu,
        gatewayRatio,
        wrong,
      ]),
    );
  }
  tellProcesses(rows.find(({ name }) => name === rateName(RATES.at(-1) ?? 0)));
  tellWays(bareTrace, securedTrace);
  const parts = primitives(secured.network);
  console.log('\nOne by one in this process, microseconds:');
  for (const [name, micros] of Object.entries(parts)) console.log(`  ${name.padEnd(44)}${String(micros).padStart(8)}`);
  const told = rows.filter(({ name }) => name.startsWith('masked') && name !== ONE_READER);
  const [worstP50, worstCpu] = [Math.max(...told.map(({ p50Ratio }) => p50Ratio)), cpuRatio(told)];
  const isMet = worstP50 <= MOST_P50 && worstCpu <= MOST_GATEWAY_CPU;
  console.log(
    `\np50: ${worstP50} of the bare one at most (target ${MOST_P50}); gateway CPU: ${worstCpu} (target ${MOST_GATEWAY_CPU}): ${isMet ? 'met' : 'MISSED'}`,
  );
  console.log(
    JSON.stringify({ bench: 'dossier-compare', machine, settings, rows, bareTrace, securedTrace, parts, isMet }),
  );
  if (!isMet) process.exitCode = 1;
}

/** Of all masked dossiers together: ticks of CPU are too coarse for a few. */
function cpuRatio(rows: readonly { readonly without: Figures; readonly withAccess: Figures }[]): number {
  const total = (figures: readonly Figures[]): number =>
    figures.reduce((sum, { cpuMsPerDossier, dossiers }) => sum + (cpuMsPerDossier.gateway ?? 0) * dossiers, 0);
  return round(total(rows.map(({ withAccess }) => withAccess)) / total(rows.map(({ without }) => without)));
}

function tellProcesses(
  row: { readonly name: string; readonly without: Figures; readonly withAccess: Figures } | undefined,
): void {
  if (row === undefined) return;
  console.log(`\nCPU per dossier, ${row.name}, milliseconds:`);
  console.log(line(['', 'bare', 'secured', 'more']));
  for (const [name, time] of Object.entries(row.withAccess.cpuMsPerDossier)) {
    const bare = row.without.cpuMsPerDossier[name] ?? 0;
    console.log(line([name, bare, time, round(time - bare)]));
  }
}

function tellWays(bare: Trace | undefined, secured: Trace | undefined): void {
  if (bare === undefined || secured === undefined) return;
  console.log(
    `\nOne dossier through proxies that time every call, milliseconds: ${bare.dossierMs} bare, ${secured.dossierMs} secured`,
  );
  console.log(line(['', 'begins', 'takes', 'begins', 'takes', 'more']));
  for (const { service, beginsMs, takesMs } of secured.calls) {
    const without = bare.calls.find((call) => call.service === service);
    const more = round(takesMs - (without?.takesMs ?? 0));
    console.log(line([service, without?.beginsMs ?? '-', without?.takesMs ?? '-', beginsMs, takesMs, more]));
  }
  const [left, right] = [bare, secured].map(({ dossierMs, insideCallsMs }) => round(dossierMs - insideCallsMs));
  console.log(
    line(['gateway, while no call is under way', '', left ?? 0, '', right ?? 0, round((right ?? 0) - (left ?? 0))]),
  );
}

/** What signatures cost, each measured alone: of a request of two kilobytes and an answer of as much. */
function primitives(network: TestNetwork): Readonly<Record<string, number>> {
  const folder = localFolder(network.folder);
  const key = loadKeyFile(`${folder.path}/keys/afc-gateway/gateway.pem`);
  const keyOf = () => key.publicKey;
  const body = 'x'.repeat(2_048);
  const message = {
    method: 'POST',
    path: '/graphql',
    body,
    headers: { authorization: 'Bearer x', 'afc-grant': 'y'.repeat(1_500) },
  };
  const nowMs = Date.now();
  const seen = createSeenNonces();
  const signedRequests = Array.from({ length: TIMES }, () => ({
    ...message,
    headers: { ...message.headers, ...signRequest(message, key, nowMs) },
  }));
  const answer = { status: 200, body, requestSignature: 'afc=:x:' };
  const signedAnswer = { ...answer, headers: signAnswer(answer, key, nowMs) };
  const grant = {
    jti: '00000000-0000-4000-8000-000000000001',
    audience: 'kcell',
    actor: 'A'.repeat(22),
    role: 'INVESTIGATOR',
    caseId: null,
    purpose: 'PRELIMINARY_CHECK',
    class: 'MASKED',
    subjects: ['OperatorTenure:+77011234567:2024-01-31T19:00:00.000Z'],
    fields: Array.from({ length: 60 }, (_, place) => `LineContract.field${place}`),
    issuedAt: msToInstant(nowMs),
    expiresAt: msToInstant(nowMs + 60_000),
  } as const;
  return {
    'gateway: signature under a request': micros(() => signRequest(message, key, nowMs)),
    'subgraph: that signature is checked': micros((at) =>
      verifyRequest(signedRequests[at] ?? message, keyOf, nowMs, seen),
    ),
    'bank: a grant for an operator is signed': micros(() => signGrant(grant, key)),
    'operator: signature under an answer': micros(() => signAnswer(answer, key, nowMs)),
    'gateway: that signature is checked': micros(() => verifyAnswer(signedAnswer, keyOf)),
  };
}

const TIMES = 500;

function micros(work: (at: number) => unknown): number {
  const times: number[] = [];
  for (let at = 0; at < TIMES; at += 1) {
    const begun = performance.now();
    work(at);
    times.push((performance.now() - begun) * 1_000);
  }
  return Math.round(median(times));
}

function line([first = '', ...others]: readonly (string | number)[]): string {
  return `  ${String(first).padEnd(40)}${others.map((each) => String(each).padStart(15)).join('')}`;
}
