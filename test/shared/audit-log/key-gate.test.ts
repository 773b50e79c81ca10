import { ed25519 } from '@noble/curves/ed25519.js';
import { gateKey } from '../../../shared/audit-log/key-gate';
import { refusalOf } from '../audit/audit-fault';
import { signingKey } from '../audit/signing-keys';

const honest = ed25519.Point.fromBytes(Uint8Array.from(signingKey('honest').publicKey));
const torsion = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');

test('an ordinary key is admitted', () => {
  expect(gateKey(honest.toBytes()).keyId).toHaveLength(64);
});

test('a key with a part of small order is refused, whichever part', () => {
  for (let times = 1n; times < 8n; times += 1n) {
    const mixed = honest.add(torsion.multiplyUnsafe(times)).toBytes();
    expect(refusalOf(() => gateKey(mixed))).toBe('KEY_UNSOUND');
    expect(refusalOf(() => gateKey(torsion.multiplyUnsafe(times).toBytes()))).toBe('KEY_UNSOUND');
  }
});

test('bytes that are no point are refused', () => {
  const bytes = Buffer.alloc(32);
  bytes[0] = 2;
  expect(refusalOf(() => gateKey(bytes))).toBe('KEY_UNSOUND');
  expect(refusalOf(() => gateKey(Buffer.alloc(31)))).toBe('KEY_MALFORMED');
});
