// Copies what the programs read at run time and the compiler does not carry (schemas, the supergraph) from the source tree to dist/.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ASSETS = /\.(graphql|json|sql|txt)$/;

for (const house of ['gateway', 'shared', 'subgraphs']) {
  for (const entry of readdirSync(house, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !ASSETS.test(entry.name)) continue;
    const from = join(entry.parentPath ?? entry.path, entry.name);
    const to = join('dist', from);
    mkdirSync(dirname(to), { recursive: true });
    rmSync(to, { force: true });
    cpSync(from, to);
  }
}
