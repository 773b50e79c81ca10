// Whether it can be told from an answer that something is there: what is nowhere, what is somebody else's and what is another operator's are asked
// through the gateway of a real network in random order. Shape and code must be the same; how long each took is measured, and told with a test
// of whether one kind takes longer than another (Mann-Whitney).

import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DEMO_USERS } from '../../../shared/local-network/demo-users';
import { Random } from '../../shared/audit-log/random';
import { asGateway } from '../../support/gateway-signature';
import { startTestNetwork, type TestNetwork } from '../../support/network';

/** What a campaign does. */
export interface TimingCampaignOptions {
  /** Answers of each kind. */
  readonly count: number;
  readonly seed: number;
  readonly tell: (line: string) => void;
}

/** One kind of what is asked beside another. */
export interface TimingComparison {
  readonly what: string;
  /** Medians and 95th percentiles in milliseconds: of what is nowhere, and of what is not the reader's. */
  readonly nowhere: readonly [median: number, p95: number];
  readonly notYours: readonly [median: number, p95: number];
  /** How likely an answer about what is there takes longer than one about what is not: 0.5 tells nothing. */
  readonly odds: number;
  /** Of the Mann-Whitney test, two-sided. */
  readonly p: number;
}

/** How it went. */
export interface TimingCampaignOutcome {
  readonly samples: number;
  readonly comparisons: readonly TimingComparison[];
  readonly failures: readonly string[];
}

/** A question about something that is nowhere, and the same about something that is. */
interface Pair {
  readonly what: string;
  readonly user: string;
  readonly query: string;
  readonly nowhere: () => string;
  readonly notYours: readonly string[];
  readonly caseId?: string;
}

/** Runs one campaign on a network of its own. */
export async function runTimingCampaign(options: TimingCampaignOptions): Promise<TimingCampaignOutcome> {
  const network = await startTestNetwork();
  try {
    return await measure(network, options);
  } finally {
    await network.stop();
  }
}

async function measure(network: TestNetwork, options: TimingCampaignOptions): Promise<TimingCampaignOutcome> {
  const { count, seed, tell } = options;
  const random = new Random(seed);
  const failures: string[] = [];
  const comparisons: TimingComparison[] = [];
  for (const pair of await pairsOf(network)) {
    if (pair.notYours.length === 0) {
      failures.push(`${pair.what}: there is nothing to ask for.`);
      continue;
    }
    const asked = await ask(network, pair, count, random);
    const shapes = [
      new Set(asked.nowhere.map(({ shape }) => shape)),
      new Set(asked.notYours.map(({ shape }) => shape)),
    ];
    const all = new Set(shapes.flatMap((each) => [...each]));
    if (all.size !== 1) failures.push(`${pair.what}: answers can be told apart: ${[...all].join(' | ')}`);
    const [one, other] = [asked.nowhere, asked.notYours].map((each) => each.map(({ ms }) => ms));
    const comparison = compare(pair.what, one ?? [], other ?? []);
    comparisons.push(comparison);
    tell(
      `${pair.what}: ${[...all][0]}; median ${comparison.nowhere[0]} and ${comparison.notYours[0]} ms, p95 ${comparison.nowhere[1]} and ${comparison.notYours[1]} ms, odds ${comparison.odds}, p ${comparison.p}`,
    );
  }
  return { samples: count, comparisons, failures };
}

async function pairsOf(network: TestNetwork): Promise<readonly Pair[]> {
  const { subgraphs } = network.record();
  const ids = async (sql: string, values: readonly unknown[] = []): Promise<readonly string[]> =>
    (await rowsIn<{ readonly id: string }>(subgraphs['fraud-cases'].database, sql, values)).map(({ id }) => id);
  const anyId = (): string => randomUUID();
  const [own = ''] = await ids(`SELECT id FROM fraud_case WHERE is_open AND assignee = 'investigator-1' ORDER BY id`);
  const withoutPart = `NOT EXISTS (SELECT FROM block_order WHERE case_id = fraud_case.id AND operator_code = 'kcell')
    AND NOT EXISTS (SELECT FROM suspicion_report WHERE case_id = fraud_case.id AND reporter IN ('kcell', 'operator-kcell'))
    AND NOT EXISTS (SELECT FROM information_request WHERE case_id = fraud_case.id AND operator_code = 'kcell')
    AND NOT EXISTS (SELECT FROM duty_clock WHERE case_id = fraud_case.id AND party = 'kcell') AND checked_by IS DISTINCT FROM 'kcell'`;
  const people = await rowsIn<{ readonly iin: string }>(
    subgraphs.operators.kcell?.database ?? '',
    'SELECT DISTINCT iin FROM subscriber WHERE iin IS NOT NULL ORDER BY iin LIMIT 200',
  );
  const known = new Set(people.map(({ iin }) => iin));
  const strangers = Array.from({ length: 400 }, (_, place) => iinLike(place)).filter((iin) => !known.has(iin));
  let turn = 0;
  const fraudCase = 'query ($id: ID!) { fraudCase(id: $id) { id number state } }';
  return [
    {
      what: "an investigator, another investigator's case",
      user: 'investigator-2',
      query: fraudCase,
      nowhere: anyId,
      notYours: await ids(`SELECT id FROM fraud_case WHERE assignee = 'investigator-1'`),
    },
    {
      what: "an operator, another operator's case",
      user: 'operator-kcell',
      query: fraudCase,
      nowhere: anyId,
      notYours: await ids(`SELECT id FROM fraud_case WHERE ${withoutPart}`),
    },
    {
      what: "an operator, another operator's order",
      user: 'operator-kcell',
      query: 'query ($id: ID!) { blockOrder(id: $id) { id state } }',
      nowhere: anyId,
      notYours: await ids(`SELECT id FROM block_order WHERE operator_code <> 'kcell'`),
    },
    {
      what: 'an investigator, a person who is in no case of theirs',
      user: 'investigator-1',
      query: 'query ($id: Iin!) { person(iin: $id) { holdings { operatorCode activeLineCount } } }',
      nowhere: () => strangers[turn++ % strangers.length] ?? '',
      notYours: [...known],
      caseId: own,
    },
  ];
}

