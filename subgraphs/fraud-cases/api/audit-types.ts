// The GraphQL types of receipts and of the log's head.

import { Field, ID, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../../shared/graphql/scalars';
import type { TrailEntryState } from '../../../shared/vocabulary/trail';
import { TrailEntryStateEnum } from './closed-lists';

/** Where an act stands. */
@ObjectType('AuditReceipt', { description: 'Where one act stands in the joint log, and how that is proven.' })
export class AuditReceiptType {
  @Field(() => ID, { description: 'Identifier of the act.' })
  actId: string;

  @Field(() => TrailEntryStateEnum, { description: 'How far it has come.' })
  state: TrailEntryState;

  @Field(() => String, { description: 'SHA-256 of its leaf, base64url, as acts refer to it.' })
  leafHash: string;

  @Field(() => String, { nullable: true, description: 'Its place in the log; null until it has one.' })
  logIndex?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The bank's signed promise to log it; null for acts that nobody handed over.",
  })
  promise?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A transparency log proof (C2SP tlog-proof); null until a signed checkpoint covers the act.',
  })
  proof?: string | null;
}

/** The log's head. */
@ObjectType('AuditCheckpoint', {
  description: 'The newest final checkpoint of the joint log, else the newest signed one.',
})
export class AuditCheckpointType {
  @Field(() => String, { description: 'Name of the log.' })
  origin: string;

  @Field(() => String, { description: 'Number of entries below it.' })
  size: string;

  @Field(() => String, { description: 'Root of the tree of these entries, base64.' })
  rootHash: string;

  @Field(() => String, { description: 'The signed note, verbatim, with the cosignatures of witnesses.' })
  note: string;

  @Field(() => TrailEntryStateEnum, { description: 'SIGNED, or FINAL when enough witnesses cosigned.' })
  state: TrailEntryState;

  @Field(() => DateTimeScalar, { description: 'When the log signed it.' })
  signedAt: string;
}
