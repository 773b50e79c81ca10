// S1: an investigator types a number and sees everything in one answer, from every operator that ever served it.

import type { Msisdn } from '../../vocabulary/msisdn';
import { objectIn, objectsIn } from '../dossier-answer';
import { DOSSIER_QUERY, dossierVariables } from '../dossier-query';
import { INVESTIGATOR } from './case-moves';
import { type Stage, textIn } from './stage';

/** Plays S1 with a number that was ported and one that is blocked. */
export async function playDossier(stage: Stage): Promise<void> {
  const { narrator } = stage;
  const ported = textIn(objectIn(stage.network.stories, 'ported'), 'msisdn');
  narrator.tell(`A victim was called from ${ported}. Nobody knows yet whose it is, nor which operator to ask.`);
  const number = await dossier(stage, ported);
  const tenures = objectsIn(number.tenures);
  stage.see(
    `the number was served by ${tenures.map((tenure) => tenure.operatorCode).join(' and ')}, newest first`,
    tenures.length === 2,
  );
  stage.see(
    'each operator told its own part: contracts, handsets, risk',
    tenures.every((tenure) => objectsIn(tenure.contracts).length > 0 && objectIn(tenure, 'risk').level !== undefined),
  );
  const blocked = objectIn(stage.network.stories, 'blocked');
  narrator.tell('Another number has a past: a case that was decided, and a block that an operator enforced.');
  const other = await dossier(stage, textIn(blocked, 'msisdn'));
  const status = objectIn(other, 'blockStatus');
  stage.see('it is blocked, by the order of its case', objectIn(status, 'order').id === blocked.orderId);
  stage.see(
    'the operator says the same of its network',
    objectsIn(other.tenures).some((tenure) => objectIn(tenure, 'services').voiceOut === 'SUSPENDED'),
  );
}

async function dossier(stage: Stage, msisdn: string): Promise<ReturnType<typeof objectIn>> {
  const data = await stage.ask(INVESTIGATOR, {
    what: `asks for everything about ${msisdn}, in one request`,
    document: DOSSIER_QUERY,
    variables: dossierVariables(msisdn as Msisdn, Date.now()),
  });
  return objectIn(data, 'phoneNumber');
}
