// Days in Almaty, above all around 1 March 2024, when its clocks went back an hour for good.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addDays, type Day, dayOf, dayStartMs, daysBetween, parseDay, weekdayOf } from '../../../shared/vocabulary/day';
import { almatyOffsetMs, timeZoneDataFault } from '../../../shared/vocabulary/time-zone';
import { anyText, corruptionsOf, NOT_TEXTS } from './hostile-text';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);
const day = (text: string): Day => text as Day;

describe('reads a day', () => {
  test.each(['2026-01-01', '2028-02-29', '1900-01-01', '2199-12-31'])('%s', (text) => {
    expect(parseDay(text)).toEqual({ ok: true, value: text });
  });
  test.each([
    '2026-02-29',
    '2100-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-01',
    '2026-1-1',
    '20260101',
    '0001-01-01',
    '9999-12-31',
    '2026-01-01T00:00:00Z',
    '01.01.2026',
    '1767225600',
  ])('and refuses %s (B24, B29, B32)', (text) => expect(parseDay(text)).toEqual({ ok: false, error: 'MALFORMED' }));
  test.each(corruptionsOf('2026-01-01'))('and refuses %s', (_what, text) => expect(parseDay(text).ok).toBe(false));
  test('and refuses whatever is not a text', () => {
    for (const value of NOT_TEXTS) expect(parseDay(value as string).ok).toBe(false);
  });
  test('of any text only in its one form', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (parseDay(text).ok) expect(text).toMatch(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/);
      }),
    );
  });
});

describe('the day of an instant', () => {
  test.each([
    ['in winter 2023, six hours ahead', '2023-12-31T17:59:59.999Z', '2023-12-31'],
    ['in winter 2023, at midnight', '2023-12-31T18:00:00Z', '2024-01-01'],
    ['in 2026, five hours ahead', '2026-06-30T18:59:59.999Z', '2026-06-30'],
    ['in 2026, at midnight', '2026-06-30T19:00:00Z', '2026-07-01'],
    ['before the repeated hour (B27)', '2024-02-29T17:30:00Z', '2024-02-29'],
    ['in the repeated hour (B27)', '2024-02-29T18:30:00Z', '2024-02-29'],
    ['after the repeated hour (B27)', '2024-02-29T19:00:00Z', '2024-03-01'],
  ])('%s', (_what, instant, expected) => expect(dayOf(at(instant))).toBe(expected));

  test('29 February 2024 has 25 hours, each counted once (B27)', () => {
    expect(dayStartMs(day('2024-02-29'))).toBe(at('2024-02-28T18:00:00Z'));
    expect(dayStartMs(day('2024-03-01'))).toBe(at('2024-02-29T19:00:00Z'));
    const counts = new Map<string, number>();
    for (let ms = at('2024-02-28T00:00:00Z'); ms < at('2024-03-02T00:00:00Z'); ms += HOUR_MS) {
      counts.set(dayOf(ms), (counts.get(dayOf(ms)) ?? 0) + 1);
    }
    expect([...counts]).toEqual([
      ['2024-02-28', 18],
      ['2024-02-29', 25],
      ['2024-03-01', 24],
      ['2024-03-02', 5],
    ]);
  });

  test('begins at its first millisecond and not before', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('1925-01-01'), max: at('2199-12-01') }), (ms) => {
        const found = dayOf(ms);
        const start = dayStartMs(found);
        expect(start).toBeLessThanOrEqual(ms);
        expect(dayOf(start)).toBe(found);
        expect(dayOf(start - 1)).not.toBe(found);
        expect(dayStartMs(addDays(found, 1))).toBeGreaterThan(ms);
      }),
    );
  });
});

describe('counting days', () => {
  test('steps over months, leap days and years', () => {
    expect(addDays(day('2026-02-28'), 1)).toBe('2026-03-01');
    expect(addDays(day('2028-02-28'), 1)).toBe('2028-02-29');
    expect(addDays(day('2026-01-01'), -1)).toBe('2025-12-31');
    expect(() => addDays(day('2026-01-01'), 0.5)).toThrow();
  });
  test('forth and back is where it began', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: -5_000, max: 5_000 }), (from, count) => {
        const start = addDays(day('1990-01-01'), from);
        expect(daysBetween(start, addDays(start, count))).toBe(count);
        expect(weekdayOf(addDays(start, 7))).toBe(weekdayOf(start));
      }),
    );
  });
  test('knows the day of the week', () => {
    expect(weekdayOf(day('2026-11-23'))).toBe(1);
    expect(weekdayOf(day('2026-11-22'))).toBe(7);
  });
});

describe('time zone data', () => {
  test('of this host knows the change of 2024 (B28)', () => {
    expect(timeZoneDataFault()).toBeNull();
    expect(almatyOffsetMs(at('2024-02-29T17:59:59.999Z'))).toBe(6 * HOUR_MS);
    expect(almatyOffsetMs(at('2024-02-29T18:00:00Z'))).toBe(5 * HOUR_MS);
  });
  test('that is too old is one plain sentence, so that a program refuses to run (B28)', () => {
    expect(timeZoneDataFault(() => 6 * HOUR_MS)).toBe(
      'The time zone data of this host is out of date: Asia/Almaty must be +05:00 at 2024-02-29T18:00:00Z.',
    );
    expect(timeZoneDataFault(() => 5 * HOUR_MS)).toMatch(/must be \+06:00/);
    expect(timeZoneDataFault(() => 0)).not.toBeNull();
  });
});
