// Turns the environment of a process into a program's configuration, all at once: every fault is told together, as a plain
// sentence that names the variable and never repeats its value, which may be a secret. Which variables exist is each
// program's own config.ts.

import type { z } from 'zod';
import { accepted, type Result, refused } from '../vocabulary/result';

/** What a process was started with: `process.env`, handed in by the program's entry file. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration that `shape` describes, or one sentence for each variable that is missing or wrong. An empty variable counts
 * as missing, as in a compose file where nothing was filled in. Variables that the shape does not name are ignored.
 */
export function readEnvironment<Shape extends z.ZodObject>(
  shape: Shape,
  environment: Environment,
): Result<z.output<Shape>, readonly string[]> {
  const present = Object.fromEntries(
    Object.keys(shape.shape).flatMap((name) => {
      const value = environment[name];
      return value === undefined || value.trim() === '' ? [] : [[name, value] as const];
    }),
  );
  const outcome = shape.safeParse(present);
  if (outcome.success) return accepted(outcome.data);
  return refused(outcome.error.issues.map((issue) => sentence(String(issue.path[0] ?? ''), issue.message, present)));
}

function sentence(name: string, message: string, present: Readonly<Record<string, string>>): string {
  return name in present ? `${name} is not valid: ${message.replace(/\.$/, '')}.` : `${name} is missing.`;
}
