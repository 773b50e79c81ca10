// The gateway as it is delivered, but asked for no leave and believing unsigned answers, for tests and measurements against parties that
// know nothing of access. The program itself has no such switch: what stands between it and operators is replaced here, in code.

const { join } = require('node:path');

const built = join(__dirname, '..', '..', 'dist');
const { readConfig } = require(join(built, 'gateway', 'config.js'));
const { startGateway } = require(join(built, 'gateway', 'server.js'));
const { createLogger } = require(join(built, 'shared', 'service', 'logger.js'));
const { runUntilSignal } = require(join(built, 'shared', 'service', 'shutdown.js'));

async function serve() {
  const config = readConfig(process.env);
  if (!config.ok) throw new Error(config.error.join('\n'));
  const logger = createLogger({ name: 'gateway', level: config.value.LOG_LEVEL });
  const gateway = await startGateway(config.value, logger, () => ({}));
  runUntilSignal(gateway.stop, logger);
}

serve().catch((fault) => {
  process.stderr.write(`${fault.message}\n`);
  process.exitCode = 1;
});
