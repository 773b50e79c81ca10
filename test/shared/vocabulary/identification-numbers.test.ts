// BIN, IMEI, ICCID, operator codes, amounts and names: the small parsers of the vocabulary.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { binCheckDigit, parseBin } from '../../../shared/vocabulary/bin';
import { type Iccid, maskIccid, parseIccid } from '../../../shared/vocabulary/iccid';
import { parseIin } from '../../../shared/vocabulary/iin';
import { type Imei, maskImei, parseImei } from '../../../shared/vocabulary/imei';
import { fromTiyn, type Kzt, parseKzt, toTiyn } from '../../../shared/vocabulary/kzt';
import { luhnCheckDigit } from '../../../shared/vocabulary/luhn';
import { maskName } from '../../../shared/vocabulary/name';
import { parseOperatorCode } from '../../../shared/vocabulary/operator-code';
import type { Result } from '../../../shared/vocabulary/result';
import { anyText, corruptionsOf, digitsOf, mutateDigit, NOT_TEXTS } from './hostile-text';

const PARSERS: readonly (readonly [name: string, parse: (text: string) => Result<string, string>, right: string])[] = [
  ['BIN', parseBin, '240340000128'],
  ['IMEI', parseImei, '356938035643809'],
  ['ICCID', parseIccid, '8997701000000000019'],
  ['operator code', parseOperatorCode, 'kcell'],
  ['amount', parseKzt, '150000.00'],
];

describe.each(PARSERS)('%s', (_name, parse, right) => {
  test('reads a right text as itself', () => {
    expect(parse(right)).toEqual({ ok: true, value: right });
  });
  test.each(corruptionsOf(right).filter(([, text]) => text !== right))('refuses %s', (what, text) => {
    // A letter at the end is one more letter of a code, and a code has no digits to disguise.
    if (parse === parseOperatorCode && what === 'a letter at the end') return;
    expect(parse(text).ok).toBe(false);
  });
  test('refuses whatever is not a text', () => {
    for (const value of NOT_TEXTS) expect(parse(value as string).ok).toBe(false);
  });
  test('accepts of any text only what it prints back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parse(text);
        if (parsed.ok) expect(parsed.value).toBe(text);
        if (parsed.ok) expect(text).toMatch(/^[a-z0-9.]+$/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a BIN', () => {
  test.each([
    ['a resident', '240340000128'],
    ['another resident', '191040012345'],
  ])('of %s is accepted', (_what, text) => expect(parseBin(text).ok).toBe(true));

  test.each([
    ['an IIN', '900101300007', 'NOT_A_LEGAL_ENTITY'],
    ['a month that does not exist', '241340000128', 'IMPOSSIBLE_DATE'],
    ['month zero', '240040000128', 'IMPOSSIBLE_DATE'],
    ['a wrong check digit', '240340000129', 'WRONG_CHECK_DIGIT'],
    ['twelve zeros', '000000000000', 'NOT_A_LEGAL_ENTITY'],
  ])('%s is refused', (_what, text, reason) => expect(parseBin(text)).toEqual({ ok: false, error: reason }));

  test('is never an IIN as well', () => {
    const bin = fc
      .tuple(digitsOf(2), fc.constantFrom('01', '07', '12'), fc.constantFrom('4', '5', '6'), digitsOf(6))
      .map((parts) => parts.join(''))
      .filter((first11) => binCheckDigit(first11) !== null)
      .map((first11) => `${first11}${binCheckDigit(first11)}`);
    fc.assert(
      fc.property(bin, (text) => {
        expect(parseBin(text).ok).toBe(true);
        expect(parseIin(text).ok).toBe(false);
      }),
    );
  });
});

describe('a Luhn digit', () => {
  const ended = (length: number): fc.Arbitrary<string> =>
    digitsOf(length - 1)
      .filter((digits) => Number(digits) > 0)
      .map((digits) => `${digits}${luhnCheckDigit(digits)}`);

  test('of the standard example', () => expect(luhnCheckDigit('7992739871')).toBe(3));

  test.each([
    ['IMEI', parseImei, 15],
    ['ICCID of 19 digits', parseIccid, 19],
    ['ICCID of 20 digits', parseIccid, 20],
  ] as const)('ends an %s, and no single changed digit passes', (_what, parse, length) => {
    fc.assert(
      fc.property(
        ended(length).chain((right) => mutateDigit(right).map(({ text }) => ({ right, text }))),
        ({ right, text }) => {
          expect(parse(right).ok).toBe(true);
          expect(parse(text).ok).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('of zeros alone is no identity', () => {
    expect(parseImei('0'.repeat(15)).ok).toBe(false);
    expect(parseIccid('0'.repeat(19)).ok).toBe(false);
    expect(parseIccid('0'.repeat(20)).ok).toBe(false);
  });
});

test.each(['', 'k', 'Kcell', '2tele', 'tele-2', 'abcdefghijklmnopq', '__proto__'])('%p is no operator code', (text) => {
  expect(parseOperatorCode(text)).toEqual({ ok: false, error: 'MALFORMED' });
});

describe('an amount', () => {
  test.each([
    '0',
    '1',
    '1.5',
    '01.00',
    '-1.00',
    '1,00',
    '1 000.00',
    '1.000',
    '.50',
    '1e3',
    '1000000000000000.00',
    '1.00\n',
  ])('%p is refused', (text) => expect(parseKzt(text).ok).toBe(false));
  test('is whole tiyn and back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 99_999_999_999_999_999n }), (tiyn) => {
        const amount = fromTiyn(tiyn);
        expect(parseKzt(amount)).toEqual({ ok: true, value: amount });
        expect(toTiyn(amount)).toBe(tiyn);
      }),
    );
    expect(toTiyn('150000.07' as Kzt)).toBe(15_000_007n);
    expect(fromTiyn(7n)).toBe('0.07');
    expect(() => fromTiyn(-1n)).toThrow();
    expect(() => fromTiyn(10n ** 17n)).toThrow();
  });
});

describe('a mask', () => {
  test('of an IMEI leaves the model and two digits', () => {
    expect(maskImei('356938035643809' as Imei)).toBe('35693803*****09');
  });
  test('of an ICCID leaves the issuer and two digits', () => {
    expect(maskIccid('8997701000000000015' as Iccid)).toBe('899770***********15');
    expect(maskIccid('89977010000000000156' as Iccid)).toBe('899770************56');
  });
  test.each([
    ['Ахметов Канат', 'А***** К.'],
    ['Ахметова Айгуль Сериковна', 'А***** А.'],
    ['  Ким   Ли ', 'К***** Л.'],
    ['Мадонна', 'М*****'],
    ['𐐀𐐁 𐐂', '𐐀***** 𐐂.'],
    ['', ''],
    ['   ', ''],
  ])('of the name %p is %p', (name, mask) => expect(maskName(name)).toBe(mask));
});
