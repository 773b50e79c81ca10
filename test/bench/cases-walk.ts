// People and machines at work on cases, through the gateway with real tokens: each client takes a number, walks its case from the report to the
// approval of a confirmed decision, and takes the next. Every answer is looked at; a refusal or an error is counted and named, and ends the case.

import { createHash, randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Pool } from 'undici';
import { localFolder } from '../../shared/local-network/local-folder';
import { signIn, userOf } from '../../shared/local-network/sign-in';
import type { TestNetwork } from '../support/network';

/** The commands of a walk, in order. */
export const WALK = [
  'reportSuspicion',
  'triageReport',
  'assignCase',
  'addEvidence',
  'proposeDecision',
  'approveDecision',
] as const;
export type WalkCommand = (typeof WALK)[number];

/** Clients that were at work for a while. */
export interface WalkFigures {
  readonly seconds: number;
  /** Milliseconds of every command that was carried out. */
  readonly times: Readonly<Record<WalkCommand, readonly number[]>>;
  /** Cases that were decided. */
  readonly decided: readonly DecidedCase[];
  /** What went wrong, by command and code. */
  readonly wrong: Readonly<Record<string, number>>;
  /** Questions asked again because the network said that it was worth it. */
  readonly repeated: number;
}

export interface DecidedCase {
  readonly caseId: string;
  readonly msisdn: string;
}

/** Numbers that nobody has accused; each is given out once. */
export class FreeNumbers {
  private constructor(private readonly byOperator: ReadonlyMap<string, string[]>) {}

  static async of(network: TestNetwork): Promise<FreeNumbers> {
    const { operators, 'fraud-cases': bank } = network.record().subgraphs;
    const accused = 'SELECT msisdn FROM case_number UNION SELECT msisdn FROM block_order';
    const known = new Set(await column(bank.database, accused));
    const byOperator = new Map<string, string[]>();
    for (const [code, { database }] of Object.entries(operators)) {
      // Lines that somebody uses: an order about another one is answered, and blocks nothing.
      const used = `SELECT msisdn FROM line_contract WHERE status = 'ACTIVE' AND ended_at IS NULL ORDER BY md5(msisdn)`;
      byOperator.set(
        code,
        (await column(database, used)).filter((msisdn) => !known.has(msisdn)),
      );
    }
    return new FreeNumbers(byOperator);
  }

  /** The next number of an operator, or of the operator that has most. */
  take(operatorCode?: string): string {
    const [most = []] = [...this.byOperator.values()].toSorted((one, other) => other.length - one.length);
    const msisdn = (operatorCode === undefined ? most : (this.byOperator.get(operatorCode) ?? [])).pop();
    if (msisdn === undefined) throw new Error('Every number has its case; start with a larger --scale.');
    return msisdn;
  }
}

const USERS = ['bank-1', 'bank-2', 'investigator-1', 'investigator-2', 'supervisor-1', 'supervisor-2'] as const;
const MOST_TRIES = 20;

/** Everybody who walks cases at one network. */
export class People {
  repeated = 0;
  private readonly tokens = new Map<string, string>();
  private readonly pool: Pool;
  private readonly path: string;

  constructor(private readonly network: TestNetwork) {
    const { origin, pathname } = new URL(network.record().gateway.url);
    this.pool = new Pool(origin, { connections: 64 });
    this.path = pathname;
  }

  /** Signs everybody in anew: tokens live for minutes. */
  async signIn(): Promise<void> {
    for (const user of USERS) {
      const token = await signIn(this.network.record(), localFolder(this.network.folder), userOf(user));
      if (!token.ok) throw new Error(`No token for ${user}.`);
      this.tokens.set(user, token.value);
    }
  }

