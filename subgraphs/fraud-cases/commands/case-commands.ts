// The mutations of cases, from the report to the close. Each names its arguments for the desk, looks up what the rules ask for, walks one step of
// the domain and keeps it. What is asked of numbering is asked before the transaction; everything else is read under the case's lock.

import { newActId } from '../../../shared/audit-log/act-id';
import type { SignedActMessage } from '../../../shared/audit-log/foreign-act';
import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';
import type { JsonObject } from '../../../shared/vocabulary/json';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import { accepted, type Result } from '../../../shared/vocabulary/result';
import { actsAs } from '../domain/actor';
import type { CaseCommand, CaseCommandName, OrderTarget } from '../domain/case-command';
import { type CaseRecord, suspectsOf } from '../domain/case-record';
import { stepCase } from '../domain/case-step';
import { CASE_COMMAND_ROLES } from '../domain/case-transitions';
import { deadlineOf } from '../domain/duty-clock';
import { rulesInForce } from '../domain/duty-rules';
import { type Refusal, refuse } from '../domain/refusal';
import type { BankTrust } from '../log/bank-trust';
import { documentHash } from '../log/order-document';
import { liveOrdersOf, openCaseOf, openCasesOf } from '../store/case-record-reads';
import type { CaseStore } from '../store/case-store';
import type { CaseArguments } from './case-arguments';
import { type CaseWork, loadCaseRecord } from './case-work';
import {
  type Answer,
  type AnswerIds,
  type CommandCaller,
  type CommandDesk,
  type CommandStep,
  runCommand,
} from './command-desk';
import type { Numbering, ServingTenure } from './serving-operator';
import { openArgument, takeArgument } from './signed-argument';
import { keepStep } from './step-keeping';
import { takeSuspicion } from './suspicion-work';

/**
 * The mutations of cases. Each answers with `case`; reportSuspicion also with `report` and `duplicate`, requestInformation with `request`, and so
 * on for what was made.
 */
export type CaseCommands = {
  readonly [Name in keyof CaseArguments]: (caller: CommandCaller, sent: CaseArguments[Name]) => Promise<Answer>;
};

/** What the commands need. */
export interface CaseCommandParts {
  readonly desk: CommandDesk;
  readonly trust: BankTrust;
  readonly numbering: Numbering;
  /** Reads outside of transactions. */
  readonly store: Pick<CaseStore, 'reportsOf' | 'subjectsOf'>;
}

