// Who signs in at a local network and how each program is told of it: the issuer of tokens, the keys by which clients prove themselves, and
// what the gateway signs for the subgraphs. Pure: keys are made by the ceremony. In production the issuer is the organisation's own.

import { join } from 'node:path';
import { DISPATCHER_CLIENT, keyedClients } from './demo-users';
import { BANK, keyFile } from './joint-log-layout';
import type { LocalFolder } from './local-folder';

/** Name of the identity provider among the services. */
export const IDENTITY = 'identity';

/** Audience of the network's tokens. */
export const AUDIENCE = 'senim';

/** Where an issuer gives tokens. */
export function tokenEndpoint(issuer: string): string {
  return `${issuer}/token`;
}

/** Who holds keys and secrets that stand in no root of trust, as the ceremony reads it: the bank, its gateway, the provider and its clients. */
export function keyHolders(): readonly object[] {
  return [
    { code: BANK, keys: ['webhook'], secrets: ['cursor', 'disclosure'] },
    { code: GATEWAY, keys: [], secrets: ['pseudonym'] },
    { code: IDENTITY, keys: ['signing-1'], secrets: [] },
    ...keyedClients().map((code) => ({ code, keys: ['client'], secrets: [] })),
  ];
}

/** The document that the provider reads: its clients' public keys. `keys` are those of all holders, as the ceremony prints them. */
export function clientsDocument(keys: Readonly<Record<string, Readonly<Record<string, string>>>>): object {
  return Object.fromEntries(keyedClients().map((client) => [client, keys[client]?.client ?? '']));
}

/** What the identity provider is told. */
export function identityVariables(folder: LocalFolder): Record<string, string> {
  return {
    IDENTITY_KEYS_DIR: join(folder.keys, IDENTITY),
    IDENTITY_CLIENTS_FILE: folder.clients,
    TOKEN_AUDIENCE: AUDIENCE,
  };
}

/** What the gateway is told: whose tokens count, and with what it signs who asks. */
export function gatewaySignInVariables(folder: LocalFolder, issuer: string): Record<string, string> {
  return {
    ISSUER_URL: issuer,
    TOKEN_AUDIENCE: AUDIENCE,
    GATEWAY_KEY_FILE: keyFile(folder, BANK, 'gateway'),
    PSEUDONYM_KEY_FILE: join(folder.keys, GATEWAY, 'pseudonym.key'),
  };
}

/** What the fraud cases are told: whose tokens count, how they sign in themselves to hand block orders to the gateway, and with what they seal cursors, name readers and subjects, and sign webhooks. */
export function bankSignInVariables(
  folder: LocalFolder,
  given: { readonly issuer: string; readonly gatewayUrl: string },
): Record<string, string> {
  return {
    ISSUER_URL: given.issuer,
    TOKEN_AUDIENCE: AUDIENCE,
    TOKEN_ENDPOINT: tokenEndpoint(given.issuer),
    GATEWAY_URL: given.gatewayUrl,
    DISPATCHER_KEY_FILE: join(folder.keys, DISPATCHER_CLIENT, 'client.pem'),
    CURSOR_KEY_FILE: join(folder.keys, BANK, 'cursor.key'),
    DISCLOSURE_KEY_FILE: join(folder.keys, BANK, 'disclosure.key'),
    WEBHOOK_KEY_FILE: join(folder.keys, BANK, 'webhook.pem'),
  };
}

/** Who holds what the gateway alone may read: its key, which stands in the root as the bank's, and its secret. */
const GATEWAY = `${BANK}-gateway`;
