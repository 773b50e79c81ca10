// Command `token`: prints a fresh access token of a user of the running network, or the two headers of one bound to a key, and nothing else, so
// that it fits into another command.

import { BAD_ARGUMENTS, CommandFailure, readArguments, runCommand, textOption } from './command-line';
import { DEMO_USERS, type DemoUser } from './demo-users';
import { localFolder } from './local-folder';
import { NOT_RUNNING, readNetwork } from './network-record';
import { newProofKey } from './proof-key';
import { SIGN_IN_REFUSALS, signIn, userOf } from './sign-in';
import { folderOf } from './start-options';

const USAGE = `Prints a fresh access token of a user of the running network, good for ten minutes.

usage: npm run -s token -- USER [--dpop] [--signed-in-ago MINUTES] [--data DIR]

  USER          a person: ${namesOf('PERSON')}
                or a machine: ${namesOf('MACHINE')}
  --dpop        of a person: bound to a key that is made for it (DPoP); prints the two headers of ONE request to the
                gateway, good for half a minute
  --signed-in-ago MINUTES
                of a person: as if the session went on since then (0); approvals and clear identities want a sign-in
                of the last 15 minutes, and a fresh token is a fresh sign-in
  --data DIR    folder of the network (.local)
  --help        this text

It goes into a header of a request to the gateway:
  curl -H "authorization: Bearer $(npm run -s token -- investigator-1)" …
  npm run -s token -- investigator-1 --dpop | curl -H @- …
`;

async function token(): Promise<number> {
  const options = {
    data: { type: 'string' },
    dpop: { type: 'boolean' },
    'signed-in-ago': { type: 'string' },
  } as const;
  const given = readArguments(process.argv.slice(2), USAGE, options, ['one USER']);
  if (given === null) return 0;
  const user = userOf(given.positionals[0] ?? '');
  const dpop = given.values.dpop === true;
  const ago = textOption(given, 'signed-in-ago');
  if (user.kind !== 'PERSON' && (dpop || ago !== undefined)) {
    throw new CommandFailure('--dpop and --signed-in-ago are for people.', BAD_ARGUMENTS);
  }
  const signedInAgo = ago === undefined ? 0 : minutesOf(ago);
  const folder = localFolder(folderOf(given));
  const network = readNetwork(folder);
  if (network === null) throw new CommandFailure(NOT_RUNNING);
  const key = dpop ? await newProofKey() : null;
  const fresh = await signIn(network, folder, user, key === null ? { signedInAgo } : { signedInAgo, boundTo: key });
  if (!fresh.ok) throw new CommandFailure(SIGN_IN_REFUSALS[fresh.error]);
  const proof = await key?.proofFor({ url: network.gateway.url, token: fresh.value });
  process.stdout.write(
    proof === undefined ? `${fresh.value}\n` : `authorization: DPoP ${fresh.value}\ndpop: ${proof}\n`,
  );
  return 0;
}

/** Minutes within a day. */
function minutesOf(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) < 1_440) return Number(text);
  throw new CommandFailure('--signed-in-ago takes whole minutes, below a day.', BAD_ARGUMENTS);
}

/** Names of one kind, in lines that a terminal does not break. */
function namesOf(kind: DemoUser['kind']): string {
  const names = DEMO_USERS.filter((user) => user.kind === kind).map((user) => user.name);
  const half = Math.ceil(names.length / 2);
  return `${names.slice(0, half).join(', ')},\n                ${names.slice(half).join(', ')}`;
}

void runCommand(token);
