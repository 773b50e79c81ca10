// Looks for personal data where none may be: numbers of people, lines and devices, and names, in any text or bytes, also encoded, escaped,
// spaced out, or as a plain hash that anybody could make again. What it finds it names by kind and place, never by value.

import { createHash } from 'node:crypto';

/** What must not be found. */
export interface Secrets {
  /** Phone numbers, canonical. */
  readonly msisdns: readonly string[];
  /** Other identifying numbers, digits alone: IIN, BIN, IMEI, IMSI, ICCID. */
  readonly numbers: Readonly<Record<string, readonly string[]>>;
  /** Full names of people and companies. */
  readonly names: readonly string[];
}

/** One find. */
export interface Hit {
  readonly source: string;
  readonly kind: string;
  /** In which form: as it stands, or decoded from something. */
  readonly form: string;
  /** The words around it, letters of names and digits blanked. */
  readonly around: string;
}

/** A search for the same secrets in many places. */
export interface LeakSearch {
  hitsIn(source: string, content: string | Uint8Array): readonly Hit[];
}

/** Prepares a search; it costs little per place, whatever the number of secrets. */
export function createLeakSearch(secrets: Secrets): LeakSearch {
  const numbers = new Map<string, string>();
  const hashes = new Map<string, string>();
  const keep = (kind: string, value: string, ...written: readonly string[]): void => {
    for (const text of [value, ...written]) hashes.set(sha256(text), kind);
  };
  for (const msisdn of secrets.msisdns) {
    const national = msisdn.slice(-10);
    numbers.set(national, 'msisdn');
    keep('msisdn', msisdn, msisdn.slice(1), national);
  }
  for (const [kind, values] of Object.entries(secrets.numbers)) {
    for (const value of values) {
      numbers.set(value, kind);
      keep(kind, value);
    }
  }
  for (const name of secrets.names) keep('name', name);
  const words = [...new Set(secrets.names.flatMap((name) => name.match(WORD) ?? []))];
  const named = words.length === 0 ? null : new RegExp(`(?<!\\p{L})(?:${words.join('|')})(?!\\p{L})`, 'giu');

  function hitsIn(source: string, content: string | Uint8Array): readonly Hit[] {
    const bytes = typeof content === 'string' ? null : Buffer.from(content);
    const hits: Hit[] = [];
    look(bytes === null ? String(content) : bytes.toString('utf8'), 'as it stands', 0);
    if (bytes !== null) for (const wide of wideTexts(bytes)) look(wide, 'UTF-16', 1);
    return hits;

    function look(view: string, form: string, depth: number): void {
      const found = (kind: string, at: number, length: number): void => {
        const around = `${view.slice(Math.max(0, at - 60), at)}(here)${view.slice(at + length, at + length + 30)}`;
        hits.push({ source, kind, form, around: around.replace(/\s+/g, ' ').replace(PERSONAL, '#') });
      };
      for (const { 0: run, index } of view.replace(NOT_A_NUMBER, blanked).matchAll(DIGITS)) {
        const kind = kindOf(run.replace(/[^0-9]/g, ''));
        if (kind !== null) found(kind, index, run.length);
      }
      if (named !== null && CYRILLIC.test(view)) {
        for (const { 0: word, index } of view.matchAll(named)) found('name', index, word.length);
      }
      for (const { 0: hex, index } of view.matchAll(HEX)) {
        for (let start = 0; start + 64 <= hex.length; start += 2) {
          const kind = hashes.get(hex.slice(start, start + 64).toLowerCase());
          if (kind !== undefined) found(`hash of ${kind}`, index + start, 64);
        }
        if (depth < DEEPEST && hex.length % 2 === 0) lookInto(Buffer.from(hex, 'hex'), 'hex');
      }
      for (const { 0: coded, index } of view.matchAll(BASE64)) {
        const kind = hashes.get(Buffer.from(coded, 'base64').toString('hex'));
        if (kind !== undefined) found(`hash of ${kind}`, index, coded.length);
        for (let start = 0; start < 4 && depth < DEEPEST; start += 1) {
          lookInto(Buffer.from(coded.slice(start), 'base64'), 'base64');
        }
      }
      if (depth > 0) return;
      if (/\\u[0-9a-f]{4}/i.test(view)) look(view.replace(/\\u([0-9a-f]{4})/gi, codePoint), 'escaped', 1);
      if (/%[0-9a-f]{2}/i.test(view)) look(percentDecoded(view), 'percent-encoded', 1);

      function lookInto(bytes: Buffer, code: string): void {
        // Hashes, keys and signatures: what is no text holds none.
        const inner = bytes.toString('utf8');
        if (isText(inner)) look(inner, `${form}, then ${code}`, depth + 1);
        for (const wide of wideTexts(bytes)) if (isText(wide)) look(wide, `${form}, then ${code} of UTF-16`, depth + 1);
      }
    }
  }

  function kindOf(digits: string): string | null {
    const exact = numbers.get(digits);
    if (exact !== undefined) return exact;
    for (let at = 0; at < digits.length; at += 1) {
      // A phone number in a longer run has its country or trunk digit before it.
      if (/[78]/.test(digits[at] ?? '') && numbers.get(digits.slice(at + 1, at + 11)) === 'msisdn') return 'msisdn';
      for (const length of LENGTHS) {
        const kind = at + length <= digits.length ? numbers.get(digits.slice(at, at + length)) : undefined;
        if (kind !== undefined) return kind;
      }
    }
    return null;
  }

  return { hitsIn };
}

