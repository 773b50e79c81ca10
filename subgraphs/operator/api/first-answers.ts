// The first answers to uses of grants, kept as long as a grant lives: the same bytes under the same grant get the same answer, and nothing is read
// twice. Kept in memory, within bounds; an answer that is not there any more is made again, within the same grant.

import type { SubgraphAnswer } from '../../../shared/graphql/subgraph-host';

/** Answers by grant and content. */
export interface FirstAnswers {
  /** The kept answer, or the one that `make` gives; callers at the same time wait for the one. Only a full answer (200) is kept. */
  answerTo(use: string, untilMs: number, make: () => Promise<SubgraphAnswer>): Promise<SubgraphAnswer>;
}

/** Characters of all kept answers at most. */
const MOST_CHARACTERS = 32 * 1_048_576;
const MOST_ANSWERS = 4_096;

interface Kept {
  readonly answer: Promise<SubgraphAnswer>;
  readonly untilMs: number;
  size: number;
}

/** An empty keeper. */
export function createFirstAnswers(nowMs: () => number = Date.now): FirstAnswers {
  const kept = new Map<string, Kept>();
  let characters = 0;

  function forget(use: string, entry: Kept): void {
    if (kept.get(use) !== entry) return;
    kept.delete(use);
    characters -= entry.size;
  }

  /** Drops what is over, and the oldest while there is too much. */
  function makeRoom(): void {
    for (const [use, entry] of kept) {
      const isOver = entry.untilMs <= nowMs();
      if (!isOver && kept.size < MOST_ANSWERS && characters <= MOST_CHARACTERS) return;
      forget(use, entry);
    }
  }

  return {
    async answerTo(use, untilMs, make) {
      const known = kept.get(use);
      if (known !== undefined) return known.answer;
      makeRoom();
      const entry: Kept = { answer: make(), untilMs, size: 0 };
      kept.set(use, entry);
      try {
        const answer = await entry.answer;
        if (answer.status !== 200) forget(use, entry);
        else if (kept.get(use) === entry) {
          entry.size = answer.text.length;
          characters += entry.size;
        }
        return answer;
      } catch (fault) {
        forget(use, entry);
        throw fault;
      }
    },
  };
}
