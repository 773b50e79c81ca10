// Long campaigns against the cases, as commands: `races` lets people act at the same instant and looks at what was answered and kept. Starts its
// own PostgreSQL, with fsync on. The last line is one JSON object. `kill` and `outage` are campaigns over a network of processes.
//   node dist/test/bench/cases-campaign.js races --count 2000 --seed 0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../shared/service/embedded-postgres';
import { openCaseOffice } from '../subgraphs/fraud-cases/commands/case-office';
import { brokenRules, raceOnce } from '../subgraphs/fraud-cases/commands/race-campaign';
import { NETWORK_CAMPAIGNS } from './network-campaigns';

/** A campaign: what went wrong, a sentence each. */
type Campaign = (count: number, seed: number) => Promise<readonly string[]>;

const CAMPAIGNS: Readonly<Record<string, Campaign>> = { races };
const USAGE = `Usage: cases-campaign ${Object.keys(CAMPAIGNS).join('|')} [--count N] [--seed N]
       cases-campaign ${Object.keys(NETWORK_CAMPAIGNS).join('|')} [--help]
`;

void main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const [what = '', ...rest] = words;
  const overNetwork = Object.hasOwn(NETWORK_CAMPAIGNS, what) ? NETWORK_CAMPAIGNS[what] : undefined;
  if (overNetwork !== undefined) {
    process.exitCode = await overNetwork(rest);
    return;
  }
  const count = numberAfter(rest, '--count', 100);
  const seed = numberAfter(rest, '--seed', 0);
  const campaign = Object.hasOwn(CAMPAIGNS, what) ? CAMPAIGNS[what] : undefined;
  if (campaign === undefined || Number.isNaN(count) || Number.isNaN(seed)) {
    process.stderr.write(USAGE);
    process.exitCode = words.includes('--help') ? 0 : 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'senim-cases-campaign-'));
  const server = await startPostgres({ dataDirectory: join(folder, 'data') });
  process.env.SENIM_TEST_POSTGRES = server.url('postgres');
  try {
    const failures = await campaign(count, seed);
    process.stdout.write(`${JSON.stringify({ campaign: what, count, seed, failures })}\n`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function races(count: number, seed: number): Promise<readonly string[]> {
  const office = await openCaseOffice();
  const wrong: string[] = [];
  try {
    for (let round = 0; round < count; round += 1) {
      wrong.push(...(await raceOnce(office, seed + round, round + 1)));
      if ((round + 1) % 100 === 0) process.stdout.write(`${round + 1} of ${count}, ${wrong.length} wrong\n`);
    }
    wrong.push(...(await brokenRules(office)));
  } finally {
    await office.close();
  }
  return wrong;
}

function numberAfter(words: readonly string[], name: string, fallback: number): number {
  const place = words.indexOf(name);
  return place === -1 ? fallback : Number(words[place + 1] ?? Number.NaN);
}
