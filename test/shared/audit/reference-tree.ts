// RFC 6962 section 2.1 written down as it stands: recursive, slow, without any cleverness. What the real code is compared with.

import { createHash } from 'node:crypto';

type Hashes = readonly Uint8Array[];

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  createHash('sha256').update(Buffer.concat(parts)).digest();
const node = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(Buffer.from([1]), left, right);

/** `k`: the largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** `MTH(D[n])` over leaf hashes. */
export function referenceRoot(leaves: Hashes): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return only;
  const k = split(leaves.length);
  return node(referenceRoot(leaves.slice(0, k)), referenceRoot(leaves.slice(k)));
}

/** `PATH(m, D[n])`. */
export function referencePath(m: number, leaves: Hashes): Hashes {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  const left = leaves.slice(0, k);
  const right = leaves.slice(k);
  return m < k
    ? [...referencePath(m, left), referenceRoot(right)]
    : [...referencePath(m - k, right), referenceRoot(left)];
}

/** `PROOF(m, D[n])` for 0 < m < n. */
export function referenceProof(m: number, leaves: Hashes): Hashes {
  return subproof(m, leaves, true);
}

function subproof(m: number, leaves: Hashes, isWhole: boolean): Hashes {
  if (m === leaves.length) return isWhole ? [] : [referenceRoot(leaves)];
  const k = split(leaves.length);
  const left = leaves.slice(0, k);
  const right = leaves.slice(k);
  return m <= k
    ? [...subproof(m, left, isWhole), referenceRoot(right)]
    : [...subproof(m - k, right, false), referenceRoot(left)];
}
