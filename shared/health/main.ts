// The program `health`: asks the program that runs beside it, with that program's own environment, whether it is ready to serve. Its exit code is
// the answer. For the health checks of containers, in which a program may demand certificates.

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get as getPlainly, type IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Environment } from '../service/environment';
import { refuseConfiguration, runProgram } from '../service/program';
import { AppError } from '../vocabulary/app-error';
import { ENVIRONMENT, readConfig } from './config';

const LIMIT_MS = 2_500;

async function check(environment: Environment): Promise<void> {
  const config = readConfig(environment);
  if (!config.ok) refuseConfiguration(config.error);
  const { PORT, TLS_CERT_FILE: cert, TLS_KEY_FILE: key, EDGE_TLS_CERT_FILE: shown = cert } = config.value;
  const where = { host: '127.0.0.1', port: PORT, path: '/readyz', agent: false } as const;
  const own = cert === undefined || key === undefined ? {} : { cert: readFileSync(cert), key: readFileSync(key) };
  const isReady = await new Promise<boolean>((resolve) => {
    const settle = (response: IncomingMessage): void => {
      response.resume();
      resolve(response.statusCode === 200 && isShownBy(response, shown));
    };
    // Which certificate it must be is known to the byte; who vouches for it says no more.
    const asked =
      shown === undefined ? getPlainly(where, settle) : get({ ...where, ...own, rejectUnauthorized: false }, settle);
    asked.setTimeout(LIMIT_MS, () => asked.destroy());
    asked.on('error', () => resolve(false));
  });
  if (!isReady) throw new AppError('INTERNAL', 'The program is not ready.');
}

function isShownBy({ socket }: IncomingMessage, file: string | undefined): boolean {
  if (file === undefined || !(socket instanceof TLSSocket)) return file === undefined;
  const shown = socket.getPeerX509Certificate();
  return shown?.raw.equals(new X509Certificate(readFileSync(file)).raw) === true;
}

void runProgram(
  {
    name: 'health',
    commands: { check: { summary: 'ends well when the program is ready, and badly when it is not', run: check } },
    defaultCommand: 'check',
    environment: ENVIRONMENT,
  },
  process.argv.slice(2),
  process.env,
);
