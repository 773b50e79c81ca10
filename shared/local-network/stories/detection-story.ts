// S2: an operator's system reports what it detected, with an act that the operator signed itself; told twice, it counts once; the operator then
// checks its own line within its two working days.

import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../vocabulary/json';
import { isObject, objectIn, objectsIn } from '../dossier-answer';
import { APPROVE, freeNumber, INVESTIGATOR, SUPERVISOR, untilBlock, versionOf } from './case-moves';
import { type Stage, StoryFault, textIn } from './stage';

const OPERATOR = 'kcell';
const REPORTER = 'operator-kcell';

const REPORT = `mutation Relay($input: ReportSuspicionInput!, $act: SignedActInput) {
  reportSuspicion(input: $input, act: $act) {
    duplicate report { id } case { id number state } clocks { rule { id title } deadlineAt } userErrors { code message }
  }
}`;

const CHECKED = `mutation Checked($caseId: ID!, $findings: String!, $act: SignedActInput) {
  recordCheckResult(caseId: $caseId, confirmed: true, findings: $findings, act: $act) {
    case { state version } userErrors { code message }
  }
}`;

/** Plays S2 at kcell. */
export async function playDetection(stage: Stage): Promise<void> {
  const { narrator } = stage;
  const suspect = await freeNumber(stage, OPERATOR);
  narrator.tell('Kcell sees three hundred SIM cards in one handset and reports the line, signed by its own key.');
  const input = {
    source: 'OPERATOR_DETECTION',
    sourceRef: `KC-${randomUUID()}`,
    suspect,
    channel: 'CALL',
    fraudType: 'SIM_BOX_BYPASS',
    detectedAt: new Date().toISOString(),
  };
  const act = await signAtOperator(stage, 'suspicion.reported', null, [], reportFields(input));
  const told = await stage.change(REPORTER, {
    what: `reports ${suspect} with its signed act`,
    document: REPORT,
    variables: { input, act },
  });
  const opened = objectIn(told, 'case');
  const caseId = textIn(opened, 'id');
  stage.see(`case ${opened.number} is open`, told.duplicate === false);
  for (const clock of objectsIn(told.clocks)) {
    const rule = objectIn(clock, 'rule');
    narrator.see(`clock ${rule.id} (${rule.title}) runs until ${clock.deadlineAt}`);
  }
  const again = await stage.change(REPORTER, {
    what: 'tells it a second time',
    document: REPORT,
    variables: { input, act },
  });
  stage.see('the second telling is recognised and counts once', again.duplicate === true);

  narrator.tell("The Center lets the operator check its own line: the first of the law's two tracks.");
  await stage.change(INVESTIGATOR, {
    what: 'triages the report to the operator',
    document: `mutation Triage($caseId: ID!) {
      triageReport(caseId: $caseId, input: { severity: HIGH, fraudType: SIM_BOX_BYPASS, track: OPERATOR_CHECK }) {
        case { state } userErrors { code message }
      }
    }`,
    variables: { caseId },
  });
  const findings = 'The handset stands in a rented flat; no such subscriber lives there.';
  const asked = await leafOf(stage, caseId, 'case.tracked');
  const finding = await signAtOperator(stage, 'check.recorded', caseId, [asked], { caseId, confirmed: true, findings });
  const checked = await stage.change(REPORTER, {
    what: 'records its finding: confirmed',
    document: CHECKED,
    variables: { caseId, findings, act: finding },
  });
  stage.see('the finding is now the proposal', objectIn(checked, 'case').state === 'PENDING_APPROVAL');
  await stage.change(SUPERVISOR, {
    what: 'approves',
    document: APPROVE,
    variables: { caseId, version: await versionOf(stage, caseId) },
  });
  await untilBlock(stage, suspect, 'BLOCKED');
  stage.see("the operator's own acts stand in the trail of the case", await isAuthorOf(stage, caseId, OPERATOR));
}

/** What a report commits to: every member, null where there is nothing. */
function reportFields(input: JsonObject): JsonObject {
  const absent = { victim: null, occurredAt: null, text: null, assessment: null };
  return { ...absent, ...input };
}

/** An operator's own system has its own process sign: the act, its salt and its openings. */
async function signAtOperator(
  stage: Stage,
  kind: string,
  caseId: string | null,
  ref: readonly string[],
  fields: JsonObject,
): Promise<JsonObject> {
  stage.narrator.act(REPORTER, `has ${kind} signed by the operator's own process`);
  const url = new URL('/acts', stage.network.subgraphs.operators[OPERATOR]?.url).toString();
  const reply = await stage.post(url, { kind, ...(caseId === null ? {} : { caseId }), ref: [...ref], fields });
  if (reply.status !== 200 || !isObject(reply.body))
    throw new StoryFault(`The operator did not sign (${reply.status}).`);
  return reply.body;
}

/** Leaf hash of the newest act of a kind on a case: what an answer refers to. */
async function leafOf(stage: Stage, caseId: string, kind: string): Promise<string> {
  const entry = (await trail(stage, caseId)).findLast(({ act }) => act === kind);
  if (entry === undefined) throw new StoryFault(`The trail has no ${kind}.`);
  return textIn(entry, 'leafHash');
}

async function isAuthorOf(stage: Stage, caseId: string, party: string): Promise<boolean> {
  return (await trail(stage, caseId)).some(({ author }) => author === party);
}

async function trail(stage: Stage, caseId: string): Promise<readonly JsonObject[]> {
  const { fraudCase } = await stage.ask(INVESTIGATOR, {
    document:
      'query Trail($id: ID!) { fraudCase(id: $id) { trail(first: 100) { nodes { act author leafHash state } } } }',
    variables: { id: caseId },
  });
  return objectsIn(objectIn(objectIn({ fraudCase: fraudCase ?? null }, 'fraudCase'), 'trail').nodes);
}
