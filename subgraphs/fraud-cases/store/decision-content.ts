// The one digest of what two people decide. Proposal and approval carry it, and the table takes no approval of another content.

import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../shared/audit/canonical-json';
import { type Proposal, type ProposalGround, proposalContent } from '../domain/case-record';

/** SHA-256, hex, of the proposal with the suspects and the evidence that it rests on, in their one text. */
export function contentHash(ground: ProposalGround, proposal: Proposal): string {
  return createHash('sha256')
    .update(canonicalJson(proposalContent(ground, proposal)), 'utf8')
    .digest('hex');
}
