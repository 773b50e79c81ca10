// What time brings about in cases, as the bank's timer: an operator's check that is overdue goes over to the Center, a question that was not
// answered is overdue, an appeal that nobody decided ends a temporary block, a block of whose end nobody told is ended, answers to old keys
// are forgotten. Each thing is asked of the rules again under the lock of its case, so that being early, late or twice does no harm.

import type { SqlSource } from '../../../shared/audit-log/sql-session';
import { SYSTEM_ACTOR } from '../domain/actor';
import type { CaseCommand } from '../domain/case-command';
import { stepCase } from '../domain/case-step';
import { caseOfRequest, lapsedBlocks, lapsingAppeals, overdueChecks, overdueRequests } from '../store/due-reads';
import { forgetOldKeys, hasOldKeys } from '../store/idempotency-record';
import { lapseAppeal } from './appeal-commands';
import { loadCaseRecord, saveCaseRecord, writeActs } from './case-work';
import { runCaseClocks } from './clock-work';
import { type CommandDesk, runOwnWork } from './command-desk';
import type { TimedJob } from './scheduler';
import { expireOverdue } from './settlement';

/** The jobs, without those about clocks. `source` reads what is due. */
export function timedJobs(desk: CommandDesk, source: SqlSource): readonly TimedJob[] {
  return [
    {
      name: 'checks',
      due: (request) => overdueChecks(source, request),
      carryOut: (caseId) => stepByTimer(desk, caseId, { kind: 'takeOverCheck' }),
    },
    {
      name: 'questions',
      due: (request) => overdueRequests(source, request),
      async carryOut(requestId) {
        const caseId = await caseOfRequest(source, requestId);
        return caseId !== null && stepByTimer(desk, caseId, { kind: 'expireInformationRequest', requestId });
      },
    },
    {
      name: 'appeals',
      due: (request) => lapsingAppeals(source, request),
      carryOut: (appealId) => lapseAppeal(desk, appealId),
    },
    {
      name: 'blocks',
      due: (request) => lapsedBlocks(source, request),
      carryOut: (orderId) => expireOverdue(desk, source, orderId),
    },
    {
      name: 'keys',
      due: async () => ((await hasOldKeys(source)) ? ['old'] : []),
      carryOut: async () =>
        (await desk.transactions.run(async (session) => ({ commits: true, value: await forgetOldKeys(session) }))) > 0,
    },
  ];
}

/** One step of a case by the timer, in one transaction; false when the rules refuse it. The timer's commands bring no orders. */
function stepByTimer(
  desk: CommandDesk,
  caseId: string,
  command: Extract<CaseCommand, { readonly kind: 'takeOverCheck' | 'expireInformationRequest' }>,
): Promise<boolean> {
  return runOwnWork(desk, SYSTEM_ACTOR, async (work) => {
    const record = await loadCaseRecord(work, caseId);
    const step = stepCase(record, command, work.actor, work.now);
    if (!step.ok) return { commits: false, value: false };
    const { next, acts, clocks } = step.value;
    await saveCaseRecord(work, record, await runCaseClocks(work, next, clocks));
    await writeActs(work, acts);
    return { commits: true, value: true };
  });
}
