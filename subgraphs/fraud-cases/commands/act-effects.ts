// What an operator's signed act does to a case, derived from what was signed alone: a report, an answer, a finding, the end of a temporary
// block; what tells of an order's execution changes nothing here, because the order is settled by its receipt. The same act has one effect,
// whether the operator's outbox brings it or a mutation: whichever comes second finds it in the log.

import type { Act } from '../../../shared/audit/act';
import { type ActKind, ANSWERED_KINDS } from '../../../shared/audit/act-kind';
import type { SignedAct } from '../../../shared/audit-log/act-author';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import { accepted, type Result, refused } from '../../../shared/vocabulary/result';
import type { Actor } from '../domain/actor';
import type { CaseCommand } from '../domain/case-command';
import { stepCase } from '../domain/case-step';
import { readSignedAnswer, readSignedFinding } from '../domain/operator-statement';
import { type Refusal, refuse } from '../domain/refusal';
import { readSuspicion } from '../domain/reported-suspicion';
import type { ApplyAct } from '../log/act-effect';
import { isTimely } from '../log/act-time';
import type { BankTrust } from '../log/bank-trust';
import { isAnswerable } from '../store/act-reads';
import { holdCase } from '../store/case-record-reads';
import { caseOfRequest } from '../store/due-reads';
import { type CaseWork, loadCaseRecord, openCaseWork } from './case-work';
import type { AnswerIds } from './command-desk';
import { expireByAct, leaveByAct } from './settlement';
import { keepStep } from './step-keeping';
import { takeSuspicion } from './suspicion-work';

/** What an act came to: the ids that a command is answered with, and the case that takes the act up. */
export interface ActEffect {
  readonly caseId: string;
  readonly ids: AnswerIds;
}

/** The operator's machine, whose word an act is. */
export function operatorActor(code: string): Actor {
  return { person: `operator-${code}`, organisation: code, roles: ['OPERATOR'] };
}

/** Does what an act causes, as the intake of acts asks for it: a refusal is no effect. */
export function actEffects(trust: BankTrust, orderKey: KeyPair): ApplyAct {
  return async (session, now, author, foreign) => {
    const work = openCaseWork({ session, now, actor: operatorActor(foreign.act.author), author, orderKey });
    const effect = await effectOf(work, trust, foreign);
    return effect.ok ? { caseId: effect.value.caseId, at: work.now } : null;
  };
}

/** Does what an act causes; the act itself is taken in by whoever calls. Refused: what the rules refuse, and an act that fits nothing. */
export async function effectOf(
  work: CaseWork,
  trust: BankTrust,
  { act, disclosures }: SignedAct,
): Promise<Result<ActEffect, Refusal>> {
  const fields = new Map(disclosures.map(({ field, value }) => [field, value]));
  if (act.purpose !== null || !(await isTimely(work.session, trust, act))) return refuse('BAD_ACT');
  switch (act.kind) {
    case 'suspicion.reported':
      return report(work, act, fields);
    case 'information.answered':
      return answer(work, act, fields);
    case 'check.recorded':
      return find(work, act, fields);
    case 'block.expired':
      return expire(work, act, fields);
    case 'block.failed':
      return fail(work, act, fields);
    default:
      return tell(work, act);
  }
}

type Fields = ReadonlyMap<string, unknown>;

async function report(work: CaseWork, act: Act, fields: Fields): Promise<Result<ActEffect, Refusal>> {
  const read = readSuspicion(fields);
  if (!read.ok || act.caseId !== null || act.ref.length > 0) return refuse('BAD_ACT');
  const { reportId, ...words } = read.value;
  const taken = await takeSuspicion(work, { ...words, id: reportId }, { isToldByOperator: true });
  if (!taken.ok) return taken;
  const { caseId, isDuplicate } = taken.value;
  // The same words again, in another act: it was told before, and this act changes nothing.
  if (isDuplicate) return refuse('TOLD_OTHERWISE');
  return accepted({ caseId, ids: { report: reportId, case: caseId, duplicate: false } });
}

