// The frame of a program with sub-commands: usage, one plain sentence for every fault, and the exit code. What the commands do, and
// what they read from the environment, is each program's own.

import { AppError } from '../vocabulary/app-error';
import type { Environment } from './environment';

/** One sub-command. It resolves when it is through; `serve` resolves when it serves and the process lives on. */
export interface ProgramCommand {
  /** One line for the usage. */
  readonly summary: string;
  readonly run: (environment: Environment) => Promise<void>;
}

/** What a program is made of. */
export interface Program {
  /** As in the usage, e.g. `numbering`. */
  readonly name: string;
  readonly commands: Readonly<Record<string, ProgramCommand>>;
  /** The command when none is named. */
  readonly defaultCommand: string;
  /** One line per environment variable, for the usage. */
  readonly environment: readonly string[];
}

/** Runs the command that `words` name (what follows the program on its command line); sets the exit code: 0, 1 on a fault, 2 on bad words. */
export async function runProgram(program: Program, words: readonly string[], environment: Environment): Promise<void> {
  const [word = program.defaultCommand, ...rest] = words;
  if (word === '--help' || rest.includes('--help')) {
    process.stdout.write(usageOf(program));
    return;
  }
  const command = Object.hasOwn(program.commands, word) ? program.commands[word] : undefined;
  if (command === undefined || rest.length > 0) {
    const known = Object.keys(program.commands).join(', ');
    process.stderr.write(`${program.name} takes one of these commands: ${known}. See --help.\n`);
    process.exitCode = 2;
    return;
  }
  try {
    await command.run(environment);
  } catch (fault) {
    process.stderr.write(`${sentenceOf(fault)}\n`);
    process.exitCode = 1;
  }
}

/** Throws one fault with every sentence that was collected, when there is any. */
export function refuseConfiguration(sentences: readonly string[]): never {
  throw new AppError('INTERNAL', sentences.join('\n'));
}

function usageOf(program: Program): string {
  const lines = Object.entries(program.commands).map(
    ([name, { summary }]) => `  ${name.padEnd(14)} ${summary}${name === program.defaultCommand ? ' (default)' : ''}`,
  );
  return [
    `Usage: ${program.name} [COMMAND]`,
    '',
    'Commands:',
    ...lines,
    '',
    'Environment:',
    ...program.environment.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

/** Our own faults speak for themselves; of any other only its code is told, because its text may repeat a row or an address. */
function sentenceOf(fault: unknown): string {
  if (fault instanceof AppError) return fault.message;
  const code = typeof fault === 'object' && fault !== null && 'code' in fault ? ` (${String(fault.code)})` : '';
  const name = fault instanceof Error ? fault.name : 'unknown';
  return `The command failed: ${name}${code}.`;
}
