// Builds dist/ when a source file is newer than the last build, so that `npm start` never runs yesterday's code.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const MARK = 'dist/gateway/main.js';

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) latest = Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
  }
  return latest;
}

const sources = Math.max(...['gateway', 'shared', 'subgraphs'].map(newest), statSync('package.json').mtimeMs);
if (!existsSync(MARK) || statSync(MARK).mtimeMs < sources) {
  console.log('Building, because sources are newer than dist/ …');
  execFileSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' });
}
