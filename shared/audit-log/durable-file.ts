// Files that must survive a power cut: what was written is on the disk before the promise resolves, and a reader sees the old contents or
// the new, never a part.

import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a file: a draft beside it is written and synced, renamed, and the folder synced. A crash leaves the old file or the new. */
export async function replaceFile(path: string, contents: string | Uint8Array): Promise<void> {
  const draft = `${path}.next`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** Appends to a file and syncs it; makes it when it is missing. A crash may leave a part of what was appended at the end. */
export async function appendToFile(path: string, contents: string | Uint8Array): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
