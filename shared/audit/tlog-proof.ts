// A transparency log proof (C2SP tlog-proof): index, inclusion proof and checkpoint of one entry in one text that is verified offline.
// This file decides the text alone and believes nothing of it; receipt.ts does the checking.

import { requireThat } from './audit-catalogue';
import { decodeBase64, decodeDecimal, decodeUtf8, encodeBase64 } from './encoding';
import { HASH_SIZE } from './hash';
import { LONGEST_PROOF } from './proof';

export interface TlogProof {
  /** Opaque and unauthenticated; null when the line is absent. */
  readonly extra: Uint8Array | null;
  readonly index: bigint;
  /** From the leaf's sibling up to the root's child. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, verbatim. */
  readonly checkpoint: string;
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
