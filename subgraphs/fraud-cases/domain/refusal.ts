// Why the rules refuse a command: one fixed sentence for each reason, with the code that the caller is told and the argument at fault.
// FORBIDDEN is no code of a payload: it answers a role that may never do this, and is thrown by the api.

import { type Result, refused } from '../../../shared/vocabulary/result';
import type { UserErrorCode } from '../../../shared/vocabulary/user-error';

/** What a refused command is answered with. `field` is the path of the argument at fault, null when it is none. */
export interface Refusal {
  readonly code: UserErrorCode | 'FORBIDDEN';
  readonly message: string;
  readonly field: readonly string[] | null;
}

/** The reasons for which a command is refused. */
export type RefusalReason = keyof typeof REFUSALS;

/** A refusal for a reason. `naming` is an id or number of our own that the sentence ends with, never foreign text. */
export function refuse(reason: RefusalReason, naming?: string): Result<never, Refusal> {
  const { code, message, field } = REFUSALS[reason];
  return refused({ code, field, message: naming === undefined ? message : `${message.slice(0, -1)}: ${naming}.` });
}

const REFUSALS = {
  ROLE: entry('FORBIDDEN', 'Your role may not do this.'),
  MANY_SUBJECTS: entry('FORBIDDEN', 'Beyond fifty subjects a supervisor adds them.', 'input', 'msisdn'),
  NOT_IN_THIS_STATE: entry('ILLEGAL_TRANSITION', 'This is not possible in the present state.'),
  ORDERS_OPEN: entry('ILLEGAL_TRANSITION', 'An order of the case is neither in force nor ended.'),
  CLOCKS_RUN: entry('ILLEGAL_TRANSITION', 'A clock of the case still runs.'),
  NOT_OVERDUE: entry('ILLEGAL_TRANSITION', 'The time for this has not run out.'),
  NUMBER_HAS_OPEN_CASE: entry('ILLEGAL_TRANSITION', 'Another case of a number is open.'),
  NO_REOPENING: entry('ILLEGAL_TRANSITION', 'Nobody has asked to reopen the case.'),
  APPEAL_STANDS: entry('ILLEGAL_TRANSITION', 'An overdue appeal lifts temporary blocks only.'),
  OWN_PROPOSAL: entry('FOUR_EYES_REQUIRED', 'Another person than the proposer and the editors approves.'),
  OWN_REQUEST: entry('FOUR_EYES_REQUIRED', 'Another person than the one who asked approves.'),
  OWN_ASSESSMENT: entry('FOUR_EYES_REQUIRED', 'Another person than the one who assessed approves.'),
  TOOK_PART: entry('FOUR_EYES_REQUIRED', 'Who took part in the decision does not decide its appeal.'),
  STALE: entry('VERSION_CONFLICT', 'It was changed since you read it.', 'expectedVersion'),
  NO_EVIDENCE: entry('MISSING_EVIDENCE', 'A decision rests on at least one locked piece of evidence.'),
  OTHERS_CASE: entry('NOT_ASSIGNED', 'The case is not assigned to you.'),
  NOT_FOR_ANOTHER: entry('NOT_ASSIGNED', 'Only a supervisor assigns a case to another person.', 'assignee'),
  OTHERS_CHECK: entry('NOT_ASSIGNED', 'The check is not with your organisation.'),
  OTHERS_REQUEST: entry('NOT_ASSIGNED', 'The questions were not put to your organisation.'),
  NO_CASE: entry('NOT_FOUND', 'There is no such case.'),
  NO_ORIGINAL: entry('NOT_FOUND', 'There is no such case.', 'duplicateOf'),
  NO_ORDER: entry('NOT_FOUND', 'There is no such block order.', 'orderId'),
  NO_REQUEST: entry('NOT_FOUND', 'There is no such request of the case.', 'requestId'),
  NO_APPEALED_ORDER: entry('NOT_FOUND', 'There is no such order.', 'input', 'orderId'),
  NO_APPEAL: entry('NOT_FOUND', 'There is no such appeal.', 'appealId'),
  NO_RECORDED_LOSS: entry('NOT_FOUND', 'There is no such loss of the case.', 'lossId'),
  NO_ASSESSMENT: entry('NOT_FOUND', 'There is no such assessment.', 'assessmentId'),
  NOT_SERVED: entry('NUMBER_NOT_SERVED', 'No operator serves the number now.'),
  BLOCKED_ALREADY: entry('ALREADY_BLOCKED', 'An order about the number is in force or under way.'),
  NOT_BLOCKED: entry('NOT_BLOCKED', 'No block is in force that could be ended.'),
  TOLD_OTHERWISE: entry('DUPLICATE_REFERENCE', 'This reference was used for another report.', 'input', 'sourceRef'),
  APPEALED_ALREADY: entry(
    'DUPLICATE_REFERENCE',
    'An appeal against this order is not decided yet.',
    'input',
    'orderId',
  ),
  SUSPECT_ELSEWHERE: entry('DUPLICATE_REFERENCE', 'The number is a suspect of another open case.', 'input', 'msisdn'),
  ASKED_ALREADY: entry('DUPLICATE_REFERENCE', 'This request was made before.', 'requestId'),
  BAD_SOURCE: entry('INVALID_INPUT', 'Your organisation does not report from this source.', 'input', 'source'),
  FUTURE: entry('INVALID_INPUT', 'An instant lies in the future.'),
  BAD_TRIAGE: entry('INVALID_INPUT', 'Give a reason to dismiss, or severity, type and track together.', 'input'),
  NO_GROUND: entry(
    'INVALID_INPUT',
    'A ground names a report, a piece of evidence or an indicator of the case.',
    'input',
    'ground',
  ),
  SUBJECT_ALREADY: entry('INVALID_INPUT', 'The number is a subject of the case already.', 'input', 'msisdn'),
  NOT_A_SUSPECT: entry('INVALID_INPUT', 'The number is not a suspect of the case.', 'msisdn'),
  SHORT_REASON: entry('INVALID_INPUT', 'A reason has at least twenty characters.', 'reason'),
  GLASSES_SPENT: entry('ILLEGAL_TRANSITION', 'You have broken as many glasses in thirty days as you may.'),
  NO_GLASS: entry('NOT_FOUND', 'There is no such broken glass.', 'id'),
  OWN_GLASS: entry('FOUR_EYES_REQUIRED', 'Another person than the one who broke the glass reviews it.'),
  GLASS_REVIEWED: entry('ILLEGAL_TRANSITION', 'The broken glass was reviewed before.'),
  NO_REASON: entry('INVALID_INPUT', 'A reason is needed.', 'reason'),
  NO_FINDINGS: entry('INVALID_INPUT', 'Findings are needed.', 'findings'),
  NO_QUESTIONS: entry('INVALID_INPUT', 'At least one question is needed.', 'questions'),
  NO_ANSWER: entry('INVALID_INPUT', 'An answer is needed.', 'answer'),
  NO_STATEMENT: entry('INVALID_INPUT', 'A statement is needed.', 'input', 'statement'),
  NO_OUTCOME: entry('INVALID_INPUT', 'A proposal names an outcome.', 'input', 'outcome'),
  NO_REASON_CODE: entry('INVALID_INPUT', 'A proposal names a reason code.', 'input', 'reasonCode'),
  NO_MEASURES: entry('INVALID_INPUT', 'At least one measure is needed, each once.', 'measures'),
  BAD_HOURS: entry('INVALID_INPUT', 'A temporary block lasts 1 to 672 whole hours.', 'hours'),
  BAD_DIGEST: entry('INVALID_INPUT', 'A digest is SHA-256 in 64 lower-case hexadecimal digits.', 'input', 'sha256'),
  OTHER_BANK: entry('INVALID_INPUT', 'A bank records its own losses.', 'input', 'bank'),
  NO_LOSS: entry('INVALID_INPUT', 'A loss is more than nothing.', 'input', 'amount'),
  NO_REFERENCE: entry('INVALID_INPUT', 'A transaction reference is needed.', 'transactionRef'),
  OWN_DUPLICATE: entry('INVALID_INPUT', 'A case does not repeat itself.', 'duplicateOf'),
  DUPLICATE_OF_DUPLICATE: entry('INVALID_INPUT', 'The other case repeats one itself.', 'duplicateOf'),
  BAD_TEXT: entry('INVALID_INPUT', 'A text or list is too long, or holds what no text holds.'),
  NO_ACT: entry('INVALID_INPUT', 'An operator sends the act that it signed of this.', 'act'),
  BAD_ACT: entry('INVALID_INPUT', 'The act does not say what the arguments say, or was not signed for this.', 'act'),
  SPENT_ACT: entry('INVALID_INPUT', 'The act was taken in before, without effect.', 'act'),
  NO_OPERATOR: entry('INVALID_INPUT', 'There is no such operator in the network.', 'operatorCode'),
  BAD_OUTCOME: entry('INVALID_INPUT', 'This outcome does not answer this document.'),
} as const satisfies Record<string, Refusal>;

function entry(code: Refusal['code'], message: string, ...field: readonly string[]): Refusal {
  return { code, message, field: field.length === 0 ? null : field };
}
