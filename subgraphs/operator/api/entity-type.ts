// The entities of an operator: tenure, a person's and a legal entity's holding, a handset's sighting. Their keys name the operator;
// only key fields and what was read with them stand here, the rest is resolved.

import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { BinScalar, DateTimeScalar, IinScalar, ImeiScalar, MsisdnScalar } from '../../../shared/graphql/scalars';
import { CapJustificationStatusEnum, CapPurposeEnum, DeviceRegistryStatusEnum } from './operator-enums';

const PARTITIONED = '@partitioned(by: "operatorCode")';
const OPERATOR_CODE = 'Code of the operator that answers; it names the server of this entity.';

@Directive('@key(fields: "msisdn operatorCode since")')
@Directive(PARTITIONED)
@ObjectType('OperatorTenure', {
  description: 'One period in which this operator served one number. Of a recycled number it has several contracts.',
})
export class OperatorTenureType {
  @Field(() => MsisdnScalar, { description: 'The number that was served, in E.164. Personal datum.' })
  msisdn: string;

  @Field(() => ID, { description: OPERATOR_CODE })
  operatorCode: string;

  @Field(() => DateTimeScalar, { description: 'First instant of the tenure, as numbering told it.' })
  since: string;

  /** First instant after the tenure; null while it runs. Not part of the schema: numbering answers it. */
  until: string | null;

  /** The database's clock at the reading. Not part of the schema. */
  readAt: string;

  /** Whether the request named it, rather than found it at a person or a handset. Not part of the schema. */
  isAsked: boolean;
}

@ObjectType('CapJustification', {
  description: "A person's application for more lines than the cap, with the devices they are for. Personal datum.",
})
export class CapJustificationType {
  @Field(() => ID, { description: "The operator's own id of the application." })
  id: string;

  @Field(() => CapPurposeEnum, { nullable: true, description: 'What the lines are for.' })
  purpose: string;

  @Field(() => CapJustificationStatusEnum, { nullable: true, description: 'State of the application.' })
  status: string;

  @Field(() => Int, { nullable: true, description: 'How many lines it asks for in all.' })
  requestedLines: number;

  @Field(() => [ImeiScalar], { nullable: true, description: 'Handsets named in it. Personal datum: device.' })
  devices: readonly string[] | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was decided; null while it is not.' })
  decidedAt: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it expires; null when it does not.' })
  expiresAt: string | null;
}

@Directive('@key(fields: "iin operatorCode")')
@Directive(PARTITIONED)
@ObjectType('OperatorHolding', { description: "One person's lines at this operator, by contracts in their own name." })
export class OperatorHoldingType {
  @Field(() => IinScalar, { description: 'IIN of the person. Personal datum: identity.' })
  iin: string;

  @Field(() => ID, { description: OPERATOR_CODE })
  operatorCode: string;

  @Field(() => Int, { nullable: true, description: 'Lines that count against the cap: active and suspended ones.' })
  activeLineCount: number;

  @Field(() => [OperatorTenureType], {
    nullable: true,
    description: "Tenures of the person's lines, former ones included, newest first; at most 500.",
  })
  tenures: readonly OperatorTenureType[];

  @Field(() => [CapJustificationType], { nullable: true, description: 'Applications for more lines than the cap.' })
  capJustifications: readonly CapJustificationType[];
}

@Directive('@key(fields: "bin operatorCode")')
@Directive(PARTITIONED)
@ObjectType('CorporateHolding', { description: "One legal entity's lines at this operator." })
export class CorporateHoldingType {
  @Field(() => BinScalar, { description: 'BIN of the legal entity.' })
  bin: string;

  @Field(() => ID, { description: OPERATOR_CODE })
  operatorCode: string;

  @Field(() => Int, { nullable: true, description: 'Active and suspended lines.' })
  activeLineCount: number;

  @Field(() => [OperatorTenureType], {
    nullable: true,
    description: "Tenures of the legal entity's lines, former ones included, newest first; at most 500.",
  })
  tenures: readonly OperatorTenureType[];
}

@Directive('@key(fields: "imei operatorCode")')
@Directive(PARTITIONED)
@ObjectType('DeviceSighting', { description: 'What this operator has seen of one handset.' })
export class DeviceSightingType {
  @Field(() => ImeiScalar, { description: 'IMEI of the handset. Personal datum: device.' })
  imei: string;

  @Field(() => ID, { description: OPERATOR_CODE })
  operatorCode: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'First use here; null when it was never seen here.' })
  firstSeenAt: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Last use here; null when it was never seen here.' })
  lastSeenAt: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Distinct subscribers (IMSI) seen in the handset in the last 30 days; many mean a SIM box.',
  })
  distinctImsi30d: number;

  @Field(() => DeviceRegistryStatusEnum, { nullable: true, description: 'List on which the handset stands.' })
  registryStatus: string;

  @Field(() => [OperatorTenureType], {
    nullable: true,
    description: 'Tenures whose lines were seen in it, last seen first; at most 500.',
  })
  tenures: readonly OperatorTenureType[];
}
