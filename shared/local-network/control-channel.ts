// How `service` reaches the launcher that owns the processes: a small HTTP server on loopback, at a free port, for whoever can read
// the token in the launcher's private file.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { startHttpHost } from '../service/http-host';
import { createLogger } from '../service/logger';
import type { JsonValue } from '../vocabulary/json';
import { CommandFailure, sentenceOf } from './command-line';
import { type LocalFolder, readDocument, writeDocument } from './local-folder';
import { NOT_RUNNING } from './network-record';
import { LOOPBACK } from './ports';
import type { ServiceOutcome } from './supervisor';

/** What may be asked of the launcher. */
export interface ServiceControl {
  readonly names: readonly string[];
  start(name: string): Promise<ServiceOutcome>;
  stop(name: string): Promise<ServiceOutcome>;
}

/** What the launcher answers. */
export interface ControlAnswer {
  readonly ok: boolean;
  /** One plain sentence. */
  readonly message: string;
}

export const SERVICE_ACTIONS = ['start', 'stop'] as const;
export type ServiceAction = (typeof SERVICE_ACTIONS)[number];

const ANSWER_LIMIT_MS = 60_000;

/** Opens the channel and writes the private file; `close` removes it. */
export async function openControlChannel(
  folder: LocalFolder,
  control: ServiceControl,
): Promise<{ close(): Promise<void> }> {
  const token = randomBytes(24).toString('base64url');
  const host = await startHttpHost({
    host: LOOPBACK,
    port: 0,
    readiness: async () => true,
    logger: createLogger({ name: 'control', level: 'silent' }),
    handlers: async (request, response) => {
      if (!isTrusted(request, token)) answer(response, 401, { ok: false, message: 'The token is wrong.' });
      else answer(response, 200, await perform(request, control));
      return true;
    },
  });
  writeDocument(folder.control, { url: host.url, token }, true);
  return { close: () => host.stop() };
}

/** Asks the launcher of a folder to start or stop a service; throws one sentence when there is no launcher. */
export async function askLauncher(folder: LocalFolder, action: ServiceAction, name: string): Promise<ControlAnswer> {
  const where = readDocument(folder.control);
  if (!isAddress(where)) throw new CommandFailure(NOT_RUNNING);
  try {
    const response = await fetch(`${where.url}/${action}/${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${where.token}` },
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return (await response.json()) as ControlAnswer;
  } catch {
    throw new CommandFailure(NOT_RUNNING);
  }
}

async function perform(request: IncomingMessage, control: ServiceControl): Promise<ControlAnswer> {
  const [, action, name = ''] = /^\/(start|stop)\/([a-z0-9-]{1,32})$/.exec(request.url ?? '') ?? [];
  if (request.method !== 'POST' || (action !== 'start' && action !== 'stop')) {
    return { ok: false, message: `There is no such service; there are ${control.names.join(', ')}.` };
  }
  try {
    const outcome = await control[action](name);
    const state = action === 'start' ? 'running' : 'stopped';
    switch (outcome) {
      case 'DONE':
        return { ok: true, message: `${name} is ${state}.` };
      case 'ALREADY':
        return { ok: true, message: `${name} was ${state} already.` };
      case 'UNKNOWN_SERVICE':
        return { ok: false, message: `There is no such service; there are ${control.names.join(', ')}.` };
    }
  } catch (cause) {
    return { ok: false, message: sentenceOf(cause) };
  }
}

function isTrusted(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function answer(response: ServerResponse, status: number, body: ControlAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function isAddress(document: JsonValue): document is { readonly url: string; readonly token: string } {
  const { url, token } = (document ?? {}) as { readonly url?: unknown; readonly token?: unknown };
  return typeof url === 'string' && typeof token === 'string';
}
