// From a fact to the rows of its tables. Each kind is read strictly, with the vocabulary's parsers and their check digits, before a
// single row of it is collected. Contract keys are given here, so that nothing has to be looked up while facts stream by. What the operator said
// in the past only waits here: it is signed by `replay`.

import { type Bin, parseBin } from '../../../shared/vocabulary/bin';
import { addDays, type Day, parseDay } from '../../../shared/vocabulary/day';
import { DEVICE_REGISTRY_STATUSES } from '../../../shared/vocabulary/device';
import { parseIccid } from '../../../shared/vocabulary/iccid';
import { type Iin, parseIin } from '../../../shared/vocabulary/iin';
import { parseImei } from '../../../shared/vocabulary/imei';
import { LINE_STATUSES, PLAN_KINDS, SIM_CHANGE_REASONS } from '../../../shared/vocabulary/line';
import { parseMsisdn } from '../../../shared/vocabulary/msisdn';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import { type OperatorFact, USAGE_MEASURES } from '../../../shared/vocabulary/seed-fact';
import { CAP_JUSTIFICATION_STATUSES, CAP_PURPOSES } from '../../../shared/vocabulary/sim-cap';
import { SUBSCRIBER_KINDS, VERIFICATION_METHODS, VERIFICATION_RESULTS } from '../../../shared/vocabulary/subscriber';
import { TRAFFIC_PURPOSES } from '../domain/business-traffic-profile';
import type { CopyTable, CopyValue } from './copy-table';
import {
  instantAt,
  listAt,
  nullable,
  objectAt,
  objectsAt,
  parsedAt,
  type Sent,
  textAt,
  unusable,
  wholeAt,
  wordAt,
} from './fact-reader';
import { type HistoryFact, readAnswer, readCheckResult, readEnforcement, readReport } from './history-rows';
import { USAGE_COLUMNS } from './sql-fragment';

/** Tables that seeding fills, in the order of their references. The last is temporary and resolved at the end. */
export const SEED_TABLES = {
  dealer: { name: 'dealer', columns: ['id', 'name', 'region'] },
  device: { name: 'device', columns: ['imei', 'model', 'registry_status'] },
  subscriber: { name: 'subscriber', columns: ['id', 'kind', 'iin', 'bin', 'full_name'] },
  tenure: { name: 'tenure', columns: ['msisdn', 'since', 'until'] },
  contract: {
    name: 'line_contract',
    columns: [
      'key',
      'id',
      'msisdn',
      'since',
      'status',
      'plan',
      'opened_at',
      'activated_at',
      'ended_at',
      'subscriber_id',
      'assigned_user_id',
      'verification_result',
      'verification_method',
      'verified_at',
      'verification_attempts',
      'verification_reference',
      'dealer_id',
      'sold_at',
    ],
  },
  simCard: {
    name: 'sim_card',
    columns: ['contract_key', 'iccid', 'imsi', 'issued_at', 'replaced_at', 'reason'],
  },
  deviceUse: {
    name: 'device_use',
    columns: ['contract_key', 'imei', 'imsi', 'first_seen_at', 'last_seen_at'],
  },
  usageDay: { name: 'usage_day', columns: ['contract_key', 'day', ...USAGE_COLUMNS] },
  capJustification: {
    name: 'cap_justification',
    columns: ['id', 'iin', 'purpose', 'status', 'requested_lines', 'devices', 'documents', 'decided_at', 'expires_at'],
  },
  history: { name: 'history_fact', columns: ['kind', 'subject_id', 'at', 'body'] },
  seededProfile: {
    name: 'seeded_profile',
    columns: ['msisdn', 'since', 'purpose', 'granted_at', 'expires_at'],
  },
} as const satisfies Record<string, CopyTable>;

export type SeedTable = keyof typeof SEED_TABLES;

/** Where rows go, and what the seeding needs to know of them. */
export interface RowSink {
  readonly add: (table: SeedTable, values: readonly CopyValue[]) => void;
  /** Told every day that has a usage row. */
  readonly onUsageDay: (day: Day) => void;
  /** Key of the next contract. */
  readonly nextContractKey: () => number;
}

/** Adds the rows of one fact. Throws `UnusableMember` when the fact is not one that this program stores. */
export function addFactRows(fact: Sent & { readonly kind: string }, sink: RowSink): void {
  if (!Object.hasOwn(READERS, fact.kind)) throw unusable('kind');
  READERS[fact.kind as OperatorFact['kind']](fact, sink);
}

const READERS: Readonly<Record<OperatorFact['kind'], (fact: Sent, sink: RowSink) => void>> = {
  dealer: (fact, { add }) => add('dealer', [textAt(fact, 'id'), textAt(fact, 'name'), textAt(fact, 'region')]),
  device: (fact, { add }) =>
    add('device', [
      parsedAt(fact, 'imei', parseImei),
      textAt(fact, 'model'),
      wordAt(fact, 'registryStatus', DEVICE_REGISTRY_STATUSES),
    ]),
  subscriber: addSubscriber,
  tenure: (fact, { add }) =>
    add('tenure', [
      parsedAt(fact, 'msisdn', parseMsisdn),
      instantAt(fact, 'since'),
      nullable(fact, 'until', instantAt),
    ]),
  contract: addContract,
  capJustification: (fact, { add }) =>
    add('capJustification', [
      textAt(fact, 'id'),
      iinAt(fact, 'iin'),
      wordAt(fact, 'purpose', CAP_PURPOSES),
      wordAt(fact, 'status', CAP_JUSTIFICATION_STATUSES),
      wholeAt(fact, 'requestedLines', 1),
      listAt(fact, 'devices').map((_imei, index, list) => parsedAt(list as unknown as Sent, String(index), parseImei)),
      listAt(fact, 'documents').map((_hash, index, list) =>
        parsedAt(list as unknown as Sent, String(index), parseSha256),
      ),
      nullable(fact, 'decidedAt', instantAt),
      nullable(fact, 'expiresAt', instantAt),
    ]),
  enforcement: (fact, sink) => addHistory(readEnforcement(fact), sink),
  report: (fact, sink) => addHistory(readReport(fact), sink),
  informationAnswer: (fact, sink) => addHistory(readAnswer(fact), sink),
  checkResult: (fact, sink) => addHistory(readCheckResult(fact), sink),
  businessTrafficProfile: (fact, { add }) =>
    add('seededProfile', [
      parsedAt(fact, 'msisdn', parseMsisdn),
      instantAt(fact, 'since'),
      wordAt(fact, 'purpose', TRAFFIC_PURPOSES),
      instantAt(fact, 'grantedAt'),
      instantAt(fact, 'expiresAt'),
    ]),
};

