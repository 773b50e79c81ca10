// The differential test as a command: `npm run differ -- --count N --seed S`. Exit code 1 when there is a difference.

import { parseArgs } from 'node:util';
import { differ } from './differ';

const USAGE = 'Usage: npm run differ -- [--count 5000] [--seed 1]';

async function main(): Promise<number> {
  let options: { count?: string; seed?: string; help?: boolean };
  try {
    options = parseArgs({
      options: { count: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
    }).values;
  } catch {
    process.stderr.write(`${USAGE}\n`);
    return 5;
  }
  const count = Number(options.count ?? '5000');
  const seed = Number(options.seed ?? '1');
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write(`${USAGE}\n`);
    return 5;
  }
  const report = await differ(count, seed);
  for (const difference of report.differences) process.stdout.write(`${JSON.stringify(difference, null, 1)}\n`);
  process.stdout.write(`${JSON.stringify({ ...report, differences: report.differences.length })}\n`);
  return report.differences.length === 0 ? 0 : 1;
}

main().then((code) => {
  process.exitCode = code;
});
