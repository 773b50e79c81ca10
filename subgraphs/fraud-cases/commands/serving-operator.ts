// Asks numbering who serves a number now. Asked before a transaction is opened: no lock waits for another program. The operator that numbering
// names is believed; its answer is read strictly all the same.

import { type CallHttp, callHttp } from '../../../shared/service/http-call';
import { AppError } from '../../../shared/vocabulary/app-error';
import { type Instant, parseInstant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { type OperatorCode, parseOperatorCode } from '../../../shared/vocabulary/operator-code';

/** Who serves a number, and since when. */
export interface ServingTenure {
  readonly operatorCode: OperatorCode;
  readonly since: Instant;
}

/** Asks numbering. */
export interface Numbering {
  /** The running tenure of a number; null when nobody serves it. Rejects with SUBGRAPH_UNAVAILABLE when there is no answer. */
  servingTenure(msisdn: Msisdn): Promise<ServingTenure | null>;
  /** The same for many numbers, each asked once. */
  servingTenures(msisdns: readonly Msisdn[]): Promise<ReadonlyMap<Msisdn, ServingTenure | null>>;
}

/** Numbering at its origin; makes no connection. */
export function createNumbering(origin: string, call: CallHttp = callHttp): Numbering {
  const servingTenure = (msisdn: Msisdn): Promise<ServingTenure | null> => askOnce(origin, msisdn, call);
  return {
    servingTenure,
    async servingTenures(msisdns) {
      const asked = [...new Set(msisdns)];
      const found = new Map<Msisdn, ServingTenure | null>();
      for (let from = 0; from < asked.length; from += AT_ONCE) {
        const some = asked.slice(from, from + AT_ONCE);
        const tenures = await Promise.all(some.map(servingTenure));
        for (const [place, msisdn] of some.entries()) found.set(msisdn, tenures[place] ?? null);
      }
      return found;
    },
  };
}

const TIMEOUT_MS = 1_000;
const LARGEST_ANSWER_BYTES = 4_096;
const AT_ONCE = 8;
const OK = 200;
const NOT_FOUND = 404;

async function askOnce(origin: string, msisdn: Msisdn, call: CallHttp): Promise<ServingTenure | null> {
  const answer = await call({
    url: new URL(`/internal/serving-tenure/${encodeURIComponent(msisdn)}`, origin).href,
    server: 'numbering',
    method: 'GET',
    timeoutMs: TIMEOUT_MS,
    maxBytes: LARGEST_ANSWER_BYTES,
  });
  if (answer?.status === NOT_FOUND) return null;
  const tenure = answer?.status === OK ? readTenure(answer.body.toString('utf8')) : null;
  if (tenure === null) throw new AppError('SUBGRAPH_UNAVAILABLE', 'Numbering did not say who serves a number.');
  return tenure;
}

function readTenure(text: string): ServingTenure | null {
  try {
    const { operatorCode, since } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof operatorCode !== 'string' || typeof since !== 'string') return null;
    const [code, instant] = [parseOperatorCode(operatorCode), parseInstant(since)];
    return code.ok && instant.ok ? { operatorCode: code.value, since: instant.value } : null;
  } catch {
    return null;
  }
}
