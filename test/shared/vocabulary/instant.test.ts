// Instants: RFC 3339 with an offset and nothing else, one form on output, nothing rolls over.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Instant, instantToMs, msToInstant, parseInstant } from '../../../shared/vocabulary/instant';
import { anyText, corruptionsOf, NOT_TEXTS } from './hostile-text';

const accepts = (text: string, canonical: string): void =>
  expect(parseInstant(text)).toEqual({ ok: true, value: canonical });
const refuses = (text: string, reason: string): void =>
  expect(parseInstant(text)).toEqual({ ok: false, error: reason });

const EARLIEST_MS = Date.UTC(1900, 0, 1);
const LATEST_MS = Date.UTC(2200, 0, 1) - 1;
const moment = fc.integer({ min: EARLIEST_MS, max: LATEST_MS });

describe('reads', () => {
  test.each([
    ['a leap day (B25)', '2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['the leap day of 2000', '2000-02-29T12:00:00Z', '2000-02-29T12:00:00.000Z'],
    ['the offset of Almaty before its change (B27)', '2024-02-29T23:30:00+06:00', '2024-02-29T17:30:00.000Z'],
    ['the repeated hour by its offset (B27)', '2024-02-29T23:30:00+05:00', '2024-02-29T18:30:00.000Z'],
    ['an offset that leads into the next year', '2025-12-31T23:00:00-05:30', '2026-01-01T04:30:00.000Z'],
    ['an offset of zero', '2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00.000Z'],
    ['an unknown local offset', '2026-01-01T00:00:00-00:00', '2026-01-01T00:00:00.000Z'],
    ['the widest offset', '2026-01-01T00:00:00+14:00', '2025-12-31T10:00:00.000Z'],
    ['one digit of a fraction', '2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00.500Z'],
    ['two digits of a fraction', '2026-01-01T00:00:00.05Z', '2026-01-01T00:00:00.050Z'],
    [
      'nine digits of a fraction, of which three are kept',
      '2026-01-01T00:00:00.123999999Z',
      '2026-01-01T00:00:00.123Z',
    ],
  ])('%s', (_what, text, canonical) => accepts(text, canonical));
});

describe('refuses', () => {
  test.each([
    ['the 29th of February of a common year (B24)', '2026-02-29T00:00:00Z', 'IMPOSSIBLE_DATE'],
    ['the 29th of February 2100 (B24)', '2100-02-29T00:00:00Z', 'IMPOSSIBLE_DATE'],
    ['the 31st of April (B24)', '2026-04-31T00:00:00Z', 'IMPOSSIBLE_DATE'],
    ['month 13', '2026-13-01T00:00:00Z', 'IMPOSSIBLE_DATE'],
    ['day zero', '2026-01-00T00:00:00Z', 'IMPOSSIBLE_DATE'],
    ['no offset (B26)', '2026-01-01T00:00:00', 'NO_OFFSET'],
    ['a fraction, but no offset (B26)', '2026-01-01T00:00:00.000', 'NO_OFFSET'],
    ['the year 1 (B29)', '0001-01-01T00:00:00Z', 'IMPOSSIBLE_DATE'],
    ['the year 9999 (B29)', '9999-12-31T23:59:59Z', 'IMPOSSIBLE_DATE'],
    ['a year of six digits (B29)', '+275760-09-13T00:00:00Z', 'MALFORMED'],
    ['a negative year (B29)', '-000001-01-01T00:00:00Z', 'MALFORMED'],
    ['an instant before 1900 by its offset', '1900-01-01T00:00:00+05:00', 'OUT_OF_RANGE'],
    ['a leap second (B31)', '2026-06-30T23:59:60Z', 'IMPOSSIBLE_TIME'],
    ['hour 24', '2026-01-01T24:00:00Z', 'IMPOSSIBLE_TIME'],
    ['minute 60', '2026-01-01T00:60:00Z', 'IMPOSSIBLE_TIME'],
    ['an offset that no place has', '2026-01-01T00:00:00+23:59', 'IMPOSSIBLE_TIME'],
    ['an offset of 60 minutes', '2026-01-01T00:00:00+05:60', 'IMPOSSIBLE_TIME'],
    ['seconds since 1970 (B32)', '1767225600', 'MALFORMED'],
    ['milliseconds since 1970 (B32)', '1767225600000', 'MALFORMED'],
    ['"now" (B32)', 'now', 'MALFORMED'],
    ['1e20 (B32)', '1e20', 'MALFORMED'],
    ['a date alone', '2026-01-01', 'MALFORMED'],
    ['a space in place of the T', '2026-01-01 00:00:00Z', 'MALFORMED'],
    ['a small t', '2026-01-01t00:00:00Z', 'MALFORMED'],
    ['a small z', '2026-01-01T00:00:00z', 'MALFORMED'],
    ['an offset without colon', '2026-01-01T00:00:00+0500', 'MALFORMED'],
    ['an offset of hours', '2026-01-01T00:00:00+05', 'MALFORMED'],
    ['a named zone', '2026-01-01T00:00:00[Asia/Almaty]', 'MALFORMED'],
    ['a point without digits', '2026-01-01T00:00:00.Z', 'MALFORMED'],
    ['ten digits of a fraction', '2026-01-01T00:00:00.0000000000Z', 'MALFORMED'],
    ['a comma before the fraction', '2026-01-01T00:00:00,5Z', 'MALFORMED'],
    ['no seconds', '2026-01-01T00:00Z', 'MALFORMED'],
  ])('%s', (_what, text, reason) => refuses(text, reason));

  test.each(corruptionsOf('2026-01-01T00:00:00.000Z'))('%s', (_what, text) =>
    expect(parseInstant(text).ok).toBe(false),
  );

  test('whatever is not a text (B32)', () => {
    for (const value of [...NOT_TEXTS, 1_767_225_600, new Date()]) {
      expect(parseInstant(value as string)).toEqual({ ok: false, error: 'MALFORMED' });
    }
  });
});

describe('for any input', () => {
  test('an instant is its milliseconds and back', () => {
    fc.assert(
      fc.property(moment, (ms) => {
        const text = msToInstant(ms);
        expect(text).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
        accepts(text, text);
        expect(instantToMs(text)).toBe(ms);
      }),
    );
  });

  test('the same moment in another offset is the same instant', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: -840, max: 840 }), (ms, minutes) => {
        const local = ms + minutes * 60_000;
        if (local < EARLIEST_MS || local > LATEST_MS) return;
        const offset = `${minutes < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
        accepts(new Date(local).toISOString().replace('Z', offset), new Date(ms).toISOString());
      }),
    );
  });

  test('instants sort as texts', () => {
    fc.assert(fc.property(moment, moment, (a, b) => expect(msToInstant(a) < msToInstant(b)).toBe(a < b)));
  });

  test('what is accepted agrees with the platform, and nothing rolled over', () => {
    fc.assert(
      fc.property(
        fc.tuple(
          fc.integer({ min: 1890, max: 2210 }),
          fc.integer({ min: 0, max: 13 }),
          fc.integer({ min: 0, max: 32 }),
          fc.integer({ min: 0, max: 25 }),
        ),
        ([year, month, day, hour]) => {
          const text = `${year}-${two(month)}-${two(day)}T${two(hour)}:00:00.000Z`;
          const parsed = parseInstant(text);
          const platform = new Date(text);
          const isReal = !Number.isNaN(platform.getTime()) && platform.toISOString() === text;
          expect(parsed.ok).toBe(isReal && year >= 1900 && year < 2200);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a text of Unicode is accepted only in the form of RFC 3339', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (parseInstant(text).ok)
          expect(text).toMatch(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$/);
      }),
      { numRuns: 1000 },
    );
  });
});

test.each([Number.NaN, 0.5, Number.POSITIVE_INFINITY, EARLIEST_MS - 1, LATEST_MS + 1])(
  '%p milliseconds are a defect of the program, not an instant',
  (ms) => expect(() => msToInstant(ms)).toThrow('Invariant broken'),
);

test('the first and the last millisecond are instants', () => {
  expect(msToInstant(EARLIEST_MS)).toBe('1900-01-01T00:00:00.000Z' as Instant);
  expect(msToInstant(LATEST_MS)).toBe('2199-12-31T23:59:59.999Z' as Instant);
});

function two(value: number): string {
  return String(value).padStart(2, '0');
}