/** The commands over a desk. */
export function caseCommands(parts: CaseCommandParts): CaseCommands {
  const run = (caller: CommandCaller, operation: keyof CaseArguments, sent: object, step: CommandStep) =>
    runCommand(parts.desk, { ...caller, operation, arguments: told(sent) }, step);
  return {
    async reportSuspicion(caller, sent) {
      const { input, act } = sent;
      if (act === null) {
        return run(caller, 'reportSuspicion', sent, async (work) => {
          if (actsAs(work.actor, 'OPERATOR')) return refuse('NO_ACT');
          const taken = await takeSuspicion(work, { ...input, id: newId(work), indicators: [] });
          if (!taken.ok) return taken;
          const { reportId, caseId, isDuplicate } = taken.value;
          return accepted({ report: reportId, case: caseId, duplicate: isDuplicate });
        });
      }
      return run(caller, 'reportSuspicion', sent, async (work) => {
        const opened = openArgument(parts.trust, work.actor, act, { kind: 'suspicion.reported', fields: { ...input } });
        if (!opened.ok) return opened;
        const report = String(opened.value.disclosures.find(({ field }) => field === 'reportId')?.value);
        return takeArgument(work, parts.trust, opened.value, (caseId) => ({ report, case: caseId, duplicate: true }));
      });
    },
    async triageReport(caller, sent) {
      const { caseId, input } = sent;
      const asks = input.track === 'OPERATOR_CHECK' && mayGive(caller, 'triageReport');
      const [report] = asks ? await parts.store.reportsOf([caseId]) : [];
      const tenure = report === undefined ? null : await parts.numbering.servingTenure(report.suspect);
      const command = { kind: 'triageReport', ...input, servedBy: tenure?.operatorCode ?? null } as const;
      return run(caller, 'triageReport', sent, (work) => onCase(work, caseId, () => command));
    },
    assignCase: (caller, sent) =>
      run(caller, 'assignCase', sent, (work) =>
        onCase(work, sent.caseId, () => ({ kind: 'assignCase', assignee: sent.assignee })),
      ),
    addCaseSubject: (caller, sent) =>
      run(caller, 'addCaseSubject', sent, (work) =>
        onCase(work, sent.caseId, async () => ({
          kind: 'addCaseSubject',
          ...sent.input,
          openCase: sent.input.role === 'SUSPECT' ? await openCaseOf(work.session, sent.input.msisdn) : null,
        })),
      ),
    addEvidence: (caller, { caseId, input }) =>
      run(caller, 'addEvidence', { caseId, input }, (work) => {
        const { kind: evidenceKind, ...rest } = input;
        const id = newId(work);
        return onCase(work, caseId, () => ({ kind: 'addEvidence', id, evidenceKind, ...rest }), { evidence: id });
      }),
    requestInformation: (caller, sent) =>
      run(caller, 'requestInformation', sent, (work) => {
        const { caseId, operatorCode, questions } = sent;
        if (!isOperator(parts.trust, operatorCode)) return Promise.resolve(refuse('NO_OPERATOR'));
        const id = newId(work);
        return onCase(
          work,
          caseId,
          () => ({ kind: 'requestInformation', id, operatorCode, questions, dueAt: answerDue(work.now) }),
          { request: id },
        );
      }),
    answerInformationRequest: (caller, sent) =>
      run(caller, 'answerInformationRequest', sent, async (work) => {
        const { requestId, answer, act } = sent;
        if (act === null) return withoutAct(work, 'answerInformationRequest');
        const said = { kind: 'information.answered', fields: { requestId, answer } };
        const opened = openArgument(parts.trust, work.actor, act, said);
        return opened.ok ? takeArgument(work, parts.trust, opened.value, (id) => ({ case: id })) : opened;
      }),
    recordCheckResult: (caller, sent) =>
      run(caller, 'recordCheckResult', sent, async (work) => {
        const { caseId, confirmed, findings, act } = sent;
        if (act === null) return withoutAct(work, 'recordCheckResult');
        const said = { kind: 'check.recorded', caseId, fields: { confirmed, findings } };
        const opened = openArgument(parts.trust, work.actor, act, said);
        return opened.ok ? takeArgument(work, parts.trust, opened.value, (id) => ({ case: id })) : opened;
      }),
    proposeDecision: (caller, sent) =>
      run(caller, 'proposeDecision', sent, (work) =>
        onCase(work, sent.caseId, () => ({ kind: 'proposeDecision', ...sent.input })),
      ),
    async approveDecision(caller, sent) {
      const { caseId, expectedVersion, comment } = sent;
      const served = mayGive(caller, 'approveDecision') ? await servedSuspects(parts, caseId) : NOBODY;
      return run(caller, 'approveDecision', sent, (work) =>
        onCase(work, caseId, async (record) => {
          const suspects = record === null ? [] : suspectsOf(record);
          if (!mayGive(caller, 'approveDecision')) return refuse('ROLE');
          // A suspect who was added since numbering was asked: the version that was seen is not this one.
          if (!suspects.every((msisdn) => served.has(msisdn))) return refuse('STALE');
          const targets = await targetsOf(work, suspects, served);
          return { kind: 'approveDecision', expectedVersion, comment, targets };
        }),
      );
    },
    rejectDecision: (caller, { caseId, ...sent }) =>
      run(caller, 'rejectDecision', { caseId, ...sent }, (work) =>
        onCase(work, caseId, () => ({ kind: 'rejectDecision', ...sent })),
      ),
    reopenCase: (caller, { caseId, reason }) =>
      run(caller, 'reopenCase', { caseId, reason }, (work) =>
        onCase(work, caseId, async (record) => ({
          kind: 'reopenCase',
          reason,
          openCase: await otherOpenCase(work, record),
        })),
      ),
    approveReopening: (caller, { caseId, expectedVersion }) =>
      run(caller, 'approveReopening', { caseId, expectedVersion }, (work) =>
        onCase(work, caseId, async (record) => ({
          kind: 'approveReopening',
          expectedVersion,
          openCase: await otherOpenCase(work, record),
        })),
      ),
    closeCase: (caller, sent) =>
      run(caller, 'closeCase', sent, (work) => onCase(work, sent.caseId, () => ({ kind: 'closeCase' }))),
    markDuplicate: (caller, sent) =>
      run(caller, 'markDuplicate', sent, (work) => merge(work, sent.caseId, sent.duplicateOf)),
    recordLoss: (caller, { caseId, input }) =>
      run(caller, 'recordLoss', { caseId, input }, (work) => {
        const id = newId(work);
        return onCase(work, caseId, () => ({ kind: 'recordLoss', id, ...input }), { loss: id });
      }),
    recordTransactionHold: (caller, { caseId, ...sent }) =>
      run(caller, 'recordTransactionHold', { caseId, ...sent }, (work) => {
        const id = newId(work);
        return onCase(work, caseId, () => ({ kind: 'recordTransactionHold', id, ...sent }), { hold: id });
      }),
  };
}

type Found<Value> = Value | Promise<Value>;
/** The command that a case is given, once it was read; or why it is given none. */
type CommandFor = (record: CaseRecord | null) => Found<CaseCommand | Result<never, Refusal>>;

