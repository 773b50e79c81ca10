// What every mutation has in common: who may begin one, what it is answered with, and how a refusal is told. The objects of a payload are read
// anew by the ids that the command answered, so that an answer that was kept for a key shows them as they are now.

import { Field, ObjectType } from 'type-graphql';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { UserErrorCode } from '../../../shared/vocabulary/user-error';
import type { Answer, CommandCaller } from '../commands/command-desk';
import type { Commands } from '../commands/commands';
import { FraudCaseType, SuspicionReportType } from './case-types';
import { UserErrorCodeEnum } from './closed-lists';
import { DutyClockType } from './duty-types';
import type { FraudCasesContext } from './fraud-cases-context';

/** A refusal that the caller can act on. */
@ObjectType('UserError', { description: 'A refusal that the caller can act on; never an exception.' })
export class UserErrorType {
  @Field(() => UserErrorCodeEnum, { description: 'What kind of refusal it is.' })
  code: UserErrorCode;

  @Field(() => String, { description: 'The refusal in a fixed sentence; it repeats nothing that was sent.' })
  message: string;

  @Field(() => [String], { nullable: true, description: 'Path of the argument at fault; null when it is none.' })
  field?: readonly string[] | null;
}

/** The member that every payload has. */
export abstract class PayloadType {
  userErrors: readonly UserErrorType[];
}

/** Answer of a mutation on a case. */
@ObjectType('FraudCasePayload', { description: 'The case as it is after the mutation, or why nothing was done.' })
export class FraudCasePayloadType extends PayloadType {
  @Field(() => FraudCaseType, { nullable: true, description: 'The case; null when the mutation was refused.' })
  case?: FraudCaseType | null;

  @Field(() => [UserErrorType], { description: 'Why nothing was done; empty when it was.' })
  override userErrors: readonly UserErrorType[];
}

/** Answer of reportSuspicion. */
@ObjectType('ReportSuspicionPayload', {
  description: 'The report, the case that took it, and the duties of its reporter.',
})
export class ReportSuspicionPayloadType extends PayloadType {
  @Field(() => SuspicionReportType, { nullable: true, description: 'The report; null when it was refused.' })
  report?: SuspicionReportType | null;

  @Field(() => FraudCaseType, {
    nullable: true,
    description: 'The case that took the report; null when it was refused.',
  })
  case?: FraudCaseType | null;

  @Field(() => Boolean, {
    description: 'Whether the same organisation told the same before, so that nothing was done.',
  })
  duplicate: boolean;

  @Field(() => [DutyClockType], { description: "Clocks of the reporter's own duties in the case." })
  clocks: readonly DutyClockType[];

  @Field(() => [UserErrorType], { description: 'Why nothing was done; empty when it was.' })
  override userErrors: readonly UserErrorType[];
}

/** The argument `expectedVersion`. */
export const EXPECTED_VERSION = { description: 'The version that the caller saw; another one is refused.' } as const;

/**
 * Lets the caller give one command, and forgets what was loaded before it. That the caller is signed in and not suspended was asked before
 * the mutation began. Rejects with FORBIDDEN for a role, or AUDIT_UNAVAILABLE where no joint log is kept and nothing may be changed.
 */
export async function command(
  context: FraudCasesContext,
  give: (commands: Commands, caller: CommandCaller) => Promise<Answer>,
): Promise<Answer> {
  const { actor, commands, idempotencyKey } = context;
  if (actor === null) throw new AppError('UNAUTHENTICATED', 'A mutation requires a token.');
  if (commands === null) throw new AppError('AUDIT_UNAVAILABLE', 'A mutation requires the joint log.');
  const answer = await give(commands, { actor, idempotencyKey });
  context.forgetLoaded();
  return answer;
}

/** The id that a command answered under a name; null when it was refused. */
export function idIn(answer: Answer, name: string): string | null {
  const id = answer.ids[name];
  return typeof id === 'string' ? id : null;
}

/** The payload of a mutation on a case. */
export async function casePayload(context: FraudCasesContext, answer: Answer): Promise<FraudCasePayloadType> {
  const id = idIn(answer, 'case');
  return { case: id === null ? null : await context.loaders.fraudCase.load(id), userErrors: answer.userErrors };
}
