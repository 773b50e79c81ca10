// Asks numbering where a number has been. No answer, or one that is not what was asked for, is no answer: then nobody is told anything yet.

import { parseStrictJson } from '../../../shared/audit/strict-json';
import { type CallHttp, callHttp } from '../../../shared/service/http-call';
import { parseInstant } from '../../../shared/vocabulary/instant';
import type { LineCourse } from '../domain/porting-chain';

/** What the registry says about a number; null when it says nothing now. Never rejects. */
export type AskLineCourse = (msisdn: string) => Promise<LineCourse | null>;

const CALL_MS = 2_000;
const LARGEST_ANSWER = 262_144;

/** A question over HTTP to numbering, at the origin of its address. */
export function createLineCourseCall(numberingUrl: string, call: CallHttp = callHttp): AskLineCourse {
  return async (msisdn) => {
    const url = new URL(`/internal/line-course/${encodeURIComponent(msisdn)}`, numberingUrl).toString();
    const answer = await call({
      url,
      server: 'numbering',
      method: 'GET',
      timeoutMs: CALL_MS,
      maxBytes: LARGEST_ANSWER,
    });
    return answer?.status === 200 ? courseIn(answer.body) : null;
  };
}

function courseIn(body: Uint8Array): LineCourse | null {
  try {
    const { tenures, portings } = parseStrictJson(body) as Readonly<Record<string, unknown>>;
    if (!Array.isArray(tenures) || !Array.isArray(portings)) return null;
    return {
      tenures: tenures.map((each: Readonly<Record<string, unknown>>) => ({
        operatorCode: textOf(each.operatorCode),
        since: instantOf(each.since),
        until: each.until === null ? null : instantOf(each.until),
      })),
      portings: portings.map((each: Readonly<Record<string, unknown>>) => ({
        donor: textOf(each.donor),
        recipient: textOf(each.recipient),
        completedAt: instantOf(each.completedAt),
      })),
    };
  } catch {
    return null;
  }
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('a text was to come');
  return value;
}

function instantOf(value: unknown): LineCourse['portings'][number]['completedAt'] {
  const instant = parseInstant(textOf(value));
  if (!instant.ok) throw new TypeError('an instant was to come');
  return instant.value;
}
