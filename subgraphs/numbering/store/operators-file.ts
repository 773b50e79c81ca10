// Keeps `operators.json` in memory and reads it again when it changes, so that an operator joins, moves or leaves without a
// restart. A file that cannot be read or is not a directory changes nothing: the last good one stays in force.

import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Logger } from '../../../shared/service/logger';
import { AppError } from '../../../shared/vocabulary/app-error';
import { type OperatorDirectory, parseOperatorDirectory } from '../../../shared/vocabulary/operator-directory';
import { type Result, refused } from '../../../shared/vocabulary/result';

/** The directory as it stands now. */
export interface OperatorsFile {
  current(): OperatorDirectory;
  /** Ends the watch. */
  close(): void;
}

const LOOK_EVERY_MS = 500;

/** Reads and watches the file; throws with a plain sentence when it is not a directory of operators now. */
export function openOperatorsFile(path: string, logger: Logger): OperatorsFile {
  const first = read(path);
  if (!first.ok) throw new AppError('INTERNAL', `The list of operators cannot be used: ${first.error}.`);
  let directory = first.value;
  const reread = (): void => {
    const next = read(path);
    if (next.ok) directory = next.value;
    else logger.warn({ reason: next.error }, 'operators file not usable; the last good one stays in force');
  };
  watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, reread);
  return { current: () => directory, close: () => unwatchFile(path, reread) };
}

function read(path: string): Result<OperatorDirectory, string> {
  try {
    return parseOperatorDirectory(readFileSync(path, 'utf8'));
  } catch {
    return refused('UNREADABLE');
  }
}
