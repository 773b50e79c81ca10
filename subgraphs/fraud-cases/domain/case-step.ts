// One step of a case: role, version, the table's row, the command's rule, in this order; then the case in its next state and version with
// the act of the row. Pure: the same arguments give the same step.

import { invariant } from '../../../shared/vocabulary/app-error';
import type { Instant } from '../../../shared/vocabulary/instant';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import type { ActDraft } from './act-draft';
import { type Actor, actsAs } from './actor';
import type { CaseChange, OrderIntent } from './case-change';
import type { CaseCommand, CaseCommandName, ReportSuspicion } from './case-command';
import {
  addEvidence,
  addSubject,
  answerRequest,
  askOperator,
  assign,
  blockForATime,
  expireRequest,
  recordHold,
  recordLoss,
} from './case-inquiry';
import { markDuplicate, recordCheck, takeOver, takeReport, takeReports, triage } from './case-intake';
import { approve, approveReopening, close, propose, reject, reopen } from './case-judgement';
import type { CaseRecord } from './case-record';
import { CASE_COMMAND_ROLES, caseRows } from './case-transitions';
import type { ClockEvent } from './clock-event';
import { type Refusal, refuse } from './refusal';

/** What a command does. */
export interface CaseStep {
  readonly next: CaseRecord;
  /** The act of the row; empty when the row's act is the one of the order that the step issues. */
  readonly acts: readonly ActDraft[];
  readonly orders: readonly OrderIntent[];
  readonly clocks: readonly ClockEvent[];
}

/**
 * What a command does to a case; `record` is null when it does not exist, which only reportSuspicion allows. Refused: role (FORBIDDEN), a
 * version that is not the present one, a state in which the command is not possible, whatever the command's rule asks.
 */
export function stepCase(
  record: CaseRecord | null,
  command: CaseCommand,
  actor: Actor,
  now: Instant,
): Result<CaseStep, Refusal> {
  if (!actsAs(actor, ...CASE_COMMAND_ROLES[command.kind])) return refuse('ROLE');
  if (record === null && command.kind !== 'reportSuspicion') return refuse('NO_CASE');
  if (record !== null && 'expectedVersion' in command && command.expectedVersion !== record.case.version) {
    return refuse('STALE');
  }
  if (caseRows(record?.case.state ?? null, command.kind).length === 0) return refuse('NOT_IN_THIS_STATE');
  if (command.kind === 'reportSuspicion') {
    const opened = takeReport(record, command, actor, now);
    return opened.ok ? accepted(stepOf(record, command.kind, opened.value, actor)) : opened;
  }
  if (record === null) return refuse('NO_CASE');
  const change = applyRule(record, command, actor, now);
  return change.ok ? accepted(stepOf(record, command.kind, change.value, actor)) : change;
}

function applyRule(
  record: CaseRecord,
  command: Exclude<CaseCommand, ReportSuspicion>,
  actor: Actor,
  now: Instant,
): Result<CaseChange, Refusal> {
  switch (command.kind) {
    case 'triageReport':
      return triage(record, command, actor, now);
    case 'recordCheckResult':
      return recordCheck(record, command, actor, now);
    case 'takeOverCheck':
      return takeOver(record, command, actor, now);
    case 'assignCase':
      return assign(record, command, actor, now);
    case 'addCaseSubject':
      return addSubject(record, command, actor, now);
    case 'addEvidence':
      return addEvidence(record, command, actor, now);
    case 'issueTemporaryBlock':
      return blockForATime(record, command, actor, now);
    case 'recordLoss':
      return recordLoss(record, command, actor, now);
    case 'recordTransactionHold':
      return recordHold(record, command, actor, now);
    case 'requestInformation':
      return askOperator(record, command, actor, now);
    case 'answerInformationRequest':
      return answerRequest(record, command, actor, now);
    case 'expireInformationRequest':
      return expireRequest(record, command, actor, now);
    case 'proposeDecision':
      return propose(record, command, actor, now);
    case 'rejectDecision':
      return reject(record, command, actor, now);
    case 'approveDecision':
      return approve(record, command, actor, now);
    case 'closeCase':
      return close(record, command, actor, now);
    case 'reopenCase':
      return reopen(record, command, actor, now);
    case 'approveReopening':
      return approveReopening(record, command, actor, now);
    case 'markDuplicate':
      return markDuplicate(record, command, actor, now);
    case 'takeReports':
      return takeReports(record, command, actor, now);
  }
}

function stepOf(before: CaseRecord | null, command: CaseCommandName, change: CaseChange, actor: Actor): CaseStep {
  const state = before?.case.state ?? null;
  const row = caseRows(state, command).find(({ to }) => (to === 'SAME' ? state : to) === change.to);
  invariant(row !== undefined, `a case does not go from ${state ?? 'nothing'} to ${change.to} by ${command}`);
  const { record } = change;
  const act: ActDraft = {
    kind: row.act,
    author: row.author,
    caseId: record.case.id,
    actor: actor.person,
    to: change.parties ?? [],
    fields: change.fields,
  };
  return {
    next: { ...record, case: { ...record.case, state: change.to, version: record.case.version + 1 } },
    acts: row.act === 'block.ordered' ? [] : [act],
    orders: change.orders ?? [],
    clocks: change.clocks ?? [],
  };
}
