// Takes the outbox of orders to the operators. At least once: a task that was claimed and not settled comes due again when its lease ends, also
// if this program dies. In the order of a number, as the outbox gives it; numbers and operators do not wait for each other. An operator
// that is down is asked one order at a time until it answers; an order that is refused again and again is put aside with an alarm, and
// waits for somebody to set it going again. What an answer does is decided by the settlement. Wakes when something is put into the outbox.

import { Client } from 'pg';
import type { SqlSession, SqlSource } from '../../../shared/audit-log/sql-session';
import type { Logger } from '../../../shared/service/logger';
import { hasUntoldHistory } from '../store/case-event';
import {
  adoptUnanswered,
  type ClaimedTask,
  claimTasks,
  dropTasks,
  dueAddressees,
  parkTask,
  postponeTask,
  raiseOrderAlarm,
} from '../store/order-outbox';
import { readOrder } from '../store/order-writes';
import { AddresseeHealth, type AttemptFailure } from './addressee-health';
import type { SendOrder } from './gateway-call';
import { expireOverdue, reissueUnserved, type SettlementOptions, settleReceipt } from './settlement';

/** What the dispatcher needs. */
export interface DispatcherOptions {
  readonly settlement: SettlementOptions;
  readonly source: SqlSource & Pick<SqlSession, 'query'>;
  /** For the connection that listens. */
  readonly databaseUrl: string;
  readonly send: SendOrder;
  readonly logger: Logger;
  readonly limits?: Partial<DispatchLimits>;
}

/** Bounds of the work; times in milliseconds. */
export interface DispatchLimits {
  /** Orders on their way to one addressee at a time. */
  readonly perAddressee: number;
  /** How long a claim holds; longer than any attempt takes. */
  readonly leaseMs: number;
  /** The longest sleep without a word from the database. */
  readonly pollMs: number;
  /** Refusals after which a task is put aside. */
  readonly mostRefusals: number;
  readonly firstBackOffMs: number;
  readonly longestBackOffMs: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** How long an end waits for attempts in flight before it breaks them off. */
  readonly stopMs: number;
}

/** The limits unless told. */
export const DISPATCH_LIMITS: DispatchLimits = {
  perAddressee: 8,
  leaseMs: 30_000,
  pollMs: 1_000,
  mostRefusals: 8,
  firstBackOffMs: 1_000,
  longestBackOffMs: 300_000,
  firstPauseMs: 500,
  longestPauseMs: 15_000,
  stopMs: 8_000,
};

/** A dispatcher at work. */
export interface Dispatcher {
  /** Takes nothing more, lets attempts in flight end. */
  stop(): Promise<void>;
}

/** What an attempt came to. */
type Attempt =
  | { readonly kind: 'DONE' }
  /** Answered, and to be tried again all the same. */
  | { readonly kind: 'AGAIN'; readonly reason: string }
  | { readonly kind: 'FAILED'; readonly failure: AttemptFailure; readonly reason: string };

/** Starts the work and goes on until it is stopped; survives the loss of database, gateway and operators. */
export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const work = new DispatchWork(options, { ...DISPATCH_LIMITS, ...options.limits });
  const listener = listen(options, () => work.wake());
  const running = work.run();
  return {
    async stop() {
      work.end();
      await listener.stop();
      await running;
    },
  };
}

class DispatchWork {
  private readonly health = new Map<string, AddresseeHealth>();
  private readonly inFlight = new Map<string, Set<Promise<void>>>();
  private readonly broken = new AbortController();
  private isStopping = false;
  private isWanted = false;
  private rouse: () => void = () => {};

  constructor(
    private readonly options: DispatcherOptions,
    private readonly limits: DispatchLimits,
  ) {}

  /** Something may be due. */
  wake(): void {
    this.isWanted = true;
    this.rouse();
  }

  end(): void {
    this.isStopping = true;
    this.wake();
  }

