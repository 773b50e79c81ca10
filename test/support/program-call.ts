// Calls between the bank's programs and operators as they sign them, and the same calls with whatever signature a test wants.

import { signRequest } from '../../shared/access/request-signature';
import type { KeyPair } from '../../shared/audit-log/key-file';

/** A call in the hands of a test, before it is signed. */
export interface ProgramCall {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** JSON for anything but a text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends it, signed by a key. `change` may spoil the headers after that. */
export async function callSigned(
  key: KeyPair,
  { url, method = 'POST', body, headers = {} }: ProgramCall,
  change: (headers: Record<string, string>) => void = () => {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const signature = signRequest({ method, path: new URL(url).pathname, body: text, headers }, key, Date.now());
  const sent = { ...type, ...headers, ...signature };
  change(sent);
  const response = await fetch(url, { method, headers: sent, ...(body === undefined ? {} : { body: text }) });
  const answer = await response.text();
  return { status: response.status, body: answer === '' ? null : (JSON.parse(answer) as unknown) };
}
