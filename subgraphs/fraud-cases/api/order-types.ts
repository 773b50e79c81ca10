// The GraphQL types of block orders, appeals and of a number's block status.

import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../shared/graphql/scalars';
import type { AppealGrounds, AppealState } from '../../../shared/vocabulary/appeal';
import type { BlockKind, BlockMeasure, BlockOrderState, BlockState } from '../../../shared/vocabulary/block-order';
import {
  AppealGroundsEnum,
  AppealStateEnum,
  BlockKindEnum,
  BlockMeasureEnum,
  BlockOrderStateEnum,
  BlockStateEnum,
} from './closed-lists';
import { connectionType } from './connection';

/** A block order. */
@Directive('@key(fields: "id")')
@ObjectType('BlockOrder', { description: 'An order to one operator to block one number.' })
export class BlockOrderType {
  @Field(() => ID, { description: 'Identifier of the order.' })
  id: string;

  @Field(() => Int, { nullable: true, description: 'Per number, over all operators; given when issued.' })
  sequence?: number | null;

  @Field(() => [BlockMeasureEnum], { description: 'What is to be taken from the line.' })
  measures: readonly BlockMeasure[];

  @Field(() => ID, { description: 'Code of the operator to which it is addressed.' })
  operatorCode: string;

  @Field(() => BlockKindEnum, { description: 'Whether it lapses by itself.' })
  kind: BlockKind;

  @Field(() => BlockOrderStateEnum, { description: 'Where the order stands.' })
  state: BlockOrderState;

  @Field(() => Int, { description: 'Raised by every change; a command names the version it saw.' })
  version: number;

  @Field(() => String, { description: 'Why it was ordered. Case text.' })
  reason: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was issued; null until then.' })
  issuedAt?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When any verifiable answer came; null until then.' })
  deliveredAt?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When a good receipt came; null until then.' })
  acknowledgedAt?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Since when it is in force, by its receipt; null until then.',
  })
  enforcedAt?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the block ended; null until then.' })
  liftedAt?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When a temporary block lapses; null for a confirmed one.',
  })
  validUntil?: string | null;

  @Field(() => String, { nullable: true, description: 'The signed document that the operator receives.' })
  document?: string | null;

  @Field(() => String, { nullable: true, description: "The operator's signed receipt." })
  receipt?: string | null;

  @Field(() => Int, { nullable: true, description: 'Sequence of the lift order; null until the lift is issued.' })
  liftSequence?: number | null;

  @Field(() => String, { nullable: true, description: 'The signed lift order; null until it is issued.' })
  liftDocument?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The operator's signed receipt of the lift; null until it came.",
  })
  liftReceipt?: string | null;

  caseId: string;
  msisdn: string;
  supersededBy: string | null;
}

/** An appeal. */
@Directive('@key(fields: "id")')
@ObjectType('Appeal', { description: "A subscriber's appeal against a block order." })
export class AppealType {
  @Field(() => ID, { description: 'Identifier of the appeal.' })
  id: string;

  @Field(() => AppealStateEnum, { description: 'Where the appeal stands.' })
  state: AppealState;

  @Field(() => Int, { description: 'Raised by every change; a command names the version it saw.' })
  version: number;

  @Field(() => AppealGroundsEnum, { description: 'Why the block is appealed.' })
  grounds: AppealGrounds;

  @Field(() => String, { nullable: true, description: "The subscriber's words. Case text, may hold personal data." })
  statement?: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was filed.' })
  filedAt: string;

  @Field(() => DateTimeScalar, { description: 'When a decision is due.' })
  dueAt: string;

  @Field(() => ID, { nullable: true, description: 'Who decided it; null until then. Staff identity.' })
  decidedBy?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The other person, who approved it; null until then. Staff identity.',
  })
  approvedBy?: string | null;

  @Field(() => String, { nullable: true, description: 'The decision in words; null until then. Case text.' })
  decision?: string | null;

  orderId: string;
}

/** A number's block status. */
@ObjectType('BlockStatus', { description: 'Whether a number is blocked, over all its orders.' })
export class BlockStatusType {
  @Field(() => BlockStateEnum, { description: 'The state in one word.' })
  state: BlockState;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Since when, as far as the bank knows.' })
  since?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When a temporary block lapses; null for every other.' })
  until?: string | null;

  @Field(() => String, { nullable: true, description: "One of a closed list of sentences, never a case's own text." })
  reason?: string | null;

  @Field(() => BlockOrderType, { nullable: true, description: 'The order that the status comes from; null for NONE.' })
  order?: BlockOrderType | null;
}

export const BlockOrderConnectionType = connectionType('BlockOrderConnection', 'A page of orders.', BlockOrderType);
export const AppealConnectionType = connectionType('AppealConnection', 'A page of appeals.', AppealType);
