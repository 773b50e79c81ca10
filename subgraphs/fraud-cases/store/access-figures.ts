// How much is looked at, and what of it is alarming, in figures for those who run the service. Who looked at whom is not among them: that is
// what the trail of looks tells to those who may read it.

import { rowsOf, type SqlSource } from '../../../shared/audit-log/sql-session';
import type { WordFigures } from './service-figures';

/** The figures at one instant. */
export interface AccessFigures {
  /** Looks of the last hour. `sort`: of masked or of clear data, or of the trail itself; `outcome`: OK, or the code of the refusal. */
  readonly looks: readonly { readonly sort: string; readonly outcome: string; readonly count: number }[];
  /** Alarms that were raised, also again, within the last day. */
  readonly alarms: readonly WordFigures[];
  /** Broken glasses that wait for their review. */
  readonly unreviewed: number;
}

/** Reads the figures. Three queries over the last hour, the last day, and what is open. */
export async function readAccessFigures(source: SqlSource): Promise<AccessFigures> {
  const looks = await rowsOf<{ readonly sort: string; readonly outcome: string; readonly count: string }>(source, {
    name: 'look_figures',
    text: `SELECT coalesce(class, 'TRAIL') AS sort, coalesce(refusal, 'OK') AS outcome, count(*) AS count FROM identity_read
      WHERE at > (SELECT senim_now()) - interval '1 hour' GROUP BY 1, 2`,
  });
  const alarms = await rowsOf<{ readonly word: string; readonly count: string }>(source, {
    name: 'access_alarm_figures',
    text: `SELECT kind AS word, count(*) AS count FROM access_alarm
      WHERE last_at > (SELECT senim_now()) - interval '1 day' GROUP BY kind`,
  });
  const [open] = await rowsOf<{ readonly count: string }>(source, {
    name: 'break_glass_figures',
    text: 'SELECT count(*) AS count FROM break_glass WHERE reviewed_at IS NULL AND lapsed_at IS NULL',
  });
  return {
    looks: looks.map((row) => ({ ...row, count: Number(row.count) })),
    alarms: alarms.map(({ word, count }) => ({ word, count: Number(count) })),
    unreviewed: Number(open?.count ?? 0),
  };
}
