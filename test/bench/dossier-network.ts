// A whole network for measurements of dossiers: which numbers are asked, by whom, what its processes are, and where the time of one dossier
// goes. What is made of the figures is the benches'.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DOSSIER_QUERY, dossierVariables } from '../../shared/local-network/dossier-query';
import { gatewaySignInVariables } from '../../shared/local-network/identity-layout';
import { localFolder } from '../../shared/local-network/local-folder';
import { parseMsisdn } from '../../shared/vocabulary/msisdn';
import { startHostedProcess } from '../support/gateway-process';
import type { TestNetwork } from '../support/network';
import { PROJECT_ROOT } from '../support/project-root';
import { type Ask, graphqlAsk, median } from './load';
import { parentOf } from './process-time';
import { startTimingProxy, type TimedCall } from './timing-proxy';

/** What takes access away from the programs that load it. */
const OPEN_DOORS = join(PROJECT_ROOT, 'test', 'support', 'open-doors.cjs');

/** A list of operators as the programs read it. */
interface OperatorList {
  readonly operators: readonly { readonly code: string }[];
}

/** What programs are started with, for a network with access or without. */
export function environmentOf(without: boolean): Readonly<Record<string, string>> {
  return without ? { NODE_OPTIONS: `--require ${OPEN_DOORS}` } : {};
}

/** Numbers by chance, the same at every run over the same data, and the process of PostgreSQL. */
export async function lookIntoNumbering(
  network: TestNetwork,
): Promise<{ numbers: readonly string[]; postmaster: number }> {
  const client = new Client({ connectionString: network.record().subgraphs.numbering.database });
  await client.connect();
  try {
    const { rows } = await client.query<{ msisdn: string }>(
      'SELECT msisdn FROM (SELECT DISTINCT msisdn FROM tenure) AS known ORDER BY md5(msisdn) LIMIT 2000',
    );
    const backend = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return { numbers: rows.map(({ msisdn }) => msisdn), postmaster: parentOf(backend.rows[0]?.pid ?? 0) ?? 0 };
  } finally {
    await client.end();
  }
}

/** The processes of a network, and this one. */
export function processesOf(network: TestNetwork): Readonly<Record<string, number | null>> {
  const { subgraphs, gatewayPid } = network.record();
  return {
    gateway: gatewayPid,
    numbering: subgraphs.numbering.pid,
    'fraud-cases': subgraphs['fraud-cases'].pid,
    ...Object.fromEntries(Object.entries(subgraphs.operators).map(([code, { pid }]) => [code, pid])),
    'load generator': process.pid,
  };
}

/** Who asks, and for which case. */
export interface Asking {
  readonly user?: string;
  readonly caseId?: string;
}

/** An `Ask` for the dossier of one number after the other. */
export async function dossierAsk(
  network: TestNetwork,
  url: string,
  numbers: readonly string[],
  { user = 'investigator-1', caseId }: Asking = {},
): Promise<{ ask: Ask; close(): Promise<void> }> {
  const authorization = `Bearer ${await network.tokenOf(user)}`;
  const numberAt = (request: number): string => numbers[request % numbers.length] ?? '';
  const now = Date.now();
  const forCase: Readonly<Record<string, string>> =
    caseId === undefined ? {} : { 'afc-case': caseId, 'afc-purpose': 'INVESTIGATION' };
  return graphqlAsk(url, (request) => bodyFor(numberAt(request), now, caseId !== undefined), numberAt, {
    authorization,
    ...forCase,
  });
}

/** The question for a dossier as it is sent. */
export function bodyFor(number: string, nowMs: number, isForCase: boolean): string {
  const msisdn = parseMsisdn(number);
  if (!msisdn.ok) throw new Error('A number of the network was expected.');
  return JSON.stringify({ query: DOSSIER_QUERY, variables: dossierVariables(msisdn.value, nowMs, isForCase) });
}

/** When a kind of sub-request begins after its dossier was asked, and how long it takes; medians. */
export interface CallFigures {
  readonly service: string;
  readonly calls: number;
  readonly beginsMs: number;
  readonly takesMs: number;
  readonly answerBytes: number;
}

