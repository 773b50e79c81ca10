// Commands on block orders that people give: a temporary block by one of them, a lift by two, and the end of an order that is not in force yet.
// Each is one transaction with the order, its document, the acts, the clocks of its case and the outbox. Who serves the number is asked
// before. The lock of the case comes first, then the number's counter, for everybody.

import { invariant } from '../../../shared/vocabulary/app-error';
import type { BlockMeasure } from '../../../shared/vocabulary/block-order';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import {
  approveLift,
  type BlockOrderStep,
  cancelBlockOrder,
  type OrderRecord,
  requestLift,
} from '../domain/block-order-step';
import { stepCase } from '../domain/case-step';
import { type Refusal, refuse } from '../domain/refusal';
import { documentLeaf, liveOrderOf, lockOrder, nextSequence, type OrderPeople, readOrder } from '../store/order-writes';
import { type CaseWork, loadCaseRecord, saveCaseRecord } from './case-work';
import { runCaseClocks } from './clock-work';
import { type Answer, type AnswerIds, type CommandCaller, type CommandDesk, runCommand } from './command-desk';
import { withOrder, writeOrderStep } from './order-work';
import type { QuorumGate } from './quorum-gate';
import type { Numbering } from './serving-operator';
import { keepStep } from './step-keeping';

/** A temporary block as somebody wants it; null measures are all of them. */
export interface TemporaryBlock {
  readonly caseId: string;
  readonly msisdn: Msisdn;
  readonly reason: string;
  readonly hours: number;
  readonly measures: readonly BlockMeasure[] | null;
}

/** The mutations of block orders. Each answers with `order`, the id of the order. */
export interface OrderCommands {
  issueTemporaryBlock(caller: CommandCaller, block: TemporaryBlock): Promise<Answer>;
  cancelBlockOrder(
    caller: CommandCaller,
    command: { readonly orderId: string; readonly expectedVersion: number; readonly reason: string },
  ): Promise<Answer>;
  requestLift(caller: CommandCaller, command: { readonly orderId: string; readonly reason: string }): Promise<Answer>;
  approveLift(
    caller: CommandCaller,
    command: { readonly orderId: string; readonly expectedVersion: number },
  ): Promise<Answer>;
}

/** The commands over a desk. `mayUndo` is what a lift waits for; nothing unless told. */
export function orderCommands(
  desk: CommandDesk,
  numbering: Pick<Numbering, 'servingTenure'>,
  mayUndo: QuorumGate = async () => {},
): OrderCommands {
  return {
    async issueTemporaryBlock(caller, block) {
      const tenure = await numbering.servingTenure(block.msisdn);
      const request = { ...caller, operation: 'issueTemporaryBlock', arguments: { ...block } };
      return runCommand(desk, request, (work) => blockForATime(work, block, tenure));
    },
    cancelBlockOrder: (caller, { orderId, expectedVersion, reason }) =>
      runCommand(
        desk,
        { ...caller, operation: 'cancelBlockOrder', arguments: { orderId, expectedVersion, reason } },
        (work) =>
          stepOrder(work, orderId, async (before) => {
            const liftSequence = await nextSequence(work.session, before.order.msisdn);
            return cancelBlockOrder(before, { expectedVersion, reason, liftSequence }, work.actor, work.now);
          }),
      ),
    requestLift: (caller, { orderId, reason }) =>
      runCommand(desk, { ...caller, operation: 'requestLift', arguments: { orderId, reason } }, (work) =>
        stepOrder(work, orderId, async (before) => requestLift(before, { reason }, work.actor)),
      ),
    async approveLift(caller, { orderId, expectedVersion }) {
      await mayUndo();
      return runCommand(
        desk,
        { ...caller, operation: 'approveLift', arguments: { orderId, expectedVersion } },
        (work) =>
          stepOrder(
            work,
            orderId,
            async (before) => {
              const liftSequence = await nextSequence(work.session, before.order.msisdn);
              return approveLift(before, { expectedVersion, liftSequence }, work.actor, work.now);
            },
            { liftApprovedBy: work.actor.person },
          ),
      );
    },
  };
}

async function blockForATime(
  work: CaseWork,
  { caseId, msisdn, reason, hours, measures }: TemporaryBlock,
  tenure: Awaited<ReturnType<Numbering['servingTenure']>>,
): Promise<Result<AnswerIds, Refusal>> {
  const record = await loadCaseRecord(work, caseId);
  const target = { msisdn, servedBy: tenure?.operatorCode ?? null, live: await liveOrderOf(work.session, msisdn) };
  const step = stepCase(record, { kind: 'issueTemporaryBlock', target, reason, hours, measures }, work.actor, work.now);
  if (!step.ok) return step;
  const kept = await keepStep(work, record, step.value);
  if (!kept.ok) return kept;
  const order = kept.value.orders.find(({ id }) => record?.orders.every((known) => known.id !== id));
  invariant(order !== undefined, 'a temporary block is an order');
  return accepted({ order: order.id });
}

/** One step of an order that exists, under the lock of its case. */
async function stepOrder(
  work: CaseWork,
  orderId: string,
  decide: (before: OrderRecord) => Promise<Result<BlockOrderStep, Refusal>>,
  people: OrderPeople = {},
): Promise<Result<AnswerIds, Refusal>> {
  const seen = await readOrder(work.session, orderId);
  const record = seen === null ? null : await loadCaseRecord(work, seen.order.caseId);
  const before = record === null ? null : await lockOrder(work.session, orderId);
  if (record === null || before === null) return refuse('NO_ORDER');
  const step = await decide(before);
  if (!step.ok) return step;
  const leaf = await documentLeaf(work.session, before.order, 'BLOCK');
  const { order } = await writeOrderStep(work, before, step.value, { refs: leaf === null ? [] : [leaf], people });
  await saveCaseRecord(work, record, await runCaseClocks(work, withOrder(record, order), step.value.clocks));
  return accepted({ order: orderId });
}