const DEEPEST = 2;
/** Of an IIN or BIN, an IMSI, an IMEI, an ICCID. */
const LENGTHS = [12, 14, 15, 19, 20];
const PERSONAL = /[0-9\p{Script=Cyrillic}]/gu;
const WORD = /\p{Script=Cyrillic}{4,}/gu;
const CYRILLIC = /\p{Script=Cyrillic}/u;
/** Ten digits and more, also with a space, hyphen or bracket between them. */
const DIGITS = /[0-9](?:[ ()-]{0,2}[0-9]){9,}/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: UTF-16 of digits is full of them.
const WIDE = /(?:\0[0-9+]){10,}|(?:[0-9]\0){10,}|(?:\x04[\x10-\x4f]){4,}|(?:[\x10-\x4f]\x04){4,}/;
const HEX = /[0-9a-f]{20,}/gi;
const BASE64 = /[A-Za-z0-9+/_-]{14,}/g;
/** Hashes, UUIDs, fractions and instants hold digits in a row that are nobody's. */
const NOT_A_NUMBER =
  /\b(?=[0-9a-f-]*[a-f])[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12,}\b|\b[0-9]+\.[0-9]{7,}(?:e[+-]?[0-9]+)?|\b20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-9:.]+/gi;

function blanked(text: string): string {
  return '#'.repeat(text.length);
}

function codePoint(_escape: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (coded) => Buffer.from(coded.replaceAll('%', ''), 'hex').toString('utf8'));
}

function isText(text: string): boolean {
  let readable = 0;
  for (const sign of text) if (/[\p{L}\p{N}\p{P}\p{S}\s]/u.test(sign) && sign !== '\ufffd') readable += 1;
  return text.length > 0 && readable / [...text].length > 0.9;
}

/** Bytes read as UTF-16, in both orders and from both places; only such as hold ten digits or four Cyrillic letters in a row. */
function wideTexts(bytes: Buffer): readonly string[] {
  const latin = bytes.toString('latin1');
  if (!WIDE.test(latin)) return [];
  return [0, 1].flatMap((from) => {
    const even = bytes.subarray(from, from + 2 * Math.floor((bytes.length - from) / 2));
    return [even.toString('utf16le'), Buffer.from(even).swap16().toString('utf16le')];
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
