// How the keeper of the joint log is doing, in figures: what waits, how far it is signed and final, how far each witness is behind. A round of
// reads that costs the same however large the log is.

import { rowsOf, type SqlSource } from './sql-session';

/** The figures at one instant. */
export interface LogFigures {
  /** Acts that are stored and not sequenced. */
  readonly pending: number;
  readonly entries: number;
  /** Entries that the newest signed checkpoint covers, and the newest final one. */
  readonly signed: number;
  readonly final: number;
  /** Age of the oldest act that is not final, in seconds; 0 when all are. */
  readonly oldestOpenSeconds: number;
  /** Entries of the newest signed checkpoint that a witness has not cosigned; witnesses without any among the newest are not in it. */
  readonly behind: ReadonlyMap<string, number>;
}

/** Cosignatures that are looked at, newest first: every witness that keeps up is among them. */
const NEWEST = 200;

/** Reads the figures of the log in a database. Two queries. */
export async function readLogFigures(source: SqlSource): Promise<LogFigures> {
  const [row] = await rowsOf<FiguresRow>(source, { name: 'log_figures', text: FIGURES });
  const cosigned = await rowsOf<{ readonly witness: string; readonly size: string }>(source, {
    name: 'log_cosigned',
    text: `SELECT witness, max(size) AS size
      FROM (SELECT witness, size FROM audit.cosignature ORDER BY size DESC LIMIT ${NEWEST}) AS newest GROUP BY witness`,
  });
  const signed = Number(row?.signed ?? 0);
  return {
    pending: Number(row?.pending ?? 0),
    entries: Number(row?.entries ?? 0),
    signed,
    final: Number(row?.final ?? 0),
    oldestOpenSeconds: Math.max(0, Number(row?.open ?? 0)),
    behind: new Map(cosigned.map(({ witness, size }) => [witness, signed - Number(size)])),
  };
}

const FIGURES = `
  WITH head AS (SELECT (SELECT coalesce(max(size), 0) FROM audit.checkpoint) AS signed,
      (SELECT coalesce(max(size), 0) FROM audit.checkpoint_final) AS final),
    oldest AS (SELECT coalesce((SELECT act_id FROM audit.log_entry, head WHERE index = head.final),
      (SELECT act_id FROM audit.pending ORDER BY position LIMIT 1)) AS id)
  SELECT (SELECT count(*) FROM audit.pending) AS pending, (SELECT tree_size FROM audit.log_state) AS entries, signed, final,
    (SELECT extract(epoch FROM (SELECT senim_now()) - recorded_at) FROM audit.act WHERE id = (SELECT id FROM oldest)) AS open
  FROM head`;

interface FiguresRow {
  readonly pending: string;
  readonly entries: string;
  readonly signed: string;
  readonly final: string;
  readonly open: string | null;
}
