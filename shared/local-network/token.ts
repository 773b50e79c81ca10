// Command `token`: prints a fresh access token of a user of the running network, and nothing else, so that it fits into another command.

import { CommandFailure, readArguments, runCommand } from './command-line';
import { DEMO_USERS, type DemoUser } from './demo-users';
import { localFolder } from './local-folder';
import { NOT_RUNNING, readNetwork } from './network-record';
import { SIGN_IN_REFUSALS, signIn, userOf } from './sign-in';
import { folderOf } from './start-options';

const USAGE = `Prints a fresh access token of a user of the running network, good for ten minutes.

usage: npm run -s token -- USER [--data DIR]

  USER          a person: ${namesOf('PERSON')}
                or a machine: ${namesOf('MACHINE')}
  --data DIR    folder of the network (.local)
  --help        this text

It goes into a header of a request to the gateway:
  curl -H "authorization: Bearer $(npm run -s token -- investigator-1)" …
`;

async function token(): Promise<number> {
  const given = readArguments(process.argv.slice(2), USAGE, { data: { type: 'string' } }, ['one USER']);
  if (given === null) return 0;
  const user = userOf(given.positionals[0] ?? '');
  const folder = localFolder(folderOf(given));
  const network = readNetwork(folder);
  if (network === null) throw new CommandFailure(NOT_RUNNING);
  const fresh = await signIn(network, folder, user);
  if (!fresh.ok) throw new CommandFailure(SIGN_IN_REFUSALS[fresh.error]);
  process.stdout.write(`${fresh.value}\n`);
  return 0;
}

/** Names of one kind, in lines that a terminal does not break. */
function namesOf(kind: DemoUser['kind']): string {
  const names = DEMO_USERS.filter((user) => user.kind === kind).map((user) => user.name);
  const half = Math.ceil(names.length / 2);
  return `${names.slice(0, half).join(', ')},\n                ${names.slice(half).join(', ')}`;
}

void runCommand(token);
