// The keeper of the log as a process of its own that ends itself with SIGKILL at a given step. What it is to do stands in its first argument
// as JSON; started by crash-campaign.ts.

import { join } from 'node:path';
import { startJointLog } from '../../../shared/audit-log/joint-log';
import { loadPolicyFile } from '../../../shared/audit-log/policy-file';
import { LOG_KEY } from './log-keys';

/** What the process is told. */
export interface LogProcessOrder {
  readonly databaseUrl: string;
  readonly folder: string;
  /** Step at which to die. */
  readonly step: string;
  /** At which of its occurrences; never when 0. */
  readonly occurrence: number;
}

const order: LogProcessOrder = JSON.parse(process.argv[2] ?? '{}');
let seen = 0;

startJointLog({
  databaseUrl: order.databaseUrl,
  policy: loadPolicyFile(join(order.folder, 'policy.txt')),
  logKey: LOG_KEY,
  lockDirectory: join(order.folder, 'lock'),
  onAlarm: (alarm) => process.stdout.write(`${JSON.stringify(alarm)}\n`),
  idleMs: 5,
  signMs: 30,
  graceMs: 50,
  onStep: (step) => {
    if (step !== order.step) return;
    seen += 1;
    if (seen === order.occurrence) process.kill(process.pid, 'SIGKILL');
  },
});
process.on('disconnect', () => process.exit(0));
