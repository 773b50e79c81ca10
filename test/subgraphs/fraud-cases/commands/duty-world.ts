// A bank of its own for tests of appeals, clocks and liability: a real database whose clock stands where the test puts it, real keys, the
// domain's steps kept by the real kernel. What an operator answers is a receipt that it signed.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { canonicalJson } from '../../../../shared/audit/canonical-json';
import { signCompactJws } from '../../../../shared/audit/compact-jws';
import { createActAuthor } from '../../../../shared/audit-log/act-author';
import { loadOrMakeKeyFile } from '../../../../shared/audit-log/key-file';
import { loadSequencerState, sequenceBatch } from '../../../../shared/audit-log/sequence-batch';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import { type AppealCommands, appealCommands } from '../../../../subgraphs/fraud-cases/commands/appeal-commands';
import { loadCaseRecord } from '../../../../subgraphs/fraud-cases/commands/case-work';
import { clockWatch } from '../../../../subgraphs/fraud-cases/commands/clock-watch';
import { type Answer, type CommandDesk, runOwnWork } from '../../../../subgraphs/fraud-cases/commands/command-desk';
import {
  type LiabilityCommands,
  liabilityCommands,
} from '../../../../subgraphs/fraud-cases/commands/liability-commands';
import { createScheduler, type Scheduler, type TimedJob } from '../../../../subgraphs/fraud-cases/commands/scheduler';
import { reissueUnserved, settleReceipt } from '../../../../subgraphs/fraud-cases/commands/settlement';
import { keepStep } from '../../../../subgraphs/fraud-cases/commands/step-keeping';
import { timedJobs } from '../../../../subgraphs/fraud-cases/commands/timed-jobs';
import type { Actor } from '../../../../subgraphs/fraud-cases/domain/actor';
import type { CaseCommand, OrderTarget } from '../../../../subgraphs/fraud-cases/domain/case-command';
import type { SuspicionReport } from '../../../../subgraphs/fraud-cases/domain/case-file';
import type { CaseRecord } from '../../../../subgraphs/fraud-cases/domain/case-record';
import { stepCase } from '../../../../subgraphs/fraud-cases/domain/case-step';
import type { LineCourse } from '../../../../subgraphs/fraud-cases/domain/porting-chain';
import { documentHash } from '../../../../subgraphs/fraud-cases/log/order-document';
import { caseTransactions } from '../../../../subgraphs/fraud-cases/store/case-transaction';
import { openLogPool } from '../../../../subgraphs/fraud-cases/store/log-pool';
import { shiftClock } from '../../../support/database';
import { bank } from '../domain/case-fixture';
import { createCaseDatabase, logger } from '../fraud-cases-fixture';

/** An instant by the clock of Almaty, `2026-03-19 10:30:00`. */
export const almaty = (text: string): Instant => msToInstant(Date.parse(`${text.replace(' ', 'T')}+05:00`));

/** A caller without a key of idempotency. */
export const by = (actor: Actor) => ({ actor, idempotencyKey: null });

