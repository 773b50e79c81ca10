// Individual identification numbers: what a look-up reads, what entry reads, and how far the check digit protects.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Iin, iinCheckDigit, maskIin, parseIin, parseNewIin } from '../../../shared/vocabulary/iin';
import { anyText, corruptionsOf, digitsOf, mutateDigit, NOT_TEXTS } from './hostile-text';

const refuses = (text: string, reason: string): void => expect(parseIin(text)).toEqual({ ok: false, error: reason });

/** An issuable IIN with any first six digits of a look-up. */
const iin = fc
  .tuple(digitsOf(4), fc.constantFrom('0', '1', '2', '3'), digitsOf(1), fc.integer({ min: 0, max: 6 }), digitsOf(4))
  .map((parts) => parts.join(''))
  .filter((first11) => iinCheckDigit(first11) !== null && Number(first11) > 0)
  .map((first11) => `${first11}${iinCheckDigit(first11)}`);

describe('accepts for a look-up', () => {
  test.each([
    ['a number of the first row of weights (B18)', '900101300007'],
    ['a number of the second row of weights (B18)', '900101300811'],
    ['a man of the last century', '900101350122'],
    ['a woman of the last century', '851215400341'],
    ['a woman of this century', '050731600151'],
  ])('%s', (_what, text) => expect(parseIin(text)).toEqual({ ok: true, value: text }));

  test('a birth date that no calendar has, because numbers need not follow it (B21)', () => {
    const first11 = '90133230000';
    const text = `${first11}${iinCheckDigit(first11)}`;
    expect(parseIin(text)).toEqual({ ok: true, value: text });
    expect(parseNewIin(text)).toEqual({ ok: false, error: 'IMPOSSIBLE_DATE' });
  });
});

describe('for entry', () => {
  test.each([
    ['a real day', '90010130000', true],
    ['month 13 (B21)', '90130130000', false],
    ['month 0', '90000130000', false],
    ['day 32 (B21)', '90013230000', false],
    ['day 0', '90010030000', false],
    ['the 29th of February 1999', '99022930000', false],
    ['the 29th of February 1996', '96022930000', true],
    ['the 29th of February 1900', '00022930000', false],
    ['the 29th of February 2000', '00022950000', true],
    ['the 29th of February of an unknown year', '01022900000', true],
    ['the 31st of April', '90043130000', false],
  ])('%s', (_what, stem, isPossible) => {
    const first11 = issuable(stem);
    const text = `${first11}${iinCheckDigit(first11)}`;
    expect(parseIin(text).ok).toBe(true);
    expect(parseNewIin(text)).toEqual(isPossible ? { ok: true, value: text } : { ok: false, error: 'IMPOSSIBLE_DATE' });
  });

  test('everything that a look-up refuses is refused too', () => {
    expect(parseNewIin('900101300123')).toEqual({ ok: false, error: 'WRONG_CHECK_DIGIT' });
  });
});

describe('refuses', () => {
  test.each(Array.from({ length: 10 }, (_, digit) => `90010130080${digit}`))(
    '%s, whose first eleven digits have no check digit (B18)',
    (text) => refuses(text, 'WRONG_CHECK_DIGIT'),
  );
  test('a wrong check digit (B19)', () => refuses('900101300123', 'WRONG_CHECK_DIGIT'));
  test('twelve zeros, although they pass the check sum (B20)', () => {
    expect(iinCheckDigit('00000000000')).toBe(0);
    refuses('000000000000', 'MALFORMED');
  });
  test('eleven and thirteen digits (B22)', () => {
    refuses('90010130000', 'MALFORMED');
    refuses('9001013000070', 'MALFORMED');
  });
  test.each(['900101 300007', '900101-300007', '90010130000O', '+90010130000', '9001013e0007'])('%s (B22)', (text) =>
    refuses(text, 'MALFORMED'),
  );
  test('a business number (B23)', () => {
    refuses('240340000128', 'NOT_A_PERSON');
    refuses('191040012345', 'NOT_A_PERSON');
  });
  test('a century that is not in use', () => {
    const first11 = '90010170000';
    refuses(`${first11}${iinCheckDigit(first11)}`, 'NOT_A_PERSON');
  });
  test.each(corruptionsOf('900101300007'))('%s', (_what, text) => expect(parseIin(text).ok).toBe(false));
  test('whatever is not a text', () => {
    for (const value of NOT_TEXTS) expect(parseIin(value as string)).toEqual({ ok: false, error: 'MALFORMED' });
  });
});

describe('for any input', () => {
  test('an issuable number is read as itself', () => {
    fc.assert(fc.property(iin, (text) => expect(parseIin(text)).toEqual({ ok: true, value: text })));
  });

  test('changing one digit is noticed, but for the eleventh, which the first row of weights does not see', () => {
    fc.assert(
      fc.property(
        iin.chain((right) => mutateDigit(right).map((mutated) => ({ right, ...mutated }))),
        ({ right, text, at }) => {
          // The second row is a second sum, so a number that needs it may collide with one that does not.
          if (at === 10 || needsSecondRow(right) || needsSecondRow(text)) return;
          expect(parseIin(text).ok).toBe(false);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('changing the check digit is always noticed', () => {
    fc.assert(
      fc.property(iin, fc.integer({ min: 1, max: 9 }), (text, by) => {
        const changed = `${text.slice(0, 11)}${(Number(text[11]) + by) % 10}`;
        expect(parseIin(changed)).toEqual({ ok: false, error: 'WRONG_CHECK_DIGIT' });
      }),
    );
  });

  test('a text of Unicode is accepted only if it is twelve ASCII digits', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        if (parseIin(text).ok) expect(text).toMatch(/^[0-9]{12}$/);
      }),
      { numRuns: 2000 },
    );
  });
});

test('a mask leaves the last four digits, which tell neither birth nor sex', () => {
  expect(maskIin('900101300007' as Iin)).toBe('********0007');
});

test('a check digit is told for eleven digits only', () => {
  expect(iinCheckDigit('90010130000')).toBe(7);
  expect(iinCheckDigit('90010130081')).toBe(1);
  expect(iinCheckDigit('90010130080')).toBeNull();
  expect(iinCheckDigit('9001013000')).toBeNull();
  expect(iinCheckDigit('9001013000x')).toBeNull();
});

/** The first eleven digits with the smallest serial number that can be issued. */
function issuable(stem: string): string {
  for (let serial = 0; serial < 100; serial += 1) {
    const first11 = `${stem.slice(0, 9)}${String(serial).padStart(2, '0')}`;
    if (iinCheckDigit(first11) !== null) return first11;
  }
  throw new Error('no serial number can be issued');
}

function needsSecondRow(text: string): boolean {
  let sum = 0;
  for (let at = 0; at < 11; at += 1) sum += (at + 1) * Number(text[at]);
  return sum % 11 === 10;
}
