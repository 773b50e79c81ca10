// Command `service`: starts or stops one service of the running network, by asking the launcher that owns the processes.

import { BAD_ARGUMENTS, CommandFailure, readArguments, runCommand } from './command-line';
import { askLauncher, SERVICE_ACTIONS } from './control-channel';
import { localFolder } from './local-folder';
import { folderOf } from './start-options';

const USAGE = `Starts or stops one service of the running network.

usage: npm run -s service -- start|stop NAME [--data DIR]

  NAME          gateway, numbering, fraud-cases, kcell, beeline, tele2, regulator or identity
  --data DIR    folder of the network (.local)
  --help        this text
`;

async function service(): Promise<number> {
  const given = readArguments(process.argv.slice(2), USAGE, { data: { type: 'string' } }, ['start or stop', 'a NAME']);
  if (given === null) return 0;
  const [wanted, name = ''] = given.positionals;
  const action = SERVICE_ACTIONS.find((entry) => entry === wanted);
  if (action === undefined) throw new CommandFailure('The first argument must be start or stop.', BAD_ARGUMENTS);
  const answer = await askLauncher(localFolder(folderOf(given)), action, name);
  if (!answer.ok) throw new CommandFailure(answer.message);
  process.stdout.write(`${answer.message}\n`);
  return 0;
}

void runCommand(service);
