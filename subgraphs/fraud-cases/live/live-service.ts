// Everything that is told while the service runs, put together: the bell of the database, events for subscriptions, the feed,
// webhooks, the nightly snapshot of statistics.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import type { Logger } from '../../../shared/service/logger';
import { type EventBell, openEventBell } from '../store/event-bell';
import { openLivePool } from '../store/live-pool';
import { type LiveReads, liveReads } from '../store/live-reads';
import { takeSnapshot } from '../store/statistics-store';
import { type WebhookOutbox, webhookOutbox } from '../store/webhook-outbox';
import { createFeedCursorSeal } from './feed-cursor';
import { feedRoute } from './feed-route';
import { type LiveEvents, openLiveEvents } from './live-events';
import { watchNights } from './nightly-snapshot';
import { type OrderFeed, orderFeed } from './order-feed';
import { type Listener, type SignedSubscription, subscriptionRoute } from './subscription-route';
import { startWebhooks, type WebhookAlarm } from './webhook-carrier';
import type { WebhookEndpoint } from './webhook-file';
import { webhookMessage, webhookPublicKey } from './webhook-message';
import { createWebhookPost } from './webhook-post';

/** What is needed to answer streams and the feed. */
export interface LiveRouteParts<Asker extends Listener> {
  readonly schema: GraphQLSchema;
  /** Throws for a subscription that the gateway did not sign. */
  readonly believe: (request: SignedSubscription) => void;
  readonly askerOf: (headers: NodeJS.Dict<readonly string[]>) => Promise<Asker>;
  readonly contextFor: (asker: Asker) => object;
}

/** The live side of a running service. */
export interface LiveService {
  readonly events: LiveEvents;
  /** Begins to answer subscriptions and the feed; the handler says false to everything else. */
  serve<Asker extends Listener>(
    parts: LiveRouteParts<Asker>,
  ): (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;
  /** Ends every stream, so that the server can stop. */
  endStreams(): Promise<void>;
  stop(): Promise<void>;
}

/** Where webhooks go, and the key that signs them. */
export interface WebhookOptions {
  readonly endpoints: readonly WebhookEndpoint[];
  readonly key: KeyPair;
}

/** Starts over a database at head; `webhooks` null: none are sent. */
export function startLive(
  databaseUrl: string,
  webhooks: WebhookOptions | null,
  logger: Logger,
  onAlarm: (alarm: WebhookAlarm) => void = () => {},
): LiveService {
  const pool = openLivePool(databaseUrl);
  const bell = openEventBell(databaseUrl, () => logger.warn('the connection that hears of events was lost'));
  const reads = liveReads(pool);
  const onFault = (fault: unknown): void => logger.error({ fault: nameOf(fault) }, 'events could not be read');
  const events = openLiveEvents(reads, { onRing: bell.onRing, onFault });
  const ends: (() => void)[] = [];
  const nights = watchNights(
    () => takeSnapshot(pool),
    (fault) => logger.warn({ fault: nameOf(fault) }, 'the snapshot of statistics could not be taken'),
  );
  const carrier = webhooks === null ? null : carry(webhooks, webhookOutbox(pool), bell, logger, onAlarm);
  return {
    events,
    serve({ schema, believe, askerOf, contextFor }) {
      const streams = subscriptionRoute({
        schema,
        believe,
        askerOf,
        contextFor,
        nowMs: Date.now,
        onFault: (requestId, fault) => logger.error({ requestId, fault: nameOf(fault) }, 'an event could not be told'),
      });
      ends.push(streams.stop);
      const feed = feedRoute(orderFeedWhenAsked(reads), askerOf);
      return async (request, response) => (await feed(request, response)) || streams.handle(request, response);
    },
    async endStreams() {
      for (const end of ends) end();
      await events.stop();
    },
    async stop() {
      await nights.stop();
      await carrier?.stop();
      await events.stop();
      await bell.stop();
      await pool.end();
    },
  };
}

/** Webhooks over the network. The public key is told in the log, for operators to verify with. */
function carry(
  { endpoints, key }: WebhookOptions,
  outbox: WebhookOutbox,
  bell: EventBell,
  logger: Logger,
  onAlarm: (alarm: WebhookAlarm) => void,
) {
  logger.info({ publicKey: webhookPublicKey(key), endpoints: endpoints.length }, 'webhooks are sent');
  return startWebhooks({
    outbox,
    endpoints,
    messageOf: (event) => webhookMessage(event, key, Date.now()),
    post: createWebhookPost(),
    onRing: bell.onRing,
    onAlarm(alarm) {
      onAlarm(alarm);
      logger.error({ alarm }, 'a webhook raises an alarm');
    },
    random: Math.random,
  });
}

/** The feed, with the key that the database keeps read when it is first needed: a service starts before its database is at head. */
function orderFeedWhenAsked(reads: LiveReads): OrderFeed {
  let feed: OrderFeed | null = null;
  return async (operatorCode, after, limit) => {
    feed ??= orderFeed(reads, createFeedCursorSeal(await reads.feedKey()));
    return feed(operatorCode, after, limit);
  };
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? fault.name : 'unknown';
}
