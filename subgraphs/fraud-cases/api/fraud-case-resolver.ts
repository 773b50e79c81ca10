// Fields of a case that need other rows. Each list is its own statement, shared by all cases of a request, and null only when it failed.

import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { invariant } from '../../../shared/vocabulary/app-error';
import {
  CaseSubjectType,
  DecisionType,
  EvidenceType,
  FraudCaseType,
  InformationRequestType,
  LossType,
  SuspicionReportType,
} from './case-types';
import { AFTER, pageRequestOf, scopeOf } from './connection';
import { DutyClockType, TrailConnectionType } from './duty-types';
import type { FraudCasesContext } from './fraud-cases-context';
import { PhoneNumberType } from './number-types';
import { AppealType, BlockOrderType } from './order-types';

const ACTS = { nullable: true, defaultValue: 100, description: 'Acts of the page, 1 to 100.' } as const;

/** Fields of `FraudCase`. */
@Resolver(() => FraudCaseType)
export class FraudCaseResolver {
  @FieldResolver(() => [CaseSubjectType], { nullable: true, description: 'Numbers of the case, in the order added.' })
  async subjects(
    @Root() { id }: FraudCaseType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<readonly CaseSubjectType[]> {
    return (await loaders.subjects.load(id)) ?? [];
  }

  @FieldResolver(() => [SuspicionReportType], { nullable: true, description: 'Reports of the case, oldest first.' })
  async reports(
    @Root() { id }: FraudCaseType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<readonly SuspicionReportType[]> {
    return (await loaders.reports.load(id)) ?? [];
  }

  @FieldResolver(() => [EvidenceType], { nullable: true, description: 'Evidence of the case, oldest first.' })
  async evidence(
    @Root() { id }: FraudCaseType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<readonly EvidenceType[]> {
    return (await loaders.evidence.load(id)) ?? [];
  }

  @FieldResolver(() => [InformationRequestType], {
    nullable: true,
    description: 'Questions to operators, oldest first.',
  })
  async informationRequests(
    @Root() { id }: FraudCaseType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<readonly InformationRequestType[]> {
    return (await loaders.informationRequests.load(id)) ?? [];
  }

  @FieldResolver(() => DecisionType, {
    nullable: true,
    description: 'The proposal or decision in force; null when none is.',
  })
  decision(@Root() { id }: FraudCaseType, @Ctx() { loaders }: FraudCasesContext): Promise<DecisionType | null> {
    return loaders.decision.load(id);
  }

  @FieldResolver(() => [BlockOrderType], {
    nullable: true,
    description: 'Block orders of the case, oldest issue first.',
  })
  async blockOrders(
    @Root() { id }: FraudCaseType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<readonly BlockOrderType[]> {
    return (await loaders.orders.load(id)) ?? [];
  }

  @FieldResolver(() => [AppealType], {
    nullable: true,
    description: "Appeals against the case's orders, oldest first.",
  })
  async appeals(@Root() { id }: FraudCaseType, @Ctx() { loaders }: FraudCasesContext): Promise<readonly AppealType[]> {
    return (await loaders.appeals.load(id)) ?? [];
  }

  @FieldResolver(() => [LossType], { nullable: true, description: 'Losses that the case explains, oldest first.' })
  async losses(@Root() { id }: FraudCaseType, @Ctx() { loaders }: FraudCasesContext): Promise<readonly LossType[]> {
    return (await loaders.losses.load(id)) ?? [];
  }

  @FieldResolver(() => [DutyClockType], {
    nullable: true,
    description: 'Clocks of the duties in the case, oldest start first.',
  })
  async clocks(
    @Root() { id }: FraudCaseType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<readonly DutyClockType[]> {
    return (await loaders.clocks.load(id)) ?? [];
  }

  @FieldResolver(() => FraudCaseType, {
    nullable: true,
    description: 'The case that this one duplicates; null otherwise.',
  })
  async duplicateOf(
    @Root() { duplicateOf }: FraudCaseType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<FraudCaseType | null> {
    return duplicateOf === null ? null : loaders.fraudCase.load(duplicateOf);
  }

  @FieldResolver(() => TrailConnectionType, {
    nullable: true,
    description:
      'Every act on the case by every party, in the order of the joint log; the newest may have no place yet.',
  })
  async trail(
    @Root() { id: caseId }: FraudCaseType,
    @Arg('first', () => Int, ACTS) first: number | null | undefined,
    @Arg('after', () => String, AFTER) after: string | null | undefined,
    @Ctx() { loaders, cursors }: FraudCasesContext,
  ): Promise<TrailConnectionType> {
    const scope = scopeOf('trail', caseId);
    const request = pageRequestOf({ first: first ?? ACTS.defaultValue, after }, scope, cursors);
    const page = await loaders.trail.load({ caseId, first: request.first, after: request.after?.id ?? null });
    const { rows, hasMore } = page ?? { rows: [], hasMore: false };
    const last = rows.at(-1);
    // An act keeps its id while it moves from the queue to its index: the id alone says where the next page begins.
    const endCursor = last === undefined ? null : cursors.seal({ at: 'infinity', id: last.actId }, scope);
    return { nodes: rows, pageInfo: { hasNextPage: hasMore, endCursor } };
  }
}

/** Fields of `CaseSubject`. */
@Resolver(() => CaseSubjectType)
export class CaseSubjectResolver {
  @FieldResolver(() => PhoneNumberType, { nullable: true, description: 'The number. Personal datum.' })
  number(@Root() { msisdn }: CaseSubjectType): PhoneNumberType {
    return { msisdn };
  }
}

/** Fields of `SuspicionReport`. */
@Resolver(() => SuspicionReportType)
export class SuspicionReportResolver {
  @FieldResolver(() => PhoneNumberType, { description: 'The number that is suspected. Personal datum.' })
  suspect(@Root() { suspect }: SuspicionReportType): PhoneNumberType {
    return { msisdn: suspect };
  }

  @FieldResolver(() => PhoneNumberType, {
    nullable: true,
    description: 'The number that was attacked. Personal datum.',
  })
  victim(@Root() { victim }: SuspicionReportType): PhoneNumberType | null {
    return victim === null ? null : { msisdn: victim };
  }
}

/** Fields of `InformationRequest`. */
@Resolver(() => InformationRequestType)
export class InformationRequestResolver {
  @FieldResolver(() => FraudCaseType, { name: 'case', description: 'The case in which it is asked.' })
  fraudCase(@Root() { caseId }: InformationRequestType, @Ctx() context: FraudCasesContext): Promise<FraudCaseType> {
    return caseOf(caseId, context);
  }
}

/** The case of a row that belongs to one; the table's reference stands for its existence. */
export async function caseOf(caseId: string, { loaders }: FraudCasesContext): Promise<FraudCaseType> {
  const fraudCase = await loaders.fraudCase.load(caseId);
  invariant(fraudCase !== null, 'what belongs to a case names one that exists');
  return fraudCase;
}
