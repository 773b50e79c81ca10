// Files that others read while they are written anew: whoever reads meanwhile sees the old text or the new.

import { chmodSync, renameSync, writeFileSync } from 'node:fs';

/** Puts a text in the place of a file, with this mode. */
export function replaceFile(file: string, text: string, mode: number): void {
  const draft = `${file}.next`;
  writeFileSync(draft, text, { mode });
  chmodSync(draft, mode);
  renameSync(draft, file);
}
