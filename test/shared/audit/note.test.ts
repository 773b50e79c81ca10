import { decodeCosignature } from '../../../shared/audit/cosignature';
import { cosignLine, formatNote, openNote, parseNote, signNoteLine, verifyNote } from '../../../shared/audit/note';
import { parseVerifierKey } from '../../../shared/audit/verifier-key';
import { refusalOf } from './audit-fault';
import { signingKey, signingKeyOfSeed, vkeyOf } from './signing-keys';
import { hex, vectors } from './vector-file';

interface NoteVectors {
  readonly vkeys: {
    readonly valid: readonly string[];
    readonly invalid: readonly { readonly vkey: string; readonly why: string }[];
  };
  readonly deterministicSign: { readonly skey: string; readonly text: string; readonly signedNote: string };
  readonly open: readonly {
    readonly desc: string;
    readonly note?: string;
    readonly noteBase64?: string;
    readonly trust: readonly string[];
    readonly ok: boolean;
    readonly verified?: readonly string[];
  }[];
}
interface CosignatureVectors {
  readonly timestampParse: readonly {
    readonly sigBase64: string;
    readonly timestamp?: number;
    readonly wantErr?: string;
  }[];
  readonly vkeyNative: readonly string[];
}

const published = vectors<NoteVectors>('signed-note', 'notes.json');
const cosigned = vectors<CosignatureVectors>('tlog-cosignature', 'cosignatures.json');
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');

describe('published notes', () => {
  test.each(published.open)('$desc', ({ note, noteBase64, trust, ok, verified }) => {
    const bytes = note === undefined ? Buffer.from(noteBase64 ?? '', 'base64') : utf8(note);
    const refusal = refusalOf(() => expect(openNote(bytes, trust).signers).toEqual(verified));
    expect(refusal === null).toBe(ok);
  });

  test('a published key signs the published bytes', () => {
    const { skey, text, signedNote } = published.deterministicSign;
    const [, , name = '', , ...material] = skey.split('+');
    const key = signingKeyOfSeed(Buffer.from(material.join('+'), 'base64').subarray(1));
    expect(formatNote(text, [signNoteLine(name, key.privateKey, text)])).toBe(signedNote);
  });
});

describe('verifier keys', () => {
  test.each(published.vkeys.valid)('%s is read', (vkey) => {
    expect(parseVerifierKey(vkey).name).toBe(vkey.split('+')[0]);
  });
  test.each(cosigned.vkeyNative)('%s is a witness key', (vkey) => {
    expect(parseVerifierKey(vkey).type).toBe(4);
  });
  test.each(published.vkeys.invalid)('refused: $why', ({ vkey }) => {
    expect(refusalOf(() => parseVerifierKey(vkey))).toBe('KEY_MALFORMED');
  });
  test('every part of a valid key, and every key with one byte changed, is refused', () => {
    const vkey = published.vkeys.valid[0] ?? '';
    for (let start = 0; start < vkey.length; start += 1) {
      for (let end = start; end <= vkey.length; end += 1) {
        if (end - start === vkey.length) continue;
        expect(refusalOf(() => parseVerifierKey(vkey.slice(start, end)))).not.toBeNull();
      }
      const changed = vkey.slice(0, start) + String.fromCharCode(vkey.charCodeAt(start) + 1) + vkey.slice(start + 1);
      expect(refusalOf(() => parseVerifierKey(changed))).not.toBeNull();
    }
  });
});