async function rowsIn<Row extends object>(
  database: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new Client({ connectionString: database });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

interface Sample {
  readonly shape: string;
  readonly ms: number;
}

/** One after the other, in random order, so that what the machine does beside it falls on both. */
async function ask(
  network: TestNetwork,
  pair: Pair,
  count: number,
  random: Random,
): Promise<{ readonly nowhere: readonly Sample[]; readonly notYours: readonly Sample[] }> {
  const user = DEMO_USERS.find(({ name }) => name === pair.user);
  if (user === undefined) throw new Error(`There is no ${pair.user}.`);
  const samples = { nowhere: [] as Sample[], notYours: [] as Sample[] };
  const url = `${new URL(network.record().gateway.url).origin}/graphql`;
  let token = '';
  for (let turn = 0; samples.nowhere.length < count || samples.notYours.length < count; turn += 1) {
    if (turn % 1_000 === 0) token = await network.tokenOf(pair.user);
    const [kind] = (['nowhere', 'notYours'] as const)
      .filter((each) => samples[each].length < count)
      .toSorted(() => random.below(2) - 0.5);
    if (kind === undefined) break;
    const id = kind === 'nowhere' ? pair.nowhere() : random.pick(pair.notYours);
    const body = JSON.stringify({ query: pair.query, variables: { id } });
    const named: Readonly<Record<string, string>> =
      pair.caseId === undefined ? {} : { 'afc-case': pair.caseId, 'afc-purpose': 'INVESTIGATION' };
    const headers = asGateway(url, body, { authorization: `Bearer ${token}`, ...named });
    const begunMs = performance.now();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    const text = await response.text();
    const ms = performance.now() - begunMs;
    // The first ones warm up plans and connections.
    if (turn >= WARM_UP) samples[kind].push({ shape: shapeOf(response, text), ms });
  }
  return samples;
}

const WARM_UP = 40;

/** What can be told of an answer besides its time: its status, its headers' names and its body, with identifiers of requests blanked. */
function shapeOf(response: Response, text: string): string {
  const names = [...response.headers.keys()].toSorted().join(',');
  return `${response.status} ${text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '#')} [${names}]`;
}

/** Well formed numbers of people who hold no line. */
function iinLike(place: number): string {
  const eleven = `0001015${String(9_000 + place).padStart(4, '0')}`;
  const digits = [...eleven].map(Number);
  const sum = (shift: number): number =>
    digits.reduce((total, digit, at) => total + digit * (((at + shift) % 11) + 1), 0) % 11;
  const check = sum(0) === 10 ? sum(2) : sum(0);
  return check === 10 ? iinLike(place + 400) : `${eleven}${check}`;
}

function compare(what: string, nowhere: readonly number[], notYours: readonly number[]): TimingComparison {
  const { odds, p } = mannWhitney(nowhere, notYours);
  return { what, nowhere: quantiles(nowhere), notYours: quantiles(notYours), odds, p };
}

function quantiles(values: readonly number[]): readonly [number, number] {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return [rounded(at(0.5)), rounded(at(0.95))];
}

/** The rank-sum test with a normal approximation: the share of pairs in which the second took longer, and how likely that is by chance. */
export function mannWhitney(
  first: readonly number[],
  second: readonly number[],
): { readonly odds: number; readonly p: number } {
  const all = [...first.map((ms) => ({ ms, isSecond: false })), ...second.map((ms) => ({ ms, isSecond: true }))];
  const sorted = all.toSorted((one, other) => one.ms - other.ms);
  let ranks = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]?.ms === sorted[from]?.ms) to += 1;
    const rank = (from + 1 + to) / 2;
    for (let at = from; at < to; at += 1) if (sorted[at]?.isSecond === true) ranks += rank;
    from = to;
  }
  const [one, other] = [first.length, second.length];
  const larger = ranks - (other * (other + 1)) / 2;
  const deviation = Math.sqrt((one * other * (one + other + 1)) / 12);
  const z = deviation === 0 ? 0 : (larger - (one * other) / 2) / deviation;
  return { odds: rounded(larger / (one * other)), p: rounded(2 * (1 - normal(Math.abs(z)))) };
}

/** Distribution function of the standard normal distribution (Abramowitz and Stegun 26.2.17). */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
