// How an operator's own acts are getting on, in figures for those who run it.

import type { DataSource } from 'typeorm';

/** Own acts that are not proven yet, and alarms about own acts, at one instant. */
export interface DeliveryFigures {
  /** Not delivered: the age of the oldest in seconds, 0 when none is. */
  readonly waiting: number;
  readonly oldestSeconds: number;
  /** Delivered, and the proof of their place is to come. */
  readonly promised: number;
  /** Refused by the bank for good. */
  readonly parked: number;
  /** Alarms of the last day by kind. */
  readonly alarms: readonly { readonly kind: string; readonly count: number }[];
}

/** Reads the figures. Two queries; their cost grows with what is open, not with what was ever said. */
export async function readDeliveryFigures(dataSource: DataSource): Promise<DeliveryFigures> {
  const [row]: readonly FiguresRow[] = await dataSource.query(FIGURES);
  const alarms: readonly { readonly kind: string; readonly count: string }[] = await dataSource.query(
    `SELECT kind, count(*) AS count FROM act_alarm
     WHERE raised_at > (SELECT senim_now()) - interval '1 day' GROUP BY kind`,
  );
  return {
    waiting: Number(row?.waiting ?? 0),
    oldestSeconds: Math.max(0, Number(row?.oldest ?? 0)),
    promised: Number(row?.promised ?? 0),
    parked: Number(row?.parked ?? 0),
    alarms: alarms.map(({ kind, count }) => ({ kind, count: Number(count) })),
  };
}

const FIGURES = `
  SELECT count(*) FILTER (WHERE state = 'WAITING') AS waiting, count(*) FILTER (WHERE state = 'PROMISED') AS promised,
    count(*) FILTER (WHERE state = 'PARKED') AS parked,
    extract(epoch FROM (SELECT senim_now()) - min(act.recorded_at) FILTER (WHERE state = 'WAITING')) AS oldest
  FROM act_delivery JOIN audit.act ON act.id = act_delivery.act_id WHERE state <> 'PROVEN'`;

interface FiguresRow {
  readonly waiting: string;
  readonly promised: string;
  readonly parked: string;
  readonly oldest: string | null;
}
