// Plays a porting from request to DONE. The registry decides the instant; the donor may refuse until it was told, and its refusal
// leaves no trace; the recipient is told last. What holds if the process dies after each step:
//   1 PENDING row written     nothing moved; start-up asks the donor again and goes on
//   2 donor asked             the same
//   3 SWITCHED, one transaction: old tenure ended, new one begun    the registry is right, the operators do not know yet
//   4 donor told              the donor closed its tenure at the same instant; telling it again changes nothing
//   5 recipient told          both know; the row still says SWITCHED, so both are told once more
//   6 DONE                    nothing is left to do; the same request gets the same answer
// A donor that refuses at step 4 undoes step 3: nobody else was told, though a reader may have seen the new tenure for that moment.
// A silent operator leaves SWITCHED, which is tried again.

import type { Logger } from '../../../shared/service/logger';
import { invariant } from '../../../shared/vocabulary/app-error';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { OperatorDirectory, OperatorEntry } from '../../../shared/vocabulary/operator-directory';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import {
  judgePorting,
  type PortingRecord,
  type PortingRefusal,
  type PortingRequest,
  refusalOfDonor,
  repeats,
} from '../domain/porting';
import type { CallOperator } from './operator-call';
import type { PortingStore } from './porting-store';

/** A porting that took place. SWITCHED means that an operator could not be told yet; repeating the request tells it. */
export interface PortingAnswer {
  readonly portId: string;
  readonly state: 'SWITCHED' | 'DONE';
  readonly donor: OperatorCode;
  readonly recipient: OperatorCode;
  /** First instant of the recipient's tenure. */
  readonly since: Instant;
}

/** What the process works with. */
export interface PortingTools {
  readonly store: PortingStore;
  readonly directory: () => OperatorDirectory;
  readonly call: CallOperator;
  readonly isReady: (operator: OperatorEntry) => Promise<boolean>;
  readonly logger: Logger;
}

/** Plays a porting, or goes on with the one that is known under the id. Idempotent by port id. */
export async function playPorting(
  request: PortingRequest,
  tools: PortingTools,
): Promise<Result<PortingAnswer, PortingRefusal>> {
  const played = await tools.store.exclusively(request.msisdn, () => playAlone(request, tools));
  return played.ok ? played.value : played;
}

/**
 * Goes on with everything that is not DONE, e.g. after a crash, one by one until `signal` aborts. Operators that do not answer leave
 * theirs as they are. Resolves with the number of portings that are still not DONE.
 */
export async function finishPortings(tools: PortingTools, signal: AbortSignal): Promise<number> {
  const unfinished = await tools.store.unfinished();
  for (const { portId, msisdn } of unfinished) {
    if (signal.aborted) return unfinished.length;
    const outcome = await tools.store.exclusively(msisdn, async () => {
      const record = await tools.store.find(portId);
      return record === null || record.state === 'DONE' ? null : goOn(record, tools, 'keep');
    });
    tools.logger.info({ portId, outcome: outcomeWord(outcome) }, 'resumed a porting');
  }
  return (await tools.store.unfinished()).length;
}

/** What becomes of a PENDING porting when an operator is silent: its asker is told and may ask again, or it waits. */
type OnSilence = 'drop' | 'keep';

async function playAlone(request: PortingRequest, tools: PortingTools): Promise<Result<PortingAnswer, PortingRefusal>> {
  const known = await tools.store.find(request.portId);
  if (known !== null) return repeats(request, known) ? goOn(known, tools, 'drop') : refused('PORT_ID_CONFLICT');
  const running = await tools.store.runningTenure(request.msisdn);
  const judged = judgePorting(request, running, new Set(connectedOf(tools.directory()).keys()));
  if (!judged.ok) return judged;
  const begun = await tools.store.begin(request, judged.value);
  return begun.ok ? goOn(begun.value, tools, 'drop') : begun;
}

