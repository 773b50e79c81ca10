// A transparency log proof (C2SP tlog-proof): index, inclusion proof and checkpoint of one entry in one text that is verified offline.
// With the opening of its leaf it is the receipt of an act. Reading it believes nothing; `verifyReceipt` does the checking.

import { AuditFault, requireThat } from './audit-catalogue';
import { parseCheckpoint } from './checkpoint';
import { decodeBase64, decodeDecimal, decodeUtf8, encodeBase64 } from './encoding';
import { HASH_SIZE, leafHash } from './hash';
import { leafData } from './leaf';
import { parseNote, verifyNote } from './note';
import { LONGEST_PROOF, verifyInclusion } from './proof';
import type { QuorumPolicy } from './witness-policy';

export interface TlogProof {
  /** Opaque and unauthenticated; null when the line is absent. */
  readonly extra: Uint8Array | null;
  readonly index: bigint;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
}

/** What a receipt proves. */
export interface ReceiptFacts {
  readonly index: bigint;
  /** Size of the checkpoint that covers the entry. */
  readonly size: bigint;
  /** Names, in the policy, of the witnesses that cosigned it. */
  readonly witnesses: readonly string[];
  /** Whether they are a quorum. Without one, the keeper of the log can still change its mind. */
  readonly final: boolean;
}

const HEADER = 'c2sp.org/tlog-proof@v1';
const LARGEST = 1_100_000;

/** The proof that a text holds. PROOF_MALFORMED unless it prints back the same. */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  const text = bytes.length <= LARGEST ? decodeUtf8(bytes) : null;
  const blank = text?.indexOf('\n\n') ?? -1;
  requireThat(
    text !== null && blank > 0,
    'PROOF_MALFORMED',
    'A proof is UTF-8 with a blank line before the checkpoint.',
  );
  const [header, ...lines] = text.slice(0, blank).split('\n');
  requireThat(header === HEADER, 'PROOF_MALFORMED', 'A proof begins with the name of its format.');
  const extra = lines[0]?.startsWith('extra ') ? lines.shift()?.slice('extra '.length) : undefined;
  const [indexLine = '', ...hashes] = lines;
  const index = indexLine.startsWith('index ') ? decodeDecimal(indexLine.slice('index '.length)) : null;
  const proof = hashes.flatMap((line) => {
    const hash = decodeBase64(line);
    return hash?.length === HASH_SIZE ? [hash] : [];
  });
  const extraBytes = extra === undefined ? null : decodeBase64(extra);
  requireThat(
    index !== null && proof.length === hashes.length && proof.length <= LONGEST_PROOF,
    'PROOF_MALFORMED',
    'A proof has an index and at most 64 hashes of 32 bytes.',
  );
  const parsed = { extra: extraBytes, index, proof, checkpoint: text.slice(blank + 2) };
  requireThat(formatTlogProof(parsed) === text, 'PROOF_MALFORMED', 'A proof has one form.');
  return parsed;
}

/** The text of a proof. */
export function formatTlogProof(proof: TlogProof): string {
  const extra = proof.extra === null ? [] : [`extra ${encodeBase64(proof.extra)}`];
  const lines = [HEADER, ...extra, `index ${proof.index}`, ...proof.proof.map(encodeBase64)];
  return `${lines.join('\n')}\n\n${proof.checkpoint}`;
}

/**
 * What a receipt proves about an act: the proof's checkpoint is signed by the policy's log, and the leaf that the signed act and its salt
 * open stands at the index. Throws the code of what fails. Who signed the act is another question (act.ts).
 */
export function verifyReceipt(
  policy: QuorumPolicy,
  receipt: { readonly proof: TlogProof; readonly jws: string; readonly salt: Uint8Array },
): ReceiptFacts {
  const { proof } = receipt;
  const note = parseNote(Buffer.from(proof.checkpoint, 'utf8'));
  const signers = verifyNote(note, [...policy.logKeys, ...policy.witnesses.map((witness) => witness.key)]);
  const checkpoint = parseCheckpoint(note.text);
  requireThat(
    checkpoint.origin === policy.origin && signers.some((signer) => policy.logKeys.includes(signer.key)),
    'LOG_SIGNATURE',
    'A checkpoint is signed by the log it names.',
  );
  const leaf = leafHash(leafData(receipt.salt, receipt.jws));
  const claim = {
    index: proof.index,
    size: checkpoint.size,
    leafHash: leaf,
    proof: proof.proof,
    root: checkpoint.root,
  };
  if (!verifyInclusion(claim)) throw new AuditFault('INCLUSION', 'The opened leaf stands at the index.');
  const witnesses = policy.witnesses.filter((witness) => signers.some((signer) => signer.key === witness.key));
  return {
    index: proof.index,
    size: checkpoint.size,
    witnesses: witnesses.map((witness) => witness.name),
    final: witnesses.length >= policy.needed,
  };
}
