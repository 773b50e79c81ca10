// What an operator reports of a number, read out of the fields that it signed. Foreign until here: exactly these fields, each in its one
// form, from sources that an operator may speak for.

import { CHANNELS, type Channel, type SignalSource } from '../../../shared/vocabulary/case-file';
import { isOneOf } from '../../../shared/vocabulary/closed-list';
import { FRAUD_TYPES, type FraudType } from '../../../shared/vocabulary/fraud-case';
import { type Instant, parseInstant } from '../../../shared/vocabulary/instant';
import { type Msisdn, parseMsisdn } from '../../../shared/vocabulary/msisdn';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import { isText, UUID } from './signed-text';

/** A report as an operator signed it. */
export interface ReportedSuspicion {
  readonly reportId: string;
  readonly source: SignalSource;
  /** The operator's own reference, unique with the source. */
  readonly sourceRef: string;
  readonly suspect: Msisdn;
  readonly victim: Msisdn | null;
  readonly channel: Channel;
  readonly fraudType: FraudType | null;
  readonly occurredAt: Instant | null;
  readonly detectedAt: Instant | null;
  readonly text: string | null;
  /** Codes of the indicators that fired, as far as the operator names any. */
  readonly indicators: readonly string[];
}

/** Why fields are no report. */
export type SuspicionRefusal = 'FIELDS' | 'SOURCE' | 'NUMBER' | 'WORD' | 'INSTANT' | 'TEXT';

const FIELDS = [
  'assessment',
  'channel',
  'detectedAt',
  'fraudType',
  'occurredAt',
  'reportId',
  'source',
  'sourceRef',
  'suspect',
  'text',
  'victim',
].join();

/** What an operator may tell: its own detection, or a complaint of its subscriber. */
const OPERATOR_SOURCES = ['OPERATOR_DETECTION', 'SUBSCRIBER_COMPLAINT'] as const satisfies readonly SignalSource[];
const REFERENCE = /^[\x21-\x7e]{1,128}$/;
const LONGEST_TEXT = 2_000;
const INDICATOR = /^[A-Z][A-Z0-9_]{0,63}$/;
const MOST_INDICATORS = 64;

/** The report in signed fields, or why they are none. Of `assessment`, the reasons of a detection, the codes of indicators are read. */
export function readSuspicion(fields: ReadonlyMap<string, unknown>): Result<ReportedSuspicion, SuspicionRefusal> {
  if ([...fields.keys()].sort().join() !== FIELDS) return refused('FIELDS');
  const value = (name: string): unknown => fields.get(name);
  const [reportId, source, sourceRef] = [value('reportId'), value('source'), value('sourceRef')];
  const [channel, fraudType, text] = [value('channel'), value('fraudType'), value('text')];
  if (!matches(reportId, UUID) || !matches(sourceRef, REFERENCE)) return refused('FIELDS');
  if (!isOneOf(OPERATOR_SOURCES, source)) return refused('SOURCE');
  const suspect = numberOf(value('suspect'));
  const victim = value('victim') === null ? null : numberOf(value('victim'));
  if (suspect === undefined || victim === undefined || suspect === victim) return refused('NUMBER');
  if (!isOneOf(CHANNELS, channel) || (fraudType !== null && !isOneOf(FRAUD_TYPES, fraudType))) return refused('WORD');
  const occurredAt = instantOf(value('occurredAt'));
  const detectedAt = instantOf(value('detectedAt'));
  if (occurredAt === undefined || detectedAt === undefined) return refused('INSTANT');
  if (text !== null && !isText(text, LONGEST_TEXT)) return refused('TEXT');
  return accepted({
    reportId,
    source,
    sourceRef,
    suspect,
    victim,
    channel,
    fraudType,
    occurredAt,
    detectedAt,
    text,
    indicators: indicatorsIn(value('assessment')),
  });
}

/** Codes of indicators in an assessment; what has not their form is left out. */
function indicatorsIn(assessment: unknown): readonly string[] {
  const { indicators } = typeof assessment === 'object' && assessment !== null ? (assessment as Assessment) : {};
  if (!Array.isArray(indicators) || indicators.length > MOST_INDICATORS) return [];
  const codes = indicators.map((each: unknown) =>
    typeof each === 'object' && each !== null ? (each as Coded).code : null,
  );
  return [...new Set(codes.filter((code): code is string => matches(code, INDICATOR)))];
}

interface Assessment {
  readonly indicators?: unknown;
}

interface Coded {
  readonly code?: unknown;
}

function matches(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

/** A number in its canonical form; undefined for anything else. */
function numberOf(value: unknown): Msisdn | undefined {
  const number = typeof value === 'string' ? parseMsisdn(value) : null;
  return number?.ok === true && number.value === value ? number.value : undefined;
}

/** An instant in its canonical form, or null; undefined for anything else. */
function instantOf(value: unknown): Instant | null | undefined {
  if (value === null) return null;
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  return instant?.ok === true && instant.value === value ? instant.value : undefined;
}
