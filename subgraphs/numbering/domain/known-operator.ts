// What the registry says of an operator: its entry in the directory, or, for a code that only history knows, the code alone.

import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { OperatorDirectory } from '../../../shared/vocabulary/operator-directory';

/** An operator as numbering shows it. */
export interface KnownOperator {
  readonly code: OperatorCode;
  readonly name: string;
  readonly brands: readonly string[];
}

/** The operators that are connected, in the order of the directory. */
export function connectedOperators(directory: OperatorDirectory): readonly KnownOperator[] {
  return directory.operators.filter((operator) => operator.state === 'CONNECTED');
}

/** The operator that the directory lists under a code, connected or gone; null when it lists none. */
export function listedOperator(directory: OperatorDirectory, code: OperatorCode): KnownOperator | null {
  return directory.operators.find((operator) => operator.code === code) ?? null;
}

/** The operator under a code. One that the directory does not list is named by its code: that somebody serves the number is still true. */
export function knownOperator(directory: OperatorDirectory, code: OperatorCode): KnownOperator {
  return listedOperator(directory, code) ?? { code, name: code, brands: [] };
}
