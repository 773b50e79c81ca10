// From a fact about what the operator said in the past to a row of `history_fact`, and back. Read strictly before it is stored: what is
// signed later is exactly what stands here.

import { BLOCK_MEASURES, type BlockMeasure, ENFORCEMENT_STATES } from '../../../shared/vocabulary/block-order';
import { CHANNELS } from '../../../shared/vocabulary/case-file';
import { FRAUD_TYPES } from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import { parseMsisdn } from '../../../shared/vocabulary/msisdn';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import { OPERATOR_SOURCES } from '../domain/own-statement';
import type { SuspicionReport } from '../domain/suspicion';
import {
  flagAt,
  instantAt,
  listAt,
  nullable,
  parsedAt,
  proseAt,
  type Sent,
  textAt,
  unusable,
  wholeAt,
  wordAt,
} from './fact-reader';

/** An executed order as the operator's own record has it. */
export interface ExecutedOrder {
  readonly orderId: string;
  readonly sequence: number;
  readonly msisdn: string;
  readonly since: Instant;
  readonly state: (typeof ENFORCEMENT_STATES)[number];
  readonly measures: readonly BlockMeasure[];
  readonly receivedAt: Instant;
  readonly enforcedAt: Instant | null;
  readonly liftedAt: Instant | null;
}

/** Something the operator said, at its instant. */
export type HistoryFact =
  | { readonly kind: 'report'; readonly id: string; readonly at: Instant; readonly body: SuspicionReport }
  | {
      readonly kind: 'informationAnswer';
      readonly id: string;
      readonly at: Instant;
      readonly body: { readonly answer: string };
    }
  | {
      readonly kind: 'checkResult';
      readonly id: string;
      readonly at: Instant;
      readonly body: { readonly confirmed: boolean; readonly findings: string };
    }
  | { readonly kind: 'enforcement'; readonly id: string; readonly at: Instant; readonly body: ExecutedOrder };

/** Reads a report that the operator sent. Throws `UnusableMember`. */
export function readReport(fact: Sent): HistoryFact {
  const id = parsedAt(fact, 'id', parseUuid);
  const body = {
    id,
    source: wordAt(fact, 'source', OPERATOR_SOURCES),
    sourceRef: textAt(fact, 'sourceRef'),
    suspect: parsedAt(fact, 'suspect', parseMsisdn),
    victim: nullable(fact, 'victim', (sent, name) => parsedAt(sent, name, parseMsisdn)),
    channel: wordAt(fact, 'channel', CHANNELS),
    fraudType: nullable(fact, 'fraudType', (sent, name) => wordAt(sent, name, FRAUD_TYPES)),
    occurredAt: nullable(fact, 'occurredAt', instantAt),
    detectedAt: nullable(fact, 'detectedAt', instantAt),
    text: nullable(fact, 'text', proseAt),
    assessment: null,
  };
  return { kind: 'report', id, at: instantAt(fact, 'receivedAt'), body };
}

/** Reads an answer to a question of the bank. Throws `UnusableMember`. */
export function readAnswer(fact: Sent): HistoryFact {
  const body = { answer: proseAt(fact, 'answer') };
  return {
    kind: 'informationAnswer',
    id: parsedAt(fact, 'requestId', parseUuid),
    at: instantAt(fact, 'answeredAt'),
    body,
  };
}

/** Reads the result of the operator's own check of a case. Throws `UnusableMember`. */
export function readCheckResult(fact: Sent): HistoryFact {
  const body = { confirmed: flagAt(fact, 'confirmed'), findings: proseAt(fact, 'findings') };
  return { kind: 'checkResult', id: parsedAt(fact, 'caseId', parseUuid), at: instantAt(fact, 'at'), body };
}

/** Reads the record of an order. Throws `UnusableMember`. */
export function readEnforcement(fact: Sent): HistoryFact & { readonly kind: 'enforcement' } {
  const body = {
    orderId: textAt(fact, 'orderId'),
    sequence: wholeAt(fact, 'sequence', 1),
    msisdn: parsedAt(fact, 'msisdn', parseMsisdn),
    since: instantAt(fact, 'since'),
    state: wordAt(fact, 'state', ENFORCEMENT_STATES),
    measures: listAt(fact, 'measures').map((_word, index, list) =>
      wordAt(list as unknown as Sent, String(index), BLOCK_MEASURES),
    ),
    receivedAt: instantAt(fact, 'receivedAt'),
    enforcedAt: nullable(fact, 'enforcedAt', instantAt),
    liftedAt: nullable(fact, 'liftedAt', instantAt),
  };
  if (body.state === 'LIFTED' && body.liftedAt === null) throw unusable('liftedAt');
  return { kind: 'enforcement', id: body.orderId, at: body.enforcedAt ?? body.receivedAt, body };
}

function parseUuid(text: string): Result<string, 'MALFORMED'> {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)
    ? accepted(text)
    : refused('MALFORMED');
}
