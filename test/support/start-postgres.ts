// Before all tests: one PostgreSQL cluster in a temporary folder, without fsync, and a place for a network that tests begin with. Workers
// learn of both by the environment, which they inherit. Clusters of runs that were killed are removed here.

import { chmodSync, existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startPostgres } from '../../shared/service/embedded-postgres';
import { lockFolder } from '../../shared/service/folder-lock';
import { removeCluster } from '../../shared/service/postgres-place';

declare global {
  var senimTestPostgres:
    | { readonly server: EmbeddedPostgres; readonly folder: string; readonly networks: string }
    | undefined;
}

const PREFIX = 'senim-test-postgres-';

module.exports = async function startPostgresForTests(): Promise<void> {
  removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  const server = await startPostgres({ dataDirectory: join(folder, 'data'), fsync: false });
  const networks = mkdtempSync(join(tmpdir(), 'senim-test-network-'));
  chmodSync(networks, 0o711);
  globalThis.senimTestPostgres = { server, folder, networks };
  process.env.SENIM_TEST_NETWORK = join(networks, 'made');
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
