// Reads of cases' trails out of the joint log: every party's acts, sequenced ones by their index, the others after them in the order in which
// they were queued. One SQL statement whatever the number of cases. A page begins after an act, wherever that act stands by now.

import type { DataSource } from 'typeorm';
import type { TrailEntryState } from '../../../shared/vocabulary/trail';
import { summaryOf } from '../domain/act-summary';
import { type Page, pageOf } from '../domain/page';
import type { TrailEntry } from '../domain/trail';
import { toInstant } from './instant-column';
import { encodeHash } from './leaf-hash';

/** Asks for one page of one case's trail. */
export interface TrailRequest {
  readonly caseId: string;
  readonly first: number;
  /** Id of the act after which the page begins; null for the first page. */
  readonly after: string | null;
}

/** What can be asked about trails. */
export interface TrailReads {
  /** Pages in the order of the requests. */
  trailPagesOf(requests: readonly TrailRequest[]): Promise<readonly Page<TrailEntry>[]>;
  /** The entries of those acts that are known, in no order. */
  trailEntriesOf(actIds: readonly string[]): Promise<readonly TrailEntry[]>;
}

/** The reads over a database at head. */
export function trailReads(dataSource: DataSource): TrailReads {
  return {
    async trailPagesOf(requests) {
      const rows: readonly TrailRow[] = await dataSource.query(PAGES, [
        requests.map(({ caseId }) => uuidOrNull(caseId)),
        requests.map(({ first }) => first),
        requests.map(({ after }) => uuidOrNull(after)),
      ]);
      return requests.map(({ first }, at) =>
        pageOf(rows.filter(({ place }) => place === at + 1).map(toTrailEntry), first),
      );
    },
    async trailEntriesOf(actIds) {
      const rows: readonly TrailRow[] = await dataSource.query(ENTRIES, [actIds.filter((id) => UUID.test(id))]);
      return rows.map(toTrailEntry);
    },
  };
}

interface TrailRow {
  readonly place: number;
  readonly id: string;
  readonly kind: string;
  readonly author: string;
  readonly at: Date;
  readonly recorded_at: Date;
  readonly leaf_hash: Buffer;
  readonly index: string | null;
  readonly jws: Buffer | null;
  readonly actor: Buffer | null;
  readonly signed_size: string | null;
  readonly final_size: string | null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Sequenced acts first, by index; then the queue. */
const ORDER = '(entry.index IS NULL), coalesce(entry.index, pending.position)';
const PLACES =
  'LEFT JOIN audit.log_entry AS entry ON entry.act_id = act.id LEFT JOIN audit.pending ON pending.act_id = act.id';

const PAGES = `
  SELECT asked.place::int AS place, shown.*,
    (SELECT max(size) FROM audit.checkpoint) AS signed_size, (SELECT max(size) FROM audit.checkpoint_final) AS final_size
  FROM unnest($1::uuid[], $2::int[], $3::uuid[]) WITH ORDINALITY AS asked (case_id, first, after_id, place)
  CROSS JOIN LATERAL (
    SELECT act.id, act.kind, act.author, act.at, act.recorded_at, act.leaf_hash, entry.index, opening.jws, actor.value AS actor,
      row_number() OVER (ORDER BY ${ORDER}) AS rank
    FROM (
      SELECT own.id FROM audit.act AS own WHERE own.case_id = asked.case_id
        AND NOT EXISTS (SELECT FROM audit.reception WHERE foreign_act_id = own.id)
      UNION ALL
      SELECT foreign_act_id FROM audit.reception WHERE case_id = asked.case_id
    ) AS acts
    JOIN audit.act ON act.id = acts.id ${PLACES}
    LEFT JOIN audit.opening ON opening.act_id = act.id
    LEFT JOIN audit.disclosure AS actor ON actor.act_id = act.id AND actor.field = 'actor'
    WHERE asked.after_id IS NULL OR (${ORDER}) > (SELECT ${ORDER} FROM audit.act ${PLACES} WHERE act.id = asked.after_id)
    ORDER BY ${ORDER} LIMIT asked.first + 1
  ) AS shown
  ORDER BY asked.place, shown.rank`;

const ENTRIES = `
  SELECT 0 AS place, act.id, act.kind, act.author, act.at, act.recorded_at, act.leaf_hash, entry.index, opening.jws, actor.value AS actor,
    (SELECT max(size) FROM audit.checkpoint) AS signed_size, (SELECT max(size) FROM audit.checkpoint_final) AS final_size
  FROM audit.act
  LEFT JOIN audit.log_entry AS entry ON entry.act_id = act.id
  LEFT JOIN audit.opening ON opening.act_id = act.id
  LEFT JOIN audit.disclosure AS actor ON actor.act_id = act.id AND actor.field = 'actor'
  WHERE act.id = ANY ($1::uuid[])`;

function toTrailEntry(row: TrailRow): TrailEntry {
  return {
    actId: row.id,
    act: row.jws?.toString('latin1') ?? '',
    author: row.author,
    actor: actorOf(row.actor),
    at: toInstant(row.at),
    recordedAt: toInstant(row.recorded_at),
    summary: summaryOf(row.kind),
    logIndex: row.index,
    leafHash: encodeHash(row.leaf_hash),
    state: stateOf(row),
  };
}

/** The disclosed actor: canonical JSON of a text, or of null. */
function actorOf(value: Buffer | null): string | null {
  const actor: unknown = value === null ? null : JSON.parse(value.toString('utf8'));
  return typeof actor === 'string' ? actor : null;
}

function stateOf({ index, signed_size: signed, final_size: final }: TrailRow): TrailEntryState {
  if (index === null) return 'COMMITTED';
  if (BigInt(index) < BigInt(final ?? 0)) return 'FINAL';
  return BigInt(index) < BigInt(signed ?? 0) ? 'SIGNED' : 'SEQUENCED';
}

function uuidOrNull(text: string | null): string | null {
  return text !== null && UUID.test(text) ? text : null;
}
