// An operator drops what opens its own acts once the time of their openings is over: signed texts, salts and values go, leaves, places and proofs
// stay. Only acts whose place in the log is proven: until then the opening is what convicts a log that forgot them. The erasure is an act of
// the operator's, delivered like any other; what the bank holds of the same acts, the bank erases.

import type { DataSource } from 'typeorm';
import { parseTlogProof } from '../../../shared/audit/tlog-proof';
import type { ActAuthor } from '../../../shared/audit-log/act-author';
import { type ErasableOpening, eraseGiven, KINDS_KEPT_OPEN } from '../../../shared/audit-log/erasure';
import { rowsOf, type SqlSession, sessionOf } from '../../../shared/audit-log/sql-session';
import type { Day } from '../../../shared/vocabulary/day';
import { BANK, openingExpiry } from '../store/own-act';
import { toInstant } from '../store/sql-fragment';

/** Acts of one erasure at most, and so of one transaction. */
const MOST_ACTS = 1_000;

/** Erases the openings that expired before a day, on record; resolves with how many, 0 when there was nothing to erase. `basis` says why. */
export async function eraseExpired(
  dataSource: DataSource,
  author: ActAuthor,
  erasure: { readonly before: Day; readonly basis: string },
): Promise<number> {
  let erased = 0;
  for (;;) {
    const count = await dataSource.transaction(async (manager) => {
      const session = await sessionOf(manager);
      const openings = await findExpired(session, erasure.before);
      const [clock] = await rowsOf<{ readonly now: Date }>(session, { text: 'SELECT senim_now() AS now' });
      if (clock === undefined || openings.length === 0) return 0;
      const at = toInstant(clock.now);
      await eraseGiven(
        session,
        author,
        { basis: erasure.basis, at, expiresOn: openingExpiry(at), to: [BANK] },
        openings,
      );
      return openings.length;
    });
    if (count === 0) return erased;
    erased += count;
  }
}

async function findExpired(session: SqlSession, before: Day): Promise<readonly ErasableOpening[]> {
  const rows = await rowsOf<{ readonly act_id: string; readonly proof: string }>(session, {
    text: `SELECT opening.act_id, delivery.proof FROM audit.opening opening
      JOIN audit.act act ON act.id = opening.act_id JOIN act_delivery delivery ON delivery.act_id = opening.act_id
      WHERE opening.expires_on < $1 AND delivery.state = 'PROVEN' AND act.kind <> ALL ($2)
      ORDER BY opening.expires_on, opening.act_id LIMIT ${MOST_ACTS}`,
    values: [before, KINDS_KEPT_OPEN],
  });
  return rows
    .map(({ act_id: actId, proof }) => ({ actId, index: parseTlogProof(Buffer.from(proof, 'utf8')).index }))
    .toSorted((left, right) => (left.index < right.index ? -1 : 1));
}
