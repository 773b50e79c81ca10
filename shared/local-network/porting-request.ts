// Asks numbering to play a porting, as the feed of the portability database would: signed with numbering's own key, which the registry takes
// from nobody else.

import { randomUUID } from 'node:crypto';
import { signRequest } from '../access/request-signature';
import { loadKeyFile } from '../audit-log/key-file';
import { BANK, keyFile } from './joint-log-layout';
import type { LocalFolder } from './local-folder';
import type { NetworkRecord } from './network-record';
import { type JsonReply, type NoReply, postJson } from './post-json';

const PATH = '/internal/portings';

/** What numbering answers, or why it does not. Throws one plain sentence when its key file is missing or open to others. */
export function requestPorting(
  network: NetworkRecord,
  folder: LocalFolder,
  porting: { readonly msisdn: string; readonly to: string },
  limitMs: number,
): Promise<JsonReply | NoReply> {
  const document = { portId: randomUUID(), ...porting };
  const message = { method: 'POST', path: PATH, body: JSON.stringify(document), headers: {} };
  const headers = signRequest(message, loadKeyFile(keyFile(folder, BANK, 'numbering')), Date.now());
  return postJson(new URL(PATH, network.subgraphs.numbering.url).toString(), document, { headers, limitMs });
}
