// Ends what a killed launcher left behind. Services stop by themselves when their launcher is gone; one that was paused cannot, and
// would hold its port. A process is ours only if its number and its start are those that were noted.

import { startOf } from '../service/folder-lock';
import { type LocalFolder, readDocument, writeDocument } from './local-folder';

/** Notes which processes the network has now. */
export function noteProcesses(folder: LocalFolder, pids: readonly number[]): void {
  writeDocument(
    folder.processes,
    pids.map((pid) => ({ pid, start: startOf(pid) })),
    true,
  );
}

/** Kills the noted processes that still run. To be called with the launcher's lock held. */
export function endLeftovers(folder: LocalFolder): void {
  const noted = readDocument(folder.processes);
  if (!Array.isArray(noted)) return;
  for (const entry of noted as readonly { readonly pid?: unknown; readonly start?: unknown }[]) {
    const { pid, start } = entry ?? {};
    if (typeof pid !== 'number' || typeof start !== 'string' || startOf(pid) !== start) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended in between.
    }
  }
}
