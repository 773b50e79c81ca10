// How a case comes in: a report, its triage, the check that an operator makes on its own track, the cases that repeat another.

import type { SignalSource, SubjectRole } from '../../../shared/vocabulary/case-file';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import { type Actor, type ActorRole, AFC_PARTY, actsAs } from './actor';
import {
  atBank,
  atCenter,
  atOperator,
  type CaseChange,
  type CaseRule,
  isBlank,
  isFuture,
  mayWork,
  notAfter,
} from './case-change';
import type { CommandOf, ReportSuspicion } from './case-command';
import type { CaseSubject, SuspicionReport } from './case-file';
import type { CaseRecord } from './case-record';
import type { ClockEvent } from './clock-event';
import { type Refusal, refuse } from './refusal';

/**
 * Whether a report is new. `toldBefore` is what the same organisation told under the same source and reference; null when it did not. Told
 * again in the same words it is TOLD_BEFORE and nothing is done; in other words it is refused. Asked before the rule below.
 */
export function recogniseReport(
  report: SuspicionReport,
  toldBefore: SuspicionReport | null,
): Result<'NEW' | 'TOLD_BEFORE', Refusal> {
  if (toldBefore === null) return accepted('NEW');
  return isSameReport(toldBefore, report) ? accepted('TOLD_BEFORE') : refuse('TOLD_OTHERWISE');
}

/**
 * The rule of reportSuspicion. `record` is the open case of the suspect's number, which takes the report; null when it has none, and a case
 * is opened.
 */
export function takeReport(
  record: CaseRecord | null,
  command: ReportSuspicion,
  actor: Actor,
  now: Instant,
): Result<CaseChange, Refusal> {
  const { report, newCase } = command;
  if (!SOURCES.some(([role, sources]) => actsAs(actor, role) && sources.includes(report.source))) {
    return refuse('BAD_SOURCE');
  }
  if (isFuture(report.occurredAt, now) || isFuture(report.detectedAt, now)) return refuse('FUTURE');
  const caseId = record?.case.id ?? newCase.id;
  const kept = { ...report, caseId, receivedAt: now };
  const before = record ?? emptyRecord(newCase, report, now);
  return accepted({
    to: before.case.state,
    record: {
      ...before,
      reports: [...before.reports, kept],
      indicators: [...new Set([...before.indicators, ...command.indicators])],
    },
    fields: {
      // The bank signs for organisations that hold no key, and says for whom.
      actor: actor.organisation === AFC_PARTY ? actor.person : actor.organisation,
      report: report.id,
      source: report.source,
      source_ref: report.sourceRef,
      suspect: report.suspect,
    },
    clocks: [...reporterClocks(kept, actor, now), ...(record === null ? atCenter(now, 'REPORT_RECEIVED') : [])],
  });
}

/** The rule of triageReport: a dismissal with its reason, or severity, type and track. The numbers of the reports become subjects. */
export const triage: CaseRule<CommandOf<'triageReport'>> = (record, command, actor, now) => {
  const { severity, fraudType, track, dismissReason, servedBy } = command;
  if (dismissReason !== null) {
    if (severity !== null || fraudType !== null || track !== null || isBlank(dismissReason))
      return refuse('BAD_TRIAGE');
    const clocks = [...atCenter(now, 'CASE_DISMISSED'), ...caseEnded(now)];
    return accepted({ to: 'DISMISSED', record, fields: { reason: dismissReason }, clocks });
  }
  if (severity === null || fraudType === null || track === null) return refuse('BAD_TRIAGE');
  const triaged: CaseRecord = {
    ...record,
    case: { ...record.case, severity, fraudType, track },
    subjects: subjectsOf(record, actor, now),
  };
  const fields = { severity, fraud_type: fraudType, track };
  const clocks = [...atCenter(now, 'CASE_TRIAGED'), ...signalledBanks(record, now)];
  if (track === 'AFC_INVESTIGATION') return accepted({ to: 'TRIAGED', record: triaged, fields, clocks });
  if (servedBy === null) return refuse('NOT_SERVED');
  return accepted({
    to: 'OPERATOR_CHECK',
    record: { ...triaged, checkedBy: servedBy },
    fields,
    parties: [servedBy],
    clocks: [...clocks, atOperator(servedBy, 'SIGNAL_RECEIVED', now)],
  });
};

