// Compact JWS (RFC 7515 section 7.1) in one form only: Ed25519 (RFC 9864), a header of exactly three members in this order and
// spelling, canonical base64url. Nothing is negotiated, so there is nothing to confuse: no other algorithm, no `crit`, no keys in the
// header, and no second spelling of the same signature. Which key belongs to a `kid`, and what the payload means, is decided elsewhere.

import type { KeyObject } from 'node:crypto';
import { requireThat } from './audit-catalogue';
import { importPublicKey, type PublicKey, SIGNATURE_SIZE, signEd25519, verifyEd25519 } from './ed25519';
import { asBuffer, decodeBase64Url, encodeBase64Url } from './encoding';

/** A JWS that is well formed and not yet believed. */
export interface UnverifiedJws {
  /** Claimed key: lower-case hex SHA-256 of the public key, in acts. */
  readonly kid: string;
  /** Claimed kind of document, e.g. `senim-act+jws`. */
  readonly typ: string;
  readonly payload: Uint8Array;
  /** What is signed: header and payload as they stand, `BASE64URL(header) || "." || BASE64URL(payload)`. */
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** Characters of the longest JWS that is read. */
const LONGEST = 65_536;
const HEADER = /^\{"alg":"Ed25519","kid":"([A-Za-z0-9._:/-]{1,128})","typ":"([a-z0-9.+-]{1,64})"\}$/;

/** The payload of a JWS that this public key (32 bytes) signed. Throws JWS_MALFORMED, JWS_SIGNATURE, KEY_MALFORMED or KEY_UNSOUND. The caller still has to ask what kind of document it is: see `verifyTypedJws`. */
export function verifyCompactJws(jws: string, publicKey: Uint8Array): Uint8Array {
  return verifyParsed(parseCompactJws(jws), importPublicKey(publicKey));
}

/** The payload of a JWS of one kind that this key signed and names. JWS_TYPE when it was made for another purpose. */
export function verifyTypedJws(jws: UnverifiedJws, typ: string, key: PublicKey): Uint8Array {
  requireThat(jws.typ === typ, 'JWS_TYPE', 'The JWS is of the kind that is asked for.');
  requireThat(jws.kid === key.keyId, 'JWS_SIGNATURE', 'The JWS names the key that is to verify it.');
  return verifyParsed(jws, key);
}

/** The parts of a compact JWS. JWS_MALFORMED for every spelling but the one that `signCompactJws` writes. */
export function parseCompactJws(jws: string): UnverifiedJws {
  requireThat(jws.length <= LONGEST, 'JWS_MALFORMED', 'A JWS has at most 65,536 characters.');
  const [headerText = '', payloadText = '', signatureText = '', ...more] = jws.split('.');
  const header = decodeBase64Url(headerText);
  const payload = decodeBase64Url(payloadText);
  const signature = decodeBase64Url(signatureText);
  requireThat(
    more.length === 0 && header !== null && payload !== null && signature !== null,
    'JWS_MALFORMED',
    'A compact JWS is three parts of base64url without padding.',
  );
  const [, kid, typ] = HEADER.exec(asBuffer(header).toString('latin1')) ?? [];
  requireThat(
    kid !== undefined && typ !== undefined && payload.length > 0 && signature.length === SIGNATURE_SIZE,
    'JWS_MALFORMED',
    'A header is {"alg":"Ed25519","kid":...,"typ":...}, a payload is not empty, a signature has 64 bytes.',
  );
  return { kid, typ, payload, signedBytes: Buffer.from(`${headerText}.${payloadText}`, 'latin1'), signature };
}

/** A compact JWS over the payload. `kid` and `typ` must be of the characters that `parseCompactJws` accepts. */
export function signCompactJws(
  document: { readonly kid: string; readonly typ: string; readonly payload: Uint8Array },
  privateKey: KeyObject,
): string {
  const header = `{"alg":"Ed25519","kid":"${document.kid}","typ":"${document.typ}"}`;
  requireThat(
    HEADER.test(header) && document.payload.length > 0,
    'JWS_MALFORMED',
    'Key id and kind are of the characters of a header, and the payload is not empty.',
  );
  const signed = `${encodeBase64Url(Buffer.from(header, 'utf8'))}.${encodeBase64Url(document.payload)}`;
  const signature = signEd25519(privateKey, Buffer.from(signed, 'latin1'));
  const jws = `${signed}.${encodeBase64Url(signature)}`;
  requireThat(jws.length <= LONGEST, 'JWS_MALFORMED', 'A JWS has at most 65,536 characters.');
  return jws;
}

function verifyParsed(jws: UnverifiedJws, key: PublicKey): Uint8Array {
  requireThat(verifyEd25519(key, jws.signedBytes, jws.signature), 'JWS_SIGNATURE', 'The signature is by this key.');
  return jws.payload;
}
