// Configuration from the environment: everything wrong is told at once, and no value is repeated.

import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readEnvironment } from '../../../shared/service/environment';

const SHAPE = z.object({
  PORT: z.coerce.number('a port number is required').int().min(0).max(65_535),
  DATABASE_URL: z.string().regex(/^postgres:\/\//, 'a postgres:// address is required'),
  LEVEL: z.enum(['info', 'debug']).default('info'),
});

describe('readEnvironment', () => {
  test('gives the configuration with its defaults and nothing else', () => {
    expect(readEnvironment(SHAPE, { PORT: '4000', DATABASE_URL: 'postgres://a/b', HOME: '/' })).toEqual({
      ok: true,
      value: { PORT: 4000, DATABASE_URL: 'postgres://a/b', LEVEL: 'info' },
    });
  });

  test('tells every fault at once, in the order of the shape', () => {
    expect(readEnvironment(SHAPE, { DATABASE_URL: 'mysql://secret@host', LEVEL: 'loud' })).toEqual({
      ok: false,
      error: [
        'PORT is missing.',
        'DATABASE_URL is not valid: a postgres:// address is required.',
        expect.stringMatching(/^LEVEL is not valid: .*\.$/),
      ],
    });
  });

  test('never repeats a value', () => {
    const outcome = readEnvironment(SHAPE, { PORT: 'hunter2', DATABASE_URL: 'hunter2', LEVEL: 'hunter2' });
    expect(outcome.ok).toBe(false);
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });

  test('takes an empty variable for a missing one', () => {
    expect(readEnvironment(SHAPE, { PORT: '', DATABASE_URL: ' ', LEVEL: '' })).toEqual({
      ok: false,
      error: ['PORT is missing.', 'DATABASE_URL is missing.'],
    });
  });
});
