// How a case is worked: who works it, which numbers and evidence belong to it, what operators are asked, what banks lost and held, and the
// block that comes before a decision.

import { BLOCK_MEASURES } from '../../../shared/vocabulary/block-order';
import type { FraudCaseState } from '../../../shared/vocabulary/fraud-case';
import { instantToMs, msToInstant } from '../../../shared/vocabulary/instant';
import { toTiyn } from '../../../shared/vocabulary/kzt';
import { accepted } from '../../../shared/vocabulary/result';
import { actsAs } from './actor';
import { roomFor } from './block-order-step';
import {
  afterEdit,
  asWorker,
  atBank,
  atOperator,
  type CaseRule,
  isBlank,
  isFuture,
  notAfter,
  stateAfterEdit,
} from './case-change';
import type { CommandOf } from './case-command';
import type { InformationRequest } from './case-file';
import { type CaseRecord, MOST_SUBJECTS, namesGround, suspectsOf } from './case-record';
import { refuse } from './refusal';

/** The rule of assignCase: a supervisor assigns anybody, an investigator takes a case that nobody has. */
export const assign: CaseRule<CommandOf<'assignCase'>> = (record, { assignee }, actor) => {
  const { assignee: present, state } = record.case;
  if (!actsAs(actor, 'SUPERVISOR')) {
    if (assignee !== actor.person) return refuse('NOT_FOR_ANOTHER');
    if (present !== null && present !== actor.person) return refuse('OTHERS_CASE');
  }
  if (isBlank(assignee)) return refuse('NOT_FOR_ANOTHER');
  return accepted({
    to: state === 'TRIAGED' ? 'UNDER_INVESTIGATION' : state,
    record: { ...record, case: { ...record.case, assignee } },
    fields: { assignee },
  });
};

/** The rule of addCaseSubject: on a ground found in the case, and beyond fifty by a supervisor. An edit. */
export const addSubject: CaseRule<CommandOf<'addCaseSubject'>> = (record, command, actor, now) => {
  const worker = asWorker(record, actor);
  if (!worker.ok) return worker;
  const { msisdn, role, ground } = command;
  if (!namesGround(record, ground)) return refuse('NO_GROUND');
  if (record.subjects.some((subject) => subject.msisdn === msisdn)) return refuse('SUBJECT_ALREADY');
  if (record.subjects.length >= MOST_SUBJECTS && !actsAs(actor, 'SUPERVISOR')) return refuse('MANY_SUBJECTS');
  if (role === 'SUSPECT' && command.openCase !== null && command.openCase.id !== record.case.id) {
    return refuse('SUSPECT_ELSEWHERE', command.openCase.number);
  }
  const subject = { caseId: record.case.id, msisdn, role, addedBy: actor.person, addedAt: now, ground };
  return accepted({
    to: stateAfterEdit(record),
    record: { ...afterEdit(record, actor), subjects: [...record.subjects, subject] },
    fields: { msisdn, role, ground },
  });
};

/** The rule of addEvidence: its digest, locked at once. An edit. */
export const addEvidence: CaseRule<CommandOf<'addEvidence'>> = (record, command, actor, now) => {
  const worker = asWorker(record, actor);
  if (!worker.ok) return worker;
  if (!SHA256_HEX.test(command.sha256)) return refuse('BAD_DIGEST');
  if (isFuture(command.capturedAt, now)) return refuse('FUTURE');
  const { id, evidenceKind, sha256, capturedAt, note } = command;
  const evidence = {
    id,
    caseId: record.case.id,
    kind: evidenceKind,
    sha256,
    capturedAt,
    capturedBy: actor.person,
    locked: true,
    note,
  };
  return accepted({
    to: stateAfterEdit(record),
    record: { ...afterEdit(record, actor), evidence: [...record.evidence, evidence] },
    fields: { evidence: id, kind: evidenceKind, sha256 },
  });
};

/** The rule of issueTemporaryBlock: one person, of a suspect of the case, for a time. The act is the order's own. */
export const blockForATime: CaseRule<CommandOf<'issueTemporaryBlock'>> = (record, command, actor, now) => {
  const worker = asWorker(record, actor);
  if (!worker.ok) return worker;
  const { target, reason, hours } = command;
  const measures = command.measures ?? BLOCK_MEASURES;
  if (isBlank(reason)) return refuse('NO_REASON');
  if (!Number.isInteger(hours) || hours < 1 || hours > MOST_HOURS) return refuse('BAD_HOURS');
  if (measures.length === 0 || new Set(measures).size !== measures.length) return refuse('NO_MEASURES');
  if (!suspectsOf(record).includes(target.msisdn)) return refuse('NOT_A_SUSPECT');
  if (target.servedBy === null) return refuse('NOT_SERVED');
  const room = roomFor('TEMPORARY', target.live);
  if (!room.ok) return room;
  const block = {
    caseId: record.case.id,
    msisdn: target.msisdn,
    operatorCode: target.servedBy,
    kind: 'TEMPORARY',
    measures,
    reason,
    validUntil: msToInstant(instantToMs(now) + hours * HOUR_MS),
  } as const;
  return accepted({
    to: record.case.state,
    record,
    fields: { msisdn: target.msisdn, reason, hours },
    orders: [{ kind: 'ISSUE', block, supersedes: null }],
  });
};