export interface DutyWorld {
  readonly url: string;
  readonly dataSource: DataSource;
  readonly pool: Pool;
  /** Folder of the keys. */
  readonly keys: string;
  readonly desk: CommandDesk;
  readonly appeals: AppealCommands;
  readonly liability: LiabilityCommands;
  readonly jobs: readonly TimedJob[];
  /** Puts the database's clock to an instant, where it stands. */
  at(text: string): Promise<void>;
  /** Lets the database's clock run on from an instant. */
  runFrom(text: string): Promise<void>;
  /** A report that opens a case; resolves with the case's id. */
  report(changes?: Partial<SuspicionReport>, actor?: Actor): Promise<string>;
  /** One step of a case by the domain's rules; throws its refusal. */
  step(caseId: string, command: CaseCommand, actor: Actor): Promise<CaseRecord>;
  record(caseId: string): Promise<CaseRecord>;
  /** A temporary block of the suspect by the actor; resolves with the order's id. */
  block(caseId: string, suspect: string, actor: Actor, hours?: number): Promise<string>;
  /** The operator answers the order's block, or its lift, with a receipt. */
  answer(orderId: string, outcome: string, document?: 'BLOCK' | 'LIFT'): Promise<string>;
  /** The line went from kcell to beeline, and the order follows it. */
  reissue(orderId: string): Promise<string>;
  /** Gives every queued act its place in the log. */
  sequence(): Promise<void>;
  /** One scheduler, not started. */
  scheduler(jobs?: readonly TimedJob[]): Scheduler;
  /** Rounds of one scheduler until nothing is left to do; resolves with how many things were done. */
  settleTime(): Promise<number>;
  rows<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export async function openDutyWorld(): Promise<DutyWorld> {
  const database = await createCaseDatabase([]);
  const { url, dataSource } = database;
  const folder = mkdtempSync(join(tmpdir(), 'senim-duties-'));
  const keyOf = (name: string) => loadOrMakeKeyFile(join(folder, `${name}.pem`));
  const [actKey, orderKey, receiptKey] = [keyOf('act'), keyOf('order'), keyOf('receipt')];
  const author = createActAuthor({
    party: 'afc',
    privateKey: actKey.privateKey,
    keepsCases: true,
    seen: () => null,
  });
  const transactions = caseTransactions(dataSource);
  const desk: CommandDesk = { transactions, author, orderKey };
  const pool = openLogPool(url);
  const jobs = [clockWatch({ source: pool, transactions, logger }), ...timedJobs(desk, pool)];
  const settlement = {
    desk,
    source: pool,
    receiptKeyOf: () => receiptKey.publicKey,
    askLineCourse: async () => PORTED,
  };
  const world: DutyWorld = {
    url,
    dataSource,
    pool,
    keys: folder,
    desk,
    jobs,
    appeals: appealCommands(desk),
    liability: liabilityCommands(desk),
    async at(text) {
      await dataSource.query(
        `CREATE OR REPLACE FUNCTION senim_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE
         AS $$ SELECT timestamptz '${almaty(text)}' $$`,
      );
    },
    async runFrom(text) {
      const aheadMs = Date.parse(almaty(text)) - Date.now();
      await shiftClock(url, `${aheadMs} milliseconds`);
    },
    report: (changes = {}, actor = bank) =>
      runOwnWork(desk, actor, async (work) => {
        const caseId = randomUUID();
        const told: SuspicionReport = {
          id: randomUUID(),
          caseId: '',
          source: 'BANK_SIGNAL',
          sourceRef: randomUUID(),
          reporter: actor.organisation,
          suspect: '+77011234567' as Msisdn,
          victim: null,
          channel: 'CALL',
          fraudType: 'PHONE_IMPERSONATION',
          occurredAt: null,
          detectedAt: null,
          receivedAt: work.now,
          text: null,
          ...changes,
        };
        const newCase = { id: caseId, number: await numberOf(work.session) };
        const step = stepCase(
          null,
          { kind: 'reportSuspicion', report: told, indicators: [], newCase },
          actor,
          work.now,
        );
        if (!step.ok) throw new Error(step.error.message);
        const kept = await keepStep(work, null, step.value);
        if (!kept.ok) throw new Error(kept.error.message);
        return { commits: true, value: caseId };
      }),
    step: (caseId, command, actor) =>
      runOwnWork(desk, actor, async (work) => {
        const record = await loadCaseRecord(work, caseId);
        const step = stepCase(record, command, actor, work.now);
        if (!step.ok) throw new Error(step.error.message);
        const kept = await keepStep(work, record, step.value);
        if (!kept.ok) throw new Error(kept.error.message);
        return { commits: true, value: kept.value };
      }),
    record: (caseId) =>
      runOwnWork(desk, bank, async (work) => {
        const record = await loadCaseRecord(work, caseId);
        if (record === null) throw new Error('there is no such case');
        return { commits: false, value: record };
      }),
    async block(caseId, suspect, actor, hours = 72) {
      const target: OrderTarget = { msisdn: suspect as Msisdn, servedBy: 'kcell' as OperatorCode, live: null };
      const command = { kind: 'issueTemporaryBlock', target, reason: 'It calls on.', hours, measures: null } as const;
      const { orders } = await world.step(caseId, command, actor);
      return orders.at(-1)?.id ?? '';
    },
    async answer(orderId, outcome, document = 'BLOCK') {
      const [order] = await world.rows<{
        readonly document: string;
        readonly lift_document: string;
        readonly now: Date;
      }>('SELECT document, lift_document, senim_now() AS now FROM block_order WHERE id = $1', [orderId]);
      const text = (document === 'BLOCK' ? order?.document : order?.lift_document) ?? '';
      const isNothing = outcome === 'FAILED' || outcome === 'NOT_SERVED_HERE';
      const payload = canonicalJson({
        v: 1,
        order_hash: documentHash(text),
        outcome,
        services: outcome === 'ENFORCED' ? ['VOICE_OUT'] : [],
        effective_at: isNothing ? null : msToInstant(order?.now.getTime() ?? 0),
      });
      const receipt = signCompactJws(
        { kid: receiptKey.publicKey.keyId, typ: 'senim-receipt+jws', payload: Buffer.from(payload, 'utf8') },
        receiptKey.privateKey,
      );
      return (await settleReceipt(settlement, { orderId, document, receipt })).outcome;
    },
    reissue: (orderId) => reissueUnserved(settlement, orderId),
    async sequence() {
      const client = await pool.connect();
      try {
        let state = await loadSequencerState(client);
        for (let count = 1; count > 0; ) ({ state, count } = await sequenceBatch(client, state));
      } finally {
        client.release();
      }
    },
    scheduler: (some = jobs) => createScheduler({ source: pool, jobs: some, logger, pauseMs: 20 }),
    async settleTime() {
      const scheduler = world.scheduler();
      let all = 0;
      for (let done: number | null = 1; done !== null && done > 0; all += done ?? 0) done = await scheduler.round();
      await scheduler.stop();
      return all;
    },
    async rows<Row>(text: string, values: readonly unknown[] = []) {
      const rows: readonly Row[] = await dataSource.query(text, [...values]);
      return rows;
    },
    async close() {
      await pool.end();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return world;
}

const PORTED_AT = almaty('2026-03-19 09:59:00');
const PORTED: LineCourse = {
  tenures: [
    { operatorCode: 'kcell', since: almaty('2020-01-01 00:00:00'), until: PORTED_AT },
    { operatorCode: 'beeline', since: PORTED_AT, until: null },
  ],
  portings: [{ donor: 'kcell', recipient: 'beeline', completedAt: PORTED_AT }],
};

/** The id in an answer; throws its refusal. */
export function idIn(answer: Answer, name: string): string {
  const [refused] = answer.userErrors;
  if (refused !== undefined) throw new Error(`${refused.code}: ${refused.message}`);
  return String(answer.ids[name]);
}

async function numberOf(session: Parameters<Parameters<CommandDesk['transactions']['run']>[0]>[0]): Promise<string> {
  const found = await session.query('SELECT next_case_number(senim_now()) AS number');
  return found.rows[0].number;
}
