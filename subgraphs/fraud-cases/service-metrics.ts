// What the bank's service tells at /metrics beside its requests: how the joint log stands, what waits in outboxes, which duties were missed,
// which commands were refused, how much is looked at. The names stand in docs/operations, in rules and dashboard.

import type { JointLogState } from '../../shared/audit-log/joint-log';
import { readLogFigures } from '../../shared/audit-log/log-gauges';
import type { SqlSource } from '../../shared/audit-log/sql-session';
import type { Metrics, Reading } from '../../shared/service/metrics';
import { readAccessFigures } from './store/access-figures';
import { type DutyFigures, readServiceFigures, type WordFigures } from './store/service-figures';

/** What the service counts as it happens. */
export interface BankMeter {
  /** The joint log raised an alarm of a kind. */
  logAlarm(kind: string): void;
  /** A command was answered: OK, or the code of its refusal. */
  commanded(operation: string, outcome: string): void;
}

/** The counts of the bank over the metrics of the program. */
export function createBankMeter(metrics: Metrics): BankMeter {
  const logAlarms = metrics.counts({
    name: 'senim_log_alarms_total',
    help: 'Alarms of the joint log, by kind; a kind is told once a minute for each witness',
    labels: ['kind'],
  });
  const commands = metrics.counts({
    name: 'senim_commands_total',
    help: 'Commands on cases and orders: OK, or the code with which the domain refused them',
    labels: ['operation', 'outcome'],
  });
  return {
    logAlarm: (kind) => logAlarms(kind).add(),
    commanded: (operation, outcome) => commands(operation, outcome).add(),
  };
}

/** Counts alarms about webhooks. */
export function countWebhookAlarms(metrics: Metrics): (alarm: { operatorCode: string; kind: string }) => void {
  const alarms = metrics.counts({
    name: 'senim_webhook_alarms_total',
    help: 'Alarms about webhooks',
    labels: ['operator', 'kind'],
  });
  return ({ operatorCode, kind }) => alarms(operatorCode, kind).add();
}

/** Tells how the log stands. `witnesses` are those of the policy; `source` is read at scrapes. */
export function tellLog(
  metrics: Metrics,
  log: { readonly state: () => JointLogState; readonly witnesses: readonly string[] },
  source: SqlSource,
): void {
  metrics.gauge(
    { name: 'senim_log_state', help: 'What this keeper of the joint log is doing: 1 for its state', labels: ['state'] },
    () => STATES.map((state) => ({ labels: [state], value: log.state() === state ? 1 : 0 })),
  );
  metrics.gaugesOf(
    'joint-log',
    [
      { name: 'senim_log_pending_acts', help: 'Acts that are stored and not sequenced yet' },
      { name: 'senim_log_entries', help: 'Entries: in the tree, signed, final', labels: ['reached'] },
      { name: 'senim_log_oldest_open_seconds', help: 'Age of the oldest act that is not final; 0 when all are' },
      {
        name: 'senim_log_witness_behind_entries',
        help: 'Signed entries that a witness has not cosigned',
        labels: ['witness'],
      },
    ],
    async () => {
      const { pending, entries, signed, final, oldestOpenSeconds, behind } = await readLogFigures(source);
      return [
        [{ labels: [], value: pending }],
        [
          { labels: ['tree'], value: entries },
          { labels: ['signed'], value: signed },
          { labels: ['final'], value: final },
        ],
        [{ labels: [], value: oldestOpenSeconds }],
        log.witnesses.map((witness) => ({ labels: [witness], value: behind.get(witness) ?? signed })),
      ];
    },
  );
}

/** Tells what waits and what was missed. `source` is read at scrapes. */
export function tellOffice(metrics: Metrics, source: SqlSource): void {
  const addressee = ['addressee'];
  const duty = ['rule', 'party'];
  metrics.gaugesOf(
    'office',
    [
      { name: 'senim_order_outbox_waiting', help: 'Tasks of orders that wait', labels: addressee },
      { name: 'senim_order_outbox_oldest_seconds', help: 'Age of the oldest that waits', labels: addressee },
      { name: 'senim_order_outbox_parked', help: 'Tasks of orders that were put aside', labels: addressee },
      { name: 'senim_order_alarms', help: 'Alarms about orders within the last day, by kind', labels: ['kind'] },
      { name: 'senim_duty_overdue', help: 'Duties whose time is over and that are not done', labels: duty },
      { name: 'senim_duty_missed', help: 'Duties that were missed within the last day', labels: duty },
      { name: 'senim_duty_close', help: 'Warnings of the last day that the time for a duty runs out', labels: duty },
      { name: 'senim_webhooks_parked', help: 'Messages to webhooks that were put aside', labels: ['operator'] },
    ],
    async () => {
      const figures = await readServiceFigures(source);
      const { outbox } = figures;
      return [
        outbox.map((each) => ({ labels: [each.addressee], value: each.waiting })),
        outbox.map((each) => ({ labels: [each.addressee], value: each.oldestSeconds })),
        outbox.map((each) => ({ labels: [each.addressee], value: each.parked })),
        figures.orderAlarms.map(ofWord),
        figures.overdue.map(ofDuty),
        figures.missed.map(ofDuty),
        figures.closeCalls.map(ofDuty),
        figures.parkedWebhooks.map(ofWord),
      ];
    },
  );
}

/** Tells how much is looked at and what of it is alarming. `source` is read at scrapes. */
export function tellAccess(metrics: Metrics, source: SqlSource): void {
  metrics.gaugesOf(
    'access',
    [
      {
        name: 'senim_access_looks',
        help: 'Looks at personal data within the last hour: of MASKED or CLEAR data or of the TRAIL, and how they ended',
        labels: ['sort', 'outcome'],
      },
      { name: 'senim_access_alarms', help: 'Alarms about looks within the last day, by kind', labels: ['kind'] },
      { name: 'senim_break_glass_unreviewed', help: 'Broken glasses that wait for their review' },
    ],
    async () => {
      const { looks, alarms, unreviewed } = await readAccessFigures(source);
      return [
        looks.map(({ sort, outcome, count }) => ({ labels: [sort, outcome], value: count })),
        alarms.map(ofWord),
        [{ labels: [], value: unreviewed }],
      ];
    },
  );
}

const STATES: readonly JointLogState[] = ['STANDBY', 'CHECKING', 'RUNNING', 'HALTED', 'STOPPED'];

function ofWord({ word, count }: WordFigures): Reading {
  return { labels: [word], value: count };
}

function ofDuty({ rule, party, count }: DutyFigures): Reading {
  return { labels: [rule, party], value: count };
}
