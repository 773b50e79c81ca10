// What came of commands that were given at the same instant, and what is wrong with it, a sentence each.

import type { Answer } from '../../../../subgraphs/fraud-cases/commands/command-desk';
import type { CaseOffice } from './case-office';

/** What came of one of several commands: its answer, or the code of the fault that it ended with. */
export type Ending = { readonly answer: Answer } | { readonly fault: string };

/** One round of a race. */
export interface Round {
  readonly office: CaseOffice;
  /** A number that no other round uses; five of them are free. */
  readonly ordinal: number;
  readonly random: () => number;
}

/** Gives all commands at the same instant. */
export async function atOnce(commands: readonly (() => Promise<Answer>)[]): Promise<readonly Ending[]> {
  return Promise.all(
    commands.map(async (give): Promise<Ending> => {
      try {
        return { answer: await give() };
      } catch (fault) {
        return { fault: codeOf(fault) };
      }
    }),
  );
}

function codeOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'something that is no fault';
  const { code, message, cause } = fault as Error & { readonly code?: unknown };
  const behind = cause instanceof Error ? ` over ${cause.message}` : '';
  return typeof code === 'string' ? `${code}${behind}` : `a fault: ${message}`;
}

/** Whether a command was done. */
export function isWon(ending: Ending): boolean {
  return 'answer' in ending && ending.answer.userErrors.length === 0;
}

/** Exactly so many of the commands were done; the others were refused in the words of the rules. */
export function won(endings: readonly Ending[], count: number): readonly string[] {
  const winners = endings.filter(isWon).length;
  return [...faultsOf(endings), ...(winners === count ? [] : [`${winners} were done instead of ${count}`])];
}

/** What ended with a fault. */
export function faultsOf(endings: readonly Ending[]): readonly string[] {
  return endings.flatMap((ending) => ('fault' in ending ? [`ended with ${ending.fault}`] : []));
}
