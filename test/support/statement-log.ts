// Counts what a program really sends to PostgreSQL: every statement of every connection of this process, as pg sends it.

import { jest } from '@jest/globals';
import { Client } from 'pg';

/** The statements that `work` caused, in order. Not for tests that run several works at once. */
export async function statementsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const statements: string[] = [];
  const send = Client.prototype.query;
  const spy = jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...words: unknown[]) {
    const [first] = words;
    statements.push(typeof first === 'string' ? first : String((first as { readonly text?: string }).text));
    return Reflect.apply(send, this, words) as never;
  } as never);
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return statements;
}
