// The text of a checkpoint (C2SP tlog-checkpoint v1.0.0): which log, how many entries, which root. Stricter than the specification in
// two points: the root has 32 bytes, and there are no extension lines. Signatures are decided by note.ts.

import { requireThat } from './audit-catalogue';
import { decodeBase64, decodeDecimal, encodeBase64, isWellFormed } from './encoding';
import { HASH_SIZE } from './hash';

/** The head of a log: `size` leaves whose tree has this root. */
export interface Checkpoint {
  /** Name of the log; the name of the key that signs it. */
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** The checkpoint that `<origin>\n<size>\n<base64 root>\n` spells. CHECKPOINT_MALFORMED for anything else. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', decimal = '', base64 = '', ...rest] = text.split('\n');
  requireThat(isOrigin(origin), 'CHECKPOINT_MALFORMED', 'An origin is a line without control characters.');
  requireThat(
    rest.length === 1 && rest[0] === '',
    'CHECKPOINT_MALFORMED',
    'A checkpoint has three lines, each with its newline, and no extension.',
  );
  const size = decodeDecimal(decimal);
  requireThat(size !== null, 'CHECKPOINT_MALFORMED', 'A size is decimal, below 2^64, without leading zeros.');
  const root = decodeBase64(base64);
  requireThat(root !== null && root.length === HASH_SIZE, 'CHECKPOINT_MALFORMED', 'A root is 32 bytes in base64.');
  return { origin, size, root };
}

/** The text of a checkpoint, final newline included; `parseCheckpoint` reads it back. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const text = `${checkpoint.origin}\n${checkpoint.size}\n${encodeBase64(checkpoint.root)}\n`;
  parseCheckpoint(text);
  return text;
}

function isOrigin(origin: string): boolean {
  return origin !== '' && isWellFormed(origin) && !/\p{Cc}/u.test(origin);
}
