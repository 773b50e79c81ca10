// The receipt of an act: a transparency log proof with the opening of its leaf. Proves where the act stands in the log and whether that is
// final. Who signed the act is another question (act.ts); that its party's own witness agrees is the party's to ask.

import { requireThat } from './audit-catalogue';
import { parseCheckpoint } from './checkpoint';
import { leafHash } from './hash';
import { leafData } from './leaf';
import { parseNote, verifyNote } from './note';
import { verifyInclusion } from './proof';
import type { TlogProof } from './tlog-proof';
import type { QuorumPolicy } from './witness-policy';

export interface Receipt {
  readonly proof: TlogProof;
  /** The signed act as it was sent. */
  readonly jws: string;
  readonly salt: Uint8Array;
}

/** A checkpoint that the log signed, with the witnesses that truly cosigned it. */
export interface ReceiptCheckpoint {
  readonly size: bigint;
  readonly root: Uint8Array;
  /** Names in the policy. */
  readonly witnesses: readonly string[];
  /** Whether they are a quorum. Without one, the keeper of the log can still change its mind. */
  readonly final: boolean;
}

/** What a receipt proves. */
export interface ReceiptFacts {
  readonly index: bigint;
  /** Size of the checkpoint that covers the entry. */
  readonly size: bigint;
  readonly witnesses: readonly string[];
  readonly final: boolean;
}

/** What a receipt proves by a policy. Faults of `openReceiptCheckpoint` and `proveReceipt`. Costs one signature check per line of the checkpoint. */
export function verifyReceipt(policy: QuorumPolicy, receipt: Receipt): ReceiptFacts {
  return proveReceipt(openReceiptCheckpoint(policy, receipt.proof.checkpoint), receipt);
}

/** The checkpoint in a note, which many receipts may share. LOG_SIGNATURE unless a log key of the policy signed it; lines of strangers are ignored. */
export function openReceiptCheckpoint(policy: QuorumPolicy, note: string): ReceiptCheckpoint {
  const unverified = parseNote(Buffer.from(note, 'utf8'));
  const signers = verifyNote(unverified, [...policy.logKeys, ...policy.witnesses.map((witness) => witness.key)]);
  const { origin, size, root } = parseCheckpoint(unverified.text);
  requireThat(
    origin === policy.origin && signers.some((signer) => policy.logKeys.includes(signer.key)),
    'LOG_SIGNATURE',
    'A checkpoint is signed by the log it names.',
  );
  const witnesses = policy.witnesses.filter((witness) => signers.some((signer) => signer.key === witness.key));
  return { size, root, witnesses: witnesses.map((witness) => witness.name), final: witnesses.length >= policy.needed };
}

/** What a receipt proves under a checkpoint that was opened before: that the leaf which act and salt open stands at the index. INCLUSION otherwise. The caller answers for it that the proof names this checkpoint. No signature is checked. */
export function proveReceipt(checkpoint: ReceiptCheckpoint, { proof, jws, salt }: Receipt): ReceiptFacts {
  const { size, root, witnesses, final } = checkpoint;
  const claim = { index: proof.index, size, leafHash: leafHash(leafData(salt, jws)), proof: proof.proof, root };
  requireThat(verifyInclusion(claim), 'INCLUSION', 'The opened leaf stands at the index.');
  return { index: proof.index, size, witnesses, final };
}
