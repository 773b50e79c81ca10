// A witness's cosignature, version 1 (C2SP tlog-cosignature v1.0.1, Ed25519, type 0x04): "at this time, this is the largest
// consistent tree of this origin that I have seen". The message does not name the witness, so a key serves one witness only.

import type { KeyObject } from 'node:crypto';
import { requireThat } from './audit-catalogue';
import { SIGNATURE_SIZE, signEd25519, verifyEd25519 } from './ed25519';
import { asBuffer } from './encoding';
import type { VerifierKey } from './verifier-key';

const TIME_SIZE = 8;
/** Largest time that the specification allows, in seconds. */
const LATEST_TIME = (1n << 63n) - 1n;

/** What a cosignature's bytes hold: `u64 big-endian seconds || 64-byte signature`. */
export interface Cosignature {
  /** POSIX seconds by the witness's clock. */
  readonly time: bigint;
  readonly signature: Uint8Array;
}

/** The bytes that a witness signs: `"cosignature/v1\ntime " || decimal seconds || "\n" || text of the checkpoint`. */
export function cosignatureMessage(time: bigint, checkpointText: string): Uint8Array {
  return Buffer.from(`cosignature/v1\ntime ${time}\n${checkpointText}`, 'utf8');
}

/** Reads a cosignature's bytes; null unless there are exactly 72 of them and the time is below 2^63. Says nothing about its truth. */
export function decodeCosignature(blob: Uint8Array): Cosignature | null {
  if (blob.length !== TIME_SIZE + SIGNATURE_SIZE) return null;
  const time = asBuffer(blob).readBigUInt64BE(0);
  return time > LATEST_TIME ? null : { time, signature: blob.subarray(TIME_SIZE) };
}

/** The time of a cosignature that is true for this text and key; null for any other. */
export function verifyCosignature(key: VerifierKey, checkpointText: string, blob: Uint8Array): bigint | null {
  const cosignature = decodeCosignature(blob);
  if (cosignature === null) return null;
  const message = cosignatureMessage(cosignature.time, checkpointText);
  return verifyEd25519(key.key, message, cosignature.signature) ? cosignature.time : null;
}

/** The bytes of a witness's cosignature over a checkpoint's text at a time of its own clock. */
export function signCosignature(privateKey: KeyObject, time: bigint, checkpointText: string): Uint8Array {
  requireThat(time > 0n && time <= LATEST_TIME, 'NOTE_MALFORMED', 'The time of a cosignature is below 2^63 seconds.');
  const seconds = Buffer.alloc(TIME_SIZE);
  seconds.writeBigUInt64BE(time);
  return Buffer.concat([seconds, signEd25519(privateKey, cosignatureMessage(time, checkpointText))]);
}
