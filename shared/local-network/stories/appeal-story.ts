// S9: a taxi driver's number is blocked by mistake. Two people who took no part in the decision uphold the appeal, and the operator gives the
// line back.

import { objectIn } from '../dossier-answer';
import { block, untilBlock } from './case-moves';
import { numberIn, type Stage, textIn } from './stage';

/** Plays S9 at tele2. */
export async function playAppeal(stage: Stage): Promise<void> {
  const { narrator } = stage;
  narrator.tell('First the mistake: a number is confirmed as fraudulent and blocked.');
  const { msisdn, orderId } = await block(stage, 'tele2');
  narrator.tell('The holder is a taxi driver whose number was spoofed. The citizens’ portal files an appeal.');
  const filed = await stage.change('portal-1', {
    what: 'files the appeal',
    document: `mutation Appeal($input: FileAppealInput!) {
      fileAppeal(input: $input) { appeal { id state dueAt } userErrors { code message } }
    }`,
    variables: {
      input: { orderId, grounds: 'NUMBER_SPOOFED', statement: 'I drive a taxi; somebody else showed my number.' },
    },
  });
  const appeal = objectIn(filed, 'appeal');
  const appealId = textIn(appeal, 'id');
  narrator.see(`to be decided by ${appeal.dueAt}`);
  await stage.change('appeals-1', {
    what: 'starts the review; took no part in the decision',
    document:
      'mutation Review($id: ID!) { startAppealReview(appealId: $id) { appeal { state } userErrors { code message } } }',
    variables: { id: appealId },
  });
  const decided = await stage.change('appeals-1', {
    what: 'proposes to uphold it',
    document: `mutation Decide($id: ID!) {
      decideAppeal(appealId: $id, upheld: true, reason: "The calls came from another network.") {
        appeal { state version } userErrors { code message }
      }
    }`,
    variables: { id: appealId },
  });
  const version = numberIn(objectIn(decided, 'appeal'), 'version');
  const approve = `mutation Approve($id: ID!, $version: Int!) {
    approveAppealDecision(appealId: $id, expectedVersion: $version) { appeal { state } userErrors { code message } }
  }`;
  const refused = await stage.refusal('supervisor-1', {
    what: 'tries to approve, although the block was their own decision',
    document: approve,
    variables: { id: appealId, version },
  });
  stage.see(`nobody judges their own decision: ${refused}`, refused === 'FOUR_EYES_REQUIRED');
  const upheld = await stage.change('supervisor-2', {
    what: 'approves as the second person; the lift is ordered in the same transaction',
    document: approve,
    variables: { id: appealId, version },
  });
  stage.see('the appeal is upheld', objectIn(upheld, 'appeal').state === 'UPHELD');
  const number = await untilBlock(stage, msisdn, 'UNBLOCKED');
  stage.see(
    'the operator restored the services',
    objectIn(objectIn(number, 'currentTenure'), 'services').voiceOut === 'ACTIVE',
  );
}
