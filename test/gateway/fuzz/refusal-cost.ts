// `npm run bench:refusals`: how long it takes to refuse documents that were made to cost, before anything is planned; and the dearest of
// them. In one process, without the network. The last line is one JSON object.

import { parseArgs } from 'node:util';
import { createPlanner } from '../../../gateway/plan/plan';
import { loadSupergraph } from '../../../gateway/supergraph/load';
import { deliveredSupergraph } from './fuzz-world';
import { REFUSED_DOCUMENTS } from './refused-documents';

const HELP = `usage: npm run bench:refusals -- [--times 50]

Refuses each hostile document so many times, each time another one, and prints the median and the longest in milliseconds.`;

void main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { times: { type: 'string', default: '50' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1) {
    console.error('--times takes a whole number above 0.');
    process.exit(5);
  }
  const planner = createPlanner(loadSupergraph(deliveredSupergraph()));
  const figures: Record<string, { medianMs: number; longestMs: number; bytes: number; code: unknown }> = {};
  for (const [name, make] of Object.entries(REFUSED_DOCUMENTS)) {
    const took: number[] = [];
    let code: unknown;
    for (let number = 0; number < times + 5; number += 1) {
      const query = make(number);
      const begun = performance.now();
      const outcome = await planner.prepare({ query });
      // The first five warm the process up.
      if (number >= 5) took.push(performance.now() - begun);
      code = outcome.ok ? 'ANSWERED' : outcome.error[0]?.extensions.code;
    }
    took.sort((left, right) => left - right);
    const medianMs = round(took[Math.floor(took.length / 2)]);
    const longestMs = round(took.at(-1));
    figures[name] = { medianMs, longestMs, bytes: make(0).length, code };
    console.log(`${name.padEnd(52)} ${String(medianMs).padStart(7)} ms  longest ${longestMs} ms  ${String(code)}`);
  }
  const longestMs = Math.max(...Object.values(figures).map((figure) => figure.longestMs));
  console.log(JSON.stringify({ bench: 'refusals', times, longestMs, figures }));
}

function round(milliseconds = 0): number {
  return Math.round(milliseconds * 100) / 100;
}
