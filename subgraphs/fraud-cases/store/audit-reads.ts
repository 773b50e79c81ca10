// What the bank's readers may ask of the log itself: the receipt of an act with its promise, and the log's head.

import { logReads } from '../../../shared/audit-log/log-reads';
import { rowsOf, type SqlSource } from '../../../shared/audit-log/sql-session';
import { msToInstant } from '../../../shared/vocabulary/instant';
import type { ActReceipt, LogHead } from '../domain/trail';

/** Reads of the log. */
export interface AuditReads {
  /** Null for an act that is not known. */
  receiptOf(actId: string): Promise<ActReceipt | null>;
  /** Null while nothing is signed. */
  head(): Promise<LogHead | null>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The reads over a database, for the log of a policy. */
export function auditReads(source: SqlSource, policy: Parameters<typeof logReads>[1]): AuditReads {
  const log = logReads(source, policy);
  return {
    async receiptOf(actId) {
      if (!UUID.test(actId)) return null;
      const receipt = await log.receiptOf(actId);
      if (receipt === null) return null;
      const [promised] = await rowsOf<{ readonly promise: string }>(source, {
        name: 'promise_of_act',
        text: 'SELECT promise FROM act_promise WHERE act_id = $1',
        values: [actId],
      });
      const { state, leafHash, index, proof } = receipt;
      return { actId, state, leafHash, logIndex: index?.toString() ?? null, promise: promised?.promise ?? null, proof };
    },
    async head() {
      const newest = await log.newestCheckpoint();
      if (newest === null) return null;
      const { origin, size, root, note, state, signedAt } = newest;
      const rootHash = Buffer.from(root).toString('base64');
      return { origin, size: size.toString(), rootHash, note, state, signedAt: msToInstant(signedAt.getTime()) };
    },
  };
}
