// What the log can say about itself: how far an act has come, its entry and proof, the newest checkpoint. Reads only; every proof is made
// out of stored tiles and verified by whoever receives it.

import { encodeBase64Url } from '../audit/encoding';
import { formatTlogProof } from '../audit/tlog-proof';
import type { QuorumPolicy } from '../audit/witness-policy';
import type { TrailEntryState } from '../vocabulary/trail';
import type { TilePlace } from './growing-tree';
import { type LogCheckpoint, readLogCheckpoint } from './log-checkpoint';
import { rowsOf, type SqlSource } from './sql-session';
import { consistencyProof, inclusionProof, tilesIn } from './tile-reads';

/** Where an act stands. */
export interface ActPlace {
  readonly actId: string;
  readonly leafHash: string;
  /** Null until it is sequenced. */
  readonly index: bigint | null;
  readonly state: TrailEntryState;
}

/** Where an act stands, and how that is proven. */
export interface Receipt extends ActPlace {
  /** A C2SP tlog-proof in the newest final checkpoint, else in the newest signed one; null until an entry is signed. */
  readonly proof: string | null;
}

/** A signed checkpoint and how far it has come. */
export interface StoredCheckpoint extends LogCheckpoint {
  readonly state: Extract<TrailEntryState, 'SIGNED' | 'FINAL'>;
  readonly signedAt: Date;
}

/** Reads of one log. */
export interface LogReads {
  /** States of acts, in the order of the ids; null for an act that is not known. One query. */
  placesOf(actIds: readonly string[]): Promise<readonly (ActPlace | null)[]>;
  receiptOf(actId: string): Promise<Receipt | null>;
  /** The newest final checkpoint, else the newest signed one; null while nothing is signed. */
  newestCheckpoint(): Promise<StoredCheckpoint | null>;
  /** For how long the oldest signature that is not final yet has been waiting, in milliseconds; 0 when none waits. What must not be done without a quorum is decided by the houses. */
  waitingForQuorumMs(): Promise<number>;
  /** Hashes of a tile as far as it is filled; null when it is not begun. */
  tile(place: TilePlace): Promise<Buffer | null>;
  /** Null when the index is not below the size. */
  inclusionProof(index: bigint, size: bigint): Promise<readonly Uint8Array[] | null>;
  /** Null when size1 is above size2. */
  consistencyProof(size1: bigint, size2: bigint): Promise<readonly Uint8Array[] | null>;
}

/** Reads of the log in a database. */
export function logReads(source: SqlSource, policy: QuorumPolicy): LogReads {
  const tiles = tilesIn(source);
  const placesOf = async (actIds: readonly string[]): Promise<readonly (ActPlace | null)[]> => {
    const rows = await rowsOf<PlaceRow>(source, { name: 'audit_places', text: PLACES, values: [actIds] });
    const byId = new Map(rows.map((row) => [row.id, placeOf(row)]));
    return actIds.map((id) => byId.get(id) ?? null);
  };
  return {
    placesOf,
    async receiptOf(actId) {
      const [place] = await placesOf([actId]);
      if (place === null || place === undefined) return null;
      if (place.index === null) return { ...place, proof: null };
      const checkpoint = await checkpointAbove(source, place.index);
      if (checkpoint === null) return { ...place, proof: null };
      const { size } = readLogCheckpoint(checkpoint, policy);
      const proof = (await inclusionProof(tiles, place.index, size)) ?? [];
      return { ...place, proof: formatTlogProof({ extra: null, index: place.index, proof, checkpoint }) };
    },
    async newestCheckpoint() {
      const [row] = await rowsOf<{ readonly note: string; readonly is_final: boolean; readonly signed_at: Date }>(
        source,
        {
          name: 'audit_newest',
          text: `SELECT coalesce(f.note, c.note) AS note, f.note IS NOT NULL AS is_final, c.signed_at
          FROM audit.checkpoint c LEFT JOIN audit.checkpoint_final f USING (size)
          ORDER BY f.size DESC NULLS LAST, c.size DESC LIMIT 1`,
        },
      );
      if (row === undefined) return null;
      const state = row.is_final ? 'FINAL' : 'SIGNED';
      return { ...readLogCheckpoint(row.note, policy), state, signedAt: row.signed_at };
    },
    async waitingForQuorumMs() {
      const [row] = await rowsOf<{ readonly waiting: string | null }>(source, {
        name: 'audit_waiting',
        text: `SELECT extract(epoch FROM senim_now() - min(signed_at)) * 1000 AS waiting FROM audit.checkpoint
          WHERE size > coalesce((SELECT max(size) FROM audit.checkpoint_final), 0)`,
      });
      return Math.max(0, Math.round(Number(row?.waiting ?? 0)));
    },
    async tile(place) {
      const [tile] = await tiles([place]);
      return tile?.hashes ?? null;
    },
    inclusionProof: (index, size) => inclusionProof(tiles, index, size),
    consistencyProof: (size1, size2) => consistencyProof(tiles, size1, size2),
  };
}

interface PlaceRow {
  readonly id: string;
  readonly leaf_hash: Buffer;
  readonly index: string | null;
  readonly signed_size: string | null;
  readonly final_size: string | null;
}

const PLACES = `
  SELECT a.id, a.leaf_hash, e.index,
    (SELECT max(size) FROM audit.checkpoint) AS signed_size,
    (SELECT max(size) FROM audit.checkpoint_final) AS final_size
  FROM audit.act a LEFT JOIN audit.log_entry e ON e.act_id = a.id
  WHERE a.id = ANY ($1::uuid[])`;

function placeOf(row: PlaceRow): ActPlace {
  const index = row.index === null ? null : BigInt(row.index);
  return { actId: row.id, leafHash: encodeBase64Url(row.leaf_hash), index, state: stateOf(index, row) };
}

function stateOf(index: bigint | null, row: PlaceRow): TrailEntryState {
  if (index === null) return 'COMMITTED';
  if (index < BigInt(row.final_size ?? 0)) return 'FINAL';
  return index < BigInt(row.signed_size ?? 0) ? 'SIGNED' : 'SEQUENCED';
}

async function checkpointAbove(source: SqlSource, index: bigint): Promise<string | null> {
  const [row] = await rowsOf<{ readonly note: string }>(source, {
    name: 'audit_checkpoint_above',
    text: `(SELECT note, size, 1 AS rank FROM audit.checkpoint_final WHERE size > $1 ORDER BY size DESC LIMIT 1)
      UNION ALL (SELECT note, size, 2 FROM audit.checkpoint WHERE size > $1 ORDER BY size DESC LIMIT 1)
      ORDER BY rank LIMIT 1`,
    values: [index.toString()],
  });
  return row?.note ?? null;
}
