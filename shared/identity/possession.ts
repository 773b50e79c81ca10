// Whether one who sends a bound token holds what it is bound to: the key of a DPoP proof (RFC 9449), or the certificate of the connection
// (RFC 8705). A stolen token alone is then worth nothing. A proof is for one request: its method, its address, its token, once, now.

import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { createSeenNonces, SIGNATURE_LIFE_SECONDS } from '../access/request-signature';
import { TOKEN_ALGORITHMS } from './issuer-keys';

/** What a token is bound to, by its claim `cnf`. */
export type Binding =
  | { readonly kind: 'KEY'; readonly thumbprint: string }
  | { readonly kind: 'CERTIFICATE'; readonly thumbprint: string };

/** What a sender shows besides its token. */
export interface Possession {
  readonly method: string;
  /** The address as its clients know it, without query. */
  readonly url: string;
  /** Values of the header `dpop`. */
  readonly proofs: readonly string[];
  /** Base64url SHA-256 of the client's certificate, when the connection has one that was verified; else null. */
  readonly certificate: string | null;
}

/** Checks what is shown; remembers the proofs that it has seen. */
export interface PossessionCheck {
  /** Whether the sender of a token, under a scheme of `authorization`, holds what it is bound to. Never rejects. */
  isShown(binding: Binding, token: string, scheme: Scheme, shown: Possession, nowMs: number): Promise<boolean>;
}

/** How a token is sent: a bound one under `dpop` when it is bound to a key. */
export type Scheme = 'bearer' | 'dpop';

/** The binding that a claim `cnf` tells; null when there is no claim, MALFORMED for one that is not exactly one of the two. */
export function bindingIn(confirmation: unknown): Binding | null | 'MALFORMED' {
  if (confirmation === undefined) return null;
  if (typeof confirmation !== 'object' || confirmation === null || Array.isArray(confirmation)) return 'MALFORMED';
  const [member, ...more] = Object.entries(confirmation);
  if (member === undefined || more.length > 0) return 'MALFORMED';
  const [name, thumbprint] = member;
  if (typeof thumbprint !== 'string' || !THUMBPRINT.test(thumbprint)) return 'MALFORMED';
  if (name === 'jkt') return { kind: 'KEY', thumbprint };
  return name === 'x5t#S256' ? { kind: 'CERTIFICATE', thumbprint } : 'MALFORMED';
}

/** A check of one process. */
export function createPossessionCheck(): PossessionCheck {
  const seen = createSeenNonces();
  return {
    async isShown(binding, token, scheme, shown, nowMs) {
      if (binding.kind === 'CERTIFICATE') return scheme === 'bearer' && shown.certificate === binding.thumbprint;
      const [proof, ...more] = shown.proofs;
      if (scheme !== 'dpop' || proof === undefined || more.length > 0 || proof.length > LONGEST_PROOF) return false;
      const id = await idOfProof(proof, binding.thumbprint, token, shown, nowMs);
      return id !== null && seen.enter(id, nowMs) === 'NEW';
    },
  };
}

/** The same form as of a thumbprint: base64url of 32 bytes. */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;
const LONGEST_PROOF = 4_096;
const LONGEST_ID = 128;
const CLOCK_TOLERANCE_SECONDS = 5;
const HEADER_MEMBERS: ReadonlySet<string> = new Set(['alg', 'typ', 'jwk']);

/** The id of a proof that the key of this thumbprint made for this request and token; null for any other. */
async function idOfProof(
  proof: string,
  thumbprint: string,
  token: string,
  { method, url }: Possession,
  nowMs: number,
): Promise<string | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: [...TOKEN_ALGORITHMS],
      typ: 'dpop+jwt',
      maxTokenAge: SIGNATURE_LIFE_SECONDS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(nowMs),
    });
    const { jwk } = protectedHeader;
    if (jwk === undefined || !Object.keys(protectedHeader).every((name) => HEADER_MEMBERS.has(name))) return null;
    if ((await calculateJwkThumbprint(jwk, 'sha256')) !== thumbprint) return null;
    const { htm, htu, ath, jti } = payload;
    const isForThis = htm === method && htu === url && ath === createHash('sha256').update(token).digest('base64url');
    return isForThis && typeof jti === 'string' && jti.length > 0 && jti.length <= LONGEST_ID ? jti : null;
  } catch {
    return null;
  }
}
