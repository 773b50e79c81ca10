// What parties have told each other in a replay, line by line: what an operator prints goes to the bank as it is, what the bank prints goes to
// the operator that it names. Every line is kept, each once, because programs that run again want to hear all of it. Pure.

import type { JsonObject, JsonValue } from '../vocabulary/json';
import { CommandFailure } from './command-line';

/** What a turn of one party came to. */
export interface Turn {
  /** Lines that were not known before. */
  readonly fresh: number;
  /** Steps of the bank that wait for an operator; null after an operator's turn. */
  readonly waiting: number | null;
}

/** Lines said so far. */
export class ReplayTalk {
  private readonly toBank = new Set<string>();
  private readonly toOperators: ReadonlyMap<string, Set<string>>;

  constructor(operators: readonly string[]) {
    this.toOperators = new Map(operators.map((code) => [code, new Set<string>()]));
  }

  /** NDJSON for the bank: all operators' acts so far, each once, in the order in which they came. */
  forBank(): string {
    return textOf(this.toBank);
  }

  /** NDJSON for an operator: what the bank told it so far. */
  forOperator(code: string): string {
    return textOf(this.toOperators.get(code) ?? []);
  }

  /** Takes in what an operator printed. Throws one sentence when it is not NDJSON. */
  hearOperator(code: string, printed: string): Turn {
    const before = this.toBank.size;
    for (const { line } of linesOf(code, printed)) this.toBank.add(line);
    return { fresh: this.toBank.size - before, waiting: null };
  }

  /** Takes in what the bank printed; its last line says how many steps wait. Throws one sentence when it does not. */
  hearBank(printed: string): Turn {
    const lines = linesOf('fraud-cases', printed);
    const waiting = lines.pop()?.value.waiting;
    if (typeof waiting !== 'number') throw new CommandFailure('fraud-cases did not say how much of the history waits.');
    let fresh = 0;
    for (const { value } of lines) {
      const { operatorCode, ...rest } = value;
      const own = typeof operatorCode === 'string' ? this.toOperators.get(operatorCode) : undefined;
      if (own === undefined) throw new CommandFailure('fraud-cases told something to an operator that is not there.');
      const line = JSON.stringify(rest);
      if (!own.has(line)) fresh += 1;
      own.add(line);
    }
    return { fresh, waiting };
  }
}

function textOf(lines: Iterable<string>): string {
  return [...lines].map((line) => `${line}\n`).join('');
}

function linesOf(name: string, printed: string): { readonly line: string; readonly value: JsonObject }[] {
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ line, value: objectIn(name, line) }));
}

function objectIn(name: string, line: string): JsonObject {
  let value: JsonValue = null;
  try {
    value = JSON.parse(line) as JsonValue;
  } catch {
    // Told below, like every other line that is no object.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new CommandFailure(`${name} printed a line that is not of the replay.`);
}
