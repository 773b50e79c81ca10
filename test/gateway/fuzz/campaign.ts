// A fuzz run against gateways that live in processes of their own: sends case after case, holds every answer against what is owed, and
// counts. A finding names the number of its case; with the seed it is all that is needed to see it again.

import { ERROR_CATALOGUE, isErrorCode } from '../../../shared/vocabulary/error-catalogue';
import type { GatewayProcess } from '../../support/gateway-process';
import { FUZZ_KINDS, type FuzzCase, type FuzzKind, fuzzCase } from './fuzz-case';
import type { Grammar } from './operation-grammar';
import { openRawConnection, type WireAnswer } from './raw-connection';

/** What can be found. */
export const FINDING_KINDS = [
  'CRASH',
  'STATUS_5XX',
  'HANG',
  'NO_ANSWER',
  'FORM',
  'INTERNAL',
  'SERVICE_LOST',
  'VALID_REFUSED',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface Finding {
  readonly kind: FindingKind;
  readonly number: number;
  readonly gateway: string;
  readonly detail: string;
}

/** One gateway under fire. */
export interface FuzzTarget {
  readonly name: string;
  readonly process: GatewayProcess;
  /** What a sound request must say of who asks; null where nobody is asked who. */
  readonly authorization: () => string | null;
}

export interface CampaignFigures {
  readonly requests: number;
  readonly seconds: number;
  readonly byKind: Readonly<Record<FuzzKind, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Answers that carried data. */
  readonly executed: number;
  readonly findings: readonly Finding[];
  readonly slowestMs: number;
  readonly slowestNumber: number;
  /** Memory after garbage collection by gateway: after the first tenth, and at the end. */
  readonly memory: Readonly<Record<string, readonly { readonly rssMb: number; readonly heapMb: number }[]>>;
}

/** Runs the cases `first` to `first + count - 1`, each against one of the targets in turn. */
export async function runCampaign(options: {
  readonly targets: readonly FuzzTarget[];
  readonly grammar: Grammar;
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  readonly workers?: number;
  readonly limitMs?: number;
  readonly progress?: (done: number, findings: number) => void;
  /** Gets every answer in words. */
  readonly told?: (answer: string) => void;
}): Promise<CampaignFigures> {
  const { targets, grammar, seed, first, count, workers = 16, limitMs = 8_000, progress, told } = options;
  const findings: Finding[] = [];
  const byKind = Object.fromEntries(FUZZ_KINDS.map((kind) => [kind, 0])) as Record<FuzzKind, number>;
  const byStatus: Record<string, number> = {};
  const memory: Record<string, { rssMb: number; heapMb: number }[]> = {};
  let [executed, slowestMs, slowestNumber, next, done] = [0, 0, 0, first, 0];
  const begun = performance.now();

  const measure = async (): Promise<void> => {
    for (const { name, process } of targets) {
      if (process.ended() !== null) continue;
      const { rssMb, heapMb } = await process.memory();
      memory[name] = [...(memory[name] ?? []), { rssMb: Math.round(rssMb), heapMb: Math.round(heapMb) }];
    }
  };
  const runCase = async (number: number, connections: readonly ReturnType<typeof openRawConnection>[]) => {
    const at = number % targets.length;
    const target = targets[at];
    const connection = connections[at];
    if (target === undefined || connection === undefined) return;
    const fuzz = signedIn(fuzzCase(grammar, seed, number), target.authorization());
    const sent = performance.now();
    const answer = await connection.exchange(fuzz, limitMs);
    const tookMs = performance.now() - sent;
    if (tookMs > slowestMs) [slowestMs, slowestNumber] = [tookMs, number];
    told?.(`${target.name} ${answer.end} ${answer.status} ${answer.contentType}\n${answer.body.slice(0, 4_000)}`);
    byKind[fuzz.kind] += 1;
    const status = answer.end === 'ANSWERED' ? String(answer.status) : answer.end;
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    if (answer.body.startsWith('{"data"') && !answer.body.startsWith('{"data":null')) executed += 1;
    const ended = target.process.ended();
    if (ended !== null) {
      findings.push({ kind: 'CRASH', number, gateway: target.name, detail: ended });
      return;
    }
    const found = judge(fuzz, answer);
    if (found !== null) findings.push({ number, gateway: target.name, ...found });
  };

  const aTenth = Math.floor(count / 10);
  const work = async (): Promise<void> => {
    const connections = targets.map(({ process }) => openRawConnection(process.origin));
    while (next < first + count && targets.every(({ process }) => process.ended() === null)) {
      const number = next;
      next += 1;
      await runCase(number, connections);
      done += 1;
      if (done === aTenth) await measure();
      if (progress !== undefined && done % 1_000 === 0) progress(done, findings.length);
    }
    for (const connection of connections) connection.close();
  };
  await Promise.all(Array.from({ length: Math.min(workers, count) }, work));
  await measure();
  return {
    requests: done,
    seconds: (performance.now() - begun) / 1_000,
    byKind,
    byStatus,
    executed,
    findings,
    slowestMs: Math.round(slowestMs),
    slowestNumber,
    memory,
  };
}

/** What is wrong with an answer, or null. */
export function judge(
  fuzz: FuzzCase,
  answer: WireAnswer,
): { readonly kind: FindingKind; readonly detail: string } | null {
  if (answer.end === 'SILENT') return { kind: 'HANG', detail: fuzz.kind };
  if (answer.end === 'CLOSED') return fuzz.owed === 'ANSWER' ? { kind: 'NO_ANSWER', detail: fuzz.kind } : null;
  if (answer.status >= 500 || answer.status === 0)
    return { kind: 'STATUS_5XX', detail: `${answer.status} ${fuzz.kind}` };
  if (fuzz.method !== 'POST' || answer.contentType.startsWith('text/event-stream')) return null;
  const codes = codesOf(answer);
  if (codes === null) return { kind: 'FORM', detail: answer.body.slice(0, 300) };
  if (codes.includes('OWN INTERNAL')) return { kind: 'INTERNAL', detail: answer.body.slice(0, 300) };
  const lost = codes.find((code) => LOST_SERVICE.has(code));
  if (lost !== undefined) return { kind: 'SERVICE_LOST', detail: lost };
  if (fuzz.needsSignIn === true && (answer.status === 401 || answer.status === 403)) return null;
  if (fuzz.kind === 'valid' && answer.status !== 200)
    return { kind: 'VALID_REFUSED', detail: answer.body.slice(0, 300) };
  return null;
}

/** Codes by which a gateway says that a service does not answer; in a fuzz run all of them do. */
const LOST_SERVICE: ReadonlySet<string> = new Set([
  'SUBGRAPH_UNAVAILABLE',
  'OPERATOR_UNAVAILABLE',
  'OPERATOR_TIMEOUT',
  'OPERATOR_BAD_RESPONSE',
]);

interface ToldError {
  readonly message?: unknown;
  readonly extensions?: { readonly code?: unknown; readonly subgraph?: unknown; readonly operatorCode?: unknown };
}

/** The codes of an answer in the fixed form, marked where nobody but the gateway is at fault; null when it has another form. */
function codesOf({ body, contentType }: WireAnswer): readonly string[] | null {
  if (!/^application\/(graphql-response\+)?json/.test(contentType)) return null;
  let parsed: { readonly data?: unknown; readonly errors?: readonly ToldError[]; readonly status?: unknown };
  try {
    parsed = JSON.parse(body);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null) return null;
  if (!('data' in parsed) && !Array.isArray(parsed.errors)) return null;
  const codes: string[] = [];
  for (const { message, extensions } of parsed.errors ?? []) {
    const code = extensions?.code;
    if (!isErrorCode(code) || message !== ERROR_CATALOGUE[code].message) return null;
    const isOwn = extensions?.subgraph === undefined && extensions?.operatorCode === undefined;
    codes.push(isOwn ? `OWN ${code}` : code);
  }
  return codes;
}

/** The same request by somebody who is signed in, unless it says itself who asks, or is no request that could. */
function signedIn(fuzz: FuzzCase, authorization: string | null): FuzzCase {
  const line = Buffer.from('POST /graphql HTTP/1.1\r\n');
  const says = /^authorization:/im.test(fuzz.bytes.toString('latin1').split('\r\n\r\n')[0] ?? '');
  if (authorization === null || says || !fuzz.bytes.subarray(0, line.length).equals(line)) return fuzz;
  const header = Buffer.from(`authorization: ${authorization}\r\n`);
  return { ...fuzz, bytes: Buffer.concat([line, header, fuzz.bytes.subarray(line.length)]) };
}
