// The gate that a public key passes once, when a party registers it: canonical, not of small order (shared/audit checks these two at every
// use), and free of torsion. On keys that passed, the known implementations of Ed25519 agree about every signature; on others they do
// not, and a signature that is true here and false there proves nothing in court.

import { ed25519 } from '@noble/curves/ed25519.js';
import { requireThat } from '../audit/audit-catalogue';
import { importPublicKey, type PublicKey } from '../audit/ed25519';

/** The key of 32 bytes, fit to be registered. KEY_MALFORMED, or KEY_UNSOUND for a key that is not a point of the prime-order group in canonical form. Costs about a millisecond. */
export function gateKey(bytes: Uint8Array): PublicKey {
  const key = importPublicKey(bytes);
  requireThat(isInPrimeGroup(bytes), 'KEY_UNSOUND', 'A public key is a canonical point without torsion.');
  return key;
}

function isInPrimeGroup(bytes: Uint8Array): boolean {
  try {
    return ed25519.Point.fromBytes(Uint8Array.from(bytes), false).isTorsionFree();
  } catch {
    // Not on the curve, or not canonical.
    return false;
  }
}
