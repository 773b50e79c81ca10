// Replays the demo's history into the joint log: each party signs its own acts with its own key, in its own program, and hears what the
// others have said. An operator answers orders and questions, the bank goes on where an operator has answered, round by round, until no
// step waits for anybody. The programs remember what they have done, so a round may be repeated; this file only carries lines.

import { pipeline } from 'node:stream/promises';
import { CommandFailure } from './command-line';
import type { ServicePlan } from './network-layout';
import { type ProgramHouse, runForOutput } from './program-process';
import { ReplayTalk } from './replay-talk';

/** More rounds than any history of the demo has turns between bank and operators. */
const MOST_ROUNDS = 40;

/** Plays the whole history and tells progress in lines. Throws one sentence when a program failed, or when nobody has anything to say and steps still wait. */
export async function replayHistory(
  plans: readonly ServicePlan[],
  house: ProgramHouse,
  tell: (line: string) => void,
): Promise<void> {
  const operators = plans.filter((plan) => plan.house === 'operator');
  const bank = plans.find((plan) => plan.house === 'fraud-cases');
  if (bank === undefined) return;
  const talk = new ReplayTalk(operators.map((plan) => plan.name));
  let acts = 0;
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const turns = await Promise.all(
      operators.map(async (plan) => talk.hearOperator(plan.name, await take(plan, talk.forOperator(plan.name), house))),
    );
    const heard = turns.reduce((sum, turn) => sum + turn.fresh, 0);
    acts += heard;
    const { fresh, waiting } = talk.hearBank(await take(bank, talk.forBank(), house));
    tell(`  round ${round}: ${acts} acts of operators, ${waiting ?? 0} steps of the bank wait for one`);
    if (waiting === 0) return;
    if (heard + fresh === 0) break;
  }
  throw new CommandFailure(
    'The history of the cases could not be replayed: a step waits for an act that nobody signs.',
  );
}

/** One turn of a program. */
function take(plan: ServicePlan, lines: string, house: ProgramHouse): Promise<string> {
  return runForOutput(plan, 'replay', house, (input) => pipeline([lines], input));
}
