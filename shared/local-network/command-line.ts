// What all commands of the local network have in common: they read their arguments strictly, print their usage when asked, and end a
// failure with one plain sentence on standard error and an exit code. Nothing here knows what a command does.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { AppError } from '../vocabulary/app-error';

/** A command that cannot do what was asked: its message is the sentence that the user reads. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}

/** Exit code of a command whose arguments are wrong. */
export const BAD_ARGUMENTS = 2;

/** What a command was called with. */
export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

/**
 * The arguments of a command, or null after its usage was printed because `--help` was among them. Throws a failure for an unknown
 * option, an option without its value, and more or fewer positional arguments than wanted.
 */
export function readArguments(
  argv: readonly string[],
  usage: string,
  options: NonNullable<ParseArgsConfig['options']>,
  positionalNames: readonly string[] = [],
): Arguments | null {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(usage);
    return null;
  }
  let parsed: { values: object; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (cause) {
    const sentence = cause instanceof Error ? (cause.message.split(/[.\n]/, 1)[0] ?? '') : '';
    throw new CommandFailure(`${sentence}; --help tells what there is.`, BAD_ARGUMENTS);
  }
  if (parsed.positionals.length !== positionalNames.length) {
    const wanted = positionalNames.length === 0 ? 'no arguments besides options' : positionalNames.join(' and ');
    throw new CommandFailure(`This command takes ${wanted}; --help tells how.`, BAD_ARGUMENTS);
  }
  return { values: parsed.values as Arguments['values'], positionals: parsed.positionals };
}

/** Value of a text option. */
export function textOption(given: Arguments, name: string): string | undefined {
  const value = given.values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Value of an option that must be a whole number from `least` to `most`; `otherwise` when it was not given. */
export function numberOption(
  given: Arguments,
  name: string,
  otherwise: number,
  bounds: { readonly least: number; readonly most: number },
): number {
  const text = textOption(given, name);
  if (text === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.least && value <= bounds.most) return value;
  throw new CommandFailure(`--${name} must be a whole number from ${bounds.least} to ${bounds.most}.`, BAD_ARGUMENTS);
}

/** Runs a command and sets the exit code of the process; a failure is told as one sentence, without a stack. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (cause) {
    process.stderr.write(`${sentenceOf(cause)}\n`);
    process.exitCode = cause instanceof CommandFailure ? cause.exitCode : 1;
  }
}

/** What a person is told about a failure. */
export function sentenceOf(cause: unknown): string {
  if (cause instanceof CommandFailure || cause instanceof AppError) return cause.message;
  if (!(cause instanceof Error)) return 'Something failed without saying why.';
  const { code, path, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC') return 'The disk is full.';
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return `This user may not write ${path ?? 'there'}.`;
  return message.split('\n', 1)[0] ?? message;
}
