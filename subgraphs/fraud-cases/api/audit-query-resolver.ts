// Root fields of the joint log: one act's receipt, and the log's head. They show proofs and never what opens an act.

import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { AppError } from '../../../shared/vocabulary/app-error';
import { AuditCheckpointType, AuditReceiptType } from './audit-types';
import type { FraudCasesContext } from './fraud-cases-context';

/** `Query` of the joint log. */
@Resolver()
export class AuditQueryResolver {
  @Query(() => AuditReceiptType, {
    nullable: true,
    description: 'Where one act stands in the joint log, with its proof once there is one; null for an unknown act.',
  })
  auditReceipt(
    @Arg('actId', () => ID, { description: 'Identifier of the act.' }) actId: string,
    @Ctx() { log }: FraudCasesContext,
  ): Promise<AuditReceiptType | null> {
    if (log === null) throw noLog();
    return log.receiptOf(actId);
  }

  @Query(() => AuditCheckpointType, {
    description:
      'The newest final checkpoint of the joint log, else the newest signed one; an error while none is signed.',
  })
  async auditCheckpoint(@Ctx() { log }: FraudCasesContext): Promise<AuditCheckpointType> {
    const head = log === null ? null : await log.head();
    if (head === null) throw noLog();
    return head;
  }
}

function noLog(): AppError {
  return new AppError('AUDIT_UNAVAILABLE', 'A signed joint log is required; there is none here yet.');
}
