// BUDGETS_FILE: limits of look-ups that differ from the defaults, and the canary numbers, as one JSON document. There is no way to say that a
// limit does not hold; zero is a limit.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AppError } from '../../../shared/vocabulary/app-error';
import { parseMsisdn } from '../../../shared/vocabulary/msisdn';
import { DEFAULT_LOOK_LIMITS, type LookLimits } from '../domain/look-limits';

/** The limits of a file, the defaults without one. Throws one plain sentence for a file that is none. */
export function readLimitsFile(file: string | undefined): LookLimits {
  if (file === undefined) return DEFAULT_LOOK_LIMITS;
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new AppError('INTERNAL', `The file of budgets ${file} cannot be read as JSON.`);
  }
  const read = LIMITS.safeParse(document);
  if (!read.success) {
    const place = read.error.issues[0]?.path.join('.') ?? '';
    throw new AppError('INTERNAL', `The file of budgets ${file} is not as it must be${place && ` at ${place}`}.`);
  }
  const { person, ...rest } = read.data;
  return { ...DEFAULT_LOOK_LIMITS, ...rest, person: { ...DEFAULT_LOOK_LIMITS.person, ...person } };
}

const LIMIT = z.int().min(0).max(1_000_000_000).optional();

const LIMITS = z.strictObject({
  person: z.strictObject({ hour: LIMIT, day: LIMIT, month: LIMIT }).optional(),
  bankDay: LIMIT,
  preliminaryDay: LIMIT,
  linkedDay: LIMIT,
  signalsDay: LIMIT,
  breakGlasses: LIMIT,
  quorumWaitMs: LIMIT,
  canaries: z
    .array(z.string().refine((text) => isCanonical(text)))
    .max(10_000)
    .optional(),
});

function isCanonical(text: string): boolean {
  const parsed = parseMsisdn(text);
  return parsed.ok && parsed.value === text;
}
