// An assessment in plain words: what was lost, which duty was missed by whom and by how much, whether that bears on the loss, by which acts
// it is proved, and what follows. Built from its facts alone, line by line, the same for ever.

import { type Instant, instantToMs } from '../../../shared/vocabulary/instant';
import type { LiabilityMode } from '../../../shared/vocabulary/liability';
import { almatyOffsetMs } from '../../../shared/vocabulary/time-zone';
import { deadlineText } from './duty';
import { FULL_WEIGHT } from './duty-rules';
import type { ActReference, Breach, LiabilityAssessment, LiabilityShare } from './liability';

/** The explanation; lines end with a line feed, the last one too. */
export function explainLiability(
  assessment: Pick<LiabilityAssessment, 'loss' | 'mode' | 'breaches' | 'shares'>,
): string {
  const { loss, mode, breaches, shares } = assessment;
  const lines = [
    `A client of ${loss.bank} lost ${loss.amount} KZT at ${timeText(loss.occurredAt)}.`,
    breaches.length === 0 ? 'No duty of the case was missed.' : `Missed duties of the case: ${breaches.length}.`,
    ...breaches.flatMap((breach, place) => breachLines(breach, place + 1)),
    ...shareLines(mode, shares),
  ];
  return `${lines.join('\n')}\n`;
}

const MODE_WORDS: Readonly<Record<LiabilityMode, string>> = {
  JOINT_AND_SEVERAL:
    'Joint and several: the claimant may ask the whole of any of these parties, who settle it among themselves by weight.',
  WATERFALL: 'In turn: banks in breach bear the loss, else operators, else the Center; several of a kind by weight.',
  EQUAL_SPLIT: 'In equal parts between the parties in breach.',
  PROPORTIONAL: 'By the weight of the breaches.',
};

function breachLines(breach: Breach, place: number): readonly string[] {
  const { clock, rule, startActs, stopActs } = breach;
  return [
    `${place}. ${clock.party}: ${rule.title} (${rule.id} version ${rule.version}, ${rule.status}, ${deadlineText(rule)}).`,
    rule.deadlineUnit === 'STATE'
      ? `   Broken at ${timeText(clock.startedAt)}.`
      : `   It began at ${timeText(clock.startedAt)}, was due by ${timeText(clock.deadlineAt)} and ${endText(breach)}.`,
    `   ${bearingText(breach)}`,
    `   Start proved by ${actsText(startActs)}${rule.stops.length === 0 ? '' : `; end proved by ${actsText(stopActs)}`}.`,
  ];
}

function endText({ clock, overrunSeconds }: Breach): string {
  return clock.stoppedAt === null || overrunSeconds === null
    ? 'was not done when it was assessed'
    : `ended at ${timeText(clock.stoppedAt)}, ${durationText(overrunSeconds)} late`;
}

function bearingText({ causal, rule }: Breach): string {
  if (!causal) return 'It does not bear on the loss: its time was not over, or it was done, when the money was lost.';
  if (rule.weight === 0) return 'It bears on the loss, but takes no share by the rule.';
  return `It bears on the loss: its time was over and it was not done when the money was lost. Weight ${weightText(rule.weight)}.`;
}

function shareLines(mode: LiabilityMode, shares: readonly LiabilityShare[]): readonly string[] {
  if (shares.length === 0) return ['No missed duty bears on the loss: it stays where it fell.'];
  return [
    MODE_WORDS[mode],
    ...shares.map(
      (share) =>
        `${share.party}: may be asked for ${share.claimable} KZT (${percentText(share.claimableBasisPoints)}), bears ${share.regress} KZT (${percentText(share.regressBasisPoints)}).`,
    ),
  ];
}

function actsText(acts: readonly ActReference[]): string {
  if (acts.length === 0) return 'no act';
  return acts
    .map(({ kind, author, logIndex, leafHash }) => {
      const place = logIndex === null ? 'not in the log yet' : `log entry ${logIndex}`;
      return `${kind} of ${author} (${place}, leaf ${leafHash})`;
    })
    .join(', ');
}

/** `2026-01-05 14:20:00 +05:00`: the clock of Almaty; milliseconds only where there are any. */
function timeText(at: Instant): string {
  const ms = instantToMs(at);
  const offsetMs = almatyOffsetMs(ms);
  const local = new Date(ms + offsetMs).toISOString();
  const fraction = local.slice(19, 23) === '.000' ? '' : local.slice(19, 23);
  const hours = String(offsetMs / 3_600_000).padStart(2, '0');
  return `${local.slice(0, 10)} ${local.slice(11, 19)}${fraction} +${hours}:00`;
}

function durationText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'day'],
    [Math.floor(seconds / 3_600) % 24, 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`);
  return told.length === 0 ? 'less than a second' : told.join(' ');
}

function weightText(weight: number): string {
  return String(weight / FULL_WEIGHT);
}

function percentText(basisPoints: number): string {
  const digits = String(basisPoints).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)} %`;
}
