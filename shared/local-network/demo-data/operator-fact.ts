// One operator's facts, written from planned lines in the order its program reads them. Each section walks the lines anew, so that
// memory does not grow with the number of lines; a fact about a person, company or handset comes once.

import type { ContractFact, OperatorFact } from '../../vocabulary/seed-fact';
import { DEALERS } from './contract-plan';
import { type DemoCalendar, instantText, instantTextOrNull } from './demo-calendar';
import type { OperatorIndex } from './demo-operator';
import { digestFor, drawsFor, uuidFor } from './draw';
import { handset, iccid, imsi } from './handset';
import { company, person } from './identity';
import type { Contract, HandsetRef, HolderRef, Line, Tenure } from './line';
import { usageRows } from './traffic-profile';

/** Walks lines of an operator; each call starts anew. `story` lines may share people and handsets among each other. */
export interface LineSource {
  readonly population: () => Iterable<Line>;
  readonly story: readonly Line[];
}

/** The dealers of an operator. */
export function* dealerFacts(seed: number, operator: OperatorIndex): Generator<OperatorFact> {
  for (let dealer = 0; dealer < DEALERS; dealer += 1) {
    const draws = drawsFor(seed, DEALER, operator, dealer);
    const name = `${draws.pick(['ТОО', 'ИП'])} «${draws.pick(DEALER_NAMES)}-${dealer + 1}»`;
    const region = REGIONS[(dealer * 7 + operator * 5) % REGIONS.length] ?? '';
    yield { kind: 'dealer', id: uuidFor(seed, DEALER, operator, dealer), name, region };
  }
}

/** Every handset that was ever in a line of the operator, once. */
export function* deviceFacts(seed: number, operator: OperatorIndex, lines: LineSource): Generator<OperatorFact> {
  for (const ref of eachOnce(lines, (line) => handsetsAt(line, operator))) {
    yield { kind: 'device', ...handset(seed, ref.number, ref.handsetKind) };
  }
}

/** Every holder and user of a line of the operator, once. */
export function* subscriberFacts(seed: number, operator: OperatorIndex, lines: LineSource): Generator<OperatorFact> {
  for (const ref of eachOnce(lines, (line) => holdersAt(line, operator))) {
    if (ref.kind === 'PERSON') {
      const { id, iin, fullName } = person(seed, ref.number);
      yield { kind: 'subscriber', id, subscriberKind: 'PERSON', iin, bin: null, fullName };
    } else {
      const { id, bin, fullName } = company(seed, ref.number, ref.trade);
      yield { kind: 'subscriber', id, subscriberKind: 'LEGAL_ENTITY', iin: null, bin, fullName };
    }
  }
}

/** The operator's tenures. */
export function* tenureFacts(operator: OperatorIndex, lines: LineSource): Generator<OperatorFact> {
  for (const { line, tenure } of tenuresAt(operator, lines)) {
    const until = instantTextOrNull(tenure.untilMs);
    yield { kind: 'tenure', msisdn: line.msisdn, since: instantText(tenure.sinceMs), until };
  }
}

/** The contracts within those tenures, with SIM cards, handsets and daily usage. */
export function* contractFacts(
  seed: number,
  calendar: DemoCalendar,
  operator: OperatorIndex,
  lines: LineSource,
): Generator<OperatorFact> {
  for (const { line, tenure } of tenuresAt(operator, lines)) {
    for (const contract of tenure.contracts) yield contractFact(seed, calendar, operator, line, tenure, contract);
  }
}

/** What the operator knows about legitimate traffic on lines that it serves. */
export function* knownTrafficFacts(operator: OperatorIndex, lines: LineSource): Generator<OperatorFact> {
  for (const { line, tenure } of tenuresAt(operator, lines)) {
    if (line.traffic === null || tenure.untilMs !== null) continue;
    const { purpose, grantedAtMs, expiresAtMs } = line.traffic;
    yield {
      kind: 'businessTrafficProfile',
      msisdn: line.msisdn,
      since: instantText(tenure.sinceMs),
      purpose,
      grantedAt: instantText(grantedAtMs),
      expiresAt: instantText(expiresAtMs),
    };
  }
}

const DEALER = 50;
const CONTRACT = 51;

