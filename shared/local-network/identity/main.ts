// The program `identity`: the OpenID provider of a local network, until it is told to stop. The only file of this house that reads the
// process. Production has an issuer of its own and does not know this program.

import type { ServerResponse } from 'node:http';
import type { Environment } from '../../service/environment';
import { startHttpHost } from '../../service/http-host';
import { createLogger } from '../../service/logger';
import { createMetrics } from '../../service/metrics';
import { refuseConfiguration, runProgram } from '../../service/program';
import { runUntilSignal } from '../../service/shutdown';
import { readClientKeys } from './client-directory';
import { ENVIRONMENT, readConfig, readKeysConfig } from './config';
import { createProvider, loadLibrary, type ProviderHandler, SIGN_IN_PATH } from './provider';
import { addSigningKey, loadSigningKeys } from './signing-keys';

const program = {
  name: 'identity',
  defaultCommand: 'serve',
  environment: ENVIRONMENT,
  commands: {
    serve: { summary: 'gives tokens to the users of the demonstration until it is told to stop', run: serve },
    rotate: { summary: 'makes a new signing key, which signs from the next start on', run: rotate },
  },
};

async function serve(environment: Environment): Promise<void> {
  const config = readConfig(environment);
  if (!config.ok) refuseConfiguration(config.error);
  const { HOST, PORT, LOG_LEVEL, IDENTITY_KEYS_DIR, IDENTITY_CLIENTS_FILE, TOKEN_AUDIENCE } = config.value;
  const logger = createLogger({ name: 'identity', level: LOG_LEVEL });
  const keys = loadSigningKeys(IDENTITY_KEYS_DIR);
  const clients = readClientKeys(IDENTITY_CLIENTS_FILE);
  const library = await loadLibrary(logger);
  // The issuer's name holds the port, which is known only when the program listens.
  let handle: ProviderHandler | null = null;
  const host = await startHttpHost({
    host: HOST,
    port: PORT,
    handlers: (request, response) => {
      if (request.url?.split('?', 1)[0] === SIGN_IN_PATH) return noPage(response);
      handle?.(request, response);
      return handle !== null;
    },
    readiness: async () => handle !== null,
    logger,
    metrics: createMetrics({ program: 'identity' }),
  });
  runUntilSignal(() => host.stop(), logger);
  handle = await createProvider(library, { issuer: host.url, audience: TOKEN_AUDIENCE, keys, clients, logger });
}

function noPage(response: ServerResponse): true {
  response.writeHead(501, { 'content-type': 'text/plain; charset=utf-8' });
  response.end('This demonstration has no page to sign in at; get a token with `npm run -s token -- USER`.\n');
  return true;
}

async function rotate(environment: Environment): Promise<void> {
  const config = readKeysConfig(environment);
  if (!config.ok) refuseConfiguration(config.error);
  process.stdout.write(`${addSigningKey(config.value.IDENTITY_KEYS_DIR)}\n`);
}

void runProgram(program, process.argv.slice(2), process.env);
