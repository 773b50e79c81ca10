// An operator's own system as it would be written against the public interfaces: it is woken by the subscription and by webhooks, and believes
// neither to be complete; what it does, it does from the feed, whose cursor it keeps. Losing its connection, or being told twice, changes
// nothing of what it has at the end.

import { type EventListener, listenTo } from './event-listener';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';

/** One event of the feed, as it is printed. */
export interface FeedItem {
  readonly id: string;
  readonly kind: string;
  readonly orderId: string;
  readonly state: string;
  readonly document: string | null;
  readonly act: { readonly act: string } | null;
}

export interface OperatorClient {
  /** Events in the order in which the feed gave them. */
  readonly taken: readonly FeedItem[];
  /** Where the next read begins; what a real client stores with what it has done. */
  cursor(): string | null;
  /** Address of its webhook endpoint. */
  readonly webhookUrl: string;
  /** Events that woke it, by source; the same event may come by both. */
  readonly woken: { readonly subscription: readonly string[]; readonly webhook: () => readonly string[] };
  /** Reads the feed to its end; rejects when it is not answered. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

/** What a client is told: where the gateway and the bank's origin are, how it signs in, and whose webhooks it believes. */
export interface OperatorClientOptions {
  readonly operatorCode: string;
  readonly gatewayUrl: string;
  readonly feedOrigin: string;
  readonly token: () => string | Promise<string>;
  readonly webhookKey: string;
  /** A cursor that was kept; null reads from the beginning. */
  readonly cursor?: string | null;
}

const ORDERS =
  'subscription ($operator: ID!) { blockOrderIssued(operatorCode: $operator) { id state target { msisdn } } }';

/** Starts to listen. */
export async function startOperatorClient(options: OperatorClientOptions): Promise<OperatorClient> {
  const { operatorCode, gatewayUrl, feedOrigin, token } = options;
  const taken: FeedItem[] = [];
  const subscription: string[] = [];
  const receiver: WebhookReceiver = await startWebhookReceiver(options.webhookKey);
  let cursor = options.cursor ?? null;
  let reading: Promise<void> = Promise.resolve();
  let stopped = false;
  let stream: EventListener | null = null;

  async function read(): Promise<void> {
    for (let more = true; more && !stopped; ) {
      const query = new URLSearchParams({ limit: '3', ...(cursor === null ? {} : { after: cursor }) });
      const response = await fetch(`${feedOrigin}/feed/block-orders?${query}`, {
        headers: { authorization: `Bearer ${await token()}` },
      });
      if (response.status !== 200) throw new Error(`The feed answered ${response.status}.`);
      const page = (await response.json()) as { events: FeedItem[]; next: string; more: boolean };
      taken.push(...page.events);
      ({ next: cursor, more } = page);
    }
  }
  const catchUp = (): Promise<void> => {
    reading = reading.catch(() => {}).then(read);
    return reading;
  };

  async function listen(): Promise<void> {
    while (!stopped) {
      try {
        stream = await listenTo(gatewayUrl, await token(), ORDERS, { operator: operatorCode });
        // What happened while nobody listened is in the feed.
        await catchUp();
        for (let seen = 0; ; seen += 1) {
          const next = await Promise.race([stream.until(seen + 1).catch(() => 'BROKEN'), stream.ended]);
          if (!Array.isArray(next)) break;
          const order = next[seen]?.data?.blockOrderIssued;
          if (typeof order === 'object' && order !== null && 'id' in order) subscription.push(String(order.id));
          await catchUp();
        }
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      stream?.leave();
    }
  }
  const listening = listen();
  return {
    taken,
    cursor: () => cursor,
    webhookUrl: receiver.url,
    woken: { subscription, webhook: () => receiver.received.map(({ data }) => String(data.orderId)) },
    catchUp,
    async stop() {
      stopped = true;
      stream?.leave();
      await listening;
      await receiver.stop();
    },
  };
}
