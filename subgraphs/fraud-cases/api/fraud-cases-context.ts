// What one request to the fraud cases carries: who asks, the store, the seal of cursors, and loaders that live as long as the request.

import { type BatchLoader, batchLoader } from '../../../shared/graphql/loader';
import { groupBy } from '../../../shared/vocabulary/grouping';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { Commands } from '../commands/commands';
import type { AccessTrail } from '../disclosure/access-trail';
import type { Appeal, BlockOrder } from '../domain/block-order';
import type { CaseSubject, Decision, Evidence, InformationRequest, Loss, SuspicionReport } from '../domain/case-file';
import { type CaseReader, type CaseScope, caseScopeOf } from '../domain/case-scope';
import type { DutyClock, DutyRule } from '../domain/duty';
import type { FraudCase } from '../domain/fraud-case';
import type { LiabilityAssessment } from '../domain/liability';
import type { Page } from '../domain/page';
import type { TrailEntry } from '../domain/trail';
import type { LiveEvents } from '../live/live-events';
import type { AuditReads } from '../store/audit-reads';
import type { NumberPageRequest } from '../store/case-reads';
import type { CaseStore } from '../store/case-store';
import type { DutyRuleKey } from '../store/duty-reads';
import type { TrailRequest } from '../store/trail-reads';
import type { Asker } from './asker';
import type { CursorSeal } from './cursor';
import { createRowStandings, type RowStandings } from './row-standing';

/** The context of one request; never shared between two. */
export interface FraudCasesContext extends Asker {
  readonly store: CaseStore;
  /** Null where no joint log is kept. */
  readonly log: AuditReads | null;
  /** Null where cases are only read. */
  readonly commands: Commands | null;
  /** Null where nobody is granted anything. */
  readonly trail: AccessTrail | null;
  readonly cursors: CursorSeal;
  /** What subscriptions listen to; null where nothing is streamed. */
  readonly live: LiveEvents | null;
  readonly loaders: CaseLoaders;
  /** Who reads, as the rules of cases know them; nobody's roles without a token. */
  readonly reader: CaseReader;
  /** The cases of which the reader's lists are made. */
  readonly within: CaseScope;
  /** What rows are to the reader. */
  readonly standings: RowStandings;
  /** The name by which auditors know a person. */
  readonly pseudonymOf: (person: string) => string;
  /** Forgets what was loaded: after a command, rows are read anew. */
  forgetLoaded(): void;
}

/** Loads of one request; each costs one statement for all keys asked at once. Lists load null when they are empty. */
export interface CaseLoaders {
  readonly fraudCase: BatchLoader<string, FraudCase>;
  readonly order: BatchLoader<string, BlockOrder>;
  readonly appeal: BatchLoader<string, Appeal>;
  readonly informationRequest: BatchLoader<string, InformationRequest>;
  readonly rule: BatchLoader<DutyRuleKey, DutyRule>;
  readonly assessment: BatchLoader<string, LiabilityAssessment>;
  /** By the id of its act. */
  readonly trailEntry: BatchLoader<string, TrailEntry>;
  /** By case. */
  readonly subjects: BatchLoader<string, readonly CaseSubject[]>;
  readonly reports: BatchLoader<string, readonly SuspicionReport[]>;
  readonly evidence: BatchLoader<string, readonly Evidence[]>;
  readonly informationRequests: BatchLoader<string, readonly InformationRequest[]>;
  readonly decision: BatchLoader<string, Decision>;
  readonly orders: BatchLoader<string, readonly BlockOrder[]>;
  readonly appeals: BatchLoader<string, readonly Appeal[]>;
  readonly losses: BatchLoader<string, readonly Loss[]>;
  readonly clocks: BatchLoader<string, readonly DutyClock[]>;
  readonly liability: BatchLoader<string, readonly LiabilityAssessment[]>;
  readonly trail: BatchLoader<TrailRequest, Page<TrailEntry>>;
  /** By number. */
  readonly ordersOfNumber: BatchLoader<Msisdn, readonly BlockOrder[]>;
  readonly openCaseOfNumber: BatchLoader<Msisdn, FraudCase>;
  readonly casesOfNumber: BatchLoader<NumberPageRequest, Page<FraudCase>>;
  readonly caseCountOfNumber: BatchLoader<Msisdn, number>;
  readonly reportsOfNumber: BatchLoader<NumberPageRequest, Page<SuspicionReport>>;
  readonly reportCountOfNumber: BatchLoader<Msisdn, number>;
  /** By order: true when an appeal against it is open, else null. */
  readonly underAppeal: BatchLoader<string, true>;
  /** By case: true when the reader's organisation has a part in it, else null. */
  readonly ownPart: BatchLoader<string, true>;
}

/** What all requests have in common. */
export type ContextParts = Pick<
  FraudCasesContext,
  'store' | 'log' | 'commands' | 'trail' | 'cursors' | 'live' | 'pseudonymOf'
> & {
  /** The unit that works the cases kept here. */
  readonly unit: string;
};

/** The context for one request. */
export function createFraudCasesContext(parts: ContextParts, asker: Asker): FraudCasesContext {
  const { store, unit, ...shared } = parts;
  const reader = readerOf(asker, unit);
  const within = caseScopeOf(reader);
  const loaders = loadersOver(store, within);
  const standings = createRowStandings(reader, loaders);
  return {
    ...asker,
    ...shared,
    store,
    reader,
    within,
    loaders,
    standings,
    forgetLoaded() {
      Object.assign(loaders, loadersOver(store, within));
      standings.forget();
    },
  };
}

