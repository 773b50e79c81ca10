// S3: a person holds twelve lines, at no operator more than ten; only all operators together show it.

import type { Msisdn } from '../../vocabulary/msisdn';
import { objectIn, objectsIn } from '../dossier-answer';
import { DOSSIER_QUERY, dossierVariables } from '../dossier-query';
import { INVESTIGATOR, investigate, SUPERVISOR } from './case-moves';
import { type Stage, textIn } from './stage';

/** Plays S3 with the person over the cap. */
export async function playPerson(stage: Stage): Promise<void> {
  const overCap = objectIn(stage.network.stories, 'overCap');
  const msisdn = textIn(overCap, 'msisdn');
  stage.narrator.tell(
    'A line is reported. Its operator says whose it is, for the case; before that nobody may ask for the person.',
  );
  const caseId = await openCase(stage, msisdn);
  const named = await stage.ask(INVESTIGATOR, {
    what: `asks who holds ${msisdn}, for the case`,
    document: DOSSIER_QUERY,
    variables: dossierVariables(msisdn as Msisdn, Date.now(), true),
    caseId,
  });
  const [tenure] = objectsIn(objectIn(named, 'phoneNumber').tenures);
  const iin = textIn(objectIn(objectIn(tenure, 'contract'), 'subscriber'), 'iin');
  stage.see('the operator names the holder', iin === overCap.iin);
  stage.narrator.tell('How many lines stand in that name, over all operators?');
  const { person } = await stage.ask(INVESTIGATOR, {
    what: 'asks every operator at once for the lines of one person',
    document: `query Lines($iin: Iin!) {
      person(iin: $iin) { simCap { cap activeLines complete state } holdings { operatorCode activeLineCount } }
    }`,
    variables: { iin },
    caseId,
  });
  const found = objectIn({ person: person ?? null }, 'person');
  const holdings = objectsIn(found.holdings);
  for (const holding of holdings)
    stage.narrator.see(`${holding.operatorCode}: ${holding.activeLineCount} active lines`);
  const cap = objectIn(found, 'simCap');
  stage.see(
    'no operator alone sees more than ten',
    holdings.length === 3 && holdings.every(({ activeLineCount }) => Number(activeLineCount) <= 10),
  );
  stage.see(
    `together they are ${cap.activeLines}, over the cap of ${cap.cap}`,
    cap.complete === true && cap.state === 'OVER_CAP',
  );
}

/** The case of a line in the hands of investigator-1; the one that is open already, when the story was played before. */
async function openCase(stage: Stage, msisdn: string): Promise<string> {
  const { phoneNumber } = await stage.ask(SUPERVISOR, {
    document: 'query Open($msisdn: Msisdn!) { phoneNumber(msisdn: $msisdn) { openCase { id assignee } } }',
    variables: { msisdn },
  });
  const open = objectIn(objectIn({ phoneNumber: phoneNumber ?? null }, 'phoneNumber'), 'openCase');
  return open.assignee === INVESTIGATOR ? textIn(open, 'id') : (await investigate(stage, msisdn)).caseId;
}
