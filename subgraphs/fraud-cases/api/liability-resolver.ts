// Fields of liability that need other rows: a case's assessments, and the acts of the joint log that prove each missed duty.

import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { FraudCaseType } from './case-types';
import { DutyClockType, TrailEntryType } from './duty-types';
import type { FraudCasesContext } from './fraud-cases-context';
import { DutyBreachType, LiabilityAssessmentType } from './liability-types';

/** `FraudCase.liability`. */
@Resolver(() => FraudCaseType)
export class CaseLiabilityResolver {
  @FieldResolver(() => [LiabilityAssessmentType], {
    nullable: true,
    description: 'Assessments of liability, oldest first.',
  })
  async liability(
    @Root() { id }: FraudCaseType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<readonly LiabilityAssessmentType[]> {
    return (await loaders.liability.load(id)) ?? [];
  }
}

/** Fields of `LiabilityAssessment`. */
@Resolver(() => LiabilityAssessmentType)
export class LiabilityAssessmentResolver {
  @FieldResolver(() => [DutyBreachType], {
    description: 'Duties of the case that were missed, causal ones and others.',
  })
  breaches(@Root() { breaches, assessedAt: readAt }: LiabilityAssessmentType): readonly DutyBreachType[] {
    return breaches.map((breach) => ({ causal: breach.causal, breach, readAt }));
  }
}

/** Fields of `DutyBreach`. */
@Resolver(() => DutyBreachType)
export class DutyBreachResolver {
  @FieldResolver(() => DutyClockType, {
    description: 'The clock of the duty, as it stood when liability was assessed.',
  })
  async clock(
    @Root() { breach: { clock }, readAt }: DutyBreachType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<DutyClockType> {
    const { about, pauses: _, ...told } = clock;
    const order = about === null ? null : await loaders.order.load(about);
    return { ...told, orderId: order?.id ?? null, readAt };
  }

  @FieldResolver(() => [TrailEntryType], {
    description: 'The acts that prove when it began, and when it ended if it did; each once, in the order of the log.',
  })
  async acts(
    @Root() { breach }: DutyBreachType,
    @Ctx() { loaders }: FraudCasesContext,
  ): Promise<readonly TrailEntryType[]> {
    const ids = [...new Set([...breach.startActs, ...breach.stopActs].map(({ act }) => act))];
    const entries = await Promise.all(ids.map((id) => loaders.trailEntry.load(id)));
    return entries.filter((entry) => entry !== null);
  }
}
