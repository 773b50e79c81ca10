// The mutations of cases. Each hands its arguments to the command of its name and shows the case as it is afterwards; what is allowed is decided
// by the rules.

import { Arg, Ctx, ID, Int, Mutation, Resolver } from 'type-graphql';
import { DateTimeScalar } from '../../../shared/graphql/scalars';
import type { Instant } from '../../../shared/vocabulary/instant';
import {
  actOf,
  CaseSubjectInput,
  DecisionInput,
  decisionOf,
  EvidenceInput,
  evidenceOf,
  LossInput,
  lossOf,
  normal,
  ReportSuspicionInput,
  reportOf,
  SignedActInput,
  subjectOf,
  TriageInput,
  triageOf,
} from './case-inputs';
import type { FraudCasesContext } from './fraud-cases-context';
import {
  casePayload,
  command,
  EXPECTED_VERSION,
  FraudCasePayloadType,
  idIn,
  ReportSuspicionPayloadType,
} from './mutation-types';

const CASE = { description: 'The case.' } as const;
const ACT = {
  nullable: true,
  description: 'The act that the operator signed of this; an operator sends one.',
} as const;

/** `Mutation` of cases. */
@Resolver()
export class CaseMutationResolver {
  @Mutation(() => ReportSuspicionPayloadType, {
    description:
      "An operator, a bank or a citizen's channel relays a suspicious number. Idempotent by (reporter's organisation, source, sourceRef); attaches to the open case of the number if there is one. An operator sends its signed act.",
  })
  async reportSuspicion(
    @Arg('input', () => ReportSuspicionInput, { description: 'The report.' }) input: ReportSuspicionInput,
    @Arg('act', () => SignedActInput, ACT) act: SignedActInput | null | undefined,
    @Ctx() context: FraudCasesContext,
  ): Promise<ReportSuspicionPayloadType> {
    const sent = { input: reportOf(input), act: actOf(act) };
    const answer = await command(context, ({ cases }, caller) => cases.reportSuspicion(caller, sent));
    const { case: fraudCase, userErrors } = await casePayload(context, answer);
    const id = idIn(answer, 'report');
    const [reports, clocks] =
      fraudCase === null || fraudCase === undefined
        ? [null, null]
        : await Promise.all([context.loaders.reports.load(fraudCase.id), context.loaders.clocks.load(fraudCase.id)]);
    return {
      report: reports?.find((report) => report.id === id) ?? null,
      case: fraudCase,
      duplicate: answer.ids.duplicate === true,
      clocks: clocks?.filter(({ party }) => party === context.actor?.organisation) ?? [],
      userErrors,
    };
  }

  @Mutation(() => FraudCasePayloadType, { description: 'Dismisses a report, or sets severity, type and track.' })
  async triageReport(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('input', () => TriageInput, { description: 'The triage.' }) input: TriageInput,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, input: triageOf(input) };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.triageReport(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, { description: 'Puts a case in the charge of a person.' })
  async assignCase(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('assignee', () => ID, { description: 'The person.' }) assignee: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, assignee };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.assignCase(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, {
    description:
      'Links a number to the case, on a ground found in the case; this is what opens its personal fields to the assignee.',
  })
  async addCaseSubject(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('input', () => CaseSubjectInput, { description: 'The number.' }) input: CaseSubjectInput,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, input: subjectOf(input) };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.addCaseSubject(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, {
    description: 'Evidence is locked when added: its digest, never its content, is kept.',
  })
  async addEvidence(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('input', () => EvidenceInput, { description: 'The evidence.' }) input: EvidenceInput,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, input: evidenceOf(input) };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.addEvidence(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, {
    description: 'Puts questions to one operator; several may be asked at once.',
  })
  async requestInformation(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('operatorCode', () => ID, { description: 'The operator that is asked.' }) operatorCode: string,
    @Arg('questions', () => [String], { description: 'The questions. Case text.' }) questions: string[],
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, operatorCode, questions: questions.map(normal) };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.requestInformation(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, { description: 'The answer of the operator that was asked.' })
  async answerInformationRequest(
    @Arg('requestId', () => ID, { description: 'The request.' }) requestId: string,
    @Arg('answer', () => String, { description: 'The answer. Case text.' }) answer: string,
    @Arg('act', () => SignedActInput, ACT) act: SignedActInput | null | undefined,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { requestId, answer: normal(answer), act: actOf(act) };
    return casePayload(
      context,
      await command(context, ({ cases }, caller) => cases.answerInformationRequest(caller, sent)),
    );
  }