function contractFact(
  seed: number,
  calendar: DemoCalendar,
  operator: OperatorIndex,
  line: Line,
  tenure: Tenure,
  contract: Contract,
): ContractFact {
  const { verification, usage } = contract;
  return {
    kind: 'contract',
    id: uuidFor(seed, CONTRACT, contract.key),
    msisdn: line.msisdn,
    since: instantText(tenure.sinceMs),
    status: contract.status,
    plan: contract.plan,
    activatedAt: instantTextOrNull(contract.activatedAtMs),
    endedAt: instantTextOrNull(contract.endedAtMs),
    subscriberId: holderId(seed, contract.holder),
    assignedUserId: contract.user === null ? null : holderId(seed, contract.user),
    verification: {
      result: verification.result,
      method: verification.method,
      verifiedAt: instantTextOrNull(verification.verifiedAtMs),
      attempts: verification.attempts,
      providerReference:
        verification.verifiedAtMs === null ? null : `BIO-${digestFor(seed, CONTRACT, contract.key).slice(0, 16)}`,
    },
    dealerId: uuidFor(seed, DEALER, operator, contract.dealer),
    soldAt: instantText(contract.soldAtMs),
    simCards: contract.simCards.map((card) => ({
      iccid: iccid(seed, operator, card.number),
      imsi: imsi(seed, operator, card.number),
      issuedAt: instantText(card.issuedAtMs),
      replacedAt: instantTextOrNull(card.replacedAtMs),
      reason: card.reason,
    })),
    devices: contract.handsets.map((use) => ({
      imei: handset(seed, use.handset.number, use.handset.handsetKind).imei,
      imsi: imsi(seed, operator, use.simCard),
      firstSeenAt: instantText(use.firstSeenAtMs),
      lastSeenAt: instantText(use.lastSeenAtMs),
    })),
    usage:
      usage === null
        ? null
        : { firstDay: calendar.dayAgo(calendar.daysBefore(usage.firstDay)), days: usageRows(seed, usage, calendar) },
  };
}

function holderId(seed: number, holder: HolderRef): string {
  return holder.kind === 'PERSON' ? person(seed, holder.number).id : company(seed, holder.number, holder.trade).id;
}

function* tenuresAt(operator: OperatorIndex, lines: LineSource): Generator<{ line: Line; tenure: Tenure }> {
  for (const source of [lines.population(), lines.story]) {
    for (const line of source) {
      for (const tenure of line.tenures) if (tenure.operator === operator) yield { line, tenure };
    }
  }
}

/** What the lines refer to, without what another line brings and without repetition within a line or among stories. */
function* eachOnce<Ref extends HolderRef | HandsetRef>(
  lines: LineSource,
  refsOf: (line: Line) => Iterable<Ref>,
): Generator<Ref> {
  for (const line of lines.population()) {
    const seen: string[] = [];
    for (const ref of refsOf(line)) {
      const name = refName(ref);
      if (ref.borrowed || seen.includes(name)) continue;
      seen.push(name);
      yield ref;
    }
  }
  const seen = new Set<string>();
  for (const line of lines.story) {
    for (const ref of refsOf(line)) {
      const name = refName(ref);
      if (seen.has(name)) continue;
      seen.add(name);
      yield ref;
    }
  }
}

function refName(ref: HolderRef | HandsetRef): string {
  return `${'kind' in ref ? ref.kind : ref.handsetKind}${ref.number}`;
}

function* handsetsAt(line: Line, operator: OperatorIndex): Generator<HandsetRef> {
  for (const contract of contractsAt(line, operator)) for (const use of contract.handsets) yield use.handset;
}

function* holdersAt(line: Line, operator: OperatorIndex): Generator<HolderRef> {
  for (const contract of contractsAt(line, operator)) {
    yield contract.holder;
    if (contract.user !== null) yield contract.user;
  }
}

function* contractsAt(line: Line, operator: OperatorIndex): Generator<Contract> {
  for (const tenure of line.tenures) if (tenure.operator === operator) yield* tenure.contracts;
}

const DEALER_NAMES = ['Байланыс', 'Сәлем', 'Мобайл Плюс', 'Сота', 'Цифра', 'Алло', 'Контакт', 'Симкарт'] as const;

const REGIONS = [
  'Астана',
  'Алматы',
  'Шымкент',
  'Абай облысы',
  'Ақмола облысы',
  'Ақтөбе облысы',
  'Алматы облысы',
  'Атырау облысы',
  'Батыс Қазақстан облысы',
  'Жамбыл облысы',
  'Жетісу облысы',
  'Қарағанды облысы',
  'Қостанай облысы',
  'Қызылорда облысы',
  'Маңғыстау облысы',
  'Павлодар облысы',
  'Солтүстік Қазақстан облысы',
  'Түркістан облысы',
  'Ұлытау облысы',
  'Шығыс Қазақстан облысы',
] as const;
