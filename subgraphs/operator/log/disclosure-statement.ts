// What the operator says of a use of a grant, signed with the key of its answers: who was given which fields of whom, for what, by which grant. It
// stands in the operator's own record, so that whoever reads that record later need not believe the database that kept it. It names nobody.

import { canonicalJson } from '../../../shared/audit/canonical-json';
import { signCompactJws } from '../../../shared/audit/compact-jws';
import type { KeyPair } from '../../../shared/audit-log/key-file';
import type { StateUse } from '../domain/disclosure';

/** Type of the signed document. */
export const DISCLOSURE_TYPE = 'senim-disclosure+jws';

const VERSION = 1;

/** States uses with a key: canonical JSON `{act, at, case, class, fields, grant, grant_hash, purpose, request, role, subjects, v}`, hashes and names in base64url. */
export function disclosureSigner({ publicKey, privateKey }: KeyPair): StateUse {
  return (use, names, at) => {
    const payload = canonicalJson({
      v: VERSION,
      grant: use.grantId,
      grant_hash: use.grantHash,
      request: use.contentDigest,
      act: use.actor,
      role: use.role,
      case: use.caseId,
      purpose: use.purpose,
      class: use.class,
      fields: use.fields,
      subjects: names.map((name) => Buffer.from(name).toString('base64url')),
      at,
    });
    const document = { kid: publicKey.keyId, typ: DISCLOSURE_TYPE, payload: Buffer.from(payload, 'utf8') };
    return signCompactJws(document, privateKey);
  };
}
