// Phone numbers: every spelling of one number is that number, and nothing else is a number. Rows of the catalogue of bad input are
// named where they are tested.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Msisdn, maskMsisdn, parseMsisdn } from '../../../shared/vocabulary/msisdn';
import { anyText, corruptionsOf, digitsOf, NOT_TEXTS } from './hostile-text';

const accepts = (text: string, canonical: string): void =>
  expect(parseMsisdn(text)).toEqual({ ok: true, value: canonical });
const refuses = (text: string, reason: string): void => expect(parseMsisdn(text)).toEqual({ ok: false, error: reason });

const mobile = fc
  .tuple(fc.constantFrom('0', '3', '4', '6', '7', '8', '9'), digitsOf(8))
  .map(([range, rest]) => `7${range}${rest}`);

describe('reads one number in every spelling of it (B01)', () => {
  test.each([
    '+77011234567',
    '87011234567',
    '77011234567',
    '8 (701) 123-45-67',
    '7 701 123 45 67',
    '+7 (701) 123 45 67',
    '+7-701-123-45-67',
    '8-701-1234567',
    '+7(701)1234567',
    '+7 (701) - 123 - 45 - 67',
  ])('%s', (spelling) => accepts(spelling, '+77011234567'));

  test('an unallocated prefix is a well-formed number that nobody serves (B17)', () => {
    accepts('+77991234567', '+77991234567');
  });

  test.each(['+77001234567', '+77471234567', '+77751234567', '+77081234567', '+77781234567'])(
    'the mobile range of %s',
    (number) => accepts(number, number),
  );
});

describe('refuses', () => {
  test.each([
    ['a digit too few (B02)', '+7701123456', 'WRONG_LENGTH'],
    ['a digit too many (B02)', '+770112345678', 'WRONG_LENGTH'],
    ['a national number without its trunk digit', '7011234567', 'WRONG_LENGTH'],
    ['a mobile number of Russia, which shares +7 (B03)', '+79161234567', 'NOT_KZ_NUMBER'],
    ['the same in its national spelling (B03)', '89161234567', 'NOT_KZ_NUMBER'],
    ['a fixed line of Astana (B04)', '+77172123456', 'NOT_MOBILE'],
    ['a fixed line of Almaty (B04)', '8 (727) 212-34-56', 'NOT_MOBILE'],
    ['an access code of a network (B04)', '+77511234567', 'NOT_MOBILE'],
    ['two zeros in place of the plus (B05)', '0077011234567', 'WRONG_LENGTH'],
    ['the reserved country code (B05)', '+99770112345', 'NOT_KZ_NUMBER'],
    ['another country', '+14155552671', 'NOT_KZ_NUMBER'],
    ['the trunk digit behind a plus', '+87011234567', 'NOT_KZ_NUMBER'],
    ['two pluses', '++77011234567', 'MALFORMED'],
    ['a plus inside', '7701+1234567', 'MALFORMED'],
    ['a bracket that stays open', '8 (701 123 45 67', 'MALFORMED'],
    ['a bracket that was never opened', '8 701) 123 45 67', 'MALFORMED'],
    ['brackets the wrong way', '8 )701( 123 45 67', 'MALFORMED'],
    ['two pairs of brackets', '8 (701) (123) 45 67', 'MALFORMED'],
    ['points between the digits', '8.701.123.45.67', 'MALFORMED'],
    ['a dash of typography', '8 701 123–45–67', 'MALFORMED'],
    ['an exponent (B06)', '7.7011234567e10', 'MALFORMED'],
  ])('%s', (_what, text, reason) => refuses(text, reason));

  test.each(corruptionsOf('+77011234567'))('%s', (_what, text) => {
    expect(parseMsisdn(text).ok).toBe(false);
  });

  test('whatever is not a text (B06)', () => {
    for (const value of NOT_TEXTS) expect(parseMsisdn(value as string)).toEqual({ ok: false, error: 'MALFORMED' });
  });
});

describe('for any input', () => {
  test('the canonical text is read as itself', () => {
    fc.assert(fc.property(mobile, (national) => accepts(`+7${national}`, `+7${national}`)));
  });

  test('spaces, dashes and brackets do not change the number', () => {
    fc.assert(
      fc.property(
        mobile,
        fc.constantFrom('+7', '7', '8'),
        fc.constantFrom('', ' ', '-', ' - '),
        (national, trunk, gap) => {
          const parts = [
            trunk,
            `(${national.slice(0, 3)})`,
            national.slice(3, 6),
            national.slice(6, 8),
            national.slice(8),
          ];
          accepts(parts.join(gap), `+7${national}`);
        },
      ),
    );
  });

  test('what is accepted is +77 and nine ASCII digits, and is found in the text in that order', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseMsisdn(text);
        if (!parsed.ok) return;
        expect(parsed.value).toMatch(/^\+77[0-9]{9}$/);
        expect(text).toMatch(/^[-+0-9 ()]{11,32}$/);
        expect(text.replace(/[^0-9]/g, '').slice(1)).toBe(parsed.value.slice(2));
      }),
      { numRuns: 2000 },
    );
  });

  test('one foreign character anywhere makes it no number', () => {
    fc.assert(
      fc.property(
        mobile,
        fc.integer({ min: 0, max: 12 }),
        fc.integer({ min: 0, max: 0xffff }),
        (national, at, code) => {
          const foreign = String.fromCharCode(code);
          if (/[-+0-9 ()]/.test(foreign)) return;
          const number = `+7${national}`;
          expect(parseMsisdn(number.slice(0, at) + foreign + number.slice(at)).ok).toBe(false);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

test('a mask leaves the operator code and the last four digits', () => {
  expect(maskMsisdn('+77011234567' as Msisdn)).toBe('+7701***4567');
});
