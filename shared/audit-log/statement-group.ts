// Several statements of one transaction in one message to the server and one answer: what a statement costs is mostly the way there and back.
// The server runs them in their order and stops at the first that fails, as it would if they came one by one. Values come back as the
// server's text. Works with any connection of pg, whose interface for statements of one's own this file fills.

import type { Connection, Submittable } from 'pg';
import { AppError } from '../vocabulary/app-error';
import type { SqlSession } from './sql-session';

/** A statement that is planned once per connection, under its name. The same name always has the same text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values?: readonly StatementValue[];
}

/** What a parameter may be: arrays are given as text in the server's own form. */
export type StatementValue = string | number | boolean | Uint8Array | null;

/** Texts as a parameter of type `text[]`. */
export function textArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** Rows of one statement, each with the texts of its columns. */
export type TextRows = readonly (readonly (string | null)[])[];

/**
 * Runs the statements in order; resolves with the rows of each once all are done. Rejects with the server's error of the first that failed:
 * those after it were not run, and a transaction that was open is to be rolled back. INTERNAL when a COMMIT among them found the
 * transaction already failed.
 */
export function runTogether(session: SqlSession, statements: readonly Statement[]): Promise<readonly TextRows[]> {
  return new Promise((resolve, reject) => {
    session.query(new StatementGroup(statements, resolve, reject));
  });
}

const BEGIN: Statement = { name: 'begin', text: 'BEGIN' };
const COMMIT: Statement = { name: 'commit', text: 'COMMIT' };

/** Begins a transaction and runs the first statements in it, in one message. */
export async function beginWith(session: SqlSession, statements: readonly Statement[]): Promise<readonly TextRows[]> {
  const [, ...results] = await runTogether(session, [BEGIN, ...statements]);
  return results;
}

/** Runs the last statements of a transaction and commits it, in one message. */
export async function commitWith(session: SqlSession, statements: readonly Statement[]): Promise<readonly TextRows[]> {
  const results = await runTogether(session, [...statements, COMMIT]);
  return results.slice(0, -1);
}

/** Names that a connection's server knows, apart from those that pg itself keeps. */
const KNOWN_NAMES = new WeakMap<Connection, Set<string>>();
const PREFIX = 'together_';

class StatementGroup implements Submittable {
  /** Set and wrapped by pg when it limits the time of statements. */
  callback: (error: Error | null) => void;
  private readonly results: (string | null)[][][] = [[]];
  private isUndone = false;

  constructor(
    private readonly statements: readonly Statement[],
    resolve: (results: readonly TextRows[]) => void,
    reject: (error: Error) => void,
  ) {
    this.callback = (error) => {
      if (error !== null) reject(error);
      else if (this.isUndone) reject(new AppError('INTERNAL', 'The transaction had failed before its COMMIT.'));
      else resolve(this.results.slice(0, statements.length));
    };
  }

  submit(connection: Connection): void {
    const known = KNOWN_NAMES.get(connection) ?? new Set<string>();
    KNOWN_NAMES.set(connection, known);
    connection.stream.cork();
    try {
      for (const { name, text } of this.statements) {
        if (known.has(name)) continue;
        // A message that failed half-way may have left the name behind; closing one that is not there is no error.
        connection.close({ type: 'S', name: PREFIX + name }, true);
        connection.parse({ name: PREFIX + name, text, types: [] }, true);
        known.add(name);
      }
      for (const { name, values } of this.statements) {
        connection.bind({ statement: PREFIX + name, values: (values ?? []).map(wireValue) }, true);
        connection.execute(null, true);
      }
    } finally {
      connection.sync();
      connection.stream.uncork();
    }
  }

  handleDataRow(message: { readonly fields: (string | null)[] }): void {
    this.results.at(-1)?.push(message.fields);
  }

  handleCommandComplete(message: { readonly text: string }): void {
    const statement = this.statements[this.results.length - 1];
    if (statement?.text === COMMIT.text && message.text !== COMMIT.text) this.isUndone = true;
    this.results.push([]);
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: Error, connection: Connection): void {
    // Which of the new names it knows is not told.
    const known = KNOWN_NAMES.get(connection);
    for (const { name } of this.statements) known?.delete(name);
    this.callback(error);
  }
}

function wireValue(value: StatementValue): Buffer | string | null {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return String(value);
}
