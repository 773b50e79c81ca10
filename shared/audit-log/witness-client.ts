// What the log says to one witness and how it reads the answer (C2SP tlog-witness, add-checkpoint). A witness may be down, slow, behind, or
// wrong; each of these costs its own cosignature and nothing else. Only what the log itself signed can accuse the log.

import { createHash } from 'node:crypto';
import { parseCheckpoint } from '../audit/checkpoint';
import { decodeDecimal, encodeBase64 } from '../audit/encoding';
import { formatNote, isLineOf, parseNote, verifyNote } from '../audit/note';
import type { PolicyWitness, QuorumPolicy } from '../audit/witness-policy';
import { type CallHttp, callHttp } from '../service/http-call';
import { type LogCheckpoint, tryReadLogCheckpoint } from './log-checkpoint';

/** A true cosignature. */
export interface WitnessCosignature {
  /** Signature line, newline included. */
  readonly line: string;
  /** By the witness's clock. */
  readonly timeMs: number;
}

/** How a witness answered a checkpoint. */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly cosignature: WitnessCosignature }
  /** It records this size: the proof has to begin there. */
  | { readonly kind: 'elsewhere'; readonly size: bigint }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'silent' };

const TIMEOUT_MS = 2_000;
const LARGEST_ANSWER = 65_536;
const MS_PER_SECOND = 1000n;

/** Offers a checkpoint with the proof from the size the witness is believed to record. Never rejects. */
export async function addCheckpoint(
  witness: PolicyWitness,
  offer: { readonly oldSize: bigint; readonly proof: readonly Uint8Array[]; readonly checkpoint: LogCheckpoint },
  timeoutMs = TIMEOUT_MS,
  call: CallHttp = callHttp,
): Promise<WitnessAnswer> {
  if (witness.url === null) return { kind: 'silent' };
  const lines = [`old ${offer.oldSize}`, ...offer.proof.map(encodeBase64), '', offer.checkpoint.note];
  const answer = await call({
    url: `${prefixOf(witness.url)}/add-checkpoint`,
    server: witness.name,
    method: 'POST',
    body: lines.join('\n'),
    timeoutMs,
    maxBytes: LARGEST_ANSWER,
  });
  if (answer === null || answer.status >= 500) return { kind: 'silent' };
  const text = answer.body.toString('utf8');
  if (answer.status === 200) {
    const cosignature = readCosignature(witness, offer.checkpoint, text);
    return cosignature === null ? { kind: 'refused', status: 200 } : { kind: 'cosigned', cosignature };
  }
  const size = answer.status === 409 && text.endsWith('\n') ? decodeDecimal(text.slice(0, -1)) : null;
  return size === null ? { kind: 'refused', status: answer.status } : { kind: 'elsewhere', size };
}

/** What came of asking a witness for its newest checkpoint: 'silent' when it did not answer, null when it has none that the log signed. */
export async function fetchCheckpoint(
  witness: PolicyWitness,
  policy: QuorumPolicy,
  timeoutMs = TIMEOUT_MS,
  call: CallHttp = callHttp,
): Promise<LogCheckpoint | null | 'silent'> {
  if (witness.url === null) return 'silent';
  const url = `${prefixOf(witness.url)}/${originHash(policy.origin)}/checkpoint`;
  const answer = await call({ url, server: witness.name, method: 'GET', timeoutMs, maxBytes: LARGEST_ANSWER });
  if (answer === null || answer.status >= 500) return 'silent';
  return answer.status === 200 ? tryReadLogCheckpoint(answer.body.toString('utf8'), policy) : null;
}

/** Under which name a witness keeps a log: hex of `SHA-256(origin)`. */
export function originHash(origin: string): string {
  return createHash('sha256').update(origin, 'utf8').digest('hex');
}

/** The address without a slash at its end. */
export function prefixOf(url: string): string {
  return url.replace(/\/+$/, '');
}

/** The witness's own true line among the answer's lines; null when there is none, or a false one. */
function readCosignature(witness: PolicyWitness, checkpoint: LogCheckpoint, lines: string): WitnessCosignature | null {
  try {
    const note = parseNote(Buffer.from(formatNote(checkpoint.text, [lines]), 'utf8'));
    parseCheckpoint(note.text);
    const [signer] = verifyNote(note, [witness.key]);
    const at = note.lines.findIndex((line) => isLineOf(line, witness.key));
    const line = lines.split('\n')[at];
    if (signer?.time === null || signer === undefined || line === undefined) return null;
    return { line: `${line}\n`, timeMs: Number(signer.time * MS_PER_SECOND) };
  } catch {
    return null;
  }
}
