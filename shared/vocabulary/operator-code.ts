// The stable code of an operator, e.g. `kcell`: partition key of the operator subgraphs, name of its keys and of its database.

import { accepted, type Result, refused } from './result';

declare const operatorCode: unique symbol;

/** An operator's code: a lower-case ASCII letter, then 1 to 15 lower-case letters or digits. */
export type OperatorCode = string & { readonly [operatorCode]: true };

/** Why a text is not an operator's code. */
export const OPERATOR_CODE_REFUSALS = ['MALFORMED'] as const;
export type OperatorCodeRefusal = (typeof OPERATOR_CODE_REFUSALS)[number];

const LONGEST = 16;
const FORM = /^[a-z][a-z0-9]{1,15}$/;

/** The operator's code that a text spells. Says nothing about whether such an operator exists. */
export function parseOperatorCode(text: string): Result<OperatorCode, OperatorCodeRefusal> {
  if (typeof text !== 'string' || text.length > LONGEST || !FORM.test(text)) return refused('MALFORMED');
  return accepted(text as OperatorCode);
}
