// Requests that go on and on while a test changes something, each held against the answer that is owed. Nothing is dropped: a request
// that fails in any way is kept with what came instead.

import { Pool } from 'undici';

/** One operation that is asked all the time. */
export interface SteadyQuestion {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Answers that are right, as JSON; several where the change itself decides. */
  readonly right: readonly string[];
}

export interface SteadyFigures {
  readonly requests: number;
  readonly seconds: number;
  /** Answers that were not owed, with their status. */
  readonly wrong: readonly string[];
  /** How often each right answer of each question came. */
  readonly counts: readonly (readonly number[])[];
}

export interface SteadyLoad {
  /** Requests answered so far. */
  readonly answered: number;
  /** Resolves when so many more have been answered. */
  more(count: number): Promise<void>;
  stop(): Promise<SteadyFigures>;
}

/** Keeps `atOnce` requests in flight at `origin`; the document of every fortieth is one that was never seen before. */
export function startSteadyLoad(
  origin: string,
  questions: readonly SteadyQuestion[],
  authorization: string,
  atOnce = 8,
): SteadyLoad {
  const pool = new Pool(origin, { connections: atOnce });
  const wrong: string[] = [];
  const counts = questions.map(({ right }) => right.map(() => 0));
  const begun = performance.now();
  let isOver = false;
  let answered = 0;
  let number = 0;

  async function ask(): Promise<void> {
    const at = number % questions.length;
    const question = questions[at];
    number += 1;
    if (question === undefined) return;
    const { query, variables, right } = question;
    const text = number % 40 === 0 ? `${query} # ${number}` : query;
    try {
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query: text, variables }),
      });
      const told = (await body.text()).trim().replace(/"requestId":"[^"]*"/g, '"requestId":""');
      const place = right.indexOf(told);
      if (place < 0) wrong.push(`${statusCode} ${told}`);
      else (counts[at] ?? [])[place] = (counts[at]?.[place] ?? 0) + 1;
    } catch (cause) {
      wrong.push(cause instanceof Error ? cause.message : 'no answer');
    }
    answered += 1;
  }

  const workers = Array.from({ length: atOnce }, async () => {
    while (!isOver) await ask();
  });
  return {
    get answered() {
      return answered;
    },
    async more(count) {
      const until = answered + count;
      while (answered < until) await new Promise((resolve) => setTimeout(resolve, 2));
    },
    async stop() {
      isOver = true;
      await Promise.all(workers);
      await pool.close();
      return { requests: answered, seconds: (performance.now() - begun) / 1_000, wrong, counts };
    },
  };
}
