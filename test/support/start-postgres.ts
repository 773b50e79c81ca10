// Before all tests: one PostgreSQL cluster in a temporary folder, without fsync. Workers learn of it by the environment, which
// they inherit. Clusters of runs that were killed are removed here.

import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startPostgres } from '../../shared/service/embedded-postgres';
import { lockFolder } from '../../shared/service/folder-lock';
import { removeCluster } from '../../shared/service/postgres-place';

declare global {
  var senimTestPostgres: { readonly server: EmbeddedPostgres; readonly folder: string } | undefined;
}

const PREFIX = 'senim-test-postgres-';

module.exports = async function startPostgresForTests(): Promise<void> {
  removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  const server = await startPostgres({ dataDirectory: join(folder, 'data'), fsync: false });
  globalThis.senimTestPostgres = { server, folder };
  process.env.SENIM_TEST_POSTGRES = server.url('postgres');
};

function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const data = join(tmpdir(), name, 'data');
    if (!name.startsWith(PREFIX) || !existsSync(join(data, 'launcher.lock'))) continue;
    try {
      const lock = lockFolder(data, 'launcher.lock');
      if (lock !== null) {
        removeCluster(data);
        removeCluster(join(tmpdir(), name));
      }
    } catch {
      // Another user's run.
    }
  }
}
