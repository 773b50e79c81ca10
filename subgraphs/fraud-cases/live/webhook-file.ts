// The file that names the endpoints of webhooks: `{ "endpoints": [ { "operatorCode": "kcell", "url": "https://…" } ] }`. Read at start; one
// plain sentence says what is wrong with it.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../../shared/vocabulary/app-error';
import { parseOperatorCode } from '../../../shared/vocabulary/operator-code';
import { type AddressReach, reachOf } from './webhook-address';

/** An endpoint of one operator. */
export interface WebhookEndpoint {
  /** SHA-256(operator code || LF || address), hex. */
  readonly id: string;
  readonly operatorCode: string;
  readonly url: string;
  readonly reach: AddressReach;
}

const MOST_ENDPOINTS = 100;

const FILE = z.strictObject({
  endpoints: z.array(z.strictObject({ operatorCode: z.string(), url: z.string().max(2_000) })).max(MOST_ENDPOINTS),
});

/** The endpoints of a file. Throws one plain sentence when it cannot be used. */
export function readWebhookFile(path: string): readonly WebhookEndpoint[] {
  const file = FILE.safeParse(parsed(path));
  if (!file.success) throw unusable(path, 'it must list endpoints, each with operatorCode and url');
  const endpoints = file.data.endpoints.map(({ operatorCode, url }) => {
    const reach = reachOf(url);
    if (!parseOperatorCode(operatorCode).ok) throw unusable(path, 'an operatorCode is not well formed');
    if (reach === null) throw unusable(path, 'a url must be https to a public address, or name this machine');
    const id = createHash('sha256').update(`${operatorCode}\n${url}`, 'utf8').digest('hex');
    return { id, operatorCode, url, reach };
  });
  if (new Set(endpoints.map(({ id }) => id)).size !== endpoints.length)
    throw unusable(path, 'an endpoint stands twice');
  return endpoints;
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw unusable(path, 'it cannot be read as JSON');
  }
}

function unusable(path: string, why: string): AppError {
  return new AppError('INTERNAL', `The file of WEBHOOKS_FILE (${path}) cannot be used: ${why}.`);
}
