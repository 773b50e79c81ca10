// Command `npm start`: reads what is asked, runs the network in the foreground, stops it on Ctrl-C, and says in one sentence what went
// wrong. Everything else is in bring-up.ts.

import { join } from 'node:path';
import { runNetwork } from './bring-up';
import { runCommand } from './command-line';
import { readStartOptions } from './start-options';

async function start(): Promise<number> {
  const options = readStartOptions(process.argv.slice(2));
  if (options === null) return 0;
  const stop = new AbortController();
  // Every signal means the same, and the second of them, which a package manager forwards, means nothing new.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  // A terminal or pipe that is gone must not end the launcher before its children.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stop.abort());
  await runNetwork({
    options,
    environment: process.env,
    compiledRoot: join(__dirname, '..', '..'),
    signal: stop.signal,
    tell: (text) => process.stdout.write(text),
  });
  return 0;
}

runCommand(start).then(() => process.exit());