  /** The payload or value of the question's one field; a `Refused` when there was an error or a refusal. */
  async ask(user: string, query: string, variables: object): Promise<Record<string, unknown>> {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${this.tokens.get(user) ?? ''}`,
      'idempotency-key': randomUUID(),
    };
    const body = JSON.stringify({ query, variables });
    for (let tries = 1; ; tries += 1) {
      const reply = await this.pool.request({ method: 'POST', path: this.path, headers, body });
      const { data, errors } = (await reply.body.json()) as Answer;
      const [error] = errors ?? [];
      if (error === undefined) return payloadOf(data ?? {});
      if (error.extensions?.retryable !== true || tries === MOST_TRIES)
        throw new Refused(error.extensions?.code ?? '?');
      this.repeated += 1;
      await sleep(tries * 10);
    }
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}

/** What the network would not do. */
export class Refused extends Error {
  constructor(readonly code: string) {
    super(`The network refused: ${code}`);
  }
}

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string; readonly retryable?: boolean } }[];
}

function payloadOf(data: Record<string, unknown>): Record<string, unknown> {
  const [payload] = Object.values(data) as ({ readonly userErrors?: readonly { readonly code: string }[] } | null)[];
  const [refusal] = payload?.userErrors ?? [];
  if (refusal !== undefined) throw new Refused(refusal.code);
  return (payload ?? {}) as Record<string, unknown>;
}

/** `clients` walk cases side by side until the time is over or `most` cases are decided. */
export async function walkCases(
  people: People,
  numbers: FreeNumbers,
  run: {
    readonly clients: number;
    readonly seconds: number;
    readonly most?: number;
    readonly operatorCode?: string;
  },
): Promise<WalkFigures> {
  await people.signIn();
  const times = Object.fromEntries(WALK.map((command) => [command, []])) as unknown as Record<WalkCommand, number[]>;
  const decided: DecidedCase[] = [];
  const wrong: Record<string, number> = {};
  const beganMs = performance.now();
  const endMs = beganMs + run.seconds * 1_000;
  const repeatedBefore = people.repeated;
  let begun = 0;
  const client = async (place: number): Promise<void> => {
    while (performance.now() < endMs && begun < (run.most ?? Number.POSITIVE_INFINITY)) {
      begun += 1;
      const walk = new Walk(people, place, numbers.take(run.operatorCode));
      for (const command of WALK) {
        const sentMs = performance.now();
        try {
          await walk[command]();
        } catch (cause) {
          if (!(cause instanceof Refused)) throw cause;
          wrong[`${command} ${cause.code}`] = (wrong[`${command} ${cause.code}`] ?? 0) + 1;
          if (run.most !== undefined) begun -= 1;
          break;
        }
        times[command].push(performance.now() - sentMs);
        if (command === 'approveDecision') decided.push({ caseId: walk.caseId, msisdn: walk.msisdn });
      }
    }
  };
  await Promise.all(Array.from({ length: run.clients }, (_, place) => client(place)));
  const seconds = (performance.now() - beganMs) / 1_000;
  return { seconds, times, decided, wrong, repeated: people.repeated - repeatedBefore };
}

/** One case on its way. */
class Walk {
  caseId = '';
  private version = 0;
  private readonly investigator: string;

  constructor(
    private readonly people: People,
    private readonly place: number,
    readonly msisdn: string,
  ) {
    this.investigator = `investigator-${1 + (place % 2)}`;
  }

  async reportSuspicion(): Promise<void> {
    const input = {
      source: 'BANK_SIGNAL',
      sourceRef: `BENCH-${randomUUID()}`,
      suspect: this.msisdn,
      channel: 'CALL',
      fraudType: 'PHONE_IMPERSONATION',
    };
    const payload = await this.people.ask(
      `bank-${1 + (this.place % 2)}`,
      `mutation ($input: ReportSuspicionInput!) { reportSuspicion(input: $input) { case { id } userErrors { code } } }`,
      { input },
    );
    this.caseId = String(caseIn(payload).id);
  }

  async triageReport(): Promise<void> {
    await this.people.ask(
      this.investigator,
      `mutation ($caseId: ID!, $input: TriageInput!) { triageReport(caseId: $caseId, input: $input) { case { state } userErrors { code } } }`,
      {
        caseId: this.caseId,
        input: { severity: 'HIGH', fraudType: 'PHONE_IMPERSONATION', track: 'AFC_INVESTIGATION' },
      },
    );
  }

  async assignCase(): Promise<void> {
    await this.people.ask(
      this.investigator,
      `mutation ($caseId: ID!, $assignee: ID!) { assignCase(caseId: $caseId, assignee: $assignee) { case { state } userErrors { code } } }`,
      { caseId: this.caseId, assignee: this.investigator },
    );
  }

  async addEvidence(): Promise<void> {
    const sha256 = createHash('sha256').update(this.caseId).digest('hex');
    const payload = await this.people.ask(
      this.investigator,
      `mutation ($caseId: ID!, $input: EvidenceInput!) { addEvidence(caseId: $caseId, input: $input) { case { version } userErrors { code } } }`,
      { caseId: this.caseId, input: { kind: 'AUDIO', sha256, capturedAt: new Date().toISOString() } },
    );
    this.version = Number(caseIn(payload).version);
  }

  async proposeDecision(): Promise<void> {
    const input = {
      outcome: 'CONFIRMED',
      reasonCode: 'PHONE_IMPERSONATION',
      findings: 'The caller posed as an officer of the bank.',
      expectedVersion: this.version,
    };
    const payload = await this.people.ask(
      this.investigator,
      `mutation ($caseId: ID!, $input: DecisionInput!) { proposeDecision(caseId: $caseId, input: $input) { case { version } userErrors { code } } }`,
      { caseId: this.caseId, input },
    );
    this.version = Number(caseIn(payload).version);
  }

  async approveDecision(): Promise<void> {
    const payload = await this.people.ask(
      `supervisor-${1 + (this.place % 2)}`,
      `mutation ($caseId: ID!, $version: Int!) { approveDecision(caseId: $caseId, expectedVersion: $version, comment: "The evidence suffices.") {
        case { state blockOrders { state } } userErrors { code } } }`,
      { caseId: this.caseId, version: this.version },
    );
    if (caseIn(payload).state !== 'DECIDED') throw new Refused('NOT_DECIDED');
  }
}

function caseIn(payload: Record<string, unknown>): Record<string, unknown> {
  return (payload.case ?? {}) as Record<string, unknown>;
}

async function column(url: string, text: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: string }>(`SELECT * FROM (${text}) AS found (value)`);
    return rows.map(({ value }) => value);
  } finally {
    await client.end();
  }
}
