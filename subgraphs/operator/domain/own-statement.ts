// What the operator's own systems ask it to sign: a report, an answer to questions of the bank, what its own check found. Foreign until here:
// exactly these members, each in its one form, because what is signed can never be taken back.

import { CHANNELS } from '../../../shared/vocabulary/case-file';
import { isOneOf } from '../../../shared/vocabulary/closed-list';
import { FRAUD_TYPES } from '../../../shared/vocabulary/fraud-case';
import { type Instant, parseInstant } from '../../../shared/vocabulary/instant';
import type { JsonObject } from '../../../shared/vocabulary/json';
import { type Msisdn, parseMsisdn } from '../../../shared/vocabulary/msisdn';
import type { SuspicionReport } from './suspicion';

/** Sources of reports that an operator may speak for. */
export const OPERATOR_SOURCES = ['OPERATOR_DETECTION', 'SUBSCRIBER_COMPLAINT'] as const;

/** A report before it has its id; its natural key is `sourceRef`. */
export type ToldSuspicion = Omit<SuspicionReport, 'id'>;

/** What is to be signed. `answered` is the leaf hash of the bank's act that is answered. */
export type OwnStatement =
  | { readonly kind: 'suspicion.reported'; readonly report: ToldSuspicion }
  | {
      readonly kind: 'information.answered';
      readonly caseId: string | null;
      readonly answered: string;
      readonly requestId: string;
      readonly answer: string;
    }
  | {
      readonly kind: 'check.recorded';
      readonly caseId: string;
      readonly answered: string;
      readonly confirmed: boolean;
      readonly findings: string;
    };

/** The statement that a JSON value holds; null for anything else. */
export function readStatement(value: unknown): OwnStatement | null {
  if (!isRecord(value) || !isRecord(value.fields)) return null;
  const { caseId = null, ref, fields } = value;
  const members = Object.keys(value).filter((name) => name !== 'caseId');
  if (members.sort().join() !== 'fields,kind,ref' || !Array.isArray(ref)) return null;
  if (value.kind === 'suspicion.reported') {
    const report = caseId === null && ref.length === 0 ? readReport(fields) : null;
    return report === null ? null : { kind: value.kind, report };
  }
  const [answered, ...more]: readonly unknown[] = ref;
  if (!matches(answered, HASH) || more.length > 0) return null;
  if (value.kind === 'information.answered') {
    const { requestId, answer } = fields;
    const isCase = caseId === null || matches(caseId, UUID);
    if (!isCase || !hasMembers(fields, 'answer,requestId') || !matches(requestId, UUID)) return null;
    return isText(answer, LONGEST_STATEMENT) ? { kind: value.kind, caseId, answered, requestId, answer } : null;
  }
  if (value.kind !== 'check.recorded' || !matches(caseId, UUID)) return null;
  const { confirmed, findings } = fields;
  if (!hasMembers(fields, 'confirmed,findings') || typeof confirmed !== 'boolean') return null;
  return isText(findings, LONGEST_STATEMENT) ? { kind: value.kind, caseId, answered, confirmed, findings } : null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** 32 bytes in base64url: the last character carries four bits. */
const HASH = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const REFERENCE = /^[\x21-\x7e]{1,128}$/;
const LONGEST_TEXT = 2_000;
const LONGEST_STATEMENT = 10_000;
const REPORT_MEMBERS = 'channel,detectedAt,fraudType,occurredAt,source,sourceRef,suspect,text,victim';

function readReport(fields: JsonObject): ToldSuspicion | null {
  if (!hasMembers(fields, REPORT_MEMBERS)) return null;
  const { source, sourceRef, channel, fraudType, text } = fields;
  if (!isOneOf(OPERATOR_SOURCES, source) || !matches(sourceRef, REFERENCE) || !isOneOf(CHANNELS, channel)) return null;
  const suspect = numberOf(fields.suspect);
  const victim = fields.victim === null ? null : numberOf(fields.victim);
  const occurredAt = fields.occurredAt === null ? null : instantOf(fields.occurredAt);
  const detectedAt = fields.detectedAt === null ? null : instantOf(fields.detectedAt);
  if (suspect === null || suspect === victim || (victim === null && fields.victim !== null)) return null;
  if (occurredAt === null && fields.occurredAt !== null) return null;
  if (detectedAt === null && fields.detectedAt !== null) return null;
  if (fraudType !== null && !isOneOf(FRAUD_TYPES, fraudType)) return null;
  if (text !== null && !isText(text, LONGEST_TEXT)) return null;
  return { source, sourceRef, suspect, victim, channel, fraudType, occurredAt, detectedAt, text, assessment: null };
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasMembers(value: JsonObject, names: string): boolean {
  return Object.keys(value).sort().join() === names;
}

function matches(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

function numberOf(value: unknown): Msisdn | null {
  const number = typeof value === 'string' ? parseMsisdn(value) : null;
  return number?.ok === true && number.value === value ? number.value : null;
}

function instantOf(value: unknown): Instant | null {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  return instant?.ok === true && instant.value === value ? instant.value : null;
}

/** A text in normal form C without NUL, so that both sides compare the same characters. */
function isText(value: unknown, longest: number): value is string {
  return (
    typeof value === 'string' && value.length <= longest && value.normalize('NFC') === value && !value.includes('\0')
  );
}
