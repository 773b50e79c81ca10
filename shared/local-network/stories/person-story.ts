// S3: a person holds twelve lines, at no operator more than ten; only all operators together show it.

import { objectIn, objectsIn } from '../dossier-answer';
import { INVESTIGATOR } from './case-moves';
import { type Stage, textIn } from './stage';

/** Plays S3 with the person over the cap. */
export async function playPerson(stage: Stage): Promise<void> {
  const iin = textIn(objectIn(stage.network.stories, 'overCap'), 'iin');
  stage.narrator.tell('The suspect of a case is a person. How many lines stand in that name, over all operators?');
  const { person } = await stage.ask(INVESTIGATOR, {
    what: 'asks every operator at once for the lines of one person',
    document: `query Lines($iin: Iin!) {
      person(iin: $iin) { simCap { cap activeLines complete state } holdings { operatorCode activeLineCount } }
    }`,
    variables: { iin },
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
