// The gateway's own signature under every request to a subgraph, and the signatures that it demands of operators: an answer counts when
// the key that the bank's list names for that operator signed it as the answer to that request.

import { signRequest, verifyAnswer } from '../../shared/access/request-signature';
import { AuditFault } from '../../shared/audit/audit-catalogue';
import { importPublicKey, type PublicKey } from '../../shared/audit/ed25519';
import { decodeBase64Url } from '../../shared/audit/encoding';
import type { KeyPair } from '../../shared/audit-log/key-file';
import type { PostAnswer, Sign } from '../route/send';

/** Signs requests with the gateway's key. */
export function requestSigner(key: KeyPair): Sign {
  return (request) => signRequest(request, key, Date.now());
}

/**
 * Checks who answered. `responseKeyOf` tells the key of an operator as the list spells it, base64url of its 32 bytes; an operator without
 * one is not believed.
 */
export function answerCheck(
  responseKeyOf: (serviceName: string, target: string) => string | null,
): (serviceName: string, target: string, answer: PostAnswer) => boolean {
  const keys = new Map<string, PublicKey | null>();
  const keyIn = (text: string): PublicKey | null => {
    let key = keys.get(text);
    if (key === undefined) {
      if (keys.size >= MOST_KEYS) keys.clear();
      key = imported(text);
      keys.set(text, key);
    }
    return key;
  };
  return (serviceName, target, { status, body, signature }) => {
    const text = responseKeyOf(serviceName, target);
    const key = text === null ? null : keyIn(text);
    if (key === null || signature === null) return false;
    const { requestSignature, headers } = signature;
    const keyOf = (keyId: string): PublicKey | null => (keyId === key.keyId ? key : null);
    return verifyAnswer({ status, body, requestSignature, headers }, keyOf).ok;
  };
}

const MOST_KEYS = 256;

function imported(text: string): PublicKey | null {
  const bytes = decodeBase64Url(text);
  try {
    return bytes === null ? null : importPublicKey(bytes);
  } catch (cause) {
    if (cause instanceof AuditFault) return null;
    throw cause;
  }
}
