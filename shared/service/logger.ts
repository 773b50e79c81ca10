// The one way a program writes its log: JSON lines. Which members a line may have, and in which form, is a closed list (log-members.ts); the
// message is a sentence of ours. Nothing that a library, a client or a row says reaches a line by itself.

import { type DestinationStream, pino } from 'pino';
import { type LogMembers, writtenMembers, writtenSentence } from './log-members';

/** Levels that a program's LOG_LEVEL may have. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes one line. The message is a fixed sentence of the program; what varies stands in members. */
interface Write {
  (members: LogMembers, message: string): void;
  (message: string): void;
}

/** A log. */
export interface Logger {
  readonly fatal: Write;
  readonly error: Write;
  readonly warn: Write;
  readonly info: Write;
  readonly debug: Write;
  readonly trace: Write;
  /** Whether a line of that level is written at all. */
  isLevelEnabled(level: LogLevel): boolean;
}

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
  };
  const lines = options.destination === undefined ? pino(settings) : pino(settings, options.destination);
  const writeAt = (level: Exclude<LogLevel, 'silent'>): Write => {
    return (first: LogMembers | string, message?: string): void => {
      if (!lines.isLevelEnabled(level)) return;
      if (typeof first === 'string') lines[level](writtenSentence(first));
      else lines[level](writtenMembers(first), writtenSentence(message ?? ''));
    };
  };
  return {
    fatal: writeAt('fatal'),
    error: writeAt('error'),
    warn: writeAt('warn'),
    info: writeAt('info'),
    debug: writeAt('debug'),
    trace: writeAt('trace'),
    isLevelEnabled: (level) => lines.isLevelEnabled(level),
  };
}
