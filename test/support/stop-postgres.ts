// After all tests: the cluster ends and its files go.

import { join } from 'node:path';
import { removeCluster } from '../../shared/service/postgres-place';

module.exports = async function stopPostgresForTests(): Promise<void> {
  const running = globalThis.senimTestPostgres;
  if (running === undefined) return;
  await running.server.stop();
  removeCluster(`${running.folder}/data`);
  removeCluster(running.folder);
  removeCluster(join(running.networks, 'made', 'postgres'));
  removeCluster(running.networks);
};
