// JSON read so that two honest readers cannot read two things: RFC 8259 with what it leaves open closed as RFC 7493 (I-JSON) advises.
// JSON.parse takes the last of two equal members, half surrogates and rounded numbers without a word; here each is refused.

import { AuditFault, requireThat } from './audit-catalogue';
import { decodeUtf8, isWellFormed } from './encoding';

/** Bounds of one text. */
export interface JsonLimits {
  readonly maxBytes: number;
  /** Arrays and objects inside one another. */
  readonly maxDepth: number;
}

const DEFAULT_LIMITS: JsonLimits = { maxBytes: 64 * 1024 * 1024, maxDepth: 64 };
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
/** Characters of a string up to its next quote, backslash or control character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 section 7 forbids exactly these
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const HEX4 = /^[0-9a-fA-F]{4}$/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * The value of a JSON text. Throws TOO_LARGE, UTF8 (also for a byte order mark), JSON_SYNTAX, JSON_DEPTH (64 unless told otherwise),
 * JSON_DUPLICATE (compared after escapes), JSON_SURROGATE, and JSON_NUMBER for a number that is not finite or a whole number
 * beyond 2^53-1 that would be rounded. A member named `__proto__` is an ordinary member. One pass over the text.
 */
export function parseStrictJson(text: Uint8Array, limits: JsonLimits = DEFAULT_LIMITS): unknown {
  requireThat(text.length <= limits.maxBytes, 'TOO_LARGE', 'The JSON text is within its size limit.');
  const decoded = decodeUtf8(text);
  requireThat(decoded !== null, 'UTF8', 'A JSON text is UTF-8 without a byte order mark.');
  return new JsonReader(decoded, limits.maxDepth).readText();
}

class JsonReader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  readText(): unknown {
    const value = this.readValue(0);
    requireThat(this.at === this.text.length, 'JSON_SYNTAX', 'Nothing follows the value.');
    return value;
  }

  /** A value with the white space around it. */
  private readValue(depth: number): unknown {
    this.match(SPACE);
    const value = this.readBareValue(depth);
    this.match(SPACE);
    return value;
  }

  private readBareValue(depth: number): unknown {
    switch (this.text[this.at]) {
      case '{':
        return this.readObject(this.deeper(depth));
      case '[':
        return this.readArray(this.deeper(depth));
      case '"':
        return this.readString();
      case 't':
        return this.readWord('true', true);
      case 'f':
        return this.readWord('false', false);
      case 'n':
        return this.readWord('null', null);
      default:
        return this.readNumber();
    }
  }

  private deeper(depth: number): number {
    requireThat(depth < this.maxDepth, 'JSON_DEPTH', 'Arrays and objects are nested no deeper than the limit.');
    return depth + 1;
  }

  private readObject(depth: number): object {
    const members = new Map<string, unknown>();
    this.expect('{');
    this.match(SPACE);
    if (this.text[this.at] !== '}') {
      do {
        this.match(SPACE);
        const name = this.readString();
        requireThat(!members.has(name), 'JSON_DUPLICATE', 'An object names a member once.');
        this.match(SPACE);
        this.expect(':');
        members.set(name, this.readValue(depth));
      } while (this.skip(','));
    }
    this.expect('}');
    // Object.fromEntries defines own members, so `__proto__` cannot change what the object is.
    return Object.fromEntries(members);
  }

  private readArray(depth: number): readonly unknown[] {
    const items: unknown[] = [];
    this.expect('[');
    this.match(SPACE);
    if (this.text[this.at] !== ']') {
      do items.push(this.readValue(depth));
      while (this.skip(','));
    }
    this.expect(']');
    return items;
  }

  private readString(): string {
    this.expect('"');
    let value = this.match(PLAIN);
    while (this.skip('\\')) value += this.readEscape() + this.match(PLAIN);
    this.expect('"');
    requireThat(isWellFormed(value), 'JSON_SURROGATE', 'A string has no half surrogate pairs.');
    return value;
  }

  private readEscape(): string {
    const letter = this.text[this.at] ?? '';
    this.at += 1;
    if (letter === 'u') {
      const digits = this.text.slice(this.at, this.at + 4);
      requireThat(HEX4.test(digits), 'JSON_SYNTAX', 'Four hex digits follow \\u.');
      this.at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const character = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    requireThat(character !== undefined, 'JSON_SYNTAX', 'A backslash is followed by one of eight letters or \\u.');
    return character;
  }

  private readNumber(): number {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (found === null) throw new AuditFault('JSON_SYNTAX', 'A value begins here.');
    this.at = NUMBER.lastIndex;
    const [digits, fraction, exponent] = found;
    const value = Number(digits);
    const isWhole = fraction === undefined && exponent === undefined;
    requireThat(
      Number.isFinite(value) && (!isWhole || Number.isSafeInteger(value)),
      'JSON_NUMBER',
      'A number is finite, and a whole number is within 2^53-1.',
    );
    return value;
  }

  private readWord<Value>(word: string, value: Value): Value {
    requireThat(this.text.startsWith(word, this.at), 'JSON_SYNTAX', 'A word is true, false or null.');
    this.at += word.length;
    return value;
  }

  /** The text that a sticky pattern, which may match nothing, finds here. */
  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private skip(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private expect(character: string): void {
    requireThat(this.skip(character), 'JSON_SYNTAX', 'Punctuation stands where the grammar asks for it.');
  }
}
