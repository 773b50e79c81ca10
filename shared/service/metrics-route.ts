// `GET /metrics`: a program's metrics as text. It tells counts and no person, so whoever may reach the port may read it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from './metrics';

/** Where every program tells its metrics. */
export const METRICS_PATH = '/metrics';

/** Answers a request for the metrics; every method but GET is 405. */
export async function answerMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: Metrics,
): Promise<void> {
  if (request.method !== 'GET') {
    response.writeHead(405, { allow: 'GET', 'content-length': 0 });
    response.end();
    return;
  }
  const text = await metrics.text();
  response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
  response.end(text);
}
