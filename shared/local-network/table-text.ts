// Text for a terminal: labelled rows that wrap at a width, colour only where it is wanted, and foreign strings without anything that
// could move a cursor or turn a line around.

import { styleText } from 'node:util';

/** How a table is printed. */
export interface TableStyle {
  /** Columns of the screen. */
  readonly width: number;
  readonly hasColour: boolean;
}

export type Emphasis = 'bold' | 'red' | 'yellow' | 'green' | 'dim';

const LABEL_WIDTH = 15;

/** Printable text of any value; controls, marks of direction and line breaks become a space. A dash for what is missing. */
export function clean(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  return String(value)
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, 300);
}

/** The texts that are there, with commas between. */
export function listed(parts: readonly (string | null | undefined | false)[]): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join(', ');
}

/** A heading of a section. */
export function heading(text: string, style: TableStyle): string {
  return emphasise(text, ['bold'], style);
}

/** A label and its text; further lines stand under the text. */
export function row(
  label: string,
  text: string,
  style: TableStyle,
  options: { readonly indent?: number; readonly emphasis?: readonly Emphasis[] } = {},
): string {
  const indent = options.indent ?? 0;
  const start = ' '.repeat(indent) + label.padEnd(LABEL_WIDTH - indent);
  const room = Math.max(20, style.width - start.length);
  return wrap(text, room)
    .map((line, index) => {
      const shown = emphasise(line, options.emphasis ?? [], style);
      return index === 0 ? `${start}${shown}` : `${' '.repeat(start.length)}${shown}`;
    })
    .join('\n');
}

/** A line of a list under a heading; further lines stand under its text. */
export function item(text: string, style: TableStyle): string {
  return wrap(text, Math.max(20, style.width - 4))
    .map((line, index) => `${index === 0 ? '  ' : '    '}${line}`)
    .join('\n');
}

/** Lines of running text. */
export function paragraph(text: string, width: number): string {
  return wrap(text, width).join('\n');
}

function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function emphasise(text: string, emphasis: readonly Emphasis[], style: TableStyle): string {
  if (!style.hasColour || emphasis.length === 0) return text;
  return styleText([...emphasis], text, { validateStream: false });
}
