// A webhook as it stands on the wire, by the Standard Webhooks specification with asymmetric signatures (`v1a`, Ed25519). It says that an order
// was signed and which; the number, the person and the document are in the feed, behind the operator's own token. An endpoint that
// leaks its webhooks leaks nobody.

import { sign } from 'node:crypto';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import type { ToldEvent } from '../store/webhook-outbox';
import { FEED_PATH } from './feed-route';

/** A request to an endpoint: headers by lower-case name, and the bytes that were signed. */
export interface WebhookMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Kinds of messages, as the specification names them: full stops between words. */
const TYPES = {
  BLOCK: 'block_order.issued',
  LIFT: 'block_order.lift_issued',
  SUPERSEDED: 'block_order.superseded',
  EXPIRED: 'block_order.expired',
  CANCELLED: 'block_order.cancelled',
} as const;

/**
 * The message about an event. `webhook-id` is the event's id, the same at every attempt and in the feed; `webhook-timestamp` is the attempt's
 * second; `webhook-signature` = `v1a,` || base64(Ed25519(id || '.' || timestamp || '.' || body)).
 */
export function webhookMessage(event: ToldEvent, key: KeyPair, nowMs: number): WebhookMessage {
  const { id, kind, at, orderId, sequence, issuedAt } = event;
  const body = JSON.stringify({
    type: TYPES[kind],
    timestamp: at,
    data: { orderId, kind, sequence, issuedAt, feed: FEED_PATH },
  });
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signature = sign(null, Buffer.from(`${id}.${timestamp}.${body}`, 'utf8'), key.privateKey).toString('base64');
  return {
    headers: {
      'content-type': 'application/json',
      'user-agent': 'senim-webhooks',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1a,${signature}`,
    },
    body,
  };
}

/** The public key in the specification's form, `whpk_` || base64(32 bytes): what an operator puts into its verifier. */
export function webhookPublicKey({ publicKey }: KeyPair): string {
  return `whpk_${Buffer.from(publicKey.bytes).toString('base64')}`;
}
