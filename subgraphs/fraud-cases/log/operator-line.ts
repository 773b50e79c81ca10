// What operators say in a replay, line by line: an act each, with what opens it and, where an order was executed, the receipt. Everything in a
// line is chosen by its sender; here its signature is checked, whether it fits a history is asked later.

import { createInterface } from 'node:readline';
import type { SignedAct } from '../../../shared/audit-log/act-author';
import { messageOf } from '../../../shared/audit-log/act-routes';
import { type ActKeyOf, openMessage } from '../../../shared/audit-log/foreign-act';
import { AppError } from '../../../shared/vocabulary/app-error';

/** An operator's act about something that both sides know by name. */
export interface OperatorLine {
  readonly subject: string;
  readonly id: string;
  readonly signed: SignedAct;
  /** Compact JWS; null where nothing was executed. */
  readonly receipt: string | null;
}

/** The lines of a stream; throws on one that is none, naming its number and not its text. */
export async function readOperatorLines(
  input: NodeJS.ReadableStream,
  actKeyOf: ActKeyOf,
): Promise<readonly OperatorLine[]> {
  const lines: OperatorLine[] = [];
  let number = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (text !== '') lines.push(readLine(text, number, actKeyOf));
  }
  return lines;
}

function readLine(text: string, number: number, actKeyOf: ActKeyOf): OperatorLine {
  const { subject, id, receipt = null, act, salt, disclosures } = parse(text);
  const message = messageOf({ act, salt, disclosures });
  const isWhole = typeof subject === 'string' && typeof id === 'string' && message !== null;
  if (!isWhole || (receipt !== null && typeof receipt !== 'string')) {
    throw new AppError('BAD_USER_INPUT', `Line ${number} is not an operator's act.`);
  }
  const signed = openMessage(message, actKeyOf);
  if (!signed.ok) throw new AppError('BAD_USER_INPUT', `Line ${number} is not an act that its author signed.`);
  return { subject, id, signed: signed.value, receipt };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
