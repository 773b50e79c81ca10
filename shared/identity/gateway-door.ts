// The first question of every subgraph: is this request, as it lies here, the gateway's own, and new? Whoever cannot show the gateway's
// signature gets 401 and the fixed text of it, whatever was asked, and the program's keepers are told. What the gateway may ask for is
// decided behind this door.

import {
  type BelievedSignature,
  createSeenNonces,
  type ReceivedHeaders,
  type SignatureHeaders,
  type SignatureRefusal,
  signAnswer,
  verifyRequest,
} from '../access/request-signature';
import type { PublicKey } from '../audit/ed25519';
import type { KeyPair } from '../audit-log/key-file';
import { AppError } from '../vocabulary/app-error';

/** A request as a subgraph sees it. */
export interface DoorRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: ReceivedHeaders;
  readonly body: { readonly bytes: Uint8Array };
}

/** A door of one program. */
export interface GatewayDoor {
  /** The gateway's signature of a request. Throws UNAUTHENTICATED, OVERLOADED when no more requests can be remembered. */
  believe(request: DoorRequest): BelievedSignature;
}

/**
 * A door that the holders of these keys pass; without any, nobody does. `onRefusal` is told why somebody did not. What was signed before this
 * process began may have been seen by the one before it, and is refused.
 */
export function createGatewayDoor(options: {
  readonly keys: readonly PublicKey[];
  readonly onRefusal: (refusal: SignatureRefusal) => void;
  readonly nowMs?: () => number;
  /** When the memory of requests begins; when the process did, unless told. */
  readonly sinceMs?: number;
}): GatewayDoor {
  const { keys, onRefusal, nowMs = Date.now, sinceMs = performance.timeOrigin } = options;
  const seen = createSeenNonces(undefined, sinceMs);
  const keyOf = (keyId: string): PublicKey | null => keys.find((key) => key.keyId === keyId) ?? null;
  return {
    believe({ method, path, headers, body }) {
      const verified = verifyRequest({ method, path, headers, body: body.bytes }, keyOf, nowMs(), seen);
      if (verified.ok) return verified.value;
      onRefusal(verified.error);
      const code = verified.error === 'TOO_MANY' ? 'OVERLOADED' : 'UNAUTHENTICATED';
      throw new AppError(code, `The gateway's signature was required, but got ${verified.error}.`);
    },
  };
}

/** Resolves when a request that is signed from now on is not taken for one that an earlier process may have seen: a program listens then. */
export async function firstWholeSecond(): Promise<void> {
  const untilMs = Math.ceil(performance.timeOrigin / 1_000) * 1_000;
  while (Date.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, untilMs - Date.now()));
}

/** What signs the answers of a program to requests that were believed. */
export type SignAnswer = (
  answer: { readonly status: number; readonly text: string },
  believed: BelievedSignature,
) => SignatureHeaders;

/** Signs answers with a key. */
export function answerSigner(key: KeyPair, nowMs: () => number = Date.now): SignAnswer {
  return ({ status, text }, believed) =>
    signAnswer({ status, body: text, requestSignature: believed.signature }, key, nowMs());
}
