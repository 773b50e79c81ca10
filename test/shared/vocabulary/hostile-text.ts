// Foreign text that no parser of this project may accept, whatever it parses, made from a text that is right. Rows of the catalogue
// of bad input are named beside the spellings.

import fc from 'fast-check';

// The same runs every time: a failure must come from a change, not from luck.
fc.configureGlobal({ seed: 20240301 });

/** What a text becomes in the hands of somebody careless or hostile. */
export function corruptionsOf(right: string): readonly (readonly [what: string, text: string])[] {
  const middle = Math.floor(right.length / 2);
  const insert = (mark: string): string => right.slice(0, middle) + mark + right.slice(middle);
  const swapDigits = (zero: number): string =>
    [...right]
      .map((character) => (/[0-9]/.test(character) ? String.fromCharCode(zero + Number(character)) : character))
      .join('');
  return [
    ['nothing (B07)', ''],
    ['a space (B07)', ' '],
    ['a sign alone (B07)', '+'],
    ['Arabic-Indic digits (B08)', swapDigits(0x0660)],
    ['Persian digits (B08)', swapDigits(0x06f0)],
    ['Devanagari digits (B08)', swapDigits(0x0966)],
    ['full-width digits (B08)', swapDigits(0xff10)],
    ['a left-to-right mark inside (B09)', insert('\u200e')],
    ['a right-to-left override inside (B09)', insert('\u202e')],
    ['a zero-width space inside (B09)', insert('\u200b')],
    ['a zero-width joiner inside (B09)', insert('\u200d')],
    ['a byte order mark in front (B09)', `\ufeff${right}`],
    ['a soft hyphen inside (B09)', insert('\u00ad')],
    ['a no-break space inside (B09)', insert('\u00a0')],
    ['a combining mark at the end (B09)', `${right}\u0301`],
    ['NUL inside (B10)', insert('\u0000')],
    ['NUL at the end (B10)', `${right}\u0000`],
    ['a lone surrogate inside (B11)', insert('\ud800')],
    ['an extension (B12)', `${right};ext=1`],
    ['a scheme (B12)', `tel:${right}`],
    ['two of them (B12)', `${right},${right}`],
    ['ten thousand characters (B13)', right.padEnd(10_000, '7')],
    ['a megabyte (B13)', right.repeat(Math.ceil(1_048_576 / right.length))],
    ['Cyrillic letters (B14)', right.replace(/0/, 'О')],
    ['a newline at the end (B15)', `${right}\n`],
    ['a carriage return at the end (B15)', `${right}\r`],
    ['CR LF at the end (B15)', `${right}\r\n`],
    ['a line separator at the end (B15)', `${right}\u2028`],
    ['a tab at the end (B15)', `${right}\t`],
    ['a newline in front (B15)', `\n${right}`],
    ['a space at the end', `${right} `],
    ['a space in front', ` ${right}`],
    ['quotes (B84)', `'${right}'`],
    ['SQL behind it (B84)', `${right}'; DROP TABLE subscriber; --`],
    ['a letter at the end', `${right}x`],
    ['a minus in front', `-${right}`],
    ['a long row of letters (B85)', `${'a'.repeat(50_000)}!`],
    ['a long row of spaces (B85)', `${' '.repeat(50_000)}!`],
  ];
}

/** Values of other kinds, which reach a parser only past the type check. */
export const NOT_TEXTS: readonly unknown[] = [
  null,
  undefined,
  0,
  77011234567,
  -1,
  1e20,
  true,
  {},
  [],
  ['+77011234567'],
  Symbol('7'),
  7n,
];

/** Any text of Unicode, lone surrogates included. */
export const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 }).map((codes) => String.fromCharCode(...codes)),
  fc.stringMatching(/^[-+0-9 ()TZ:.]{0,40}$/),
);

/** A text of so many ASCII digits. */
export const digitsOf = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((digits) => digits.join(''));

/** A text with one of its digits changed to another. */
export function mutateDigit(text: string): fc.Arbitrary<{ readonly text: string; readonly at: number }> {
  return fc
    .tuple(fc.integer({ min: 0, max: text.length - 1 }), fc.integer({ min: 1, max: 9 }))
    .map(([at, by]) => ({ at, text: text.slice(0, at) + ((Number(text[at]) + by) % 10) + text.slice(at + 1) }));
}
