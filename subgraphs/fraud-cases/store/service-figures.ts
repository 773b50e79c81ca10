// What waits at the bank and what was missed, in figures for those who run it: the outbox of orders, their alarms, duties, webhooks. Counts by
// operator, rule and kind; no case, number or person is read.

import { rowsOf, type SqlSource } from '../../../shared/audit-log/sql-session';
import { NUMBERING } from './order-outbox';

/** Tasks of orders to one addressee. */
export interface OutboxFigures {
  /** Code of an operator, or `numbering`. */
  readonly addressee: string;
  readonly waiting: number;
  readonly parked: number;
  /** Age of the oldest that waits, in seconds; 0 when none does. */
  readonly oldestSeconds: number;
}

/** How many, of a rule and a party. */
export interface DutyFigures {
  readonly rule: string;
  readonly party: string;
  readonly count: number;
}

/** How many, of a word of a closed list. */
export interface WordFigures {
  readonly word: string;
  readonly count: number;
}

/** All of it at one instant. */
export interface ServiceFigures {
  readonly outbox: readonly OutboxFigures[];
  /** Alarms about orders that were raised, also again, within the last day. */
  readonly orderAlarms: readonly WordFigures[];
  /** Duties whose time is over and that are not done. */
  readonly overdue: readonly DutyFigures[];
  /** Alarms of duties of the last day: missed, and close to it. */
  readonly missed: readonly DutyFigures[];
  readonly closeCalls: readonly DutyFigures[];
  /** Messages that were put aside, by operator. */
  readonly parkedWebhooks: readonly WordFigures[];
}

/** Reads the figures. Five queries over what is open or of the last day. */
export async function readServiceFigures(source: SqlSource): Promise<ServiceFigures> {
  const outbox = await rowsOf<OutboxRow>(source, {
    name: 'outbox_figures',
    text: `SELECT addressee, count(*) FILTER (WHERE parked_at IS NULL) AS waiting, count(parked_at) AS parked,
        coalesce(extract(epoch FROM (SELECT senim_now()) - min(queued_at) FILTER (WHERE parked_at IS NULL)), 0) AS oldest
      FROM order_outbox GROUP BY addressee`,
  });
  const alarms = await rowsOf<WordRow>(source, {
    name: 'order_alarm_figures',
    text: `SELECT kind AS word, count(*) AS count FROM order_alarm
      WHERE last_at > (SELECT senim_now()) - interval '1 day' GROUP BY kind`,
  });
  const overdue = await rowsOf<DutyRow>(source, {
    name: 'overdue_figures',
    text: `SELECT rule_id, party, count(*) AS count FROM duty_clock
      WHERE state = 'BREACHED' AND stopped_at IS NULL GROUP BY rule_id, party`,
  });
  const told = await rowsOf<DutyRow & { readonly missed: boolean }>(source, {
    name: 'duty_alarm_figures',
    text: `SELECT rule_id, party, percent = 100 AS missed, count(*) AS count
      FROM duty_alarm JOIN duty_clock ON duty_clock.id = duty_alarm.clock_id
      WHERE raised_at > (SELECT senim_now()) - interval '1 day' GROUP BY rule_id, party, percent = 100`,
  });
  const webhooks = await rowsOf<WordRow>(source, {
    name: 'webhook_figures',
    text: `SELECT operator_code AS word, count(parked_at) AS count FROM webhook_endpoint
      LEFT JOIN webhook_delivery ON endpoint_id = id GROUP BY operator_code`,
  });
  return {
    outbox: outbox.map(({ addressee, waiting, parked, oldest }) => ({
      addressee: addressee === NUMBERING ? 'numbering' : addressee,
      waiting: Number(waiting),
      parked: Number(parked),
      oldestSeconds: Math.max(0, Number(oldest)),
    })),
    orderAlarms: alarms.map(toWord),
    overdue: overdue.map(toDuty),
    missed: told.filter(({ missed }) => missed).map(toDuty),
    closeCalls: told.filter(({ missed }) => !missed).map(toDuty),
    parkedWebhooks: webhooks.map(toWord),
  };
}

interface OutboxRow {
  readonly addressee: string;
  readonly waiting: string;
  readonly parked: string;
  readonly oldest: string;
}

interface WordRow {
  readonly word: string;
  readonly count: string;
}

interface DutyRow {
  readonly rule_id: string;
  readonly party: string;
  readonly count: string;
}

function toWord({ word, count }: WordRow): WordFigures {
  return { word, count: Number(count) };
}

function toDuty({ rule_id, party, count }: DutyRow): DutyFigures {
  return { rule: rule_id, party, count: Number(count) };
}
