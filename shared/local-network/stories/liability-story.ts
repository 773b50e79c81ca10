// S10: money was lost. An operator and a bank had known of the number for days and told nobody; the assessment says so from the clocks of the
// case, names the acts that prove it, and divides the loss.

import { randomUUID } from 'node:crypto';
import { objectIn, objectsIn } from '../dossier-answer';
import { freeNumber, INVESTIGATOR, takeOn } from './case-moves';
import { detect, reportDetection } from './operator-signing';
import { numberIn, type Stage, textIn } from './stage';

const HOUR_MS = 3_600_000;
const MODES = ['JOINT_AND_SEVERAL', 'WATERFALL', 'EQUAL_SPLIT', 'PROPORTIONAL'] as const;

const REPORT = `mutation Report($input: ReportSuspicionInput!) {
  reportSuspicion(input: $input) { case { id number } userErrors { code message } }
}`;

/** Plays S10 with a number of kcell. */
export async function playLiability(stage: Stage): Promise<void> {
  const { narrator } = stage;
  const suspect = await freeNumber(stage, 'kcell');
  const hoursAgo = (hours: number): string => new Date(Date.now() - hours * HOUR_MS).toISOString();
  narrator.tell(
    'Kcell detected the number 51 hours ago, bank-2 noticed it 30 hours ago; both were to tell within the hour and tell only now.',
  );
  const told = await stage.change('bank-2', {
    what: 'reports what it noticed 30 hours ago',
    document: REPORT,
    variables: {
      input: { source: 'BANK_SIGNAL', sourceRef: randomUUID(), suspect, channel: 'PAYMENT', detectedAt: hoursAgo(30) },
    },
  });
  const detection = await detect(stage, 'kcell', {
    sourceRef: `KC-${randomUUID()}`,
    suspect,
    detectedAt: hoursAgo(51),
  });
  await reportDetection(stage, detection, 'reports what it detected 51 hours ago');
  const caseId = textIn(objectIn(told, 'case'), 'id');
  await takeOn(stage, caseId, 'PHONE_IMPERSONATION');
  const lost = await stage.change('bank-1', {
    what: 'records the loss of its customer: 1,200,000 tenge, three hours ago',
    document: `mutation Loss($caseId: ID!, $input: LossInput!) {
      recordLoss(caseId: $caseId, input: $input) { case { losses { id } } userErrors { code message } }
    }`,
    variables: {
      caseId,
      input: { bank: 'bank-1', amount: '1200000.00', occurredAt: hoursAgo(3), transactionRef: `TX-${randomUUID()}` },
    },
  });
  const lossId = textIn(objectsIn(objectIn(lost, 'case').losses)[0] ?? {}, 'id');
  let last = { id: '', version: 0 };
  for (const mode of MODES) {
    const payload = await stage.change(INVESTIGATOR, {
      what: `has the liability assessed: ${mode}`,
      document: `mutation Assess($caseId: ID!, $lossId: ID!, $mode: LiabilityMode!) {
        assessLiability(caseId: $caseId, lossId: $lossId, mode: $mode) {
          assessment {
            id version state explanation
            breaches { causal clock { rule { id } party } acts { act leafHash } }
            shares { party claimable regress claimableBasisPoints regressBasisPoints }
          }
          userErrors { code message }
        }
      }`,
      variables: { caseId, lossId, mode },
    });
    const assessment = objectIn(payload, 'assessment');
    for (const share of objectsIn(assessment.shares)) {
      narrator.see(`${share.party}: may be asked for ${share.claimable}, bears ${share.regress} in the end`);
    }
    const causal = objectsIn(assessment.breaches).filter((breach) => breach.causal === true);
    stage.see(
      'both missed duties are causal, and each names the acts that prove it',
      causal.length === 2 && causal.every((breach) => objectsIn(breach.acts).length > 0),
    );
    const regress = objectsIn(assessment.shares).reduce((sum, share) => sum + numberIn(share, 'regressBasisPoints'), 0);
    stage.see('what they bear adds up to the whole loss', regress === 10_000);
    last = { id: textIn(assessment, 'id'), version: numberIn(assessment, 'version') };
    if (mode === MODES[0]) narrator.tell(textIn(assessment, 'explanation'));
  }
  const approved = await stage.change('supervisor-1', {
    what: 'approves the last assessment as the second person',
    document: `mutation Approve($id: ID!, $version: Int!) {
      approveLiability(assessmentId: $id, expectedVersion: $version) { assessment { state } userErrors { code message } }
    }`,
    variables: last,
  });
  stage.see('the assessment is approved', objectIn(approved, 'assessment').state === 'APPROVED');
}
