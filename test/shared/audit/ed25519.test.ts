import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { importPublicKey, signEd25519, verifyEd25519 } from '../../../shared/audit/ed25519';
import { refusalOf } from './audit-fault';
import { signingKey } from './signing-keys';
import { hex, unhex } from './vector-file';

const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const message = Buffer.from('who knew what, when');
const key = signingKey('author');
const signature = signEd25519(key.privateKey, message);

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
const bytesOf = (value: bigint): Uint8Array => unhex(value.toString(16).padStart(64, '0')).reverse();

test('a true signature is true for both implementations, and no flipped one', () => {
  const imported = importPublicKey(key.publicKey);
  expect(verifyEd25519(imported, message, signature)).toBe(true);
  expect(ed25519.verify(signature, message, key.publicKey, { zip215: false })).toBe(true);
  for (let bit = 0; bit < 512; bit += 1) {
    const changed = Uint8Array.from(signature);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(verifyEd25519(imported, message, changed)).toBe(false);
  }
});

test('S plus the group order, which some libraries take for the same signature, is refused', () => {
  const malleable = Buffer.concat([signature.subarray(0, 32), bytesOf(numberOf(signature.subarray(32)) + L)]);
  expect(verifyEd25519(importPublicKey(key.publicKey), message, malleable)).toBe(false);
  expect(verifyEd25519(importPublicKey(key.publicKey), message, signature.subarray(1))).toBe(false);
});

test('a signature whose R carries a point of small order is refused, although it is true up to the cofactor', () => {
  // R' = R + T with T of order 8: 8(SB) = 8(R' + kA) holds, SB = R' + kA does not.
  const torsion = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
  const secret = ed25519.utils.getExtendedPublicKey(unhex('11'.repeat(32)));
  const r = 12345n;
  const R = ed25519.Point.BASE.multiply(r).add(torsion).toBytes();
  const k = numberOf(Buffer.from(sha512(Buffer.concat([R, secret.pointBytes, message])))) % L;
  const S = (r + k * secret.scalar) % L;
  const residue = Buffer.concat([R, bytesOf(S)]);
  expect(ed25519.verify(residue, message, secret.pointBytes, { zip215: true })).toBe(true);
  expect(verifyEd25519(importPublicKey(secret.pointBytes), message, residue)).toBe(false);
});

describe('public keys that are refused', () => {
  const order8 = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
  const smallOrder = [1n, 2n, 3n, 4n, 5n, 6n, 7n].map((times) => order8.multiplyUnsafe(times).toBytes());

  test.each([...smallOrder, ed25519.Point.ZERO.toBytes()].map(hex))('of small order: %s', (text) => {
    expect(refusalOf(() => importPublicKey(unhex(text)))).toBe('KEY_UNSOUND');
  });
  test.each([
    ['1 with its sign', '0100000000000000000000000000000000000000000000000000000000000080'],
    ['p', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
    ['p + 1', 'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
    ['2^255 - 1', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
  ])('not canonical: %s', (_, text) => expect(refusalOf(() => importPublicKey(unhex(text)))).toBe('KEY_UNSOUND'));

  test('of another length', () => {
    expect(refusalOf(() => importPublicKey(Buffer.alloc(31, 9)))).toBe('KEY_MALFORMED');
    expect(refusalOf(() => importPublicKey(Buffer.alloc(33, 9)))).toBe('KEY_MALFORMED');
  });
});

function sha512(bytes: Uint8Array): Uint8Array {
  return createHash('sha512').update(bytes).digest();
}