/** The rule of recordLoss: a bank its own, the Center anybody's. */
export const recordLoss: CaseRule<CommandOf<'recordLoss'>> = (record, command, actor, now) => {
  if (actsAs(actor, 'BANK')) {
    if (command.bank !== actor.organisation) return refuse('OTHER_BANK');
  } else {
    const worker = asWorker(record, actor);
    if (!worker.ok) return worker;
  }
  if (toTiyn(command.amount) === 0n) return refuse('NO_LOSS');
  if (isFuture(command.occurredAt, now)) return refuse('FUTURE');
  if (isBlank(command.transactionRef)) return refuse('NO_REFERENCE');
  const { id, bank, amount, occurredAt, transactionRef } = command;
  return accepted({
    to: record.case.state,
    record: {
      ...record,
      losses: [...record.losses, { id, caseId: record.case.id, bank, amount, occurredAt, transactionRef }],
    },
    fields: {
      actor: actor.organisation,
      loss: id,
      bank,
      amount,
      occurred_at: occurredAt,
      transaction_ref: transactionRef,
    },
  });
};

/** The rule of recordTransactionHold: the bank held a payment; its clock stops at the instant of the hold. */
export const recordHold: CaseRule<CommandOf<'recordTransactionHold'>> = (record, command, actor, now) => {
  if (isBlank(command.transactionRef)) return refuse('NO_REFERENCE');
  if (isFuture(command.heldAt, now)) return refuse('FUTURE');
  const { id, transactionRef } = command;
  const heldAt = notAfter(command.heldAt, now);
  const bank = actor.organisation;
  return accepted({
    to: record.case.state,
    record: {
      ...record,
      holds: [...record.holds, { id, caseId: record.case.id, bank, transactionRef, heldAt, recordedAt: now }],
    },
    fields: { actor: bank, hold: id, transaction_ref: transactionRef, held_at: heldAt },
    clocks: [atBank(bank, 'TRANSACTION_HELD', heldAt)],
  });
};

/** The rule of requestInformation: questions to one operator; several may be asked at once. */
export const askOperator: CaseRule<CommandOf<'requestInformation'>> = (record, command, actor, now) => {
  const worker = asWorker(record, actor);
  if (!worker.ok) return worker;
  const { id, operatorCode, questions, dueAt } = command;
  if (questions.length === 0 || questions.some(isBlank)) return refuse('NO_QUESTIONS');
  if (record.informationRequests.some((request) => request.id === id)) return refuse('ASKED_ALREADY');
  const request: InformationRequest = {
    id,
    caseId: record.case.id,
    operatorCode,
    questions,
    answer: null,
    issuedAt: now,
    dueAt,
    answeredAt: null,
    state: 'SENT',
  };
  return accepted({
    to: 'AWAITING_INFORMATION',
    record: { ...record, informationRequests: [...record.informationRequests, request] },
    fields: { request: id, operator: operatorCode, questions: [...questions], due_at: dueAt },
    parties: [operatorCode],
    clocks: [atOperator(operatorCode, 'REQUEST_DELIVERED', now, id)],
  });
};

/** The rule of answerInformationRequest: by the operator that was asked, also late; the last open one ends the waiting. */
export const answerRequest: CaseRule<CommandOf<'answerInformationRequest'>> = (record, command, actor, now) => {
  const request = record.informationRequests.find(({ id }) => id === command.requestId);
  if (request === undefined) return refuse('NO_REQUEST');
  if (request.operatorCode !== actor.organisation) return refuse('OTHERS_REQUEST');
  if (request.state === 'ANSWERED') return refuse('NOT_IN_THIS_STATE');
  if (isBlank(command.answer)) return refuse('NO_ANSWER');
  const next = withRequest(record, { ...request, state: 'ANSWERED', answer: command.answer, answeredAt: now });
  return accepted({
    to: stateAfterAnswers(next),
    record: next,
    fields: { request: request.id, answer: command.answer },
    clocks: [atOperator(request.operatorCode, 'REQUEST_ANSWERED', now, request.id)],
  });
};

/** The rule of expireInformationRequest: the time of one question is over. Its operator's clock runs on until it answers. */
export const expireRequest: CaseRule<CommandOf<'expireInformationRequest'>> = (record, command, _actor, now) => {
  const request = record.informationRequests.find(({ id }) => id === command.requestId);
  if (request === undefined) return refuse('NO_REQUEST');
  if (request.state !== 'SENT') return refuse('NOT_IN_THIS_STATE');
  if (now <= request.dueAt) return refuse('NOT_OVERDUE');
  const next = withRequest(record, { ...request, state: 'OVERDUE' });
  return accepted({
    to: stateAfterAnswers(next),
    record: next,
    fields: { request: request.id, due_at: request.dueAt },
    parties: [request.operatorCode],
  });
};

const HOUR_MS = 3_600_000;
/** Twenty-eight days. */
const MOST_HOURS = 28 * 24;
const SHA256_HEX = /^[0-9a-f]{64}$/;

function withRequest(record: CaseRecord, changed: InformationRequest): CaseRecord {
  const informationRequests = record.informationRequests.map((each) => (each.id === changed.id ? changed : each));
  return { ...record, informationRequests };
}

function stateAfterAnswers(record: CaseRecord): FraudCaseState {
  if (record.case.state !== 'AWAITING_INFORMATION') return record.case.state;
  return record.informationRequests.some(({ state }) => state === 'SENT')
    ? 'AWAITING_INFORMATION'
    : 'UNDER_INVESTIGATION';
}