/** The rule of recordCheckResult: the finding of the operator that was asked, and of no other, becomes the proposal. */
export const recordCheck: CaseRule<CommandOf<'recordCheckResult'>> = (record, command, actor, now) => {
  if (record.checkedBy === null || record.checkedBy !== actor.organisation) return refuse('OTHERS_CHECK');
  if (isBlank(command.findings)) return refuse('NO_FINDINGS');
  if (isFuture(command.foundAt, now)) return refuse('FUTURE');
  const foundAt = notAfter(command.foundAt ?? now, now);
  const outcome = command.confirmed ? 'CONFIRMED' : 'REFUTED';
  const code = record.checkedBy;
  return accepted({
    to: 'PENDING_APPROVAL',
    record: {
      ...record,
      proposal: {
        outcome,
        reasonCode: command.confirmed ? (record.case.fraudType ?? 'OTHER') : 'NO_FRAUD_FOUND',
        findings: command.findings,
        measures: [],
        proposedBy: actor.person,
        proposedAt: now,
      },
    },
    fields: { confirmed: command.confirmed, findings: command.findings },
    clocks: [
      atOperator(code, command.confirmed ? 'CHECK_CONFIRMED' : 'CHECK_NOT_CONFIRMED', foundAt),
      atOperator(code, 'CHECK_RESULT', foundAt),
      atOperator(code, 'RESULT_RECEIVED', now),
    ],
  });
};

/** The rule of takeOverCheck: the timer once the operator's time is over, or a supervisor who disputes it. The operator's clock runs on. */
export const takeOver: CaseRule<CommandOf<'takeOverCheck'>> = (record, _command, actor, now) => {
  const isOver = record.clocks.some(
    (clock) =>
      clock.ruleId === CHECK_RULE &&
      clock.party === record.checkedBy &&
      clock.stoppedAt === null &&
      now > clock.deadlineAt,
  );
  if (!isOver && !actsAs(actor, 'SUPERVISOR')) return refuse('NOT_OVERDUE');
  return accepted({
    to: 'UNDER_INVESTIGATION',
    record: { ...record, case: { ...record.case, track: 'AFC_INVESTIGATION' } },
    fields: { track: 'AFC_INVESTIGATION', overdue: isOver },
    parties: record.checkedBy === null ? [] : [record.checkedBy],
  });
};

/** The rule of markDuplicate: the case ends, its reports move to the one that it repeats. */
export const markDuplicate: CaseRule<CommandOf<'markDuplicate'>> = (record, command, actor, now) => {
  if (record.case.assignee !== null && !mayWork(record, actor)) return refuse('OTHERS_CASE');
  if (command.duplicateOf === record.case.id) return refuse('OWN_DUPLICATE');
  if (command.original === null) return refuse('NO_ORIGINAL');
  if (command.original.state === 'DUPLICATE') return refuse('DUPLICATE_OF_DUPLICATE');
  return accepted({
    to: 'DUPLICATE',
    record: {
      ...record,
      case: { ...record.case, duplicateOf: command.original.id },
      reports: [],
      proposal: null,
      editors: [],
    },
    fields: { duplicate_of: command.original.id, reports: record.reports.map((report) => report.id) },
    clocks: caseEnded(now),
  });
};

/** The rule of takeReports, the other side of markDuplicate. */
export const takeReports: CaseRule<CommandOf<'takeReports'>> = (record, command) =>
  accepted({
    to: record.case.state,
    record: {
      ...record,
      reports: [...record.reports, ...command.reports.map((report) => ({ ...report, caseId: record.case.id }))],
    },
    fields: { duplicate: command.from, reports: command.reports.map((report) => report.id) },
  });

/** Sources of what people of the Anti-Fraud Center report themselves; the others are those of organisations and citizens. */
export const STAFF_SOURCES: readonly SignalSource[] = ['AFC_SIGNAL', 'LAW_ENFORCEMENT'];

