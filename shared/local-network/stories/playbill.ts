// Which stories there are, by the number under which they are known. Each plays on the running network with real tokens, and takes numbers
// that no story has used before.

import { playAppeal } from './appeal-story';
import { playBankSignal } from './bank-signal-story';
import { playDashboard } from './dashboard-story';
import { playDetection } from './detection-story';
import { playDossier } from './dossier-story';
import { playFourEyes } from './four-eyes-story';
import { playLiability } from './liability-story';
import { playMovedNumber } from './moved-number-story';
import { playPerson } from './person-story';
import type { Stage } from './stage';

/** A story. */
export interface Story {
  readonly number: number;
  readonly title: string;
  play(stage: Stage): Promise<void>;
}

/** All of them, in the order of their numbers. */
export const PLAYBILL: readonly Story[] = [
  { number: 1, title: 'An investigator sees everything about a number in one answer', play: playDossier },
  { number: 2, title: 'An operator reports its own detection and checks its line', play: playDetection },
  { number: 3, title: 'A person over the cap, which only all operators together see', play: playPerson },
  { number: 4, title: 'Two people decide, and the block is enforced', play: playFourEyes },
  { number: 5, title: 'The number moves while its order waits', play: playMovedNumber },
  { number: 6, title: 'A bank asks for signals before a transfer', play: playBankSignal },
  { number: 7, title: 'A dashboard reads counts and nothing else', play: playDashboard },
  { number: 9, title: 'A citizen who was blocked by mistake gets the line back', play: playAppeal },
  { number: 10, title: 'A loss is divided among those who missed their duties', play: playLiability },
];
