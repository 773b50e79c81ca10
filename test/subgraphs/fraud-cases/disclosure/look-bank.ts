// The bank's side of looks for tests: a real database with cases, keys and trust of a ceremony, the desk of disclosures, the trail and the
// commands of broken glasses. Numbering is a table of the test; the clock of the database is moved by the test.

import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { type Grant, openGrant, subjectKey } from '../../../../shared/access/lookup-grant';
import type { Principal } from '../../../../shared/access/principal';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import type { ActorRole } from '../../../../shared/vocabulary/role';
import type { CaseFact } from '../../../../shared/vocabulary/seed-fact';
import {
  type BreakGlassCommands,
  breakGlassCommands,
  reviewJob,
} from '../../../../subgraphs/fraud-cases/commands/break-glass-commands';
import { type CommandDesk, withRacesSettled } from '../../../../subgraphs/fraud-cases/commands/command-desk';
import type { TimedJob } from '../../../../subgraphs/fraud-cases/commands/scheduler';
import { type AccessTrail, createAccessTrail } from '../../../../subgraphs/fraud-cases/disclosure/access-trail';
import {
  createDisclosureDesk,
  type DisclosureAnswer,
  type DisclosureDesk,
  type DisclosureParts,
} from '../../../../subgraphs/fraud-cases/disclosure/disclosure-desk';
import { readDisclosureRequest } from '../../../../subgraphs/fraud-cases/disclosure/disclosure-request';
import { createKeyedHash } from '../../../../subgraphs/fraud-cases/disclosure/keyed-hash';
import { createServedPlaces } from '../../../../subgraphs/fraud-cases/disclosure/look-basis';
import { DEFAULT_LOOK_LIMITS, type LookLimits } from '../../../../subgraphs/fraud-cases/domain/look-limits';
import { bankAuthor } from '../../../../subgraphs/fraud-cases/log/bank-log';
import { type BankTrust, loadBankTrust } from '../../../../subgraphs/fraud-cases/log/bank-trust';
import { caseTransactions } from '../../../../subgraphs/fraud-cases/store/case-transaction';
import { shiftClock } from '../../../support/database';
import { caseFact, createCaseDatabase, reportFact } from '../fraud-cases-fixture';
import { type Ceremony, makeCeremony } from '../log-fixture';

export const uuid = (ordinal: number): string => `00000000-0000-4000-8000-${String(ordinal).padStart(12, '0')}`;
/** Numbers that lie far from one another. */
export const numberOf = (ordinal: number): Msisdn => `+7701${String(2_000_000 + ordinal * 1_000)}` as Msisdn;
/** All numbers are served by kcell since then. */
export const SINCE = '2020-01-01T00:00:00.000Z' as Instant;
export const tenureOf = (msisdn: string, since: string = SINCE): string => subjectKey('OperatorTenure', msisdn, since);

export const MASKED = ['OperatorTenure.contract', 'LineContract.subscriber', 'Subscriber.maskedIin'] as const;
export const CLEAR = ['Subscriber.iin', 'Subscriber.fullName'] as const;

export function principalIn(role: ActorRole, person: string, organisation = 'afc'): Principal {
  return {
    person,
    organisation,
    roles: [role],
    unit: organisation === 'afc' ? 'almaty-1' : null,
    client: 'test',
    expiresAt: msToInstant(Date.now() + 600_000),
    strongSince: msToInstant(Date.now()),
  };
}

export const INVESTIGATOR = principalIn('INVESTIGATOR', 'investigator-1');
export const OTHER_INVESTIGATOR = principalIn('INVESTIGATOR', 'investigator-2');
export const SUPERVISOR = principalIn('SUPERVISOR', 'supervisor-1');
export const OTHER_SUPERVISOR = principalIn('SUPERVISOR', 'supervisor-2');
export const AUDITOR = principalIn('AUDITOR', 'auditor-1');
export const PORTAL = principalIn('PORTAL', 'portal-1', 'portal-1');
export const BANK_MACHINE = principalIn('BANK', 'bank-1', 'bank-1');

/** What a test asks for; the case and the purpose are those of an investigation unless told. */
export interface Asked {
  readonly case?: string | null;
  readonly purpose?: string | null;
  readonly operatorCode?: string;
  readonly subjects: readonly string[];
  readonly fields?: readonly string[];
  readonly misses?: number;
  /** Whom fields of the root ask for; then nothing is read. */
  readonly roots?: readonly string[];
}

