// S6: before a large transfer a bank's payment system asks for signals about a number: yes, no and a level, never a name.

import { objectIn } from '../dossier-answer';
import { type Stage, textIn } from './stage';

/** Plays S6 with the number of the SIM box and with an ordinary one. */
export async function playBankSignal(stage: Stage): Promise<void> {
  const { stories } = stage.network;
  stage.narrator.tell('A customer of bank-1 is about to send a large sum; who called them a minute ago?');
  for (const [name, isRisky] of [
    ['simBox', true],
    ['clean', false],
  ] as const) {
    const msisdn = textIn(objectIn(stories, name), 'msisdn');
    const beganMs = performance.now();
    const data = await stage.ask('bank-1', {
      what: `asks for signals about ${msisdn}`,
      document: `query Signals($msisdn: Msisdn!, $iin: Iin!) {
        phoneNumber(msisdn: $msisdn) {
          blockStatus { state }
          currentTenure { risk { level } simSwap(maxAgeHours: 72) { swapped } deviceSwap(maxAgeHours: 72) { swapped } kycMatch(iin: $iin) }
        }
      }`,
      variables: { msisdn, iin: textIn(objectIn(stories, 'overCap'), 'iin') },
    });
    const number = objectIn(data, 'phoneNumber');
    const tenure = objectIn(number, 'currentTenure');
    const level = objectIn(tenure, 'risk').level;
    stage.narrator.see(`answered in ${Math.round(performance.now() - beganMs)} ms`);
    stage.see(`risk ${level}`, ['HIGH', 'VERY_HIGH'].includes(String(level)) === isRisky);
    stage.see(
      `SIM changed lately: ${objectIn(tenure, 'simSwap').swapped}; handset changed lately: ${objectIn(tenure, 'deviceSwap').swapped}`,
      typeof objectIn(tenure, 'simSwap').swapped === 'boolean',
    );
    stage.see(`the line belongs to that customer: ${tenure.kycMatch}`, tenure.kycMatch === 'FALSE');
  }
}
