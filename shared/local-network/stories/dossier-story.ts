// S1: an investigator types a number and sees everything in one answer, from every operator that ever served it.

import type { Msisdn } from '../../vocabulary/msisdn';
import { objectIn, objectsIn } from '../dossier-answer';
import { DOSSIER_QUERY, dossierVariables } from '../dossier-query';
import { INVESTIGATOR } from './case-moves';
import { type Stage, textIn } from './stage';

/** Plays S1 with a number that was ported, one that is blocked, and one of an open case. */
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
  // Whose order it is, is seen by those whose case it is.
  stage.see('it is blocked, as the bank says', status.state === 'BLOCKED');
  stage.see(
    'the operator says the same of its network',
    objectsIn(other.tenures).some((tenure) => objectIn(tenure, 'services').voiceOut === 'SUSPENDED'),
  );
  const open = objectIn(stage.network.stories, 'openCase');
  const suspect = textIn(open, 'msisdn');
  narrator.tell('Of a third number there is an open case, which is in the hands of investigator-1.');
  const named = await dossier(stage, suspect, textIn(open, 'caseId'));
  stage.see(
    'the operator names the holder, for this case',
    objectsIn(named.tenures).some(
      (tenure) => typeof objectIn(objectIn(tenure, 'contract'), 'subscriber').fullName === 'string',
    ),
  );
  const refusal = await stage.refusedBy('investigator-2', {
    what: 'asks for the same, under the case of another',
    document: DOSSIER_QUERY,
    variables: dossierVariables(suspect as Msisdn, Date.now(), true),
    caseId: textIn(open, 'caseId'),
  });
  stage.see(`whose case it is not sees no name: ${refusal}`, refusal === 'FORBIDDEN');
}

async function dossier(stage: Stage, msisdn: string, caseId?: string): Promise<ReturnType<typeof objectIn>> {
  const data = await stage.ask(INVESTIGATOR, {
    what: `asks for everything about ${msisdn}, in one request${caseId === undefined ? '' : ', for the case'}`,
    document: DOSSIER_QUERY,
    variables: dossierVariables(msisdn as Msisdn, Date.now(), caseId !== undefined),
    ...(caseId === undefined ? {} : { caseId }),
  });
  return objectIn(data, 'phoneNumber');
}
