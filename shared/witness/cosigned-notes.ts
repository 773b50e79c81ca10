// What a witness has cosigned, on its disk: the newest note, which is its state, and a journal of every note before it, kept for ever,
// because only whole notes can prove that a log contradicted itself. A note is on the disk before its cosignature leaves the house.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { QuorumPolicy } from '../audit/witness-policy';
import { appendToFile, replaceFile } from '../audit-log/durable-file';
import { type LogCheckpoint, readLogCheckpoint } from '../audit-log/log-checkpoint';
import { lockFolder } from '../service/folder-lock';
import { AppError } from '../vocabulary/app-error';

/** The notes of one witness for one log. One process holds them at a time. */
export interface CosignedNotes {
  /** Null before the first. */
  newest(): LogCheckpoint | null;
  /** Keeps a note as the newest, durably. A crash inside leaves the old state or the new one. Not to be called twice at once. */
  keep(checkpoint: LogCheckpoint): Promise<void>;
  /** Every note that was kept, oldest first. */
  all(): readonly string[];
  close(): void;
}

const STATE_FILE = 'newest-cosigned';
const JOURNAL_FILE = 'cosigned-notes';
/** A form feed cannot stand in a note. */
const SEPARATOR = '\f\n';

/** Opens the notes in a folder, which is made if needed. Throws one plain sentence when another process holds it or its state is not a note of this log. */
export function openCosignedNotes(directory: string, policy: QuorumPolicy): CosignedNotes {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const holder = lockFolder(directory, 'witness.holder');
  if (holder === null) throw new AppError('INTERNAL', `Another witness already uses the folder ${directory}.`);
  const stateFile = join(directory, STATE_FILE);
  const journal = join(directory, JOURNAL_FILE);
  try {
    let newest = existsSync(stateFile) ? readLogCheckpoint(readFileSync(stateFile, 'utf8'), policy) : null;
    return {
      newest: () => newest,
      async keep(checkpoint) {
        // The journal first: a note that is the state is always in it. One that is only in the journal was never answered.
        await appendToFile(journal, `${SEPARATOR}${checkpoint.note}${SEPARATOR}`);
        await replaceFile(stateFile, checkpoint.note);
        newest = checkpoint;
      },
      all: () =>
        existsSync(journal)
          ? readFileSync(journal, 'utf8')
              .split(SEPARATOR)
              .filter((note) => note.endsWith('\n'))
          : [],
      close: () => holder.release(),
    };
  } catch {
    holder.release();
    throw new AppError('INTERNAL', `The folder ${directory} does not hold the state of a witness of this log.`);
  }
}
