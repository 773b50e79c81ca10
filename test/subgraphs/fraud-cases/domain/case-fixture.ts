// Actors, instants and cases for the tests of the rules: every case is brought into its state by the rules' own steps.

import type { FraudCaseState } from '../../../../shared/vocabulary/fraud-case';
import { type Instant, msToInstant } from '../../../../shared/vocabulary/instant';
import { type Kzt, parseKzt } from '../../../../shared/vocabulary/kzt';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../../shared/vocabulary/operator-code';
import { type Actor, type ActorRole, SYSTEM_ACTOR } from '../../../../subgraphs/fraud-cases/domain/actor';
import type { BlockOrder } from '../../../../subgraphs/fraud-cases/domain/block-order';
import type { CaseCommand, CaseCommandName, OrderTarget } from '../../../../subgraphs/fraud-cases/domain/case-command';
import type { SuspicionReport } from '../../../../subgraphs/fraud-cases/domain/case-file';
import type { CaseRecord } from '../../../../subgraphs/fraud-cases/domain/case-record';
import { type CaseStep, stepCase } from '../../../../subgraphs/fraud-cases/domain/case-step';
import { runClocks } from '../../../../subgraphs/fraud-cases/domain/clock-course';

/** Monday, 2 February 2026, 10:00 in Almaty. */
export const START_MS = Date.UTC(2026, 1, 2, 5);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const timeAfter = (ms: number): Instant => msToInstant(START_MS + ms);

const actor = (person: string, organisation: string, ...roles: readonly ActorRole[]): Actor => ({
  person,
  organisation,
  roles,
});

export const investigator = actor('investigator-1', 'afc', 'INVESTIGATOR');
export const investigator2 = actor('investigator-2', 'afc', 'INVESTIGATOR');
export const supervisor = actor('supervisor-1', 'afc', 'SUPERVISOR');
export const supervisor2 = actor('supervisor-2', 'afc', 'SUPERVISOR');
export const appeals = actor('appeals-1', 'afc', 'APPEALS');
export const kcell = actor('operator-kcell', 'kcell', 'OPERATOR');
export const beeline = actor('operator-beeline', 'beeline', 'OPERATOR');
export const bank = actor('bank-1', 'bank-1', 'BANK');
export const portal = actor('portal-1', 'portal-1', 'PORTAL');
export const timer = SYSTEM_ACTOR;

export const KCELL = 'kcell' as OperatorCode;
export const BEELINE = 'beeline' as OperatorCode;
export const SUSPECT = '+77011234567' as Msisdn;
export const OTHER = '+77051234567' as Msisdn;
export const VICTIM = '+77771234567' as Msisdn;
export const DIGEST = 'ab'.repeat(32);

export function kzt(text: string): Kzt {
  const amount = parseKzt(text);
  if (!amount.ok) throw new Error(`${text} is no amount`);
  return amount.value;
}

export const report = (changes: Partial<SuspicionReport> = {}): SuspicionReport => ({
  id: 'report-1',
  caseId: '',
  source: 'BANK_SIGNAL',
  sourceRef: 'B-1',
  reporter: 'bank-1',
  suspect: SUSPECT,
  victim: VICTIM,
  channel: 'CALL',
  fraudType: 'PHONE_IMPERSONATION',
  occurredAt: null,
  detectedAt: null,
  receivedAt: timeAfter(0),
  text: null,
  ...changes,
});

export const target = (changes: Partial<OrderTarget> = {}): OrderTarget => ({
  msisdn: SUSPECT,
  servedBy: KCELL,
  live: null,
  ...changes,
});

/** An allowed command of each kind for a case in `record`'s state, and who gives it. */
export function allowedCommand(
  kind: CaseCommandName,
  record: CaseRecord | null,
): readonly [command: CaseCommand, actor: Actor] {
  const expectedVersion = record?.case.version ?? 0;
  const requestId = record?.informationRequests.find(({ state }) => state === 'SENT')?.id ?? 'request-1';
  switch (kind) {
    case 'reportSuspicion':
      return [
        {
          kind,
          report: report({ id: 'report-2', sourceRef: 'B-2' }),
          indicators: [],
          newCase: { id: 'case-1', number: 'AFC-2026-000001' },
        },
        bank,
      ];
    case 'triageReport':
      return [
        {
          kind,
          severity: 'HIGH',
          fraudType: 'PHONE_IMPERSONATION',
          track: 'AFC_INVESTIGATION',
          dismissReason: null,
          servedBy: KCELL,
        },
        investigator,
      ];
    case 'recordCheckResult':
      return [{ kind, confirmed: true, findings: 'A SIM box.', foundAt: null }, kcell];
    case 'takeOverCheck':
      return [{ kind }, supervisor];
    case 'assignCase':
      return [{ kind, assignee: investigator.person }, supervisor];
    case 'addCaseSubject':
      return [{ kind, msisdn: OTHER, role: 'SUSPECT', ground: 'report-1', openCase: null }, supervisor];
    case 'addEvidence':
      return [
        { kind, id: 'evidence-2', evidenceKind: 'AUDIO', sha256: DIGEST, capturedAt: timeAfter(0), note: null },
        supervisor,
      ];
    case 'issueTemporaryBlock':
      return [{ kind, target: target(), reason: 'It calls on.', hours: 72, measures: null }, supervisor];
    case 'recordLoss':
      return [
        {
          kind,
          id: 'loss-1',
          bank: 'bank-1',
          amount: kzt('1200000.00'),
          occurredAt: timeAfter(0),
          transactionRef: 'T-1',
        },
        bank,
      ];
    case 'recordTransactionHold':
      return [{ kind, id: 'hold-1', transactionRef: 'T-1', heldAt: timeAfter(0) }, bank];
    case 'requestInformation':
      return [
        {
          kind,
          id: `request-${(record?.informationRequests.length ?? 0) + 1}`,
          operatorCode: KCELL,
          questions: ['Who sold it?'],
          dueAt: timeAfter(4 * HOUR),
        },
        supervisor,
      ];
    case 'answerInformationRequest':
      return [{ kind, requestId, answer: 'A dealer in Almaty.' }, kcell];
    case 'expireInformationRequest':
      return [{ kind, requestId }, timer];
    case 'proposeDecision':
      return [
        {
          kind,
          outcome: 'CONFIRMED',
          reasonCode: 'PHONE_IMPERSONATION',
          findings: 'Clear.',
          measures: null,
          expectedVersion,
        },
        investigator,
      ];
    case 'rejectDecision':
      return [{ kind, expectedVersion, reason: 'More is needed.' }, supervisor];
    case 'approveDecision':
      return [
        { kind, expectedVersion, comment: 'Agreed.', targets: [target(), target({ msisdn: OTHER })] },
        supervisor,
      ];
    case 'closeCase':
      return [{ kind }, supervisor];
    case 'reopenCase':
      return [{ kind, reason: 'New evidence.', openCase: null }, supervisor];
    case 'approveReopening':
      return [{ kind, expectedVersion, openCase: null }, supervisor2];
    case 'markDuplicate':
      return [{ kind, duplicateOf: 'case-0', original: originalCase() }, supervisor];
    case 'takeReports':
      return [{ kind, from: 'case-2', reports: [report({ id: 'report-3', sourceRef: 'B-3' })] }, supervisor];
  }
}

