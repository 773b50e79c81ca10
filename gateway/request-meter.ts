// Counts and times what clients ask of the gateway: by operation where its document is in the manifest, by how it ended, and every code
// that a client was given.

import type { Metrics } from '../shared/service/metrics';
import type { ErrorCode } from '../shared/vocabulary/error-catalogue';

/** How one operation went. */
export interface EndedOperation {
  /** Name of the manifest, or `other`. */
  readonly operation: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Codes of the errors that its answer holds. */
  readonly codes: readonly ErrorCode[];
  readonly milliseconds: number;
}

export interface RequestMeter {
  /** An operation was executed. */
  executed(ended: EndedOperation): void;
  /** A whole request was refused, before or after it was understood. */
  refused(status: number, code: ErrorCode): void;
}

/** A meter over the metrics of the program. */
export function createRequestMeter(metrics: Metrics): RequestMeter {
  const operations = metrics.counts({
    name: 'senim_gateway_operations_total',
    help: 'Operations that were executed: OK, or PARTIAL when the answer holds errors',
    labels: ['operation', 'kind', 'outcome'],
  });
  const seconds = metrics.timings({
    name: 'senim_gateway_operation_seconds',
    help: 'How long executed operations took; streams are not timed',
    labels: ['kind'],
  });
  const errors = metrics.counts({
    name: 'senim_gateway_errors_total',
    help: 'Errors in answers, by code: fields that could not be had or may not be seen',
    labels: ['code'],
  });
  const refusals = metrics.counts({
    name: 'senim_gateway_refusals_total',
    help: 'Requests that were refused as a whole',
    labels: ['status', 'code'],
  });
  return {
    executed({ operation, kind, codes, milliseconds }) {
      operations(operation, kind, codes.length === 0 ? 'OK' : 'PARTIAL').add();
      if (kind !== 'subscription') seconds(kind).observe(milliseconds);
      for (const code of codes) errors(code).add();
    },
    refused: (status, code) => refusals(String(status), code).add(),
  };
}