  async run(): Promise<void> {
    let isAdopted = false;
    while (!this.isStopping) {
      this.isWanted = false;
      let sleepMs = this.limits.pollMs;
      try {
        // Orders of a history go out once all of it is told: each with the act that tells it.
        if (!isAdopted && !(await hasUntoldHistory(this.options.source))) {
          await adoptUnanswered(this.options.source);
          isAdopted = true;
        }
        sleepMs = await this.round();
      } catch (cause) {
        this.options.logger.warn({ fault: nameOf(cause) }, 'the outbox of orders could not be read');
      }
      if (!this.isWanted) await this.sleep(sleepMs);
    }
    await this.finish();
  }

  /** Claims what is due and what there is room for; resolves with the milliseconds until it is worth looking again. */
  private async round(): Promise<number> {
    const { due, nextInMs } = await dueAddressees(this.options.source);
    let sleepMs = Math.min(this.limits.pollMs, nextInMs ?? this.limits.pollMs);
    for (const addressee of due) {
      const health = this.healthOf(addressee);
      const pauseMs = health.pausedUntil - Date.now();
      const busy = this.busyWith(addressee);
      const most = (health.isDown ? 1 : this.limits.perAddressee) - busy.size;
      if (pauseMs > 0) sleepMs = Math.min(sleepMs, pauseMs);
      if (pauseMs > 0 || most <= 0 || this.isStopping) continue;
      const claim = { addressee, most, leaseMs: this.limits.leaseMs };
      for (const task of await claimTasks(this.options.source, claim)) {
        const attempt = this.attend(task).finally(() => {
          busy.delete(attempt);
          this.wake();
        });
        busy.add(attempt);
      }
    }
    return Math.max(1, sleepMs);
  }

  /** One attempt, and what follows from it. Never rejects. */
  private async attend(task: ClaimedTask): Promise<void> {
    const { logger } = this.options;
    try {
      const attempt = await this.attempt(task);
      await this.conclude(task, attempt);
    } catch (cause) {
      // Nothing of it holds; the lease lets it come due again.
      logger.warn({ order: task.orderId, task: task.task, fault: nameOf(cause) }, 'an order could not be settled');
      await postponeTask(this.options.source, task, { afterMs: this.backOffMs(task.attempts), refusal: null }).catch(
        () => {},
      );
    }
  }

  private async attempt(task: ClaimedTask): Promise<Attempt> {
    const { settlement, source, send, logger } = this.options;
    if (task.task === 'REISSUE') {
      const reissued = await reissueUnserved(settlement, task.orderId);
      if (reissued === 'SILENT') return { kind: 'FAILED', failure: 'UNREACHABLE', reason: 'NUMBERING_SILENT' };
      if (reissued === 'NOWHERE') {
        logger.error({ order: task.orderId }, 'an order ends at an operator that does not serve the line: nobody does');
      }
      return { kind: 'DONE' };
    }
    const order = (await readOrder(source, task.orderId))?.order;
    const document = (task.task === 'BLOCK' ? order?.document : order?.liftDocument) ?? null;
    if (order === undefined || document === null) {
      await dropTasks(source, task.orderId, [task.task]);
      return { kind: 'DONE' };
    }
    // What is over is not ordered any more; an operator that has it ends it by itself.
    const isOver = task.task === 'BLOCK' && order.validUntil !== null && order.validUntil <= task.claimedAt;
    if (isOver && (await expireOverdue(settlement.desk, source, order.id))) return { kind: 'DONE' };
    const answer = await send(order.operatorCode, document, this.broken.signal);
    if (answer.kind !== 'RECEIPT') return { kind: 'FAILED', failure: answer.kind, reason: answer.reason };
    const told = { orderId: task.orderId, document: task.task, receipt: answer.receipt };
    const settled = await settleReceipt(settlement, told);
    switch (settled.outcome) {
      case 'DONE':
        if (settled.isLate) {
          logger.warn({ order: task.orderId, operatorCode: order.operatorCode }, 'an order took effect late');
        }
        return { kind: 'DONE' };
      case 'AGAIN':
        return { kind: 'AGAIN', reason: 'NOT_EXECUTED' };
      case 'BAD_RECEIPT':
        await raiseOrderAlarm(source, task, 'BAD_RECEIPT');
        logger.error(
          { order: task.orderId, operatorCode: order.operatorCode },
          "a receipt is not the operator's word on this order",
        );
        return { kind: 'FAILED', failure: 'REFUSED', reason: 'BAD_RECEIPT' };
    }
  }

