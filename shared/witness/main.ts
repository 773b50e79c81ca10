// The program `witness`: serves one witness until it is told to stop. The only file of this house that reads the process.

import { type Environment } from '../service/environment';
import { startHttpHost } from '../service/http-host';
import { createLogger } from '../service/logger';
import { createMetrics } from '../service/metrics';
import { refuseConfiguration, runProgram } from '../service/program';
import { runUntilSignal } from '../service/shutdown';
import { openTransport } from '../service/transport';
import { transportRefusals } from '../service/transport-refusals';
import { ENVIRONMENT, readWitnessConfig } from './config';
import { countWitnessAlarms } from './witness-meter';
import { startWitness } from './witness-service';

const program = {
  name: 'witness',
  defaultCommand: 'serve',
  environment: ENVIRONMENT,
  commands: { serve: { summary: 'cosigns checkpoints until it is told to stop', run: serve } },
};

async function serve(environment: Environment): Promise<void> {
  const config = readWitnessConfig(environment);
  if (!config.ok) refuseConfiguration(config.error);
  const { HOST, PORT, LOG_LEVEL, WITNESS_NAME, WITNESS_KEY_FILE, WITNESS_STATE_DIR, TRUST_POLICY_FILE } = config.value;
  const logger = createLogger({ name: 'witness', level: LOG_LEVEL });
  const metrics = createMetrics({ program: 'witness', party: WITNESS_NAME });
  const count = countWitnessAlarms(metrics);
  const transport = openTransport(config.value, transportRefusals(logger, metrics));
  const service = startWitness({
    name: WITNESS_NAME,
    keyFile: WITNESS_KEY_FILE,
    directory: WITNESS_STATE_DIR,
    policyFile: TRUST_POLICY_FILE,
    prefix: '/witness',
    call: transport.call,
    onAlarm(alarm) {
      count(alarm);
      logger.error({ alarm }, 'alarm');
    },
  });
  const host = await startHttpHost({
    host: HOST,
    port: PORT,
    tls: transport.server,
    handlers: (request, response) => service.handle(request, response),
    readiness: async () => true,
    logger,
    metrics,
  }).catch(async (cause: unknown) => {
    // A witness that nobody can reach must not go on watching: the process would never end.
    await service.stop();
    throw cause;
  });
  runUntilSignal(async () => {
    await host.stop();
    await service.stop();
  }, logger);
}

void runProgram(program, process.argv.slice(2), process.env);
