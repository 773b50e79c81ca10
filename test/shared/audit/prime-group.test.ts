// The group check of shared/audit against an independent library, against known points, and where keys are read.

import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { encodeBase64Url } from '../../../shared/audit/encoding';
import { registerKey } from '../../../shared/audit/party-key';
import { isInPrimeGroup } from '../../../shared/audit/prime-group';
import { formatVerifierKey } from '../../../shared/audit/verifier-key';
import { parseWitnessPolicy } from '../../../shared/audit/witness-policy';
import { refusalOf } from './audit-fault';
import { signingKey } from './signing-keys';
import { unhex } from './vector-file';

const { Point } = ed25519;
const TORSION = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
const honest = Point.fromBytes(Uint8Array.from(signingKey('kcell act').publicKey));
const mixed = honest.add(TORSION).toBytes();

test.each([
  // RFC 8032 section 7.1, public keys of TEST 1, 2, 3, and the base point.
  ['d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', true],
  ['3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', true],
  ['fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', true],
  ['5866666666666666666666666666666666666666666666666666666666666666', true],
  // The identity, the point of order 2, both of order 4, those of order 8.
  ['0100000000000000000000000000000000000000000000000000000000000000', false],
  ['ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', false],
  ['0000000000000000000000000000000000000000000000000000000000000000', false],
  ['0000000000000000000000000000000000000000000000000000000000000080', false],
  ['26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05', false],
  ['c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', false],
  // Other spellings: y of p and more, minus zero; and a y that no point has.
  ['edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f', false],
  ['eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', false],
  ['0100000000000000000000000000000000000000000000000000000000000080', false],
  ['0200000000000000000000000000000000000000000000000000000000000000', false],
])('%s is in the group of prime order: %s', (text, isIn) => {
  expect(isInPrimeGroup(unhex(text))).toBe(isIn);
});

test('agrees with an independent library about honest points, mixed ones, and bytes that may be none', () => {
  for (let round = 0; round < 24; round += 1) {
    const seed = createHash('sha256').update(`point ${round}`).digest();
    const point = Point.fromBytes(ed25519.getPublicKey(seed)).add(TORSION.multiplyUnsafe(BigInt(round % 8)));
    expect(isInPrimeGroup(point.toBytes())).toBe(round % 8 === 0);
    expect(isInPrimeGroup(seed)).toBe(isSound(seed));
  }
});

test('a mixed key is refused where a verifier reads keys: of a party, and of a policy', () => {
  const claim = { role: 'act', key: encodeBase64Url(mixed), possession: encodeBase64Url(Buffer.alloc(64)) };
  expect(refusalOf(() => registerKey('kcell', claim))).toBe('KEY_UNSOUND');
  const policyOf = (key: Uint8Array): Uint8Array =>
    Buffer.from(`log ${formatVerifierKey('example.org/log', 1, key)}\nquorum none\n`, 'utf8');
  expect(refusalOf(() => parseWitnessPolicy(policyOf(mixed)))).toBe('KEY_UNSOUND');
  expect(refusalOf(() => parseWitnessPolicy(policyOf(honest.toBytes())))).not.toBe('KEY_UNSOUND');
});

function isSound(bytes: Uint8Array): boolean {
  try {
    return Point.fromBytes(Uint8Array.from(bytes), false).isTorsionFree();
  } catch {
    return false;
  }
}
