// Filters of lists as they are sent, and the same as the domain reads them: an absent or null member does not narrow.

import { Field, ID, InputType } from 'type-graphql';
import { DateTimeScalar, MsisdnScalar } from '../../../shared/graphql/scalars';
import type { BlockOrderState } from '../../../shared/vocabulary/block-order';
import type { InformationRequestState } from '../../../shared/vocabulary/case-file';
import type { ClockState } from '../../../shared/vocabulary/duty';
import type { FraudCaseState, FraudType } from '../../../shared/vocabulary/fraud-case';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { BlockOrderFilter } from '../domain/block-order';
import type { InformationRequestFilter } from '../domain/case-file';
import type { CaseScope } from '../domain/case-scope';
import { type DutyClockFilter, PRESSING_CLOCK_STATES } from '../domain/duty';
import type { FraudCaseFilter } from '../domain/fraud-case';
import {
  BlockOrderStateEnum,
  ClockStateEnum,
  FraudCaseStateEnum,
  FraudTypeEnum,
  InformationRequestStateEnum,
} from './closed-lists';

/** Narrows a list of cases. */
@InputType('FraudCaseFilter', { description: 'Narrows a list of cases; every member given must hold.' })
export class FraudCaseFilterInput {
  @Field(() => [FraudCaseStateEnum], { nullable: true, description: 'In one of these states.' })
  states?: FraudCaseState[] | null;

  @Field(() => [FraudTypeEnum], { nullable: true, description: 'Of one of these kinds of fraud.' })
  fraudTypes?: FraudType[] | null;

  @Field(() => ID, { nullable: true, description: 'In the charge of this investigator.' })
  assignee?: string | null;

  @Field(() => MsisdnScalar, { nullable: true, description: 'Touching this number in any role. Personal datum.' })
  msisdn?: Msisdn | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Opened at this instant or later.' })
  openedFrom?: Instant | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Opened before this instant.' })
  openedTo?: Instant | null;
}

/** Narrows a list of orders. */
@InputType('BlockOrderFilter', { description: 'Narrows a list of orders; every member given must hold.' })
export class BlockOrderFilterInput {
  @Field(() => [BlockOrderStateEnum], { nullable: true, description: 'In one of these states.' })
  states?: BlockOrderState[] | null;

  @Field(() => ID, { nullable: true, description: 'Addressed to this operator.' })
  operatorCode?: string | null;

  @Field(() => MsisdnScalar, { nullable: true, description: 'About this number. Personal datum.' })
  msisdn?: Msisdn | null;
}

/** Narrows a list of requests. */
@InputType('InformationRequestFilter', {
  description: 'Narrows a list of requests for information; every member given must hold.',
})
export class InformationRequestFilterInput {
  @Field(() => [InformationRequestStateEnum], { nullable: true, description: 'In one of these states.' })
  states?: InformationRequestState[] | null;

  @Field(() => ID, { nullable: true, description: 'Put to this operator.' })
  operatorCode?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of this case.' })
  caseId?: string | null;
}

/** Narrows a list of clocks. */
@InputType('DutyClockFilter', { description: 'Narrows a list of clocks; every member given must hold.' })
export class DutyClockFilterInput {
  @Field(() => [ClockStateEnum], {
    nullable: true,
    description: 'In one of these states; without it, clocks that run, are paused or were missed.',
  })
  states?: ClockState[] | null;

  @Field(() => ID, { nullable: true, description: 'Owed by this party.' })
  party?: string | null;

  @Field(() => ID, { nullable: true, description: 'Of this duty, e.g. OP-02.' })
  ruleId?: string | null;
}

/** The filter of cases that was sent. */
export function fraudCaseFilterOf(sent: FraudCaseFilterInput | null | undefined, within: CaseScope): FraudCaseFilter {
  return {
    states: sent?.states ?? null,
    fraudTypes: sent?.fraudTypes ?? null,
    assignee: sent?.assignee ?? null,
    msisdn: sent?.msisdn ?? null,
    openedFrom: sent?.openedFrom ?? null,
    openedTo: sent?.openedTo ?? null,
    within,
  };
}

/** The filter of orders that was sent. */
export function blockOrderFilterOf(
  sent: BlockOrderFilterInput | null | undefined,
  within: CaseScope,
): BlockOrderFilter {
  return {
    states: sent?.states ?? null,
    operatorCode: sent?.operatorCode ?? null,
    msisdn: sent?.msisdn ?? null,
    within,
  };
}

/** The filter of requests that was sent. */
export function informationRequestFilterOf(
  sent: InformationRequestFilterInput | null | undefined,
  within: CaseScope,
): InformationRequestFilter {
  return {
    states: sent?.states ?? null,
    operatorCode: sent?.operatorCode ?? null,
    caseId: sent?.caseId ?? null,
    within,
  };
}

/** The filter of clocks that was sent; without states it shows the pressing ones. */
export function dutyClockFilterOf(sent: DutyClockFilterInput | null | undefined, within: CaseScope): DutyClockFilter {
  return {
    states: sent?.states ?? PRESSING_CLOCK_STATES,
    party: sent?.party ?? null,
    ruleId: sent?.ruleId ?? null,
    within,
  };
}