/** The arguments as they are kept for a key: of an act its digest. */
function told(sent: object): JsonObject {
  const { act = null, ...rest } = sent as JsonObject & { readonly act?: SignedActMessage | null };
  return act === null ? { ...rest } : { ...rest, act: documentHash(act.act) };
}

function newId(work: CaseWork): string {
  return newActId(instantToMs(work.now));
}

/** One step of a case under its lock, kept. */
async function onCase(
  work: CaseWork,
  caseId: string,
  commandFor: CommandFor,
  made: AnswerIds = {},
): Promise<Result<AnswerIds, Refusal>> {
  const record = await loadCaseRecord(work, caseId);
  const command = await commandFor(record);
  if ('ok' in command) return command;
  const step = stepCase(record, command, work.actor, work.now);
  if (!step.ok) return step;
  if (record === null) return refuse('NO_CASE');
  const kept = await keepStep(work, record, step.value);
  return kept.ok ? accepted({ case: caseId, ...made }) : kept;
}

/** Whether numbering is asked at all: not for a role that will be turned away. */
function mayGive({ actor }: CommandCaller, command: CaseCommandName): boolean {
  return actsAs(actor, ...CASE_COMMAND_ROLES[command]);
}

const NOBODY: ReadonlyMap<Msisdn, ServingTenure | null> = new Map();

/** Operators sign what they state; who is no operator is told so first. */
function withoutAct(work: CaseWork, command: 'answerInformationRequest' | 'recordCheckResult'): Result<never, Refusal> {
  const asked: CaseCommand =
    command === 'recordCheckResult'
      ? { kind: command, confirmed: false, findings: '', foundAt: null }
      : { kind: command, requestId: '', answer: '' };
  const step = stepCase(null, asked, work.actor, work.now);
  return !step.ok && step.error.code === 'FORBIDDEN' ? step : refuse('NO_ACT');
}

function isOperator({ root, bank }: BankTrust, code: string): code is OperatorCode {
  return root.parties.some(
    (party) => party.code === code && code !== bank && party.keys.some(({ role }) => role === 'act'),
  );
}

/** The duty to answer decides by when an answer is due. */
function answerDue(now: Instant): Instant {
  const rule = rulesInForce(now).find(({ start }) => start === 'REQUEST_DELIVERED');
  return rule === undefined ? now : deadlineOf(rule, now);
}

async function servedSuspects(
  { store, numbering }: CaseCommandParts,
  caseId: string,
): Promise<ReadonlyMap<Msisdn, ServingTenure | null>> {
  return numbering.servingTenures(suspectsOf({ subjects: await store.subjectsOf([caseId]) }));
}

async function targetsOf(
  work: CaseWork,
  msisdns: readonly Msisdn[],
  served: ReadonlyMap<Msisdn, ServingTenure | null>,
): Promise<readonly OrderTarget[]> {
  const live = await liveOrdersOf(work.session, msisdns);
  return msisdns.map((msisdn) => ({
    msisdn,
    servedBy: served.get(msisdn)?.operatorCode ?? null,
    live: live.find((order) => order.msisdn === msisdn) ?? null,
  }));
}

/** Another open case of a number that this one suspects. */
async function otherOpenCase(work: CaseWork, record: CaseRecord | null) {
  if (record === null) return null;
  const suspects = [...suspectsOf(record), ...record.reports.map(({ suspect }) => suspect)];
  const open = await openCasesOf(work.session, suspects);
  return open.find(({ id }) => id !== record.case.id) ?? null;
}

/** Both cases are locked, in the order of their ids; one ends, the other takes its reports, and the acts of both name each other. */
async function merge(work: CaseWork, caseId: string, duplicateOf: string): Promise<Result<AnswerIds, Refusal>> {
  const records = new Map<string, CaseRecord | null>();
  for (const id of [...new Set([caseId, duplicateOf])].sort()) records.set(id, await loadCaseRecord(work, id));
  const [record, original] = [records.get(caseId) ?? null, records.get(duplicateOf) ?? null];
  const command = { kind: 'markDuplicate', duplicateOf, original: original?.case ?? null } as const;
  const step = stepCase(record, command, work.actor, work.now);
  if (!step.ok) return step;
  if (record === null || original === null) return refuse('NO_CASE');
  const { reports } = record;
  const taking = stepCase(original, { kind: 'takeReports', from: caseId, reports }, work.actor, work.now);
  if (!taking.ok) return taking;
  const merged = await keepStep(work, record, step.value);
  if (!merged.ok) return merged;
  const kept = await keepStep(work, original, taking.value, { reportsFrom: caseId });
  return kept.ok ? accepted({ case: caseId, original: duplicateOf }) : kept;
}