  private async conclude(task: ClaimedTask, attempt: Attempt): Promise<void> {
    const health = this.healthOf(task.addressee);
    const key = `${task.task}/${task.orderId}`;
    if (attempt.kind === 'FAILED') {
      const { isOrders } = health.failed(key, attempt.failure, Date.now(), Math.random());
      return this.putBack(task, isOrders ? attempt.reason : null);
    }
    health.succeeded(key);
    if (attempt.kind === 'AGAIN') await this.putBack(task, attempt.reason);
  }

  /** Later, or aside when it was refused too often. */
  private async putBack(task: ClaimedTask, refusal: string | null): Promise<void> {
    const { source, logger } = this.options;
    if (refusal === null || task.refusals + 1 < this.limits.mostRefusals) {
      const afterMs = refusal === null ? this.limits.firstBackOffMs / 2 : this.backOffMs(task.refusals + 1);
      return postponeTask(source, task, { afterMs, refusal });
    }
    if (!(await parkTask(source, task, refusal))) return;
    await raiseOrderAlarm(source, task, 'PARKED');
    const { orderId, addressee } = task;
    logger.error({ order: orderId, task: task.task, addressee, reason: refusal }, 'an order is put aside');
  }

  private backOffMs(times: number): number {
    const { firstBackOffMs, longestBackOffMs } = this.limits;
    const fullMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** Math.min(times - 1, 30));
    return fullMs * (0.5 + Math.random() / 2);
  }

  private healthOf(addressee: string): AddresseeHealth {
    const known = this.health.get(addressee);
    if (known !== undefined) return known;
    const made = new AddresseeHealth(this.limits);
    this.health.set(addressee, made);
    return made;
  }

  private busyWith(addressee: string): Set<Promise<void>> {
    const known = this.inFlight.get(addressee);
    if (known !== undefined) return known;
    const made = new Set<Promise<void>>();
    this.inFlight.set(addressee, made);
    return made;
  }

  private async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.rouse = () => {};
  }

  private async finish(): Promise<void> {
    const attempts = [...this.inFlight.values()].flatMap((each) => [...each]);
    const timer = setTimeout(() => this.broken.abort(), this.limits.stopMs);
    await Promise.all(attempts);
    clearTimeout(timer);
  }
}

/** A connection that hears what is put into the outbox. While it is lost, looking now and then is all there is. */
function listen({ databaseUrl, logger }: DispatcherOptions, onWord: () => void): { stop(): Promise<void> } {
  let isStopping = false;
  let client: Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  const connect = async (): Promise<void> => {
    const made = new Client({
      connectionString: databaseUrl,
      application_name: 'fraud-cases-dispatcher',
      keepAlive: true,
    });
    client = made;
    let isLost = false;
    const lose = (): void => {
      if (isLost) return;
      isLost = true;
      made.end().catch(() => {});
      if (isStopping) return;
      timer = setTimeout(() => void connect(), RECONNECT_MS);
    };
    made.on('notification', onWord);
    made.on('error', lose);
    made.on('end', lose);
    try {
      await made.connect();
      await made.query('LISTEN order_outbox');
      onWord();
    } catch (cause) {
      logger.warn({ fault: nameOf(cause) }, 'nobody listens for new orders; they are found by looking');
      lose();
    }
  };
  const connecting = connect();
  return {
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      await connecting;
      await client?.end().catch(() => {});
    },
  };
}

const RECONNECT_MS = 1_000;

/** Name and code of a fault; its text may hold what somebody sent. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  return 'code' in cause && typeof cause.code === 'string' ? `${cause.name} ${cause.code}` : cause.name;
}
