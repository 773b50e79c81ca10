// What subscriptions listen to: changes of one case, and orders issued to one operator. Who may listen is decided before; what is told is an
// id, and the reader loads what that is now. Several changes of a case that a reader has not fetched yet are one; orders are each told.

import type { CaseChange, LiveReads, PlacedOrderEvent } from '../store/live-reads';
import { createEventTail, type EventTail, type EventTailParts } from './event-tail';
import { type Mailbox, openMailbox } from './mailbox';

/** Events of the running service. */
export interface LiveEvents {
  /** The case's id at each change. */
  caseChanges(caseId: string): Promise<AsyncIterableIterator<string>>;
  /** Ids of orders that were signed for the operator: new ones, and lifts. Ends for a reader that leaves 1,000 unread. */
  ordersIssued(operatorCode: string): Promise<AsyncIterableIterator<string>>;
  /** Ends every stream. */
  stop(): Promise<void>;
}

const MOST_ORDERS_UNREAD = 1_000;

/** Events over the tables; `parts` are those of every tail. */
export function openLiveEvents(
  reads: LiveReads,
  parts: Pick<EventTailParts<never>, 'onRing' | 'onFault' | 'pace'>,
): LiveEvents {
  const cases = createEventTail<CaseChange>({ ...parts, reads: reads.cases, horizon: reads.horizon });
  const orders = createEventTail<PlacedOrderEvent>({ ...parts, reads: reads.orders, horizon: reads.horizon });
  const boxes = new Set<Mailbox<string>>();

  async function listen<Event>(
    tail: EventTail<Event>,
    most: number,
    tell: (box: Mailbox<string>, event: Event) => void,
  ): Promise<AsyncIterableIterator<string>> {
    let leave: () => void = () => {};
    const box: Mailbox<string> = openMailbox(most, () => {
      boxes.delete(box);
      leave();
    });
    boxes.add(box);
    leave = await tail.listen((event) => tell(box, event));
    return box.values;
  }

  return {
    caseChanges(caseId) {
      let isTold = false;
      return listen(cases, 1, (box, event) => {
        if (event.caseId !== caseId || isTold) return;
        isTold = true;
        box.put(caseId);
      }).then((values) =>
        onceFetched(values, () => {
          isTold = false;
        }),
      );
    },
    ordersIssued: (operatorCode) =>
      listen(orders, MOST_ORDERS_UNREAD, (box, { event }) => {
        if (event.operatorCode === operatorCode && event.document !== null) box.put(event.orderId);
      }),
    async stop() {
      for (const box of boxes) box.close();
      await Promise.all([cases.stop(), orders.stop()]);
    },
  };
}

/** The values, with a call as each is handed over: what changes after that is news again. */
function onceFetched(values: AsyncIterableIterator<string>, fetched: () => void): AsyncIterableIterator<string> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const result = await values.next();
      fetched();
      return result;
    },
    return: async () => (await values.return?.()) ?? { done: true, value: undefined },
    throw: async (fault) => (await values.throw?.(fault)) ?? { done: true, value: undefined },
  };
}
