// GraphQL types of a contract and of everything that hangs on it. Clear personal data and their masked forms stand side by side; the clear
// ones are put into an object only when it is made CLEAR. Who may see them is decided elsewhere.

import { Field, ID, Int, ObjectType } from 'type-graphql';
import { BinScalar, DateTimeScalar, IccidScalar, IinScalar, ImeiScalar } from '../../../shared/graphql/scalars';
import { maskIccid } from '../../../shared/vocabulary/iccid';
import { maskImei } from '../../../shared/vocabulary/imei';
import type { DeviceUse } from '../domain/device-use';
import type { LineContract } from '../domain/line-contract';
import type { TenureKey } from '../domain/operator-tenure';
import type { SimCard } from '../domain/sim-card';
import { maskSubscriber, type Subscriber } from '../domain/subscriber';
import {
  DeviceRegistryStatusEnum,
  LineStatusEnum,
  PlanKindEnum,
  SimChangeReasonEnum,
  SubscriberKindEnum,
  VerificationMethodEnum,
  VerificationResultEnum,
} from './operator-enums';

@ObjectType('Subscriber', {
  description:
    'Who holds the contract. The clear fields are disclosed only under a case and a purpose; the masked ones always.',
})
export class SubscriberType {
  @Field(() => SubscriberKindEnum, { nullable: true, description: 'Whether it is a person or a legal entity.' })
  kind: string;

  @Field(() => IinScalar, { nullable: true, description: 'IIN of a person. Personal datum: identity.' })
  iin: string | null;

  @Field(() => BinScalar, {
    nullable: true,
    description: 'BIN of a legal entity. Personal datum where it tells the employer of a person.',
  })
  bin: string | null;

  @Field(() => String, { nullable: true, description: 'Full name as in the contract. Personal datum: identity.' })
  fullName: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The last four digits of the IIN, the rest starred. Null for a legal entity.',
  })
  maskedIin: string | null;

  @Field(() => String, { nullable: true, description: 'Initials of the name, the rest starred.' })
  maskedName: string;
}

@ObjectType('BiometricVerification', {
  description:
    "The biometric verification of the line's end user: its result only, never a picture or a template. Personal datum.",
})
export class BiometricVerificationType {
  @Field(() => VerificationResultEnum, { nullable: true, description: 'What came of it.' })
  result: string;

  @Field(() => VerificationMethodEnum, { nullable: true, description: 'How it was done; null when it was not.' })
  method: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided; null when it was not.' })
  verifiedAt: string | null;

  @Field(() => Int, { nullable: true, description: 'How many attempts were made.' })
  attempts: number;
}

@ObjectType('SimCard', { description: 'A SIM card of the contract.' })
export class SimCardType {
  @Field(() => IccidScalar, { nullable: true, description: 'Serial number. Personal datum: device.' })
  iccid: string | null;

  @Field(() => String, { nullable: true, description: 'Serial number with its middle digits starred.' })
  maskedIccid: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was issued.' })
  issuedAt: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the next card replaced it; null while in use.' })
  replacedAt: string | null;

  @Field(() => SimChangeReasonEnum, { nullable: true, description: 'Why it was issued.' })
  reason: string;
}

@ObjectType('DeviceUse', { description: "A handset in which the contract's SIM has been seen." })
export class DeviceUseType {
  @Field(() => ImeiScalar, { nullable: true, description: 'IMEI of the handset. Personal datum: device.' })
  imei: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'IMEI with its serial digits starred; the model stays readable.',
  })
  maskedImei: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Distinct subscribers seen in this handset at this operator in 30 days.',
  })
  distinctImsi30d: number;

  @Field(() => String, { nullable: true, description: 'Make and model; null when the operator does not know them.' })
  model: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the line was first seen in it.' })
  firstSeenAt: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the line was last seen in it.' })
  lastSeenAt: string;

  @Field(() => DeviceRegistryStatusEnum, { nullable: true, description: 'List on which the handset stands.' })
  registryStatus: string;
}

@ObjectType('Dealer', { description: 'Who sold the line.' })
export class DealerType {
  @Field(() => ID, { description: "The operator's own id of the dealer." })
  id: string;

  @Field(() => String, { nullable: true, description: 'Name of the business.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'Region in which it sells.' })
  region: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When this line was sold; null when not recorded.' })
  soldAt: string | null;
}

@ObjectType('LineContract', { description: 'A contract on a number within a tenure.' })
export class LineContractType {
  @Field(() => ID, { description: "The operator's own id of the contract." })
  id: string;

  @Field(() => LineStatusEnum, { nullable: true, description: 'State of the line.' })
  status: string;

  @Field(() => PlanKindEnum, { nullable: true, description: 'Kind of the plan; null until one was chosen.' })
  plan: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the line went into service; null when it never did.',
  })
  activatedAt: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the contract ended; null while it is in force.' })
  endedAt: string | null;

  @Field(() => SubscriberType, {
    nullable: true,
    description: 'The holder; null while nobody has identified themselves. Personal datum.',
  })
  subscriber: SubscriberType | null;

  @Field(() => SubscriberType, {
    nullable: true,
    description: 'The employee who uses a corporate line. Personal datum.',
  })
  assignedUser: SubscriberType | null;

  @Field(() => BiometricVerificationType, { nullable: true, description: 'How the end user was verified.' })
  verification: BiometricVerificationType;

  @Field(() => [SimCardType], { nullable: true, description: 'SIM cards of the contract, newest first.' })
  simCards: readonly SimCardType[];

  @Field(() => DealerType, { nullable: true, description: 'Who sold the line; null when not recorded.' })
  dealer: DealerType | null;

  /** The tenure it belongs to, by which its handsets are loaded. Not part of the schema. */
  tenure: TenureKey;

  /** Whether clear data hang on it. Not part of the schema. */
  shown: Shown;
}

/** How much of persons, cards and handsets an object holds. */
export type Shown = 'CLEAR' | 'MASKED';

/** The contract of a tenure as the schema shows it; handsets are loaded apart. */
export function toLineContractType(contract: LineContract, tenure: TenureKey, shown: Shown): LineContractType {
  const { id, status, plan, activatedAt, endedAt, verification } = contract;
  return {
    id,
    status,
    plan,
    activatedAt,
    endedAt,
    subscriber: toSubscriberType(contract.subscriber, shown),
    assignedUser: toSubscriberType(contract.assignedUser, shown),
    verification,
    simCards: contract.simCards.map((card) => toSimCardType(card, shown)),
    dealer: contract.sale,
    tenure,
    shown,
  };
}

/** A handset's use as the schema shows it. */
export function toDeviceUseType(device: DeviceUse, shown: Shown): DeviceUseType {
  return { ...device, imei: shown === 'CLEAR' ? device.imei : null, maskedImei: maskImei(device.imei) };
}

function toSubscriberType(subscriber: Subscriber | null, shown: Shown): SubscriberType | null {
  if (subscriber === null) return null;
  const { kind, bin } = subscriber;
  const { iin, fullName } = shown === 'CLEAR' ? subscriber : HIDDEN;
  return { kind, bin, iin, fullName, ...maskSubscriber(subscriber) };
}

const HIDDEN = { iin: null, fullName: null };

function toSimCardType(card: SimCard, shown: Shown): SimCardType {
  return { ...card, iccid: shown === 'CLEAR' ? card.iccid : null, maskedIccid: maskIccid(card.iccid) };
}
