// Whether the planner carries the literals of a document unchanged. It keeps whole numbers in 64 bits, writes a number beyond all bounds
// as a word, and mistakes the backspace for another character: such a document is refused, so that no value is changed on its way. A
// client that means one sends it as a variable, which the planner never sees.

import { type DocumentNode, Kind, visit } from 'graphql';

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;
/** Digits beyond which a whole number is not even read; the bounds have 19. */
const MOST_DIGITS = 40;

/** True when every literal reaches the subgraphs as the client wrote it. Requires nothing of the document but its syntax. */
export function carriesLiterals(document: DocumentNode): boolean {
  let carries = true;
  visit(document, {
    IntValue: ({ value }) => {
      carries &&= isCarriedInteger(value);
    },
    FloatValue: ({ value }) => {
      carries &&= Number.isFinite(Number(value));
    },
    [Kind.STRING]: ({ value }) => {
      carries &&= !value.includes('\b');
    },
  });
  return carries;
}

function isCarriedInteger(text: string): boolean {
  if (text.length <= 15) return true;
  if (text.length > MOST_DIGITS) return false;
  const value = BigInt(text);
  return value >= LEAST && value <= MOST;
}
