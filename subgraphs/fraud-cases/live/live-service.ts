// Everything that is told while the service runs, put together: the bell of the database, events for subscriptions, the feed.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from '../../../shared/service/logger';
import { openEventBell } from '../store/event-bell';
import { openLivePool } from '../store/live-pool';
import { type LiveReads, liveReads } from '../store/live-reads';
import { createFeedCursorSeal } from './feed-cursor';
import { feedRoute } from './feed-route';
import { type LiveEvents, openLiveEvents } from './live-events';
import { type OrderFeed, orderFeed } from './order-feed';
import { type Listener, subscriptionRoute } from './subscription-route';

/** What is needed to answer streams and the feed. */
export interface LiveRouteParts<Asker extends Listener> {
  readonly schema: GraphQLSchema;
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

/** Starts over a database at head. */
export function startLive(databaseUrl: string, logger: Logger): LiveService {
  const pool = openLivePool(databaseUrl);
  const bell = openEventBell(databaseUrl, () => logger.warn('the connection that hears of events was lost'));
  const reads = liveReads(pool);
  const onFault = (fault: unknown): void => logger.error({ fault: nameOf(fault) }, 'events could not be read');
  const events = openLiveEvents(reads, { onRing: bell.onRing, onFault });
  const ends: (() => void)[] = [];
  return {
    events,
    serve({ schema, askerOf, contextFor }) {
      const streams = subscriptionRoute({
        schema,
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
      await events.stop();
      await bell.stop();
      await pool.end();
    },
  };
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