  @Mutation(() => FraudCasePayloadType, { description: "The operator's own finding within its two working days." })
  async recordCheckResult(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('confirmed', () => Boolean, { description: 'Whether the check confirmed the fraud.' }) confirmed: boolean,
    @Arg('findings', () => String, { description: 'What was found, in words. Case text.' }) findings: string,
    @Arg('act', () => SignedActInput, ACT) act: SignedActInput | null | undefined,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, confirmed, findings: normal(findings), act: actOf(act) };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.recordCheckResult(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, { description: 'Proposes a decision to a second person.' })
  async proposeDecision(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('input', () => DecisionInput, { description: 'The decision.' }) input: DecisionInput,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, input: decisionOf(input) };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.proposeDecision(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, {
    description:
      'The second pair of eyes: never the proposer, never an editor of the proposal. Confirming issues the block orders.',
  })
  async approveDecision(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number,
    @Arg('comment', () => String, { description: 'What the second person has to say. Case text.' }) comment: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, expectedVersion, comment: normal(comment) };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.approveDecision(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, { description: 'Sends a proposal back, with a reason.' })
  async rejectDecision(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number,
    @Arg('reason', () => String, { description: 'Why. Case text.' }) reason: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, expectedVersion, reason: normal(reason) };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.rejectDecision(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, { description: 'Asks to reopen a case; nothing is open until another agrees.' })
  async reopenCase(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('reason', () => String, { description: 'Why. Case text.' }) reason: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, reason: normal(reason) };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.reopenCase(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, { description: 'Another person than the one who asked reopens the case.' })
  async approveReopening(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('expectedVersion', () => Int, EXPECTED_VERSION) expectedVersion: number,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, expectedVersion };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.approveReopening(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, { description: 'Closes a decided case whose orders and clocks are settled.' })
  async closeCase(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    return casePayload(context, await command(context, ({ cases }, caller) => cases.closeCase(caller, { caseId })));
  }

  @Mutation(() => FraudCasePayloadType, { description: 'Ends a case that repeats another; its reports move there.' })
  async markDuplicate(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('duplicateOf', () => ID, { description: 'The case that it repeats.' }) duplicateOf: string,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, duplicateOf };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.markDuplicate(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, {
    description: "A bank's loss that the case explains; the base of a liability assessment.",
  })
  async recordLoss(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('input', () => LossInput, { description: 'The loss.' }) input: LossInput,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, input: lossOf(input) };
    return casePayload(context, await command(context, ({ cases }, caller) => cases.recordLoss(caller, sent)));
  }

  @Mutation(() => FraudCasePayloadType, { description: 'A bank held a transaction on a signal: stops its clock.' })
  async recordTransactionHold(
    @Arg('caseId', () => ID, CASE) caseId: string,
    @Arg('transactionRef', () => String, { description: "The bank's reference of the transaction." })
    transactionRef: string,
    @Arg('heldAt', () => DateTimeScalar, { description: 'When it was held.' }) heldAt: Instant,
    @Ctx() context: FraudCasesContext,
  ): Promise<FraudCasePayloadType> {
    const sent = { caseId, transactionRef: normal(transactionRef), heldAt };
    return casePayload(
      context,
      await command(context, ({ cases }, caller) => cases.recordTransactionHold(caller, sent)),
    );
  }
}
