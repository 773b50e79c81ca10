// ASCII digits in foreign text. Numbers of people, lines and devices are compared as text and travel into other parties' systems,
// so a digit here is one of the ten of ASCII and nothing else: no other script's digits, no sign, no mark, no control.

const ZERO = 48;
const NINE = 57;

/** Whether a text is exactly `length` ASCII digits. Looks at nothing else when the length differs. */
export function isDigits(text: string, length: number): boolean {
  if (typeof text !== 'string' || text.length !== length) return false;
  for (let at = 0; at < length; at += 1) {
    if (!isDigitCode(text.charCodeAt(at))) return false;
  }
  return true;
}

/** Whether a UTF-16 code unit is an ASCII digit. */
export function isDigitCode(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** The digit at a place of a text whose digits were checked before. */
export function digitAt(digits: string, at: number): number {
  return digits.charCodeAt(at) - ZERO;
}

/** The number that `[from, to)` of a text spells, whose digits were checked before. At most fifteen digits. */
export function numberAt(digits: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + digitAt(digits, at);
  return value;
}

/** Whether every character of a non-empty text is `0`; such numbers pass every check sum and belong to nobody. */
export function isAllZeros(digits: string): boolean {
  for (let at = 0; at < digits.length; at += 1) {
    if (digits.charCodeAt(at) !== ZERO) return false;
  }
  return true;
}
