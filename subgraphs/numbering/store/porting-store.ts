// The registry's own steps of a porting, each one transaction, guarded by one advisory lock per number. Their order, and the calls
// to operators between them, are decided by porting-process.ts.

import type { DataSource, EntityManager } from 'typeorm';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import type { PortingRecord, PortingRequest } from '../domain/porting';
import type { Tenure } from '../domain/tenure';
import { PortingRow, toPortingRecord } from './porting-row';
import { TenureRow, toTenure } from './tenure-row';

/** Where portings are kept. Only one process at a time may be inside `exclusively` for a number. */
export interface PortingStore {
  /**
   * Runs `work` while no other process plays a porting of the number; refused when one does, or when this process plays as many as
   * it may: each holds a connection, and `work` needs others of the same pool. The lock ends with the connection.
   */
  exclusively<T>(msisdn: Msisdn, work: () => Promise<T>): Promise<Result<T, 'PORTING_IN_PROGRESS' | 'OVERLOADED'>>;
  find(portId: string): Promise<PortingRecord | null>;
  /** Those that are not DONE, in no order. */
  unfinished(): Promise<readonly PortingRecord[]>;
  runningTenure(msisdn: Msisdn): Promise<Tenure | null>;
  /** Writes the PENDING row; refused when the id or the number has one already. */
  begin(request: PortingRequest, running: Tenure): Promise<Result<PortingRecord, 'PORTING_IN_PROGRESS'>>;
  /**
   * Atomic: the donor's tenure ends and the recipient's begins at the database's now, the row is SWITCHED. Refused when the donor's
   * tenure is no longer the running one, or began in this very millisecond.
   */
  switchOver(pending: PortingRecord): Promise<Result<PortingRecord, 'DONOR_DISAGREES'>>;
  /** Atomic: as if it had never been asked for; a SWITCHED number goes back to its donor. */
  undo(record: PortingRecord): Promise<void>;
  finish(portId: string): Promise<void>;
}

/** Class of the advisory locks, apart from those of other purposes. */
const PORTING_LOCKS = 7_701;
const MOST_AT_ONCE = 4;

/** The store in a database at head. */
export function openPortingStore(dataSource: DataSource): PortingStore {
  const portings = dataSource.getRepository(PortingRow);
  let playing = 0;
  return {
    async exclusively(msisdn, work) {
      if (playing >= MOST_AT_ONCE) return refused('OVERLOADED');
      playing += 1;
      const runner = dataSource.createQueryRunner();
      try {
        const taken: readonly { readonly taken: boolean }[] = await runner.query(
          'SELECT pg_try_advisory_lock($1, hashtext($2)) AS taken',
          [PORTING_LOCKS, msisdn],
        );
        if (taken[0]?.taken !== true) return refused('PORTING_IN_PROGRESS');
        try {
          return accepted(await work());
        } finally {
          await runner.query('SELECT pg_advisory_unlock($1, hashtext($2))', [PORTING_LOCKS, msisdn]);
        }
      } finally {
        playing -= 1;
        await runner.release();
      }
    },
    async find(portId) {
      const row = await portings.findOneBy({ portId });
      return row === null ? null : toPortingRecord(row);
    },
    async unfinished() {
      const rows = await portings.createQueryBuilder('porting').where(`porting.state <> 'DONE'`).getMany();
      return rows.map(toPortingRecord);
    },
    async runningTenure(msisdn) {
      const row = await dataSource
        .getRepository(TenureRow)
        .createQueryBuilder('tenure')
        .where('tenure.msisdn = :msisdn AND tenure.until IS NULL', { msisdn })
        .getOne();
      return row === null ? null : toTenure(row);
    },
    async begin(request, running) {
      const rows: readonly unknown[] = await dataSource.query(
        `INSERT INTO porting (port_id, msisdn, donor, recipient, state, donor_since)
         VALUES ($1, $2, $3, $4, 'PENDING', $5) ON CONFLICT DO NOTHING RETURNING port_id`,
        [request.portId, request.msisdn, running.operatorCode, request.recipient, running.since],
      );
      if (rows.length === 0) return refused('PORTING_IN_PROGRESS');
      const { portId, msisdn, recipient } = request;
      const donor = running.operatorCode;
      return accepted({
        portId,
        msisdn,
        recipient,
        donor,
        state: 'PENDING',
        donorSince: running.since,
        completedAt: null,
      });
    },
    switchOver: (pending) => dataSource.transaction((manager) => switchOver(manager, pending)),
    undo: (record) => dataSource.transaction((manager) => undo(manager, record)),
    async finish(portId) {
      await dataSource.query(`UPDATE porting SET state = 'DONE' WHERE port_id = $1 AND state = 'SWITCHED'`, [portId]);
    },
  };
}

async function switchOver(
  manager: EntityManager,
  pending: PortingRecord,
): Promise<Result<PortingRecord, 'DONOR_DISAGREES'>> {
  const [ended]: [readonly { readonly until: Date }[], number] = await manager.query(
    `UPDATE tenure SET until = moment.now FROM (SELECT senim_now() AS now) AS moment
     WHERE msisdn = $1 AND operator_code = $2 AND since = $3 AND until IS NULL AND since < moment.now RETURNING until`,
    [pending.msisdn, pending.donor, pending.donorSince],
  );
  const at = ended[0]?.until;
  if (at === undefined) return refused('DONOR_DISAGREES');
  await manager.query('INSERT INTO tenure (msisdn, operator_code, since) VALUES ($1, $2, $3)', [
    pending.msisdn,
    pending.recipient,
    at,
  ]);
  const [, moved]: [unknown, number] = await manager.query(
    `UPDATE porting SET state = 'SWITCHED', completed_at = $2 WHERE port_id = $1 AND state = 'PENDING'`,
    [pending.portId, at],
  );
  invariant(moved === 1, 'a porting is switched once');
  return accepted({ ...pending, state: 'SWITCHED', completedAt: at.toISOString() as Instant });
}

async function undo(manager: EntityManager, record: PortingRecord): Promise<void> {
  if (record.state === 'SWITCHED') {
    const [, closed]: [unknown, number] = await manager.query(
      'DELETE FROM tenure WHERE msisdn = $1 AND operator_code = $2 AND since = $3 AND until IS NULL',
      [record.msisdn, record.recipient, record.completedAt],
    );
    const [, reopened]: [unknown, number] = await manager.query(
      'UPDATE tenure SET until = NULL WHERE msisdn = $1 AND operator_code = $2 AND since = $3 AND until = $4',
      [record.msisdn, record.donor, record.donorSince, record.completedAt],
    );
    invariant(closed === 1 && reopened === 1, 'only the newest porting of a number is undone');
  }
  const [, removed]: [unknown, number] = await manager.query('DELETE FROM porting WHERE port_id = $1 AND state = $2', [
    record.portId,
    record.state,
  ]);
  invariant(removed === 1, 'a porting is undone once');
}
