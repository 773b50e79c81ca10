// The invented world of the contracts in a process of its own, so that it shares no event loop with what is measured. Prints its
// supergraph and addresses as one JSON line and serves until it is told to stop.

import { startWorld } from '../support/contract-world';

void main();

async function main(): Promise<void> {
  const world = await startWorld(['kcell', 'beeline']);
  const urls = Object.fromEntries(Object.entries(world.servers).map(([name, { url }]) => [name, url]));
  // The servers keep every call they get; in a measurement nobody reads them.
  setInterval(() => {
    for (const { calls } of Object.values(world.servers)) calls.length = 0;
  }, 1_000);
  process.stdout.write(`${JSON.stringify({ supergraph: world.supergraph, urls })}\n`);
}
