// Whether the holder of a running line is the person a bank has in mind: yes, no, or nobody to compare with. Tells nothing else.

import type { Iin } from '../../../shared/vocabulary/iin';
import type { KycMatch } from '../../../shared/vocabulary/subscriber';
import { countsAsActiveLine, type LineContract } from './line-contract';

/** NOT_AVAILABLE for a line without a running contract, without an identified holder, or held by a legal entity. */
export function kycMatch(contract: LineContract | null, iin: Iin): KycMatch {
  if (contract === null || !countsAsActiveLine(contract.status)) return 'NOT_AVAILABLE';
  const holder = contract.subscriber?.iin ?? null;
  if (holder === null) return 'NOT_AVAILABLE';
  return holder === iin ? 'TRUE' : 'FALSE';
}
