// Reads facts for seeding: NDJSON, one JSON object with a `kind` a line. What the kinds mean and whether their members are right is
// decided by the house that stores them.

import { createInterface } from 'node:readline';
import { AppError } from '../vocabulary/app-error';

/** A line that holds an object with a `kind`; the rest of it is not yet checked. */
export interface FactLine {
  /** Counted from 1. */
  readonly line: number;
  readonly fact: { readonly kind: string };
}

/** The facts of a stream in its order, empty lines left out; throws on a line that is not one, naming its number and not its text. */
export async function* readFacts(input: NodeJS.ReadableStream): AsyncGenerator<FactLine, void, void> {
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text !== '') yield { line, fact: parseFact(text, line) };
  }
}

/** The fault of a line whose fact cannot be stored. */
export function badFact(line: number, cause?: unknown): AppError {
  return new AppError('BAD_USER_INPUT', `Line ${line} is not a fact that this program stores.`, { cause });
}

function parseFact(text: string, line: number): FactLine['fact'] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string') {
      return value as FactLine['fact'];
    }
  } catch (cause) {
    throw badFact(line, cause);
  }
  throw badFact(line);
}