async function answer(work: CaseWork, act: Act, fields: Fields): Promise<Result<ActEffect, Refusal>> {
  const signed = readSignedAnswer(fields);
  const caseId = signed === null ? null : await caseOfRequest(work.session, signed.requestId);
  if (signed === null || (act.caseId !== null && act.caseId !== caseId)) return refuse('BAD_ACT');
  if (caseId === null) return refuse('NO_REQUEST');
  const says = { fields: ['request', 'requestId'], text: signed.requestId };
  if (!(await answers(work, act, ['information.requested'], caseId, says))) return refuse('BAD_ACT');
  return stepByOperator(work, caseId, { kind: 'answerInformationRequest', ...signed });
}

async function find(work: CaseWork, act: Act, fields: Fields): Promise<Result<ActEffect, Refusal>> {
  const signed = readSignedFinding(fields);
  if (signed === null || act.caseId === null) return refuse('BAD_ACT');
  if (!(await answers(work, act, ['case.tracked', 'case.triaged'], act.caseId, null))) return refuse('BAD_ACT');
  return stepByOperator(work, act.caseId, { kind: 'recordCheckResult', ...signed, foundAt: act.at });
}

async function expire(work: CaseWork, act: Act, fields: Fields): Promise<Result<ActEffect, Refusal>> {
  const orderId = fields.get('orderId');
  const told = await tell(work, act);
  if (!told.ok || typeof orderId !== 'string') return told;
  await expireByAct(work, { orderId, caseId: told.value.caseId, at: act.at });
  return told;
}

/** A failure is settled by its receipt; only one without a receipt, of a line that left the operator, is news. */
async function fail(work: CaseWork, act: Act, fields: Fields): Promise<Result<ActEffect, Refusal>> {
  const orderId = fields.get('orderId');
  const told = await tell(work, act);
  const hasLeft = fields.get('outcome') === 'NOT_SERVED_HERE' && fields.get('receiptHash') === null;
  if (!told.ok || typeof orderId !== 'string' || !hasLeft) return told;
  await leaveByAct(work, { orderId, caseId: told.value.caseId, at: act.at });
  return told;
}

/** An act on a case that answers one of the bank's acts on it: the case takes it up, and nothing else changes. */
async function tell(work: CaseWork, act: Act): Promise<Result<ActEffect, Refusal>> {
  const kinds = ANSWERED[act.kind] ?? [];
  if (act.caseId === null || !(await answers(work, act, kinds, act.caseId, null))) return refuse('BAD_ACT');
  if (!(await holdCase(work.session, act.caseId))) return refuse('BAD_ACT');
  return accepted({ caseId: act.caseId, ids: { case: act.caseId } });
}

const ANSWERED: Readonly<Partial<Record<ActKind, readonly ActKind[]>>> = {
  ...ANSWERED_KINDS,
  'block.expired': ['block.ordered', 'block.reissued'],
  'block.superseded': ['block.ordered', 'block.reissued', 'lift.ordered'],
};

async function answers(
  work: CaseWork,
  act: Act,
  kinds: readonly ActKind[],
  caseId: string,
  says: { readonly fields: readonly string[]; readonly text: string } | null,
): Promise<boolean> {
  const [leafHash, ...more] = act.ref;
  if (leafHash === undefined || more.length > 0 || kinds.length === 0) return false;
  return isAnswerable(work.session, { leafHash, kinds, caseId, says });
}

async function stepByOperator(
  work: CaseWork,
  caseId: string,
  command: CaseCommand,
): Promise<Result<ActEffect, Refusal>> {
  const record = await loadCaseRecord(work, caseId);
  const step = stepCase(record, command, work.actor, work.now);
  if (!step.ok) return refused(step.error);
  const kept = await keepStep(work, record, step.value, { isToldByOperator: true });
  return kept.ok ? accepted({ caseId, ids: { case: caseId } }) : kept;
}
