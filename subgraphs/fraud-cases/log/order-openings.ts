// Hands out the act that tells a document: an operator that holds a signed order asks by its hash, so that its own act can name what it
// answers. Who does not hold the document cannot ask; of the act's fields only the hash of the document is opened.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodeBase64Url } from '../../../shared/audit/encoding';
import { rowsOf, type SqlSource } from '../../../shared/audit-log/sql-session';

/** Path of the openings, below which stands the document's SHA-256 in base64url. */
export const ORDER_OPENINGS_PATH = '/log/orders/';

const HASH = /^[A-Za-z0-9_-]{43}$/;
const FIELD = 'orderHash';

/** A handler for `GET /log/orders/<hash>`: 200 `{act, salt, disclosures}`, 404 for a hash that tells no document; says false to other paths. */
export function orderOpeningRoutes(
  source: SqlSource,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    if (!path.startsWith(ORDER_OPENINGS_PATH)) return false;
    const hash = path.slice(ORDER_OPENINGS_PATH.length);
    if (request.method !== 'GET') send(response, 405, { error: 'METHOD_NOT_ALLOWED' });
    else {
      const opening = HASH.test(hash) ? await openingOf(source, hash) : null;
      if (opening === null) send(response, 404, { error: 'NOT_FOUND' });
      else send(response, 200, opening);
    }
    return true;
  };
}

async function openingOf(source: SqlSource, hash: string): Promise<object | null> {
  const [row] = await rowsOf<{
    readonly jws: Buffer;
    readonly salt: Buffer;
    readonly field_salt: Buffer;
    readonly value: Buffer;
  }>(source, {
    name: 'order_opening',
    text: `SELECT opening.jws, opening.salt, disclosure.salt AS field_salt, disclosure.value FROM order_document
      JOIN audit.opening AS opening USING (act_id)
      JOIN audit.disclosure AS disclosure ON disclosure.act_id = order_document.act_id AND disclosure.field = $2
      WHERE order_document.hash = $1`,
    values: [hash, FIELD],
  });
  if (row === undefined) return null;
  const disclosure = { field: FIELD, salt: encodeBase64Url(row.field_salt), value: row.value.toString('utf8') };
  return { act: row.jws.toString('latin1'), salt: encodeBase64Url(row.salt), disclosures: [disclosure] };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(`${JSON.stringify(body)}\n`);
}
