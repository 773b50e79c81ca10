// What is asked of the tables of cases again and again: lists with their filters and totals, as people ask them at the gateway, and what the
// timers, the dispatcher and the readers of events ask every second, as they ask it. Medians by question.

import { performance } from 'node:perf_hooks';
import { Pool } from 'pg';
import { dayOf } from '../../shared/vocabulary/day';
import { firstMondayOf, SNAPSHOT_WEEKS } from '../../subgraphs/fraud-cases/domain/statistics-snapshot';
import { hasUntoldHistory } from '../../subgraphs/fraud-cases/store/case-event';
import {
  dueClocks,
  lapsedBlocks,
  lapsingAppeals,
  overdueChecks,
  overdueRequests,
} from '../../subgraphs/fraud-cases/store/due-reads';
import { hasOldKeys } from '../../subgraphs/fraud-cases/store/idempotency-record';
import { liveReads } from '../../subgraphs/fraud-cases/store/live-reads';
import { dueAddressees } from '../../subgraphs/fraud-cases/store/order-outbox';
import { countWeeks } from '../../subgraphs/fraud-cases/store/statistics-counts';
import type { TestNetwork } from '../support/network';
import type { People } from './cases-walk';
import { median } from './load';

/** Milliseconds by question. */
export type ReadFigures = Readonly<Record<string, number>>;

const LISTS: Readonly<Record<string, string>> = {
  'cases, newest': 'fraudCases { nodes { id } }',
  'cases, total': 'fraudCases { totalCount }',
  'cases under investigation':
    'fraudCases(filter: { states: [UNDER_INVESTIGATION, TRIAGED] }) { nodes { id } totalCount }',
  'cases in check': 'fraudCases(filter: { states: [OPERATOR_CHECK] }) { nodes { id } totalCount }',
  'cases closed': 'fraudCases(filter: { states: [CLOSED, DISMISSED] }) { nodes { id } totalCount }',
  'cases of a person': 'fraudCases(filter: { assignee: "investigator-1" }) { nodes { id } totalCount }',
  'open cases of a person':
    'fraudCases(filter: { assignee: "investigator-1", states: [UNDER_INVESTIGATION, PENDING_APPROVAL] }) { nodes { id } totalCount }',
  'cases of a person without any': 'fraudCases(filter: { assignee: "nobody" }) { nodes { id } totalCount }',
  'cases of a rare kind': 'fraudCases(filter: { fraudTypes: [DROPPER_MULE] }) { nodes { id } totalCount }',
  'cases of a number': 'fraudCases(filter: { msisdn: "+77900000001" }) { nodes { id } totalCount }',
  'orders, newest': 'blockOrders { nodes { id } totalCount }',
  'orders failed': 'blockOrders(filter: { states: [FAILED, LIFT_ISSUED] }) { nodes { id } totalCount }',
  'orders of an operator on their way':
    'blockOrders(filter: { states: [ISSUED, DELIVERED], operatorCode: "kcell" }) { nodes { id } totalCount }',
  'appeals open': 'appeals(state: [FILED, UNDER_REVIEW]) { nodes { id } totalCount }',
  'requests unanswered':
    'informationRequests(filter: { states: [OVERDUE], operatorCode: "tele2" }) { nodes { id } totalCount }',
  'clocks running': 'dutyClocks(filter: { states: [RUNNING] }) { nodes { id } totalCount }',
  'clocks of a party': 'dutyClocks(filter: { states: [RUNNING, PAUSED], party: "kcell" }) { nodes { id } totalCount }',
  'clocks of a rule': 'dutyClocks(filter: { ruleId: "AFC-05", states: [RUNNING] }) { nodes { id } totalCount }',
};

/** Lists through the gateway. */
export async function measureLists(people: People, times: number): Promise<ReadFigures> {
  await people.signIn();
  const figures: Record<string, number> = {};
  for (const [name, selection] of Object.entries(LISTS)) {
    figures[name] = await medianOf(times, () => people.ask('supervisor-1', `{ ${selection} }`, {}));
  }
  return figures;
}

/** What the service asks by itself. The nightly count is asked once. */
export async function measureTimers(network: TestNetwork, times: number): Promise<ReadFigures> {
  const pool = new Pool({ connectionString: network.record().subgraphs['fraud-cases'].database, max: 1 });
  const figures: Record<string, number> = {};
  const page = { limit: 50, except: [] };
  const live = liveReads(pool);
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    'due clocks': () => dueClocks(pool, page),
    'overdue checks': () => overdueChecks(pool, page),
    'overdue requests': () => overdueRequests(pool, page),
    'lapsing appeals': () => lapsingAppeals(pool, page),
    'lapsed blocks': () => lapsedBlocks(pool, page),
    'old keys': () => hasOldKeys(pool),
    'untold history': () => hasUntoldHistory(pool),
    'due addressees': () => dueAddressees(pool),
    'events of cases': async () => live.cases.after(await live.horizon(), 100),
    'events of orders': async () => live.orders.after(await live.horizon(), 100),
  };
  try {
    for (const [name, ask] of Object.entries(asked)) figures[name] = await medianOf(times, ask);
    figures['nightly count'] = await nightlyCountMs(pool);
  } finally {
    await pool.end();
  }
  return figures;
}

async function nightlyCountMs(pool: Pool): Promise<number> {
  const client = await pool.connect();
  try {
    const beganMs = performance.now();
    await countWeeks(client, firstMondayOf(dayOf(Date.now())), SNAPSHOT_WEEKS);
    return performance.now() - beganMs;
  } finally {
    client.release();
  }
}

async function medianOf(times: number, ask: () => Promise<unknown>): Promise<number> {
  const measured: number[] = [];
  await ask();
  for (let time = 0; time < times; time += 1) {
    const beganMs = performance.now();
    await ask();
    measured.push(performance.now() - beganMs);
  }
  return median(measured);
}