describe('cosignatures', () => {
  test.each(cosigned.timestampParse)('the time of a published signature: $timestamp', ({ sigBase64, timestamp }) => {
    const cosignature = decodeCosignature(Buffer.from(sigBase64, 'base64').subarray(4));
    expect(cosignature?.time).toBe(timestamp === undefined ? undefined : BigInt(timestamp));
  });

  const log = signingKey('log');
  const witness = signingKey('witness');
  const text = 'senim.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n';
  const logLine = signNoteLine('senim.example/log', log.privateKey, text);
  const witnessLine = cosignLine('kcell.example', witness.privateKey, 1_800_000_000n, text);
  const note = formatNote(text, [logLine, witnessLine]);
  const logKey = vkeyOf('senim.example/log', 1, log);
  const witnessKey = vkeyOf('kcell.example', 4, witness);

  test('a note opens by the log and by the witness, with the time the witness said', () => {
    expect(openNote(utf8(note), [logKey, witnessKey])).toEqual({
      text,
      signers: ['senim.example/log', 'kcell.example'],
    });
    const [, cosignature] = verifyNote(parseNote(utf8(note)), [logKey, witnessKey].map(parseVerifierKey));
    expect(cosignature?.time).toBe(1_800_000_000n);
  });

  test('a key of type 1 does not open a cosignature, nor a key of type 4 a plain signature', () => {
    expect(refusalOf(() => openNote(utf8(note), [vkeyOf('kcell.example', 1, witness)]))).toBe('NOTE_UNTRUSTED');
    expect(refusalOf(() => openNote(utf8(note), [vkeyOf('senim.example/log', 4, log)]))).toBe('NOTE_UNTRUSTED');
  });

  test('a cosignature does not fit another origin, another size or another time', () => {
    for (const other of [text.replace('senim', 'other'), text.replace('\n0\n', '\n1\n')]) {
      const moved = formatNote(other, [signNoteLine('senim.example/log', log.privateKey, other), witnessLine]);
      expect(refusalOf(() => openNote(utf8(moved), [logKey, witnessKey]))).toBe('NOTE_SIGNATURE');
    }
    const blob = Buffer.from(witnessLine.trim().split(' ')[2] ?? '', 'base64');
    blob.writeBigUInt64BE(1_800_000_001n, 4);
    const later = formatNote(text, [logLine, `\u2014 kcell.example ${blob.toString('base64')}\n`]);
    expect(refusalOf(() => openNote(utf8(later), [logKey, witnessKey]))).toBe('NOTE_SIGNATURE');
  });

  test('flipping any byte of the note is never the same note', () => {
    const bytes = utf8(note);
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const outcome = refusalOf(() => {
        const opened = openNote(changed, [logKey, witnessKey]);
        // A line whose name or key ID changed is a stranger's and is ignored; its signer is then missing.
        expect(opened.text === text && opened.signers.length === 2).toBe(false);
      });
      expect(outcome).not.toBe('OK');
    }
  });

  test('a key that shares name and key ID with a trusted one verifies nothing', () => {
    const [, id = ''] = witnessKey.split('+');
    const forged = `kcell.example+${id}+${vkeyOf('kcell.example', 4, signingKey('forger')).split('+').slice(2).join('+')}`;
    expect(refusalOf(() => parseVerifierKey(forged))).toBe('KEY_MALFORMED');
  });

  test('a key given twice is ambiguous once a line fits it', () => {
    expect(refusalOf(() => openNote(utf8(note), [logKey, witnessKey, witnessKey]))).toBe('NOTE_AMBIGUOUS');
  });

  test('lines may stand in any order, a repeated line counts once, strangers are ignored', () => {
    const stranger = cosignLine('stranger.example', signingKey('stranger').privateKey, 5n, text);
    const mixed = formatNote(text, [stranger, witnessLine, logLine, witnessLine]);
    expect(openNote(utf8(mixed), [logKey, witnessKey]).signers).toEqual(['kcell.example', 'senim.example/log']);
  });

  test.each([
    ['CR LF', note.replaceAll('\n', '\r\n')],
    ['no final newline', note.slice(0, -1)],
    ['a control character', note.replace('senim', 'sen\u0007im')],
    ['a byte order mark', `\uFEFF${note}`],
    ['a blank line at the end', `${note}\n`],
    [
      '101 lines',
      formatNote(
        text,
        Array.from({ length: 101 }, () => witnessLine),
      ),
    ],
    ['base64 with its unused bits set', note.replace(/g==\n$|Q==\n$|w==\n$|A==\n$/, 'B==\n')],
  ])('malformed: %s', (_, mutant) => {
    expect(mutant).not.toBe(note);
    expect(refusalOf(() => openNote(utf8(mutant), [logKey, witnessKey]))).toMatch(/NOTE_MALFORMED|NOTE_UNTRUSTED/);
  });

  test('a blank line between signatures makes the first of them part of the text', () => {
    const mutant = formatNote(text, [logLine, '\n', witnessLine]);
    expect(refusalOf(() => openNote(utf8(mutant), [logKey, witnessKey]))).toBe('NOTE_SIGNATURE');
  });

  test('hex of a key id is as in the verifier key', () => {
    expect(hex(parseVerifierKey(witnessKey).keyId)).toBe(witnessKey.split('+')[1]);
  });
});
