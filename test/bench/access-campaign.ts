// Long campaigns against access, as commands, each over a network of real processes: `insider` tries for a virtual day to be shown more people than the
// design allows, `timing` measures whether answers tell what is there. The last line is one JSON object; the exit code is 1 when anything was wrong.
//   node dist/test/bench/access-campaign.js insider --count 40 --seed 0

import { parseArgs } from 'node:util';
import { runInsiderCampaign } from '../system/campaign/insider-campaign';
import { runTimingCampaign } from '../system/campaign/timing-campaign';

const USAGE = `Campaigns against access over a running network of its own.

usage: npm run access:campaign -- insider [options]    two true logins, 24 virtual hours, the limits of the design
       npm run access:campaign -- timing [options]     nowhere, not yours and another operator's: same shape, same time?

  --count N      insider: moves of each login in an hour (40); timing: answers of each kind (2000)
  --seed N       decides who does what when (0)
  --targets N    insider: numbers that each login puts into cases (60)
  --keep         leave the network's folder where it is when something is wrong
  --help         this text
`;

const HOURS = 24;

void main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const [what, ...rest] = words;
  const given = optionsOf(rest);
  if (words.includes('--help') || given === null || (what !== 'insider' && what !== 'timing')) {
    process.exitCode = words.includes('--help') ? 0 : 2;
    (process.exitCode === 0 ? process.stdout : process.stderr).write(USAGE);
    return;
  }
  const { seed, targets, keeps } = given;
  const outcome =
    what === 'insider'
      ? await runInsiderCampaign({ count: given.count ?? 40, hours: HOURS, seed, targets, tell: print, keeps })
      : await runTimingCampaign({ count: given.count ?? 2_000, seed, tell: print });
  for (const failure of outcome.failures) print(`wrong, with seed ${seed}: ${failure}`);
  print(JSON.stringify({ campaign: what, seed, ...outcome }));
  process.exitCode = outcome.failures.length === 0 ? 0 : 1;
}

function optionsOf(words: readonly string[]): {
  readonly count: number | null;
  readonly seed: number;
  readonly targets: number;
  readonly keeps: boolean;
} | null {
  const text = { type: 'string' } as const;
  const options = {
    count: text,
    seed: text,
    targets: text,
    keep: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  try {
    const { values } = parseArgs({ args: [...words], options });
    const { count, seed = '0', targets = '60', keep = false } = values;
    if (![count ?? '0', seed, targets].every((each) => /^[0-9]{1,6}$/.test(each))) return null;
    return {
      count: count === undefined ? null : Number(count),
      seed: Number(seed),
      targets: Number(targets),
      keeps: keep,
    };
  } catch {
    return null;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
