// Signing in at a running local network, for its commands: which user is meant, and what a person is told when there is no token.

import type { Result } from '../vocabulary/result';
import { refused } from '../vocabulary/result';
import { BAD_ARGUMENTS, CommandFailure } from './command-line';
import { DEMO_USERS, type DemoUser, demoUser } from './demo-users';
import type { LocalFolder } from './local-folder';
import type { NetworkRecord } from './network-record';
import { requestToken, type TokenRefusal } from './token-request';

/** Why a user of the running network has no token. */
export type SignInRefusal = TokenRefusal | 'STOPPED';

/** What a person is told, a sentence each. */
export const SIGN_IN_REFUSALS: Readonly<Record<SignInRefusal, string>> = {
  STOPPED: 'identity is stopped; start it with `npm run -s service -- start identity`.',
  NO_ANSWER: 'identity does not answer; its log is in the folder of the network, logs/identity.log.',
  REFUSED: 'identity gave no token; its log is in the folder of the network, logs/identity.log.',
};

/** The user of that name; a failure that names all users when there is none. */
export function userOf(name: string): DemoUser {
  const user = demoUser(name);
  if (user !== null) return user;
  const names = DEMO_USERS.map((entry) => entry.name).join(', ');
  throw new CommandFailure(`There is no such user; there are ${names}.`, BAD_ARGUMENTS);
}

/** A fresh access token of a user of the running network. */
export function signIn(
  network: NetworkRecord,
  folder: LocalFolder,
  user: DemoUser,
  options: Pick<Parameters<typeof requestToken>[0], 'boundTo' | 'signedInAgo'> = {},
): Promise<Result<string, SignInRefusal>> {
  const { issuer, tokenEndpoint, pid } = network.identity;
  if (pid === null) return Promise.resolve(refused('STOPPED'));
  return requestToken({ issuer, tokenEndpoint, user, keysFolder: folder.keys, ...options });
}
