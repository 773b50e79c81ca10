// Counts and times what a subgraph answers at its GraphQL endpoint, and every code that it gives.

import type { ErrorCode } from '../vocabulary/error-catalogue';
import type { Metrics } from './metrics';

/** A meter of answers over the metrics of the program; `failed` for each error given, `answered` for each request. */
export function createAnswerMeter(metrics: Metrics) {
  const requests = metrics.counts({
    name: 'senim_subgraph_requests_total',
    help: 'GraphQL requests that were right in form, by status of the answer',
    labels: ['status'],
  });
  const seconds = metrics.timings({
    name: 'senim_subgraph_request_seconds',
    help: 'How long GraphQL requests took',
  });
  const errors = metrics.counts({
    name: 'senim_subgraph_errors_total',
    help: 'Errors in answers, by code',
    labels: ['code'],
  });
  return {
    failed: (code: ErrorCode): void => errors(code).add(),
    answered(status: number, milliseconds: number): void {
      requests(String(status)).add();
      seconds().observe(milliseconds);
    },
  };
}