export interface LookBank {
  readonly ceremony: Ceremony;
  readonly dataSource: DataSource;
  readonly databaseUrl: string;
  readonly desk: CommandDesk;
  readonly trust: BankTrust;
  readonly parts: DisclosureParts;
  readonly disclosures: DisclosureDesk;
  readonly trail: AccessTrail;
  readonly glasses: BreakGlassCommands;
  readonly reviews: TimedJob;
  /** Alarms as they were told. */
  readonly told: string[];
  /** Numbers about which numbering was asked. */
  readonly asked: string[];
  /** Tenures by number, where they are not the usual one. */
  readonly courses: Map<string, readonly { operatorCode: string; since: Instant; until: Instant | null }[]>;
  /** How long the log waits for its witnesses. */
  waitingMs: number;
  /** A desk with other limits or parts over the same database. */
  deskWith(changes: Partial<DisclosureParts>): DisclosureDesk;
  ask(principal: Principal, asked: Asked, desk?: DisclosureDesk): Promise<DisclosureAnswer>;
  rows<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Moves the database's clock to so long after the real one. */
  moveClock(interval: string): Promise<void>;
  /** The grant in an answer, opened as its operator opens it; null when there is none. */
  grantIn(answer: DisclosureAnswer, operatorCode?: string): Grant | null;
  alarms(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A case in which the numbers are subjects that `analyst-1` linked. */
export function caseAbout(ordinal: number, msisdns: readonly string[], changes: Partial<CaseFact> = {}): CaseFact {
  const [suspect = numberOf(ordinal)] = msisdns;
  const fact = caseFact(ordinal, suspect, { id: uuid(ordinal) });
  const [subject] = fact.subjects;
  const subjects = msisdns.map((msisdn) => ({ ...subject, msisdn, role: 'SUSPECT' as const }));
  const reports = msisdns.map((msisdn, place) => reportFact(`case-${ordinal}-report-${place}`, msisdn));
  return { ...fact, subjects: subjects as CaseFact['subjects'], reports, ...changes };
}

/** The same case, with some of its numbers brought into it by a person of the Anti-Fraud Center and by nobody else. */
export function broughtBy(person: string, fact: CaseFact, msisdns: readonly string[]): CaseFact {
  const reports = fact.reports.map((report) =>
    msisdns.includes(report.suspect) ? { ...report, source: 'AFC_SIGNAL', reporter: person } : report,
  );
  return { ...fact, reports };
}

export async function openLookBank(facts: readonly CaseFact[], limits: Partial<LookLimits> = {}): Promise<LookBank> {
  const ceremony = await makeCeremony();
  const { url, dataSource, close } = await createCaseDatabase(facts);
  await dataSource.query('UPDATE seeded_case SET is_told = true');
  const trust = loadBankTrust({ policyFile: ceremony.policyFile, rootFile: ceremony.rootFile });
  const author = bankAuthor(trust, trust.ownKey('act', ceremony.keyFile('afc', 'act')), null);
  const orderKey = trust.ownKey('order', ceremony.keyFile('afc', 'order'));
  const desk: CommandDesk = { transactions: caseTransactions(dataSource), author, orderKey };
  const transactions = withRacesSettled(desk.transactions);
  const pool = new Pool({ connectionString: url, max: 4 });
  pool.on('error', () => {});
  const hash = createKeyedHash(Buffer.alloc(32, 7));
  const courses: LookBank['courses'] = new Map();
  const told: string[] = [];
  const asked: string[] = [];
  const usual = [{ operatorCode: 'kcell', since: SINCE, until: null }];
  const parts: DisclosureParts = {
    transactions,
    author,
    grantKey: trust.ownKey('grant', ceremony.keyFile('afc', 'grant')),
    hash,
    limits: { ...DEFAULT_LOOK_LIMITS, ...limits },
    caseUnit: 'almaty-1',
    places: createServedPlaces(async (msisdn) => {
      asked.push(msisdn);
      return { tenures: courses.get(msisdn) ?? usual, portings: [] };
    }),
    mayExpose: async () => {
      if (bank.waitingMs > bank.parts.limits.quorumWaitMs) throw new Error('waiting');
    },
    isLogWhole: () => true,
    onAlarm: (kind) => told.push(kind),
  };
  const glassParts = { limits: parts.limits, actorOf: hash.actorOf, onAlarm: (kind: string) => void told.push(kind) };
  const rows = async <Row>(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> =>
    (await pool.query({ text, values: [...values] })).rows as readonly Row[];
  const bank: LookBank = {
    ceremony,
    dataSource,
    databaseUrl: url,
    desk,
    trust,
    parts,
    disclosures: createDisclosureDesk(parts),
    trail: createAccessTrail({ transactions, author, hash }),
    glasses: breakGlassCommands(
      desk,
      { servingTenure: async () => ({ operatorCode: 'kcell' as OperatorCode, since: SINCE }) },
      glassParts,
    ),
    reviews: reviewJob(desk, pool, glassParts),
    told,
    asked,
    courses,
    waitingMs: 0,
    deskWith: (changes) => createDisclosureDesk({ ...parts, ...changes }),
    ask(principal, asked, used = bank.disclosures) {
      const { subjects, fields = [...MASKED, ...CLEAR], operatorCode = 'kcell', misses = 0 } = asked;
      const request = readDisclosureRequest({
        case: asked.case ?? null,
        purpose: asked.purpose === undefined ? 'INVESTIGATION' : asked.purpose,
        reads: subjects.length === 0 ? [] : [{ operatorCode, subjects, fields }],
        misses,
        ...(asked.roots === undefined ? {} : { roots: asked.roots }),
      });
      if (request === null) throw new Error('a wave was to be one');
      return used.disclose(principal, request);
    },
    rows,
    moveClock: (interval) => shiftClock(url, interval),
    grantIn(answer, operatorCode = 'kcell') {
      const text = answer.kind === 'GRANTED' ? answer.grants[operatorCode] : undefined;
      if (text === undefined) return null;
      const now = { audience: operatorCode, now: msToInstant(Date.now()) };
      const opened = openGrant(text, (keyId) => trust.keyOf('afc', 'grant', keyId), now);
      if (!opened.ok) throw new Error(opened.error);
      return opened.value;
    },
    async alarms() {
      const found = await rows<{ readonly kind: string }>('SELECT DISTINCT kind FROM access_alarm ORDER BY kind');
      return found.map(({ kind }) => kind);
    },
    async close() {
      await pool.end();
      await close();
      ceremony.remove();
    },
  };
  return bank;
}
