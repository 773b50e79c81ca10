// What an operator states in a case, read out of the fields that it signed: an answer to questions, and what its own check found. Foreign
// until here: exactly these fields, each in its one form.

import { isText, UUID } from './signed-text';

/** An answer to the questions that were put to an operator. */
export interface SignedAnswer {
  readonly requestId: string;
  readonly answer: string;
}

/** What an operator's own check found. */
export interface SignedFinding {
  readonly confirmed: boolean;
  readonly findings: string;
}

/** The answer in signed fields; null when they are none. */
export function readSignedAnswer(fields: ReadonlyMap<string, unknown>): SignedAnswer | null {
  const [requestId, answer] = [fields.get('requestId'), fields.get('answer')];
  if (fields.size !== 2 || typeof requestId !== 'string' || !UUID.test(requestId)) return null;
  return isText(answer, LONGEST_STATEMENT) ? { requestId, answer } : null;
}

/** The finding in signed fields; null when they are none. */
export function readSignedFinding(fields: ReadonlyMap<string, unknown>): SignedFinding | null {
  const [confirmed, findings] = [fields.get('confirmed'), fields.get('findings')];
  if (fields.size !== 2 || typeof confirmed !== 'boolean') return null;
  return isText(findings, LONGEST_STATEMENT) ? { confirmed, findings } : null;
}

const LONGEST_STATEMENT = 10_000;
