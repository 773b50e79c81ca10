// Long campaigns against the joint log, as commands: `tamper` changes the database in seeded ways and asks an audit to name the first bad
// place, `crash` kills the keeper between its steps. Starts its own PostgreSQL, with fsync on. The last line is one JSON object.
// `postgres` kills the database server.
//   node dist/test/bench/audit-campaign.js tamper --count 1000 --seed 0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../shared/service/embedded-postgres';
import { crashCampaign, serverCrashCampaign } from '../shared/audit-log/crash-campaign';
import type { LogNetwork } from '../shared/audit-log/log-network';
import { makeRestingLog, tamperOnce } from '../shared/audit-log/tampering-campaign';

const USAGE = 'Usage: audit-campaign tamper|crash|postgres [--count N] [--seed N]\n';

void main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const [what = '', ...rest] = words;
  const count = numberAfter(rest, '--count', 100);
  const seed = numberAfter(rest, '--seed', 0);
  if (!['tamper', 'crash', 'postgres'].includes(what) || Number.isNaN(count) || Number.isNaN(seed)) {
    process.stderr.write(USAGE);
    process.exitCode = words.includes('--help') ? 0 : 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'senim-audit-campaign-'));
  const dataDirectory = join(folder, 'data');
  let server = await startPostgres({ dataDirectory });
  const restart = async (net: LogNetwork): Promise<void> => {
    process.kill(await postmasterOf(net), 'SIGKILL');
    await server.stop();
    server = await startPostgres({ dataDirectory, port: server.port });
  };
  process.env.SENIM_TEST_POSTGRES = server.url('postgres');
  try {
    const failures = await (what === 'tamper' ? tamper(count, seed) : crash(what, count, seed, restart));
    process.stdout.write(`${JSON.stringify({ campaign: what, count, seed, failures })}\n`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tamper(count: number, seed: number): Promise<readonly string[]> {
  const resting = await makeRestingLog();
  const failures: string[] = [];
  try {
    for (let run = 0; run < count; run += 1) {
      const outcome = await tamperOnce(resting, seed + run);
      if (!outcome.isNamed) failures.push(`${outcome.what}: first ${outcome.faults[0]?.place ?? 'nothing'}`);
      if ((run + 1) % 100 === 0) process.stdout.write(`${run + 1} of ${count}, ${failures.length} not named\n`);
    }
  } finally {
    await resting.net.close();
  }
  return failures;
}

async function crash(
  what: string,
  count: number,
  seed: number,
  restart: (net: LogNetwork) => Promise<void>,
): Promise<readonly string[]> {
  const outcome = what === 'crash' ? crashCampaign(count, seed) : serverCrashCampaign(count, seed, restart);
  const { wrong, kills, acknowledged } = await outcome;
  process.stdout.write(`${kills} kills, ${acknowledged} acknowledged acts\n`);
  return wrong;
}

/** The server's first process: the parent of the one that answers. */
async function postmasterOf(net: LogNetwork): Promise<number> {
  const { rows } = await net.database.pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const stat = readFileSync(`/proc/${rows[0]?.pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function numberAfter(words: readonly string[], name: string, fallback: number): number {
  const place = words.indexOf(name);
  if (place < 0) return fallback;
  return /^[0-9]{1,9}$/.test(words[place + 1] ?? '') ? Number(words[place + 1]) : Number.NaN;
}
