// The one way a program writes its log: JSON lines. What may stand in a line is decided where it is written; personal data may
// not. As a second net, members by which a number, a name or a secret would travel are blanked wherever they appear near the top.

import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Levels that a program's LOG_LEVEL may have. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

const NEVER_WRITTEN = [
  'authorization',
  'password',
  'token',
  'secret',
  'variables',
  'msisdn',
  'iin',
  'bin',
  'imei',
  'imsi',
  'iccid',
  'fullName',
];

/** A logger that writes to `destination`, or to standard output when none is given. `name` is the program's. */
export function createLogger(options: {
  readonly name: string;
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
}): Logger {
  const settings = {
    name: options.name,
    level: options.level,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: {
      paths: NEVER_WRITTEN.flatMap((member) => [member, `*.${member}`, `*.*.${member}`]),
      censor: '(withheld)',
    },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
