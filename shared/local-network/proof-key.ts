// A key to which a person's token is bound, and its proofs (DPoP, RFC 9449): each is for one request, at one address, once, within half a
// minute. Made anew for each token and kept nowhere.

import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';

/** A key of one holder. */
export interface ProofKey {
  /** SHA-256 of the public key as RFC 7638 has it, base64url; what a bound token names. */
  readonly thumbprint: string;
  /** A fresh proof for one POST; with the token that it goes with, when there is one already. */
  proofFor(request: { readonly url: string; readonly token?: string }): Promise<string>;
}

/** A new key. */
export async function newProofKey(): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    thumbprint: await calculateJwkThumbprint(jwk, 'sha256'),
    proofFor({ url, token }) {
      const bound = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
      return new SignJWT({ htm: 'POST', htu: url, jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...bound })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'dpop+jwt', jwk })
        .sign(privateKey);
    },
  };
}
