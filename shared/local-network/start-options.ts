// What `npm start` was asked to do, from its arguments alone.

import { type Arguments, BAD_ARGUMENTS, CommandFailure, numberOption, readArguments, textOption } from './command-line';

/** Options of one start. */
export interface StartOptions {
  readonly port: number;
  /** Lines per operator; null when not given, which means what the data has, or 2,000 for new data. */
  readonly scale: number | null;
  /** Throw the embedded data away and make it anew. */
  readonly reset: boolean;
  readonly dataFolder: string;
}

/** Folder of a network when no other is named. */
export const DEFAULT_FOLDER = '.local';

/** Lines per operator of new data unless told otherwise. */
export const DEFAULT_SCALE = 2_000;

const USAGE = `Starts the whole network on this machine: databases, operators, numbering, fraud cases, sign-in, gateway.

usage: npm start -- [options]

  --port N      port of the gateway (4000); the other services take ports near it
  --scale N     lines per operator when the data is made (2000)
  --reset       throw the data away and make it anew
  --data DIR    folder for data, logs and the network's file (.local)
  --help        this text

A database that is given by DATABASE_URL_NUMBERING, DATABASE_URL_FRAUD_CASES, DATABASE_URL_KCELL, DATABASE_URL_BEELINE or
DATABASE_URL_TELE2 is used instead of the embedded one. Ctrl-C stops everything.
`;

/** The options that a start was given, or null after the usage was printed. Throws a failure when they are wrong. */
export function readStartOptions(argv: readonly string[]): StartOptions | null {
  const given = readArguments(argv, USAGE, {
    port: { type: 'string' },
    scale: { type: 'string' },
    reset: { type: 'boolean' },
    data: { type: 'string' },
  });
  if (given === null) return null;
  return {
    port: numberOption(given, 'port', 4_000, { least: 1, most: 65_535 }),
    scale: scaleOf(given),
    reset: given.values.reset === true,
    dataFolder: folderOf(given),
  };
}

/** The folder that `--data` names. */
export function folderOf(given: Arguments): string {
  const folder = textOption(given, 'data') ?? DEFAULT_FOLDER;
  if (folder === '' || folder.includes('\0')) throw new CommandFailure('--data must name a folder.', BAD_ARGUMENTS);
  return folder;
}

function scaleOf(given: Arguments): number | null {
  if (textOption(given, 'scale') === undefined) return null;
  return numberOption(given, 'scale', DEFAULT_SCALE, { least: 0, most: 1_000_000 });
}
