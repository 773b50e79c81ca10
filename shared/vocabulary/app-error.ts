// A fault: something that should not have happened, or input that does not deserve a finer answer. Its code is from the
// catalogue; its message and facts are for our logs and never hold a personal datum or a sender's text.

import type { ErrorCode } from './error-catalogue';

/** A fault with a code. `message` says what was required, then what came, without repeating foreign text. */
export class AppError<Code extends string = ErrorCode> extends Error {
  readonly code: Code;
  readonly facts: Readonly<Record<string, string | number | boolean>>;

  constructor(
    code: Code,
    message: string,
    options: { readonly cause?: unknown; readonly facts?: Readonly<Record<string, string | number | boolean>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.facts = options.facts ?? {};
  }
}

/** Throws when something that cannot be false is false: a defect of this program, never of its input. */
export function invariant(condition: boolean, whatBroke: string): asserts condition {
  if (!condition) throw new AppError('INTERNAL', `Invariant broken: ${whatBroke}.`);
}
