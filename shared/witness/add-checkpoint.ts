// The body of `POST …/add-checkpoint` (C2SP tlog-witness): the size the log believes we record, a consistency proof, and a signed checkpoint.
// Chosen by the sender. What is answered is decided in witness.ts.

import { AuditFault } from '../audit/audit-catalogue';
import { parseCheckpoint } from '../audit/checkpoint';
import { decodeBase64, decodeDecimal, decodeUtf8 } from '../audit/encoding';
import { EMPTY_ROOT, HASH_SIZE, sameBytes } from '../audit/hash';
import { isLineOf, parseNote, verifyNote } from '../audit/note';
import type { QuorumPolicy } from '../audit/witness-policy';
import type { LogCheckpoint } from '../audit-log/log-checkpoint';
import { accepted, type Result, refused } from '../vocabulary/result';

/** What a log asks for, its signature checked. */
export interface AddRequest {
  readonly oldSize: bigint;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: LogCheckpoint;
  /** Signature lines of the log itself, verbatim. */
  readonly logLines: readonly string[];
}

/** Statuses of requests that are refused for what they are: malformed, not signed by the log, of another log, an empty tree with a root. */
export type AddRefusal = 400 | 403 | 404 | 422;

const MOST_PROOF_LINES = 63;
const LARGEST_BODY = 65_536;

/** The request in a body, or the status by which it is refused. */
export function parseAddRequest(body: Uint8Array, policy: QuorumPolicy): Result<AddRequest, AddRefusal> {
  const text = body.length <= LARGEST_BODY ? decodeUtf8(body) : null;
  const blank = text?.indexOf('\n\n') ?? -1;
  if (text === null || blank < 0) return refused(400);
  const [oldLine = '', ...proofLines] = text.slice(0, blank).split('\n');
  const oldSize = oldLine.startsWith('old ') ? decodeDecimal(oldLine.slice('old '.length)) : null;
  const proof = proofLines.flatMap((line) => {
    const hash = decodeBase64(line);
    return hash?.length === HASH_SIZE ? [hash] : [];
  });
  if (oldSize === null || proof.length !== proofLines.length || proof.length > MOST_PROOF_LINES) return refused(400);
  const signed = readSigned(text.slice(blank + 2), policy);
  if (!signed.ok) return signed;
  const { checkpoint } = signed.value;
  if (oldSize > checkpoint.size) return refused(400);
  if (checkpoint.size === 0n && !sameBytes(checkpoint.root, EMPTY_ROOT)) return refused(422);
  return accepted({ oldSize, proof, ...signed.value });
}

function readSigned(
  note: string,
  policy: QuorumPolicy,
): Result<Pick<AddRequest, 'checkpoint' | 'logLines'>, AddRefusal> {
  try {
    const unverified = parseNote(Buffer.from(note, 'utf8'));
    const checkpoint = parseCheckpoint(unverified.text);
    if (checkpoint.origin !== policy.origin) return refused(404);
    verifyNote(unverified, policy.logKeys);
    const lines = note.slice(unverified.text.length + 1).split('\n');
    const logLines = unverified.lines.flatMap((line, at) =>
      policy.logKeys.some((key) => isLineOf(line, key)) ? [`${lines[at]}\n`] : [],
    );
    return accepted({ checkpoint: { ...checkpoint, text: unverified.text, note }, logLines });
  } catch (cause) {
    const isMalformed =
      !(cause instanceof AuditFault) || cause.code === 'NOTE_MALFORMED' || cause.code === 'CHECKPOINT_MALFORMED';
    return refused(isMalformed ? 400 : 403);
  }
}
