// Where the project is: tests run from their sources, commands of tests from dist/, and both read files by their place in the project.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of package.json. */
export const PROJECT_ROOT = rootAbove(__dirname);

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('The folder of package.json was expected above this file.');
  return rootAbove(above);
}