/** Who tells of what. */
const SOURCES: readonly (readonly [role: ActorRole, sources: readonly SignalSource[]])[] = [
  ['OPERATOR', ['SUBSCRIBER_COMPLAINT', 'OPERATOR_DETECTION']],
  ['BANK', ['BANK_SIGNAL']],
  ['PORTAL', ['CITIZEN_PORTAL']],
  ['INVESTIGATOR', STAFF_SOURCES],
  ['SUPERVISOR', STAFF_SOURCES],
];

const CHECK_RULE = 'OP-02';

/** The words of a report; ids and instants of its receipt are the bank's. */
function isSameReport(one: SuspicionReport, other: SuspicionReport): boolean {
  return (
    one.suspect === other.suspect &&
    one.victim === other.victim &&
    one.channel === other.channel &&
    one.fraudType === other.fraudType &&
    one.occurredAt === other.occurredAt &&
    one.detectedAt === other.detectedAt &&
    one.text === other.text
  );
}

function emptyRecord(given: ReportSuspicion['newCase'], report: SuspicionReport, now: Instant): CaseRecord {
  return {
    case: {
      id: given.id,
      number: given.number,
      state: 'REPORTED',
      outcome: 'UNSET',
      track: null,
      fraudType: report.fraudType,
      severity: 'MEDIUM',
      version: 0,
      openedAt: now,
      dueAt: null,
      assignee: null,
      duplicateOf: null,
    },
    subjects: [],
    reports: [],
    indicators: [],
    evidence: [],
    informationRequests: [],
    losses: [],
    holds: [],
    checkedBy: null,
    proposal: null,
    editors: [],
    approvedBy: null,
    reopening: null,
    orders: [],
    clocks: [],
  };
}

/** The reporter's duty to tell in time, from its own detection until the bank has it. */
function reporterClocks(report: SuspicionReport, actor: Actor, now: Instant): readonly ClockEvent[] {
  const detectedAt = report.detectedAt === null ? null : notAfter(report.detectedAt, now);
  const code = actor.organisation;
  if (report.source === 'OPERATOR_DETECTION') {
    const detected = detectedAt === null ? [] : [atOperator(code, 'DETECTED', detectedAt, report.id)];
    return [...detected, atOperator(code, 'REPORT_RECEIVED', now, report.id)];
  }
  if (report.source === 'BANK_SIGNAL') {
    const detected = detectedAt === null ? [] : [{ ...atBank(code, 'BANK_DETECTED', detectedAt), about: report.id }];
    return [...detected, { ...atBank(code, 'REPORT_RECEIVED', now), about: report.id }];
  }
  return [];
}

/** Suspects and victims of the reports that are no subjects yet, on the ground of the report. */
function subjectsOf(record: CaseRecord, actor: Actor, now: Instant): readonly CaseSubject[] {
  const subjects = [...record.subjects];
  const add = (msisdn: Msisdn | null, role: SubjectRole, ground: string): void => {
    if (msisdn === null || subjects.some((subject) => subject.msisdn === msisdn)) return;
    subjects.push({ caseId: record.case.id, msisdn, role, addedBy: actor.person, addedAt: now, ground });
  };
  for (const report of record.reports) add(report.suspect, 'SUSPECT', report.id);
  for (const report of record.reports) add(report.victim, 'VICTIM', report.id);
  return subjects;
}

/** Taking a case in is the signal to every bank that reported a payment of it: the payment is to be held. */
function signalledBanks(record: CaseRecord, now: Instant): readonly ClockEvent[] {
  const banks = record.reports
    .filter((report) => report.source === 'BANK_SIGNAL' && report.channel === 'PAYMENT')
    .map((report) => report.reporter);
  return [...new Set(banks)].map((bank) => atBank(bank, 'SIGNAL_RECEIVED', now));
}

function caseEnded(now: Instant): readonly ClockEvent[] {
  return [{ event: 'CASE_ENDED', party: null, about: null, at: now }];
}
