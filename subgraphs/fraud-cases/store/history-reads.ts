// What the tables know of the history of seeded cases, and how much of it the log was told already. For the replay alone.

import type { DataSource } from 'typeorm';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { CaseHistoryStep } from '../../../shared/vocabulary/seed-fact';
import type { Appeal, BlockOrder } from '../domain/block-order';
import type { CaseSubject, Decision, Evidence, InformationRequest, Loss, SuspicionReport } from '../domain/case-file';
import type { FraudCase } from '../domain/fraud-case';
import { caseFileReads } from './case-file-reads';
import { caseReads } from './case-reads';
import { dutyReads } from './duty-reads';
import { toInstant } from './instant-column';
import { encodeHash } from './leaf-hash';
import { orderReads } from './order-reads';

/** A step that no other row tells. */
export interface ToldStep {
  readonly caseId: string;
  readonly place: number;
  readonly step: CaseHistoryStep['step'];
  readonly at: Instant;
  readonly by: string;
  readonly about: readonly string[];
  readonly words: Readonly<Record<string, string>>;
}

/** Everything about one seeded case, in the order in which it happened within each list. */
export interface CaseChronicle {
  readonly fraudCase: FraudCase;
  /** Whether all of it is in the log. */
  readonly isTold: boolean;
  readonly subjects: readonly CaseSubject[];
  readonly reports: readonly SuspicionReport[];
  readonly evidence: readonly Evidence[];
  readonly requests: readonly InformationRequest[];
  readonly decision: Decision | null;
  readonly orders: readonly BlockOrder[];
  readonly appeals: readonly Appeal[];
  readonly losses: readonly Loss[];
  readonly steps: readonly ToldStep[];
  /** Code of the operator whose check was awaited; null when none was. */
  readonly checkedBy: string | null;
}

/** A step of a history that is in the log. */
export interface DoneStep {
  readonly caseId: string;
  readonly step: string;
  /** Leaf hash, base64url, of the act that the step stands for: of the foreign act where one was taken in. */
  readonly leafHash: string;
}

/** The duty of an operator to check what was reported. */
const OPERATOR_CHECK_RULE = 'OP-02';

/** The chronicle of every seeded case, oldest opening first. A fixed number of statements. */
export async function readChronicles(dataSource: DataSource): Promise<readonly CaseChronicle[]> {
  const seeded: readonly { readonly case_id: string; readonly is_told: boolean }[] = await dataSource.query(
    'SELECT case_id, is_told FROM seeded_case',
  );
  const isTold = new Map(seeded.map((row) => [row.case_id, row.is_told]));
  const ids = [...isTold.keys()];
  const file = caseFileReads(dataSource);
  const orders = orderReads(dataSource);
  const cases = await caseReads(dataSource).casesById(ids);
  const subjects = await file.subjectsOf(ids);
  const reports = await file.reportsOf(ids);
  const evidence = await file.evidenceOf(ids);
  const requests = await file.informationRequestsOf(ids);
  const decisions = await file.decisionsOf(ids);
  const blockOrders = await orders.ordersOfCases(ids);
  const appeals = await orders.appealsOfCases(ids);
  const losses = await file.lossesOf(ids);
  const clocks = await dutyReads(dataSource).clocksOf(ids);
  const steps = await readSteps(dataSource, ids);
  return cases
    .toSorted((left, right) => (left.openedAt < right.openedAt ? -1 : 1))
    .map((fraudCase) => {
      const own = <Row extends { readonly caseId: string }>(rows: readonly Row[]): readonly Row[] =>
        rows.filter((row) => row.caseId === fraudCase.id);
      return {
        fraudCase,
        isTold: isTold.get(fraudCase.id) ?? false,
        subjects: own(subjects),
        reports: own(reports),
        evidence: own(evidence),
        requests: own(requests),
        decision: own(decisions)[0] ?? null,
        orders: own(blockOrders),
        appeals: own(appeals),
        losses: own(losses),
        steps: own(steps),
        checkedBy: own(clocks).find((clock) => clock.ruleId === OPERATOR_CHECK_RULE)?.party ?? null,
      };
    });
}

/** The steps that are in the log. */
export async function readDoneSteps(dataSource: DataSource): Promise<readonly DoneStep[]> {
  const rows: readonly { readonly case_id: string; readonly step: string; readonly leaf_hash: Buffer }[] =
    await dataSource.query(
      `SELECT event.case_id, event.step, coalesce(foreign_act.leaf_hash, act.leaf_hash) AS leaf_hash
       FROM case_event AS event JOIN audit.act ON act.id = event.act_id
       LEFT JOIN audit.reception ON reception.act_id = event.act_id
       LEFT JOIN audit.act AS foreign_act ON foreign_act.id = reception.foreign_act_id
       WHERE event.step IS NOT NULL`,
    );
  return rows.map((row) => ({ caseId: row.case_id, step: row.step, leafHash: encodeHash(row.leaf_hash) }));
}

/** Highest number of each author's chain, by `author/chain`, that was taken in. */
export async function readForeignChains(dataSource: DataSource): Promise<ReadonlyMap<string, bigint>> {
  const rows: readonly { readonly author: string; readonly chain: number; readonly next_seq: string }[] =
    await dataSource.query('SELECT author, chain, next_seq FROM audit.author_chain');
  return new Map(rows.map((row) => [`${row.author}/${row.chain}`, BigInt(row.next_seq)]));
}

/** Whether anything stands in the log that is no step of a history. */
export async function hasLiveActs(dataSource: DataSource): Promise<boolean> {
  const rows: readonly { readonly is_live: boolean }[] = await dataSource.query(
    `SELECT EXISTS (SELECT FROM audit.act WHERE NOT EXISTS (
       SELECT FROM case_event WHERE case_event.act_id = act.id AND step IS NOT NULL
       UNION ALL SELECT FROM audit.reception JOIN case_event ON case_event.act_id = reception.act_id
       WHERE reception.foreign_act_id = act.id AND step IS NOT NULL)) AS is_live`,
  );
  return rows[0]?.is_live ?? false;
}

async function readSteps(dataSource: DataSource, caseIds: readonly string[]): Promise<readonly ToldStep[]> {
  const rows: readonly (Omit<ToldStep, 'at'> & { readonly at: Date })[] = await dataSource.query(
    `SELECT case_id AS "caseId", place, step, at, by_whom AS by, about, words
     FROM case_history WHERE case_id = ANY($1) ORDER BY case_id, place`,
    [caseIds],
  );
  return rows.map((row) => ({ ...row, at: toInstant(row.at) }));
}
