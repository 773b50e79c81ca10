// Kills the keeper of a log, again and again, between any two of its steps, while acts are being committed, and looks at what is left.

import { type ChildProcess, fork } from 'node:child_process';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkLog } from '../../../shared/audit-log/log-check';
import { tryReadLogCheckpoint } from '../../../shared/audit-log/log-checkpoint';
import { inTransaction } from './log-database';
import { LogNetwork, until, WITNESS_NAMES } from './log-network';
import type { LogProcessOrder } from './log-process';
import { Random } from './random';
import { witnessesOf } from './tampering-campaign';

/** Every moment between two steps of sequencing and signing. */
export const CRASH_STEPS = [
  'begun',
  'taken',
  'entered',
  'tiled',
  'advanced',
  'committed',
  'read',
  'checked',
  'signed',
  'locked',
  'stored',
] as const;

/** What a campaign left behind. */
export interface CrashOutcome {
  readonly kills: number;
  readonly acknowledged: number;
  /** Whatever is wrong, in words; empty when nothing is. */
  readonly wrong: readonly string[];
}

const WAIT_MS = 4_000;

/** Kills the keeper `count` times at seeded steps; then lets it finish and audits everything. */
export async function crashCampaign(count: number, seed: number): Promise<CrashOutcome> {
  const net = await LogNetwork.open({ start: false });
  try {
    for (const name of WITNESS_NAMES) net.startWitness(name);
    const random = new Random(seed);
    const acknowledged: string[] = [];
    for (let round = 0; round < count; round += 1) {
      const child = start(net, {
        step: CRASH_STEPS[(seed + round) % CRASH_STEPS.length] ?? '',
        occurrence: 1 + random.below(3),
      });
      await writeUntilGone(net, child, random, acknowledged);
    }
    return { kills: count, acknowledged: acknowledged.length, wrong: await judge(net, acknowledged) };
  } finally {
    await net.close();
  }
}

/** Kills the database server `count` times while acts are committed and the log runs; `restart` kills it and starts it again on the same data and port. */
export async function serverCrashCampaign(
  count: number,
  seed: number,
  restart: (net: LogNetwork) => Promise<void>,
): Promise<CrashOutcome> {
  const net = await LogNetwork.open();
  try {
    const random = new Random(seed);
    const acknowledged: string[] = [];
    for (let round = 0; round < count; round += 1) {
      let isDown = false;
      const writers = Array.from({ length: 3 }, async () => {
        while (!isDown) {
          // What was not acknowledged may or may not have happened.
          const id = await net.act().catch(() => null);
          if (id !== null) acknowledged.push(id);
        }
      });
      await sleep(50 + random.below(400));
      await restart(net);
      isDown = true;
      await Promise.all(writers);
    }
    await until('running again, or halted', () => ['RUNNING', 'HALTED'].includes(net.log?.state() ?? ''), 60_000);
    await net.stopLog();
    return { kills: count, acknowledged: acknowledged.length, wrong: await judge(net, acknowledged) };
  } finally {
    await net.close();
  }
}

function start(net: LogNetwork, death: Pick<LogProcessOrder, 'step' | 'occurrence'>): ChildProcess {
  const order: LogProcessOrder = { databaseUrl: net.database.url, folder: net.folder, ...death };
  const extension = extname(__filename);
  const hook = join(__dirname, '../../support/typescript-hook.cjs');
  return fork(join(__dirname, `log-process${extension}`), [JSON.stringify(order)], {
    execArgv: extension === '.ts' ? ['-r', hook] : [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

/** Commits acts, one after the other, until the process has died; kills it when its step does not come. */
async function writeUntilGone(
  net: LogNetwork,
  child: ChildProcess,
  random: Random,
  acknowledged: string[],
): Promise<void> {
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let isGone = false;
  void gone.then(() => {
    isGone = true;
  });
  const end = Date.now() + WAIT_MS;
  while (!isGone) {
    if (Date.now() > end) child.kill('SIGKILL');
    acknowledged.push(await net.act());
    await Promise.race([gone, sleep(random.below(40))]);
  }
}

/** No gap, no double, no act lost, one note per size, and a log that goes on. */
async function judge(net: LogNetwork, acknowledged: readonly string[]): Promise<readonly string[]> {
  net.startLog();
  const last = await net.act();
  await until('final after all crashes', async () => (await net.stateOf(last)) === 'FINAL', 20_000);
  const wrong: string[] = [];
  const places = await net.reads.placesOf(acknowledged);
  const lost = places.filter((place) => place?.state !== 'FINAL').length;
  if (lost > 0) wrong.push(`${lost} acknowledged acts are not final`);
  const texts = new Map<bigint, string>();
  for (const { witness } of net.running.values()) {
    for (const note of witness.cosignedNotes()) {
      const checkpoint = tryReadLogCheckpoint(note, net.policy);
      if (checkpoint === null) continue;
      const known = texts.get(checkpoint.size) ?? checkpoint.text;
      texts.set(checkpoint.size, known);
      if (known !== checkpoint.text) wrong.push(`two notes at size ${checkpoint.size}`);
    }
  }
  await net.stopLog();
  const faults = await inTransaction(net.database.pool, (session) => checkLog(session, witnessesOf(net)));
  wrong.push(...faults.map((fault) => `${fault.code} at ${fault.place}`));
  wrong.push(...net.alarms.map((alarm) => alarm.kind), ...net.witnessAlarms.map((alarm) => alarm.kind));
  return wrong;
}