/** Where the time of one dossier goes. */
export interface Trace {
  readonly dossierMs: number;
  /** Time in which at least one sub-request was under way. */
  readonly insideCallsMs: number;
  readonly calls: readonly CallFigures[];
}

/** Asks dossiers one by one at a gateway of its own, whose way to every service leads through a proxy with a clock. */
export async function traceCalls(
  network: TestNetwork,
  numbers: readonly string[],
  count: number,
  without: boolean,
): Promise<Trace> {
  const { subgraphs } = network.record();
  const calls: TimedCall[] = [];
  const stops: (() => Promise<unknown>)[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'senim-bench-dossier-'));
  const before = async (service: string, target: string): Promise<string> => {
    const proxy = await startTimingProxy(service, target, (call) => calls.push(call));
    stops.unshift(proxy.stop);
    return proxy.url;
  };
  try {
    const listed = JSON.parse(readFileSync(localFolder(network.folder).operators, 'utf8')) as OperatorList;
    const operators: object[] = [];
    for (const operator of listed.operators) {
      const { url = '' } = subgraphs.operators[operator.code] ?? {};
      operators.push({ ...operator, endpoint: await before(operator.code, url) });
    }
    writeFileSync(join(folder, 'operators.json'), JSON.stringify({ operators }));
    const gateway = await startHostedProcess({
      OPERATORS_FILE: join(folder, 'operators.json'),
      NUMBERING_URL: await before('numbering', subgraphs.numbering.url),
      FRAUD_CASES_URL: await before('fraud-cases', subgraphs['fraud-cases'].url),
      // The network's own key, whose context its services believe.
      ...gatewaySignInVariables(localFolder(network.folder), network.record().identity.issuer),
      ...environmentOf(without),
    });
    stops.unshift(gateway.stop);
    const { ask, close } = await dossierAsk(network, `${gateway.origin}/graphql`, numbers);
    stops.unshift(close);
    for (let request = 0; request < 20; request += 1) await ask(request);
    return await traceOneByOne(ask, calls, count);
  } finally {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true });
  }
}

async function traceOneByOne(ask: Ask, calls: TimedCall[], count: number): Promise<Trace> {
  const dossiers: number[] = [];
  const inside: number[] = [];
  const byService = new Map<string, { begins: number[]; takes: number[]; bytes: number[] }>();
  for (let request = 0; request < count; request += 1) {
    calls.length = 0;
    const begun = performance.now();
    await ask(20 + request);
    dossiers.push(performance.now() - begun);
    inside.push(covered(calls));
    const seen = new Map<string, number>();
    for (const { service, path, fromMs, toMs, answerBytes } of [...calls].sort((a, b) => a.fromMs - b.fromMs)) {
      const asked = path === '/graphql' ? service : `${service} ${path}`;
      const place = (seen.get(asked) ?? 0) + 1;
      seen.set(asked, place);
      const name = place === 1 ? asked : `${asked}, call ${place}`;
      const figures = byService.get(name) ?? { begins: [], takes: [], bytes: [] };
      figures.begins.push(fromMs - begun);
      figures.takes.push(toMs - fromMs);
      figures.bytes.push(answerBytes);
      byService.set(name, figures);
    }
  }
  return {
    dossierMs: round(median(dossiers)),
    insideCallsMs: round(median(inside)),
    calls: [...byService].map(([service, { begins, takes, bytes }]) => ({
      service,
      calls: takes.length,
      beginsMs: round(median(begins)),
      takesMs: round(median(takes)),
      answerBytes: Math.round(median(bytes)),
    })),
  };
}

/** Milliseconds covered by at least one call. */
function covered(calls: readonly TimedCall[]): number {
  let total = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const { fromMs, toMs } of [...calls].sort((a, b) => a.fromMs - b.fromMs)) {
    total += Math.max(0, toMs - Math.max(fromMs, reached));
    reached = Math.max(reached, toMs);
  }
  return total;
}

/** Two decimals. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
