// GraphQL types of what a tenure tells besides its contracts: services, swaps, usage, risk, enforcements.

import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { DateScalar, DateTimeScalar } from '../../../shared/graphql/scalars';
import { BlockOutcomeEnum, EnforcementStateEnum, RiskLevelEnum, ServiceStateEnum } from './operator-enums';

@ObjectType('ServiceStatus', { description: 'What the network does for a line, service by service, at one instant.' })
export class ServiceStatusType {
  @Field(() => ServiceStateEnum, { nullable: true, description: 'Outgoing calls.' })
  voiceOut: string;

  @Field(() => ServiceStateEnum, { nullable: true, description: 'Incoming calls.' })
  voiceIn: string;

  @Field(() => ServiceStateEnum, { nullable: true, description: 'Outgoing messages.' })
  smsOut: string;

  @Field(() => ServiceStateEnum, { nullable: true, description: 'Incoming messages.' })
  smsIn: string;

  @Field(() => ServiceStateEnum, { nullable: true, description: 'Mobile data.' })
  data: string;

  @Field(() => Boolean, { nullable: true, description: 'Whether the number may not be ported away.' })
  portFreeze: boolean;

  @Field(() => Boolean, { nullable: true, description: 'Whether no new SIM card may be issued.' })
  simSwapFreeze: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Why something is restricted, a sentence of a closed list; null when nothing is.',
  })
  reason: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The instant of which this was true.' })
  readAt: string;
}

@ObjectType('SimSwap', { description: "Whether and when the line's SIM card was changed; tells no identity." })
export class SimSwapType {
  @Field(() => Boolean, { nullable: true, description: 'Whether it was changed within the asked hours.' })
  swapped: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The last change, first issue and porting included; null when before the monitored period.',
  })
  latestSimChange: string | null;

  @Field(() => Int, { nullable: true, description: 'Length of the monitored period in days.' })
  monitoredPeriodDays: number;
}

@ObjectType('DeviceSwap', { description: 'Whether and when the line moved to a handset new to it; tells no identity.' })
export class DeviceSwapType {
  @Field(() => Boolean, { nullable: true, description: 'Whether it moved within the asked hours.' })
  swapped: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The last move, first use included; null when before the monitored period.',
  })
  latestDeviceChange: string | null;

  @Field(() => Int, { nullable: true, description: 'Length of the monitored period in days.' })
  monitoredPeriodDays: number;
}

@ObjectType('UsageDay', {
  description:
    'Traffic of one day, summed up. Personal datum: traffic. A day on which the number changed hands has an entry per contract.',
})
export class UsageDayType {
  @Field(() => DateScalar, { description: 'The day in Asia/Almaty.' })
  day: string;

  @Field(() => Int, { nullable: true, description: 'Outgoing calls.' })
  callsOut: number;

  @Field(() => Int, { nullable: true, description: 'Incoming calls.' })
  callsIn: number;

  @Field(() => Int, { nullable: true, description: 'Distinct numbers called.' })
  distinctCallees: number;

  @Field(() => Float, { nullable: true, description: 'Minutes of outgoing calls.' })
  minutesOut: number;

  @Field(() => Float, { nullable: true, description: 'Minutes of incoming calls.' })
  minutesIn: number;

  @Field(() => Float, { nullable: true, description: 'Share of outgoing calls of at most ten seconds, 0 to 1.' })
  shortCallShare: number;

  @Field(() => Float, { nullable: true, description: 'Share of outgoing calls between midnight and six, 0 to 1.' })
  nightShare: number;

  @Field(() => Int, { nullable: true, description: 'Messages sent.' })
  smsOut: number;

  @Field(() => Int, { nullable: true, description: 'Messages received.' })
  smsIn: number;

  @Field(() => Int, { nullable: true, description: 'Distinct recipients of messages.' })
  distinctSmsRecipients: number;

  @Field(() => Float, { nullable: true, description: 'Mobile data in megabytes.' })
  dataMb: number;

  @Field(() => Int, { nullable: true, description: 'Distinct radio cells.' })
  distinctCells: number;

  @Field(() => Float, { nullable: true, description: 'Share of events in the most used cell, 0 to 1.' })
  topCellShare: number;

  @Field(() => Int, { nullable: true, description: 'Distinct handsets.' })
  distinctImei: number;

  @Field(() => Int, { nullable: true, description: 'Complaints about the number.' })
  complaints: number;
}

@ObjectType('RiskIndicator', { description: 'A rule that fired, with the numbers it fired on.' })
export class RiskIndicatorType {
  @Field(() => String, { description: 'Code of the rule.' })
  code: string;

  @Field(() => RiskLevelEnum, { description: 'How grave it is; lowered by one for traffic on the grey list.' })
  severity: string;

  @Field(() => Float, { description: 'What was measured, in the unit of the rule.' })
  value: number;

  @Field(() => Float, { description: 'What it was compared with.' })
  threshold: number;

  @Field(() => Int, { description: 'Length of the window in hours.' })
  windowHours: number;

  @Field(() => DateTimeScalar, { description: 'End of the window in which it fired.' })
  firedAt: string;
}

@ObjectType('RiskAssessment', {
  description: 'How risky the line is by the rules of its operator. Never enough to block a line for good.',
})
export class RiskAssessmentType {
  @Field(() => RiskLevelEnum, { nullable: true, description: 'The level of all indicators together.' })
  level: string;

  @Field(() => [RiskIndicatorType], { nullable: true, description: 'What fired, gravest first.' })
  indicators: readonly RiskIndicatorType[];

  @Field(() => String, { nullable: true, description: 'Version of the rules and thresholds.' })
  ruleSetVersion: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was computed.' })
  computedAt: string;
}

@ObjectType('BlockEnforcement', { description: "The operator's own record of one block order." })
export class BlockEnforcementType {
  @Field(() => ID, { description: "The bank's id of the order." })
  orderId: string;

  @Field(() => Int, { description: 'Sequence of the order among all orders on the number, from 1.' })
  sequence: number;

  @Field(() => EnforcementStateEnum, { description: 'What became of it here.' })
  state: string;

  @Field(() => ServiceStatusType, {
    nullable: true,
    description: 'The services as the execution left them; null when it did not touch them.',
  })
  services: ServiceStatusType | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the order came.' })
  receivedAt: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was executed; null when it was not.' })
  enforcedAt: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the block was lifted; null while it holds.' })
  liftedAt: string | null;
}

@ObjectType('BlockReceipt', { description: "The operator's answer to a block order." })
export class BlockReceiptType {
  @Field(() => ID, { description: "The bank's id of the order." })
  orderId: string;

  @Field(() => Int, { description: 'Sequence of the order among all orders on the number, from 1.' })
  sequence: number;

  @Field(() => BlockOutcomeEnum, { description: 'What the operator did.' })
  outcome: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it took effect; null when it did not.' })
  enforcedAt: string | null;

  @Field(() => String, { description: 'The signed receipt, a compact JWS.' })
  receipt: string;
}
