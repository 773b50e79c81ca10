// The GraphQL types of dashboards: counts, never a number, a name or a case.

import { Field, ID, Int, ObjectType } from 'type-graphql';

/** A row of case statistics. */
@ObjectType('CaseStatistic', {
  description:
    'Cases opened in a period, by one key. Figures are rounded to five; a figure of fewer than ten subjects is null, and so is what would give it away. Weeks in which a figure is hidden do not count in the sum over several.',
})
export class CaseStatisticType {
  @Field(() => String, { description: 'Fraud type, operator code, day or state, by what was grouped.' })
  key: string;

  @Field(() => Int, { nullable: true, description: 'How many were opened.' })
  opened?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many of them were confirmed by the night of the snapshot.' })
  confirmed?: number | null;

  @Field(() => Int, { nullable: true, description: 'How many of them were refuted by the night of the snapshot.' })
  refuted?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Seconds from opening to the first block in force, the middle of those that have one, in whole minutes; over several weeks the middle of the weeks by their size.',
  })
  medianSecondsToBlock?: number | null;
}

/** A row of the duty report. */
@ObjectType('DutyReportRow', {
  description:
    'How one party kept one duty in a period, by clocks that were started in it. Figures are rounded to five; fewer than ten subjects in a week count as zero.',
})
export class DutyReportRowType {
  @Field(() => ID, { description: "The party that owes the duty: an operator's code, a bank, or afc." })
  party: string;

  @Field(() => ID, { description: 'Code of the duty, e.g. OP-02.' })
  ruleId: string;

  @Field(() => Int, { description: 'The sum of the parts that are shown.' })
  started: number;

  @Field(() => Int, { description: 'Stopped in time.' })
  met: number;

  @Field(() => Int, { description: 'Not stopped in time.' })
  breached: number;

  @Field(() => Int, { description: 'Running or paused in the night of the snapshot.' })
  running: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Seconds within which 95 of 100 were stopped, in whole minutes; null for fewer than twenty. Over several weeks the middle of the weeks by their size.',
  })
  p95Seconds?: number | null;
}