function addSubscriber(fact: Sent, { add }: RowSink): void {
  const kind = wordAt(fact, 'subscriberKind', SUBSCRIBER_KINDS);
  const iin = nullable(fact, 'iin', iinAt);
  const bin = nullable(fact, 'bin', binAt);
  if ((kind === 'PERSON') !== (iin !== null) || (kind === 'LEGAL_ENTITY') !== (bin !== null)) throw unusable('iin');
  add('subscriber', [textAt(fact, 'id'), kind, iin, bin, textAt(fact, 'fullName')]);
}

function addContract(fact: Sent, sink: RowSink): void {
  const { add } = sink;
  const key = sink.nextContractKey();
  const since = instantAt(fact, 'since');
  const activatedAt = nullable(fact, 'activatedAt', instantAt);
  const soldAt = nullable(fact, 'soldAt', instantAt);
  const verification = objectAt(fact, 'verification');
  add('contract', [
    key,
    textAt(fact, 'id'),
    parsedAt(fact, 'msisdn', parseMsisdn),
    since,
    wordAt(fact, 'status', LINE_STATUSES),
    wordAt(fact, 'plan', PLAN_KINDS),
    activatedAt ?? soldAt ?? since,
    activatedAt,
    nullable(fact, 'endedAt', instantAt),
    textAt(fact, 'subscriberId'),
    nullable(fact, 'assignedUserId', textAt),
    wordAt(verification, 'result', VERIFICATION_RESULTS),
    nullable(verification, 'method', (sent, name) => wordAt(sent, name, VERIFICATION_METHODS)),
    nullable(verification, 'verifiedAt', instantAt),
    wholeAt(verification, 'attempts', 0),
    nullable(verification, 'providerReference', textAt),
    nullable(fact, 'dealerId', textAt),
    soldAt,
  ]);
  for (const card of objectsAt(fact, 'simCards')) {
    add('simCard', [
      key,
      parsedAt(card, 'iccid', parseIccid),
      parsedAt(card, 'imsi', parseImsi),
      instantAt(card, 'issuedAt'),
      nullable(card, 'replacedAt', instantAt),
      wordAt(card, 'reason', SIM_CHANGE_REASONS),
    ]);
  }
  for (const device of objectsAt(fact, 'devices')) {
    add('deviceUse', [
      key,
      parsedAt(device, 'imei', parseImei),
      parsedAt(device, 'imsi', parseImsi),
      instantAt(device, 'firstSeenAt'),
      instantAt(device, 'lastSeenAt'),
    ]);
  }
  const usage = nullable(fact, 'usage', objectAt);
  if (usage !== null) addUsage(usage, key, sink);
}

function addUsage(usage: Sent, contractKey: number, { add, onUsageDay }: RowSink): void {
  let day = parsedAt(usage, 'firstDay', parseDay);
  for (const measures of listAt(usage, 'days')) {
    if (!isUsageTuple(measures)) throw unusable('days');
    add('usageDay', [contractKey, day, ...measures]);
    onUsageDay(day);
    day = addDays(day, 1);
  }
}

/** How each measure must look: a share is 0 to 1, minutes and megabytes are not negative, the rest are whole. */
const MEASURE_CHECKS: readonly ((value: number) => boolean)[] = USAGE_MEASURES.map((measure) => {
  if (measure.endsWith('Share')) return (value) => value >= 0 && value <= 1;
  if (measure.startsWith('minutes') || measure === 'dataMb') return (value) => value >= 0 && value <= LARGEST_AMOUNT;
  return (value) => Number.isInteger(value) && value >= 0 && value <= LARGEST_COUNT;
});
const LARGEST_COUNT = 10_000_000;
const LARGEST_AMOUNT = 1_000_000_000;

function isUsageTuple(sent: unknown): sent is readonly number[] {
  return (
    Array.isArray(sent) &&
    sent.length === MEASURE_CHECKS.length &&
    MEASURE_CHECKS.every((check, index) => typeof sent[index] === 'number' && check(sent[index]))
  );
}

function addHistory({ kind, id, at, body }: HistoryFact, { add }: Pick<RowSink, 'add'>): void {
  add('history', [kind, id, at, JSON.stringify(body)]);
}

function iinAt(sent: Sent, name: string): Iin {
  return parsedAt(sent, name, parseIin);
}

function binAt(sent: Sent, name: string): Bin {
  return parsedAt(sent, name, parseBin);
}

function parseImsi(text: string): Result<string, 'MALFORMED'> {
  return /^[0-9]{14,15}$/.test(text) ? accepted(text) : refused('MALFORMED');
}

function parseSha256(text: string): Result<string, 'MALFORMED'> {
  return /^[0-9a-f]{64}$/.test(text) ? accepted(text) : refused('MALFORMED');
}
