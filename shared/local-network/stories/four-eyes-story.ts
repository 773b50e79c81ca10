// S4: two people decide. The network refuses one person twice, a stale version and a decision without evidence; then the block is ordered,
// enforced and receipted.

import { objectIn } from '../dossier-answer';
import {
  APPROVE,
  addEvidence,
  freeNumber,
  INVESTIGATOR,
  investigate,
  PROPOSE,
  propose,
  SUPERVISOR,
  untilBlock,
  versionOf,
} from './case-moves';
import { type Stage, textIn } from './stage';

/** Plays S4 at beeline. */
export async function playFourEyes(stage: Stage): Promise<void> {
  const { narrator } = stage;
  const found = await investigate(stage, await freeNumber(stage, 'beeline'));
  const { caseId, msisdn } = found;
  narrator.tell('Supervisor-1 takes the case over, proposes the decision and tries to approve it alone.');
  await assign(stage, caseId, SUPERVISOR);
  const expectedVersion = await versionOf(stage, caseId);
  const input = {
    outcome: 'CONFIRMED',
    reasonCode: 'PHONE_IMPERSONATION',
    findings: 'A false officer.',
    expectedVersion,
  };
  const proposed = await stage.change(SUPERVISOR, {
    what: 'proposes',
    document: PROPOSE,
    variables: { caseId, input },
  });
  const own = Number(objectIn(proposed, 'case').version);
  const alone = await stage.refusal(SUPERVISOR, {
    what: 'approves the own proposal',
    document: APPROVE,
    variables: { caseId, version: own },
  });
  stage.see(`one person is not two: ${alone}`, alone === 'FOUR_EYES_REQUIRED');
  const stale = await stage.refusal('supervisor-2', {
    what: 'approves a version that is not the present one',
    document: APPROVE,
    variables: { caseId, version: own - 1 },
  });
  stage.see(`nobody approves what they did not see: ${stale}`, stale === 'VERSION_CONFLICT');
  narrator.tell('New evidence voids the proposal. The case goes back to the investigator, who proposes anew.');
  await addEvidence(stage, caseId, SUPERVISOR);
  await assign(stage, caseId, INVESTIGATOR);
  const version = await propose(stage, caseId);
  const byInvestigator = await stage.refusedBy(INVESTIGATOR, {
    what: 'tries to approve; investigators never do',
    document: APPROVE,
    variables: { caseId, version },
  });
  stage.see(`the role does not fit: ${byInvestigator}`, byInvestigator === 'FORBIDDEN');
  const beganMs = performance.now();
  const decided = await approveBySecond(stage, caseId, version);
  stage.see('the case is decided and the order is out', decided === 'DECIDED');
  const number = await untilBlock(stage, msisdn, 'BLOCKED');
  narrator.see(`from the approval to the block in the dossier: ${Math.round(performance.now() - beganMs)} ms`);
  stage.see(
    'the bank holds the signed receipt',
    textIn(objectIn(objectIn(number, 'blockStatus'), 'order'), 'receipt') !== '',
  );
  stage.see(
    "the operator's network says the same",
    objectIn(objectIn(number, 'currentTenure'), 'services').voiceOut === 'SUSPENDED',
  );
}

/** Only a supervisor hands a case to somebody else. */
async function assign(stage: Stage, caseId: string, assignee: string): Promise<void> {
  await stage.change(SUPERVISOR, {
    what: `assigns the case to ${assignee}`,
    document: `mutation Assign($caseId: ID!, $assignee: ID!) {
      assignCase(caseId: $caseId, assignee: $assignee) { case { assignee } userErrors { code message } }
    }`,
    variables: { caseId, assignee },
  });
}

/** Supervisor-1 proposed what was voided and stays out; the second person is supervisor-2. */
async function approveBySecond(stage: Stage, caseId: string, version: number): Promise<unknown> {
  const approved = await stage.change('supervisor-2', {
    what: 'approves as the second person',
    document: APPROVE,
    variables: { caseId, version },
  });
  return objectIn(approved, 'case').state;
}
