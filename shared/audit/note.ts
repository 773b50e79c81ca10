// Signed notes (C2SP signed-note v1.0.0): a text, a blank line, and one line per signature. This file decides whether a note is well
// formed and who signed it; what the text says is decided elsewhere. Lines of unknown keys are ignored, as the specification asks;
// a false signature by a known key refuses the whole note. The bundle is stricter (bundle-checkpoints.ts).

import type { KeyObject } from 'node:crypto';
import { AuditFault, requireThat } from './audit-catalogue';
import { signCosignature, verifyCosignature } from './cosignature';
import { publicKeyBytes, signEd25519, verifyEd25519 } from './ed25519';
import { decodeBase64, decodeUtf8, encodeBase64 } from './encoding';
import { sameBytes } from './hash';
import {
  COSIGNATURE,
  isKeyName,
  NOTE_SIGNATURE,
  noteKeyId,
  parseVerifierKey,
  type SignatureType,
  type VerifierKey,
} from './verifier-key';

/** One signature line as it stands in a note; name and key ID are chosen by the sender. */
export interface SignatureLine {
  readonly name: string;
  readonly keyId: Uint8Array;
  /** What follows the key ID: the signature in the form of its type. */
  readonly blob: Uint8Array;
}

/** A note that is well formed and not yet believed. */
export interface UnverifiedNote {
  /** Everything before the blank line, with its final newline. */
  readonly text: string;
  readonly lines: readonly SignatureLine[];
}

/** A signature that is true. */
export interface NoteSigner {
  readonly key: VerifierKey;
  /** POSIX seconds of a cosignature; null for a signature of type 1, which has no time. */
  readonly time: bigint | null;
}

/** Bytes of the largest note that is read, and lines of the longest list of signatures. */
const LARGEST_NOTE = 1_000_000;
const MOST_LINES = 100;
const KEY_ID_SIZE = 4;
const DASH = '\u2014 ';
/** Any control character but the newline. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the specification forbids exactly these
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/**
 * The text of a note and the names of those of the given verifier keys that truly signed it, in the order of their first line.
 * Throws NOTE_MALFORMED, NOTE_SIGNATURE (a known key's line is false), NOTE_UNTRUSTED (no known key signed), NOTE_AMBIGUOUS (a
 * line fits two of the keys), KEY_MALFORMED or KEY_UNSOUND (a given key is unusable).
 */
export function openNote(
  note: Uint8Array,
  keys: readonly string[],
): { readonly text: string; readonly signers: readonly string[] } {
  const unverified = parseNote(note);
  const signers = verifyNote(unverified, keys.map(parseVerifierKey));
  return { text: unverified.text, signers: signers.map((signer) => signer.key.name) };
}

/** The parts of a note. NOTE_MALFORMED unless its form is exactly that of the specification. */
export function parseNote(note: Uint8Array): UnverifiedNote {
  requireThat(note.length <= LARGEST_NOTE, 'NOTE_MALFORMED', 'A note has at most a million bytes.');
  const whole = decodeUtf8(note);
  requireThat(whole !== null && !CONTROL.test(whole), 'NOTE_MALFORMED', 'A note is UTF-8 without control characters.');
  const blank = whole.lastIndexOf('\n\n');
  requireThat(blank >= 0, 'NOTE_MALFORMED', 'A blank line stands between the text of a note and its signatures.');
  const block = whole.slice(blank + 2);
  requireThat(block.endsWith('\n'), 'NOTE_MALFORMED', 'A note ends with signature lines and a newline.');
  const lines = block.slice(0, -1).split('\n');
  requireThat(lines.length <= MOST_LINES, 'NOTE_MALFORMED', 'A note has at most 100 signature lines.');
  return { text: whole.slice(0, blank + 1), lines: lines.map(parseLine) };
}

/** Those of the keys that truly signed the note, each once. Faults as for `openNote`. */
export function verifyNote(note: UnverifiedNote, keys: readonly VerifierKey[]): readonly NoteSigner[] {
  const signers: NoteSigner[] = [];
  for (const line of note.lines) {
    const [key, ...others] = keys.filter((known) => isLineOf(line, known));
    if (key === undefined) continue;
    requireThat(others.length === 0, 'NOTE_AMBIGUOUS', 'One trusted key fits a signature line.');
    const signer = verifyLine(note.text, line, key);
    if (!signers.some((earlier) => earlier.key === key)) signers.push(signer);
  }
  requireThat(signers.length > 0, 'NOTE_UNTRUSTED', 'At least one trusted key signed a note.');
  return signers;
}

/** Whether the line claims to be by this key: same name and same key ID. */
export function isLineOf(line: SignatureLine, key: VerifierKey): boolean {
  return line.name === key.name && sameBytes(line.keyId, key.keyId);
}

/** The signature line of type 1 that a key makes over a note's text. */
export function signNoteLine(name: string, privateKey: KeyObject, text: string): string {
  return formatLine(name, NOTE_SIGNATURE, privateKey, signEd25519(privateKey, Buffer.from(text, 'utf8')));
}

/** The signature line of type 4 that a witness makes over a checkpoint's text, at a time of its own clock in seconds. */
export function cosignLine(name: string, privateKey: KeyObject, time: bigint, text: string): string {
  return formatLine(name, COSIGNATURE, privateKey, signCosignature(privateKey, time, text));
}

/** The note made of a text and signature lines, each ending in a newline. */
export function formatNote(text: string, lines: readonly string[]): string {
  return `${text}\n${lines.join('')}`;
}

function parseLine(line: string): SignatureLine {
  const space = line.indexOf(' ', DASH.length);
  const name = line.slice(DASH.length, space);
  const bytes = decodeBase64(line.slice(space + 1));
  requireThat(
    line.startsWith(DASH) && space > 0 && isKeyName(name) && bytes !== null && bytes.length > KEY_ID_SIZE,
    'NOTE_MALFORMED',
    'A signature line is a dash, a name and base64 of a key ID and a signature.',
  );
  return { name, keyId: bytes.subarray(0, KEY_ID_SIZE), blob: bytes.subarray(KEY_ID_SIZE) };
}

function verifyLine(text: string, line: SignatureLine, key: VerifierKey): NoteSigner {
  if (key.type === COSIGNATURE) {
    const time = verifyCosignature(key, text, line.blob);
    if (time !== null) return { key, time };
  } else if (verifyEd25519(key.key, Buffer.from(text, 'utf8'), line.blob)) {
    return { key, time: null };
  }
  throw new AuditFault('NOTE_SIGNATURE', 'Every line of a trusted key is its true signature.');
}

function formatLine(name: string, type: SignatureType, privateKey: KeyObject, blob: Uint8Array): string {
  requireThat(isKeyName(name), 'KEY_MALFORMED', 'A key name is not empty and has neither spaces nor plus signs.');
  const keyId = noteKeyId(name, type, publicKeyBytes(privateKey));
  return `${DASH}${name} ${encodeBase64(Buffer.concat([keyId, blob]))}\n`;
}
