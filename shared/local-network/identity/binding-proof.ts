// The proof with which a client asks for a token that is bound to its key (DPoP, RFC 9449): made for the token endpoint, once, now. The
// library checks those of its own grants; this is for the grant of the demonstration.

import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';

/** Checks proofs that come to one address. */
export interface BindingProofs {
  /** Thumbprint of the key that made the proof; null for a proof that is not of now, not for here, or was seen before. */
  keyIn(proof: string): Promise<string | null>;
}

const LIFE_SECONDS = 60;
const LONGEST = 4_096;
const MOST_SEEN = 10_000;

/** A check of the proofs for POSTs to `url`. */
export function bindingProofs(url: string): BindingProofs {
  const seen = new Set<string>();
  return {
    async keyIn(proof) {
      if (proof.length > LONGEST) return null;
      try {
        const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
          algorithms: ['EdDSA', 'ES256', 'PS256'],
          typ: 'dpop+jwt',
          maxTokenAge: LIFE_SECONDS,
          clockTolerance: 5,
        });
        const { htm, htu, jti } = payload;
        const { jwk } = protectedHeader;
        if (htm !== 'POST' || htu !== url || jwk === undefined || typeof jti !== 'string' || seen.has(jti)) return null;
        const [oldest] = seen;
        if (oldest !== undefined && seen.size >= MOST_SEEN) seen.delete(oldest);
        seen.add(jti);
        return await calculateJwkThumbprint(jwk, 'sha256');
      } catch {
        return null;
      }
    },
  };
}
