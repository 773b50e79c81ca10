// Campaigns over a network of real processes, as commands: `kill` ends parts of it by SIGKILL while cases are decided, `outage` cuts an operator off
// for virtual hours. Progress goes out every few seconds; the last line is one JSON object; the exit code is 1 when anything was wrong.

import { parseArgs } from 'node:util';
import { runKillCampaign } from '../system/campaign/kill-campaign';
import { runOutageCampaign } from '../system/campaign/outage-campaign';

/** A campaign as a command: resolves with its exit code. */
export type NetworkCampaign = (words: readonly string[]) => Promise<number>;

/** The campaigns by their names. */
export const NETWORK_CAMPAIGNS: Readonly<Record<string, NetworkCampaign>> = { kill, outage };

const KILL_USAGE = `Kills one part of a running network after the other while cases are decided, and looks at what is left.

usage: npm run cases:campaign -- kill [options]

  --count N      kills: gateway, fraud-cases, an operator or PostgreSQL, by SIGKILL (300)
  --decisions N  cases that are decided meanwhile (1000)
  --seed N       decides who dies, when and for how long, and what becomes of each case (0)
  --keep         leave the network's folder where it is when something is wrong
  --help         this text
`;

const OUTAGE_USAGE = `Cuts an operator off for virtual hours while orders wait for it, over a holiday, and looks at what arrives.

usage: npm run cases:campaign -- outage [options]

  --orders N     orders that wait (2000); one in twenty is cancelled, and as many blocks in force are lifted
  --hours N      virtual hours, from 17:00 on the day before a holiday (6)
  --seed N       decides which operator it is (0)
  --keep         leave the network's folder where it is when something is wrong
  --help         this text
`;

async function kill(words: readonly string[]): Promise<number> {
  const given = optionsOf(words, KILL_USAGE, { count: 300, decisions: 1_000, seed: 0 });
  if (typeof given === 'number') return given;
  const { count, decisions, seed } = given.numbers;
  return tellOutcome('kill', seed, () =>
    runKillCampaign({ kills: count, decisions, seed, tell: print, keeps: given.keeps }),
  );
}

async function outage(words: readonly string[]): Promise<number> {
  const given = optionsOf(words, OUTAGE_USAGE, { orders: 2_000, hours: 6, seed: 0 });
  if (typeof given === 'number') return given;
  const { orders, hours, seed } = given.numbers;
  return tellOutcome('outage', seed, () => runOutageCampaign({ orders, hours, seed, tell: print, keeps: given.keeps }));
}

async function tellOutcome(
  campaign: string,
  seed: number,
  run: () => Promise<{ readonly failures: readonly string[] }>,
): Promise<number> {
  const outcome = await run();
  for (const failure of outcome.failures) print(`wrong, with seed ${seed}: ${failure}`);
  print(JSON.stringify({ campaign, seed, ...outcome }));
  return outcome.failures.length === 0 ? 0 : 1;
}

/** The numbers of a command; an exit code when there is nothing to run. */
function optionsOf<Name extends string>(
  words: readonly string[],
  usage: string,
  defaults: Readonly<Record<Name, number>>,
): { readonly numbers: Readonly<Record<Name, number>>; readonly keeps: boolean } | number {
  const options = {
    ...Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: 'string' as const }])),
    keep: { type: 'boolean' as const },
    help: { type: 'boolean' as const },
  };
  try {
    const values: Readonly<Record<string, string | boolean | undefined>> = parseArgs({
      args: [...words],
      options,
    }).values;
    if (values.help === true) {
      process.stdout.write(usage);
      return 0;
    }
    const numbers = Object.fromEntries(
      Object.entries(defaults).map(([name, fallback]) => [name, numberOf(values[name] ?? String(fallback))]),
    ) as Readonly<Record<Name, number>>;
    return { numbers, keeps: values.keep === true };
  } catch {
    process.stderr.write(usage);
    return 2;
  }
}

function numberOf(text: string | boolean): number {
  if (typeof text === 'string' && /^[0-9]{1,6}$/.test(text)) return Number(text);
  throw new Error('An option is a whole number.');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