async function goOn(
  record: PortingRecord,
  tools: PortingTools,
  onSilence: OnSilence,
): Promise<Result<PortingAnswer, PortingRefusal>> {
  switch (record.state) {
    case 'PENDING': {
      const refusal = await askOperators(record, tools);
      if (refusal !== null) {
        if (onSilence === 'drop' || !isSilence(refusal)) await tools.store.undo(record);
        return refused(refusal);
      }
      const switched = await tools.store.switchOver(record);
      if (switched.ok) return goOn(switched.value, tools, onSilence);
      await tools.store.undo(record);
      return switched;
    }
    case 'SWITCHED':
      return tellOperators(record, tools);
    case 'DONE':
      return accepted(answerOf(record, 'DONE'));
  }
}

/** Whether both operators are there and the donor lets the number go; changes nothing. */
async function askOperators(record: PortingRecord, tools: PortingTools): Promise<PortingRefusal | null> {
  const connected = connectedOf(tools.directory());
  const donor = connected.get(record.donor);
  const recipient = connected.get(record.recipient);
  if (recipient === undefined) return 'UNKNOWN_OPERATOR';
  if (donor === undefined) return 'DONOR_NOT_CONNECTED';
  const { portId, msisdn } = record;
  const [allowed, isRecipientReady] = await Promise.all([
    tools.call(donor, { path: '/internal/port-out/check', body: { portId, msisdn, since: donorSinceOf(record) } }),
    tools.isReady(recipient),
  ]);
  if (!allowed.ok) return allowed.error.kind === 'REFUSED' ? refusalOfDonor(allowed.error.word) : 'DONOR_UNAVAILABLE';
  return isRecipientReady ? null : 'RECIPIENT_UNAVAILABLE';
}

async function tellOperators(
  record: PortingRecord,
  tools: PortingTools,
): Promise<Result<PortingAnswer, PortingRefusal>> {
  const connected = connectedOf(tools.directory());
  const donor = connected.get(record.donor);
  const recipient = connected.get(record.recipient);
  const { portId, msisdn } = record;
  const at = completedAtOf(record);
  if (donor === undefined || recipient === undefined) return accepted(answerOf(record, 'SWITCHED'));

  const out = await tools.call(donor, {
    path: '/internal/port-out',
    body: { portId, msisdn, since: donorSinceOf(record), at },
  });
  if (!out.ok) {
    if (out.error.kind === 'SILENT' || refusalOfDonor(out.error.word) === 'DONOR_UNAVAILABLE') {
      return accepted(answerOf(record, 'SWITCHED'));
    }
    await tools.store.undo(record);
    return refused(refusalOfDonor(out.error.word));
  }

  const into = await tools.call(recipient, { path: '/internal/port-in', body: { portId, msisdn, since: at } });
  if (!into.ok) {
    if (into.error.kind === 'REFUSED') {
      tools.logger.error({ portId, operatorCode: recipient.code }, 'the recipient refuses a number that it now serves');
    }
    return accepted(answerOf(record, 'SWITCHED'));
  }
  await tools.store.finish(portId);
  return accepted(answerOf(record, 'DONE'));
}

function connectedOf(directory: OperatorDirectory): ReadonlyMap<OperatorCode, OperatorEntry> {
  return new Map(
    directory.operators
      .filter((operator) => operator.state === 'CONNECTED')
      .map((operator) => [operator.code, operator]),
  );
}

function isSilence(refusal: PortingRefusal): boolean {
  return refusal === 'DONOR_UNAVAILABLE' || refusal === 'RECIPIENT_UNAVAILABLE' || refusal === 'DONOR_NOT_CONNECTED';
}

function donorSinceOf(record: PortingRecord): Instant {
  invariant(record.donorSince !== null, 'a porting under way knows the tenure that ends');
  return record.donorSince;
}

function completedAtOf(record: PortingRecord): Instant {
  invariant(record.completedAt !== null, 'a porting that was switched has its instant');
  return record.completedAt;
}

function answerOf(record: PortingRecord, state: PortingAnswer['state']): PortingAnswer {
  const { portId, donor, recipient } = record;
  return { portId, state, donor, recipient, since: completedAtOf(record) };
}

function outcomeWord(outcome: Result<Result<PortingAnswer, PortingRefusal> | null, PortingRefusal>): string {
  if (!outcome.ok) return outcome.error;
  if (outcome.value === null) return 'DONE';
  return outcome.value.ok ? outcome.value.value.state : outcome.value.error;
}