function readerOf({ principal }: Asker, unit: string): CaseReader {
  if (principal === null) return { person: '', organisation: '', roles: [], ofTheUnit: false };
  const { person, organisation, roles } = principal;
  return { person, organisation, roles, ofTheUnit: principal.unit === unit };
}

function loadersOver(store: CaseStore, within: CaseScope): CaseLoaders {
  return { ...loadersById(store), ...loadersByCase(store, within), ...loadersByNumber(store, within) };
}

function loadersById(store: CaseStore) {
  return {
    fraudCase: batchLoader(itself, async (ids) => byId(await store.casesById(ids))),
    order: batchLoader(itself, async (ids) => byId(await store.ordersById(ids))),
    underAppeal: batchLoader(itself, async (orderIds) => {
      const appealed = await store.ordersUnderAppeal(orderIds);
      return new Map([...appealed].map((id) => [id, true as const]));
    }),
    appeal: batchLoader(itself, async (ids) => byId(await store.appealsById(ids))),
    informationRequest: batchLoader(itself, async (ids) => byId(await store.informationRequestsById(ids))),
    assessment: batchLoader(itself, async (ids) => byId(await store.assessmentsById(ids))),
    trailEntry: batchLoader(itself, async (ids) => {
      const entries = await store.trailEntriesOf(ids);
      return new Map(entries.map((entry) => [entry.actId, entry]));
    }),
    rule: batchLoader(nameOfRule, async (keys) => {
      const rules = await store.rulesNamed(keys);
      return new Map(rules.map((rule) => [nameOfRule({ ruleId: rule.id, ruleVersion: rule.version }), rule]));
    }),
  };
}

function loadersByCase(store: CaseStore, { organisation }: CaseScope) {
  return {
    subjects: batchLoader(itself, async (ids) => groupBy(await store.subjectsOf(ids), caseOf)),
    reports: batchLoader(itself, async (ids) => groupBy(await store.reportsOf(ids), caseOf)),
    evidence: batchLoader(itself, async (ids) => groupBy(await store.evidenceOf(ids), caseOf)),
    informationRequests: batchLoader(itself, async (ids) => groupBy(await store.informationRequestsOf(ids), caseOf)),
    decision: batchLoader(itself, async (ids) => {
      const decisions = await store.decisionsOf(ids);
      return new Map(decisions.map((decision) => [decision.caseId, decision]));
    }),
    orders: batchLoader(itself, async (ids) => groupBy(await store.ordersOfCases(ids), caseOf)),
    appeals: batchLoader(itself, async (ids) => groupBy(await store.appealsOfCases(ids), caseOf)),
    losses: batchLoader(itself, async (ids) => groupBy(await store.lossesOf(ids), caseOf)),
    clocks: batchLoader(itself, async (ids) => groupBy(await store.clocksOf(ids), caseOf)),
    liability: batchLoader(itself, async (ids) => groupBy(await store.assessmentsOf(ids), caseOf)),
    ownPart: batchLoader(itself, async (ids) => {
      const parts = organisation === null ? [] : await store.casesWithPartOf(organisation, ids);
      return new Map([...parts].map((id) => [id, true as const]));
    }),
    trail: batchLoader(nameOfTrail, async (keys) => byName(keys, nameOfTrail, await store.trailPagesOf(keys))),
  };
}

function loadersByNumber(store: CaseStore, within: CaseScope) {
  return {
    ordersOfNumber: batchLoader(numberItself, async (keys) =>
      groupBy(await store.ordersOfNumbers(keys), (order) => order.msisdn),
    ),
    openCaseOfNumber: batchLoader(numberItself, (keys) => store.openCasesOf(keys)),
    casesOfNumber: batchLoader(nameOfPage, async (keys) =>
      byName(keys, nameOfPage, await store.casePagesOf(keys, within)),
    ),
    caseCountOfNumber: batchLoader(numberItself, (keys) => store.caseCountsOf(keys, within)),
    reportsOfNumber: batchLoader(nameOfPage, async (keys) =>
      byName(keys, nameOfPage, await store.reportPagesOf(keys, within)),
    ),
    reportCountOfNumber: batchLoader(numberItself, (keys) => store.reportCountsOf(keys, within)),
  };
}

function itself(id: string): string {
  return id;
}

function numberItself(msisdn: Msisdn): string {
  return msisdn;
}

function nameOfRule({ ruleId, ruleVersion }: DutyRuleKey): string {
  return `${ruleId} ${ruleVersion}`;
}

function nameOfPage({ msisdn, first, after }: NumberPageRequest): string {
  return JSON.stringify([msisdn, first, after]);
}

function nameOfTrail({ caseId, first, after }: TrailRequest): string {
  return JSON.stringify([caseId, first, after]);
}

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

function caseOf(row: { readonly caseId: string }): string {
  return row.caseId;
}

function byName<Key, Value>(
  keys: readonly Key[],
  nameOf: (key: Key) => string,
  values: readonly Value[],
): ReadonlyMap<string, Value> {
  return new Map(
    values.flatMap((value, place) => {
      const key = keys[place];
      return key === undefined ? [] : [[nameOf(key), value] as const];
    }),
  );
}
