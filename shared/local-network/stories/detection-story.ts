// S2: an operator's system reports what it detected, with an act that the operator signed itself; told twice, it counts once; the operator then
// checks its own line within its two working days.

import { randomUUID } from 'node:crypto';
import { objectIn, objectsIn } from '../dossier-answer';
import { APPROVE, freeNumber, INVESTIGATOR, SUPERVISOR, untilBlock, versionOf } from './case-moves';
import { detect, leafOf, reportDetection, signAtOperator, trailOf } from './operator-signing';
import { type Stage, textIn } from './stage';

const OPERATOR = 'kcell';

/** Plays S2 at kcell. */
export async function playDetection(stage: Stage): Promise<void> {
  const { narrator } = stage;
  const suspect = await freeNumber(stage, OPERATOR);
  narrator.tell('Kcell sees three hundred SIM cards in one handset and reports the line, signed by its own key.');
  const detection = await detect(stage, OPERATOR, {
    sourceRef: `KC-${randomUUID()}`,
    suspect,
    fraudType: 'SIM_BOX_BYPASS',
    detectedAt: new Date().toISOString(),
  });
  const told = await reportDetection(stage, detection, `reports ${suspect} with its signed act`);
  const opened = objectIn(told, 'case');
  const caseId = textIn(opened, 'id');
  narrator.see(`case ${opened.number} is open`);
  for (const clock of objectsIn(told.clocks)) {
    const rule = objectIn(clock, 'rule');
    narrator.see(`clock ${rule.id} (${rule.title}) has its deadline at ${clock.deadlineAt}`);
  }
  const again = await reportDetection(stage, detection, 'tells it a second time');
  stage.see('the second telling is recognised and counts once', again.duplicate === true);
  await checkOwnLine(stage, caseId);
  await stage.change(SUPERVISOR, {
    what: 'approves',
    document: APPROVE,
    variables: { caseId, version: await versionOf(stage, caseId) },
  });
  await untilBlock(stage, suspect, 'BLOCKED');
  const authors = (await trailOf(stage, caseId)).map(({ author }) => author);
  stage.see("the operator's own acts stand in the trail of the case", authors.includes(OPERATOR));
}

async function checkOwnLine(stage: Stage, caseId: string): Promise<void> {
  stage.narrator.tell("The Center lets the operator check its own line: the first of the law's two tracks.");
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
  const ref = [await leafOf(stage, caseId, 'case.tracked')];
  const fields = { confirmed: true, findings };
  const act = await signAtOperator(stage, OPERATOR, { kind: 'check.recorded', caseId, ref, fields });
  const checked = await stage.change(`operator-${OPERATOR}`, {
    what: 'records its finding: confirmed',
    document: `mutation Checked($caseId: ID!, $findings: String!, $act: SignedActInput) {
      recordCheckResult(caseId: $caseId, confirmed: true, findings: $findings, act: $act) {
        case { state } userErrors { code message }
      }
    }`,
    variables: { caseId, findings, act },
  });
  stage.see('the finding is now the proposal', objectIn(checked, 'case').state === 'PENDING_APPROVAL');
}
