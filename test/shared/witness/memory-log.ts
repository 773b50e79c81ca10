// A log in memory that can do what a real one never would: sign two trees.

import { createHash } from 'node:crypto';
import { encodeBase64 } from '../../../shared/audit/encoding';
import { EMPTY_ROOT, leafHash } from '../../../shared/audit/hash';
import { consistencySpans } from '../../../shared/audit/proof';
import { treeRoot } from '../../../shared/audit/tree';
import { parseWitnessPolicy } from '../../../shared/audit/witness-policy';
import { type LogCheckpoint, signLogCheckpoint } from '../../../shared/audit-log/log-checkpoint';
import { type NetworkPolicy, usePolicy } from '../../../shared/audit-log/policy-file';
import type { FetchTile } from '../../../shared/witness/log-client';
import { LOG_KEY, ORIGIN, policyText } from '../audit-log/log-keys';

export function testPolicy(urlOf: (name: string) => string = () => 'http://127.0.0.1:9'): NetworkPolicy {
  return usePolicy(parseWitnessPolicy(Buffer.from(policyText(urlOf))));
}

/** Leaf hashes, one per word; logs that share their first words share their first leaves. */
export class MemoryLog {
  readonly hashes: Uint8Array[] = [];

  /** A log of so many entries; those from `forkAt` on are others than in the log without a fork. */
  constructor(size: number, forkAt = size) {
    for (let index = 0; index < size; index += 1) {
      const word = index < forkAt ? `entry ${index}` : `other ${index}`;
      this.hashes.push(leafHash(createHash('sha256').update(word).digest()));
    }
  }

  root(size: number): Uint8Array {
    return size === 0 ? EMPTY_ROOT : treeRoot(this.hashes.slice(0, size));
  }

  checkpoint(size: number): LogCheckpoint {
    return signLogCheckpoint({ origin: ORIGIN, size: BigInt(size), root: this.root(size) }, LOG_KEY);
  }

  proof(from: number, to: number): readonly Uint8Array[] {
    const spans = consistencySpans(BigInt(from), BigInt(to)) ?? [];
    return spans.map(({ start, end }) => treeRoot(this.hashes.slice(Number(start), Number(end))));
  }

  /** Body of add-checkpoint from one size to another. */
  request(from: number, to: number): Buffer {
    return bodyOf(from, this.proof(from, to), this.checkpoint(to).note);
  }

  readonly fetchTile: FetchTile = async ({ level, n, width }) => {
    const first = Number(n) * 256;
    const hashes = this.hashes.slice(first, first + width);
    return level === 0 && hashes.length === width ? Buffer.concat(hashes) : null;
  };
}

export function bodyOf(old: number | string, proof: readonly (Uint8Array | string)[], note: string): Buffer {
  const lines = proof.map((hash) => (typeof hash === 'string' ? hash : encodeBase64(hash)));
  return Buffer.from([`old ${old}`, ...lines, '', note].join('\n'));
}
