// Portings at the donor and at the recipient. Each step is one transaction that first takes the number's lock, so that two requests
// for one number never see each other half done; what is decided comes from domain/porting.ts. A block that does not freeze portings
// ends here with the tenure, by an act of its own. If the process dies before the commit nothing happened; after it, the same request
// gets the same answer.

import { randomUUID } from 'node:crypto';
import { type DataSource, type EntityManager, In, IsNull } from 'typeorm';
import type { ActAuthor } from '../../../shared/audit-log/act-author';
import { sessionOf } from '../../../shared/audit-log/sql-session';
import { type BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { Result } from '../../../shared/vocabulary/result';
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
import { enforcementChange, IN_FORCE, readNumber, recordEvent } from './enforcement-rows';
import { LineContractRow, PortRecordRow, ServiceStateRow, TenureRow } from './line-rows';
import { lockNumber } from './number-lock';
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

/** The steps over a database at head; `author` signs that a block ended. */
export function openPortingStore(dataSource: DataSource, author: ActAuthor): PortingStore {
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
          await writePortOut(manager, author, request, contractKey, now);
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

/** Runs `work` in a transaction that holds the number's lock; `now` is the database's clock under the lock. */
function locked<T>(
  dataSource: DataSource,
  msisdn: Msisdn,
  work: (manager: EntityManager, now: Date) => Promise<T>,
): Promise<T> {
  return dataSource.transaction(async (manager) => {
    await lockNumber(await sessionOf(manager), msisdn);
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

async function writePortOut(
  manager: EntityManager,
  author: ActAuthor,
  request: PortOut,
  contractKey: string,
  now: Date,
): Promise<void> {
  await endBlock(manager, author, request.msisdn, toInstant(now));
  const key = { msisdn: request.msisdn, since: dateOf(request.since) };
  const at = dateOf(request.at);
  await manager.update(TenureRow, key, { until: at });
  await manager.update(LineContractRow, { key: contractKey }, { status: 'PORTED_OUT', endedAt: at });
  await manager.insert(PortRecordRow, { ...key, portId: request.portId, direction: 'OUT', at, recordedAt: now });
}

/** The block in force goes with the number: here there is nothing left that it could hold. */
async function endBlock(manager: EntityManager, author: ActAuthor, msisdn: Msisdn, at: Instant): Promise<void> {
  const session = await sessionOf(manager);
  const { live } = await readNumber(session, msisdn, '');
  if (live === null) return;
  const event = {
    ...live,
    change: 'LEFT' as const,
    msisdn,
    outcome: 'NOT_SERVED_HERE' as const,
    services: [],
    effectiveAt: null,
    receipt: null,
    attempt: 1,
    at,
  };
  await recordEvent(session, author, event, 'block.failed', (actId) => [
    enforcementChange(live, { state: 'NOT_SERVED_HERE', liftedAt: at, actId }),
  ]);
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