const originalCase = (): CaseRecord['case'] => ({ ...newCase().case, id: 'case-0' });

/** The step of a command that must be allowed, with the case's clocks run. */
export function take(record: CaseRecord | null, command: CaseCommand, by: Actor, now: Instant): CaseStep {
  const step = stepCase(record, command, by, now);
  if (!step.ok) throw new Error(`${command.kind} was refused: ${step.error.code} ${step.error.message}`);
  const { next, clocks } = step.value;
  const count = next.clocks.length;
  return {
    ...step.value,
    next: {
      ...next,
      clocks: runClocks(
        next.clocks,
        { caseId: next.case.id, events: clocks, caseState: next.case.state, now },
        (place) => `clock-${count + place + 1}`,
      ),
    },
  };
}

/** The case after allowed commands, one a minute. */
export function takeAll(record: CaseRecord, ...kinds: readonly CaseCommandName[]): CaseRecord {
  return kinds.reduce((before, kind, place) => {
    const [command, by] = allowedCommand(kind, before);
    return take(before, command, by, timeAfter((place + 1) * MINUTE)).next;
  }, record);
}

/** A case just opened by a report of its suspect and victim. */
export function newCase(first: SuspicionReport = report(), by: Actor = bank): CaseRecord {
  const given = { id: 'case-1', number: 'AFC-2026-000001' };
  return take(
    null,
    { kind: 'reportSuspicion', report: first, indicators: ['OUT_CALLS_DAY'], newCase: given },
    by,
    timeAfter(0),
  ).next;
}

/** A case on the operator's own track. */
export function checkedCase(): CaseRecord {
  const triage: CaseCommand = {
    kind: 'triageReport',
    severity: 'HIGH',
    fraudType: 'SIM_BOX_BYPASS',
    track: 'OPERATOR_CHECK',
    dismissReason: null,
    servedBy: KCELL,
  };
  return take(newCase(), triage, investigator, timeAfter(MINUTE)).next;
}

/** A case in a state, on the shortest way there that has evidence and, where one is possible, an assignee. */
export function caseIn(state: FraudCaseState): CaseRecord {
  switch (state) {
    case 'REPORTED':
      return newCase();
    case 'TRIAGED':
      return takeAll(newCase(), 'triageReport');
    case 'OPERATOR_CHECK':
      return checkedCase();
    case 'UNDER_INVESTIGATION':
      return takeAll(newCase(), 'triageReport', 'assignCase', 'addEvidence');
    case 'AWAITING_INFORMATION':
      return takeAll(newCase(), 'triageReport', 'assignCase', 'addEvidence', 'requestInformation');
    case 'PENDING_APPROVAL':
      return takeAll(newCase(), 'triageReport', 'assignCase', 'addEvidence', 'proposeDecision');
    case 'DECIDED':
      return takeAll(caseIn('PENDING_APPROVAL'), 'approveDecision');
    case 'CLOSED':
      return takeAll(caseIn('DECIDED'), 'closeCase');
    case 'DISMISSED': {
      const dismissal: CaseCommand = {
        kind: 'triageReport',
        severity: null,
        fraudType: null,
        track: null,
        dismissReason: 'A known call centre.',
        servedBy: null,
      };
      return take(newCase(), dismissal, investigator, timeAfter(MINUTE)).next;
    }
    case 'DUPLICATE':
      return takeAll(newCase(), 'markDuplicate');
  }
}

/** An order as a table would hold it. */
export const order = (changes: Partial<BlockOrder> = {}): BlockOrder => ({
  id: 'order-1',
  caseId: 'case-1',
  sequence: 1,
  msisdn: SUSPECT,
  operatorCode: KCELL,
  kind: 'CONFIRMED',
  state: 'ISSUED',
  version: 1,
  measures: ['VOICE_OUT'],
  reason: 'PHONE_IMPERSONATION',
  issuedAt: timeAfter(0),
  deliveredAt: null,
  acknowledgedAt: null,
  enforcedAt: null,
  liftedAt: null,
  validUntil: null,
  supersededBy: null,
  liftSequence: null,
  document: null,
  receipt: null,
  liftDocument: null,
  liftReceipt: null,
  ...changes,
});
