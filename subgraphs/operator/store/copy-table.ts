// Rows on their way into tables by COPY (text format): collected per table, written table by table in the order of their references,
// as soon as they take more than a few megabytes. Memory stays bounded however many rows there are.

import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** A value of a column; null is NULL, an array becomes a PostgreSQL array of texts. */
export type CopyValue = string | number | null | readonly string[];

/** A table and its columns in the order of the values. */
export interface CopyTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** Collects rows and writes them. Everything happens in the caller's transaction. */
export interface CopyWriter<Name extends string> {
  /** Adds a row; its values stand in the order of the table's columns. */
  add(table: Name, values: readonly CopyValue[]): void;
  /** Whether enough has been collected to be written. */
  isFull(): boolean;
  /** Writes what was collected, in the order of the tables. Rejects with the database's error. */
  flush(): Promise<void>;
}

const FULL_AT_CHARACTERS = 8_000_000;

/** A writer over one connection; `tables` stand in the order of their references. */
export function copyWriter<Name extends string>(
  client: PoolClient,
  tables: Readonly<Record<Name, CopyTable>>,
): CopyWriter<Name> {
  const names = Object.keys(tables) as Name[];
  const waiting = new Map<Name, string[]>(names.map((name) => [name, []]));
  let characters = 0;
  return {
    add(table, values) {
      const line = `${values.map(copyText).join('\t')}\n`;
      characters += line.length;
      waiting.get(table)?.push(line);
    },
    isFull: () => characters >= FULL_AT_CHARACTERS,
    async flush() {
      for (const name of names) {
        const lines = waiting.get(name) ?? [];
        if (lines.length > 0) await copy(client, tables[name], lines);
        waiting.set(name, []);
      }
      characters = 0;
    },
  };
}

const LINES_PER_CHUNK = 500;

async function copy(client: PoolClient, table: CopyTable, lines: readonly string[]): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${table.name} (${table.columns.join(', ')}) FROM STDIN`));
  const done = finished(stream);
  // The writes below wait for the stream; a refusal of the server ends the wait through `done`.
  const refusal = done.then(
    () => undefined,
    () => undefined,
  );
  for (let at = 0; at < lines.length && !stream.destroyed; at += LINES_PER_CHUNK) {
    if (!stream.write(lines.slice(at, at + LINES_PER_CHUNK).join(''))) {
      await Promise.race([once(stream, 'drain').catch(() => undefined), refusal]);
    }
  }
  stream.end();
  await done;
}

/** One value in COPY's text format (PostgreSQL, COPY, File Formats): backslash, tab and line ends are escaped. */
function copyText(value: CopyValue): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  return escapeText(typeof value === 'string' ? value : arrayText(value));
}

function escapeText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replace(/[\\\t\n\r]/g, (found) => ESCAPES[found] ?? found) : text;
}

const NEEDS_ESCAPE = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function arrayText(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
