// Portings at the donor and at the recipient. Each step is one transaction that first takes the number's lock, so that two requests
// for one number never see each other half done; what is decided comes from domain/porting.ts. If the process dies before the
// commit nothing happened; after it, the same request gets the same answer.

import { randomUUID } from 'node:crypto';
import { type DataSource, type EntityManager, In, IsNull } from 'typeorm';
import { type BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import { LINE_STATUSES } from '../../../shared/vocabulary/line';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { Result } from '../../../shared/vocabulary/result';
import { isInForce } from '../domain/line-contract';
import {
  checkPortOut,
  decidePortIn,
  decidePortOut,
  type PortIn,
  type PortInRefusal,
  type PortOut,
  type PortOutRefusal,
  type PortOutState,
  type PortStep,
} from '../domain/porting';
import { LineContractRow, PortRecordRow, ServiceStateRow, TenureRow } from './line-rows';
import { toInstant, toInstantOrNull } from './sql-fragment';

/** Steps of a porting. Every one may be repeated with the same content; refusals change nothing. */
export interface PortingStore {
  /** Whether the number may leave; reads only. */
  checkPortOut(request: Omit<PortOut, 'at'>): Promise<Result<PortStep, PortOutRefusal>>;
  /** Ends tenure and contract at the asked instant. Atomic. */
  portOut(request: PortOut): Promise<Result<PortStep, PortOutRefusal>>;
  /** Begins a tenure with a contract that waits for its holder's identification. Atomic. */
  portIn(request: PortIn): Promise<Result<PortStep, PortInRefusal>>;
}

/** The steps over a database at head. */
export function openPortingStore(dataSource: DataSource): PortingStore {
  return {
    checkPortOut: (request) =>
      locked(dataSource, request.msisdn, async (manager, now) =>
        checkPortOut(request, (await readDonor(manager, request, now)).state),
      ),
    portOut: (request) =>
      locked(dataSource, request.msisdn, async (manager, now) => {
        const { state, contractKey } = await readDonor(manager, request, now);
        const step = decidePortOut(request, state);
        if (step.ok && step.value === 'DO' && contractKey !== null)
          await writePortOut(manager, request, contractKey, now);
        return step;
      }),
    portIn: (request) =>
      locked(dataSource, request.msisdn, async (manager, now) => {
        const recorded = await findRecord(manager, request.portId, 'IN');
        const tenures = await manager.find(TenureRow, { where: { msisdn: request.msisdn }, order: { since: 'DESC' } });
        const step = decidePortIn(request, {
          recorded: recorded === null ? null : { msisdn: recorded.msisdn as Msisdn, since: toInstant(recorded.since) },
          isServedHere: tenures.some((tenure) => tenure.until === null),
          lastUntil: toInstantOrNull(tenures[0]?.until ?? null),
          now: toInstant(now),
        });
        if (step.ok && step.value === 'DO') await writePortIn(manager, request, now);
        return step;
      }),
  };
}

const LOCKS_OF_NUMBERS = 7_702;
const IN_FORCE = LINE_STATUSES.filter(isInForce);

/** Runs `work` in a transaction that holds the number's lock; `now` is the database's clock under the lock. */
function locked<T>(
  dataSource: DataSource,
  msisdn: Msisdn,
  work: (manager: EntityManager, now: Date) => Promise<T>,
): Promise<T> {
  return dataSource.transaction(async (manager) => {
    await manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOCKS_OF_NUMBERS, msisdn]);
    const [clock]: readonly { readonly now: Date }[] = await manager.query('SELECT senim_now() AS now');
    return work(manager, clock?.now ?? new Date(Number.NaN));
  });
}

function findRecord(manager: EntityManager, portId: string, direction: 'OUT' | 'IN'): Promise<PortRecordRow | null> {
  return manager.findOneBy(PortRecordRow, { portId, direction });
}

async function readDonor(
  manager: EntityManager,
  request: Omit<PortOut, 'at'>,
  now: Date,
): Promise<{ readonly state: PortOutState; readonly contractKey: string | null }> {
  const key = { msisdn: request.msisdn, since: dateOf(request.since) };
  const recorded = await findRecord(manager, request.portId, 'OUT');
  const tenure = await manager.findOneBy(TenureRow, { ...key, until: IsNull() });
  const contract = await manager.findOneBy(LineContractRow, { ...key, status: In(IN_FORCE) });
  const services = contract === null ? null : await manager.findOneBy(ServiceStateRow, { contractKey: contract.key });
  return {
    contractKey: contract?.key ?? null,
    state: {
      recorded:
        recorded === null
          ? null
          : {
              msisdn: recorded.msisdn as Msisdn,
              since: toInstant(recorded.since),
              at: toInstant(recorded.at),
            },
      isRunning: tenure !== null && contract !== null,
      measuresInForce: (services?.measures ?? []) as BlockMeasure[],
      now: toInstant(now),
    },
  };
}

async function writePortOut(manager: EntityManager, request: PortOut, contractKey: string, now: Date): Promise<void> {
  const key = { msisdn: request.msisdn, since: dateOf(request.since) };
  const at = dateOf(request.at);
  await manager.update(TenureRow, key, { until: at });
  await manager.update(LineContractRow, { key: contractKey }, { status: 'PORTED_OUT', endedAt: at });
  await manager.insert(PortRecordRow, { ...key, portId: request.portId, direction: 'OUT', at, recordedAt: now });
}

async function writePortIn(manager: EntityManager, request: PortIn, now: Date): Promise<void> {
  const since = dateOf(request.since);
  const key = { msisdn: request.msisdn, since };
  await manager.insert(TenureRow, { ...key, until: null });
  await manager.insert(LineContractRow, {
    ...key,
    id: randomUUID(),
    status: 'PENDING_IDENTIFICATION',
    openedAt: since,
    verificationResult: 'NOT_PERFORMED',
    verificationAttempts: 0,
  });
  await manager.insert(PortRecordRow, { ...key, portId: request.portId, direction: 'IN', at: since, recordedAt: now });
}

function dateOf(instant: Instant): Date {
  return new Date(instant);
}
