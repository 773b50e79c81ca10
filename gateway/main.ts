// The program `gateway`: serves until it is told to stop. The only file of this house that reads the process.

import type { Environment } from '../shared/service/environment';
import { createLogger } from '../shared/service/logger';
import { refuseConfiguration, runProgram } from '../shared/service/program';
import { runUntilSignal } from '../shared/service/shutdown';
import { ENVIRONMENT, readConfig } from './config';
import { startGateway } from './server';

const program = {
  name: 'gateway',
  defaultCommand: 'serve',
  environment: ENVIRONMENT,
  commands: { serve: { summary: 'answers GraphQL until it is told to stop', run: serve } },
};

async function serve(environment: Environment): Promise<void> {
  const config = readConfig(environment);
  if (!config.ok) refuseConfiguration(config.error);
  const logger = createLogger({ name: 'gateway', level: config.value.LOG_LEVEL });
  const gateway = await startGateway(config.value, logger);
  runUntilSignal(gateway.stop, logger);
}

void runProgram(program, process.argv.slice(2), process.env);
