// Command `port`: plays a porting in the running network and tells its outcome. Who may leave, and when, is decided by numbering and
// the operators; here are only their words in plain sentences.

import type { JsonObject } from '../vocabulary/json';
import { parseMsisdn } from '../vocabulary/msisdn';
import { parseOperatorCode } from '../vocabulary/operator-code';
import { BAD_ARGUMENTS, CommandFailure, readArguments, runCommand, textOption } from './command-line';
import { localFolder } from './local-folder';
import { localTime } from './local-time';
import { NOT_RUNNING, readNetwork } from './network-record';
import { requestPorting } from './porting-request';
import { folderOf } from './start-options';

const USAGE = `Plays a porting in the running network: the number leaves the operator that serves it and moves to another.

usage: npm run -s port -- MSISDN --to OPERATOR [--data DIR]

  MSISDN        e.g. +77011234567 or 8 701 123 45 67
  --to CODE     the operator that takes the number: kcell, beeline or tele2
  --data DIR    folder of the network (.local)
  --help        this text
`;

const LIMIT_MS = 30_000;

const REFUSALS: Readonly<Record<string, string>> = {
  NUMBER_UNASSIGNED: 'Nobody serves this number, so it cannot move.',
  SAME_OPERATOR: 'That operator serves the number already.',
  UNKNOWN_OPERATOR: 'There is no connected operator with that code.',
  DONOR_NOT_CONNECTED: 'The operator that serves the number is not connected to the network.',
  DONOR_UNAVAILABLE: 'The operator that serves the number does not answer; nothing was changed.',
  RECIPIENT_UNAVAILABLE: 'The operator that should take the number does not answer; nothing was changed.',
  PORT_FREEZE: 'The number may not leave its operator: a block order freezes it.',
  DONOR_DISAGREES: 'The operator that should serve the number says that it does not; nothing was changed.',
  CLOCKS_DISAGREE: 'The clocks of numbering and the operator disagree; nothing was changed.',
  PORT_ID_CONFLICT: 'Another porting has this identifier; nothing was changed.',
  PORTING_IN_PROGRESS: 'Another porting of this number is under way.',
  OVERLOADED: 'Too many portings at once; try again shortly.',
};

async function port(): Promise<number> {
  const options = { to: { type: 'string' }, data: { type: 'string' } } as const;
  const given = readArguments(process.argv.slice(2), USAGE, options, ['one MSISDN']);
  if (given === null) return 0;
  const msisdn = parseMsisdn(given.positionals[0] ?? '');
  if (!msisdn.ok) throw new CommandFailure('This is not a mobile number of Kazakhstan.', BAD_ARGUMENTS);
  const recipient = parseOperatorCode(textOption(given, 'to') ?? '');
  if (!recipient.ok) throw new CommandFailure('--to must name an operator, e.g. tele2.', BAD_ARGUMENTS);
  const folder = localFolder(folderOf(given));
  const network = readNetwork(folder);
  if (network === null) throw new CommandFailure(NOT_RUNNING);

  const porting = { msisdn: msisdn.value, to: recipient.value };
  const reply = await requestPorting(network, folder, porting, LIMIT_MS);
  if (reply === 'REFUSED') throw new CommandFailure('numbering does not answer; is the network running?');
  if (reply === 'TIMEOUT')
    throw new CommandFailure('numbering did not answer in time; ask for a dossier to see what holds.');
  const body = (reply.body ?? {}) as JsonObject;
  if (reply.status === 200 || reply.status === 202) {
    const since = typeof body.since === 'string' ? ` since ${localTime(body.since)} Almaty time` : '';
    const pending =
      reply.status === 202 ? ' One of the two operators does not know yet; numbering tells it later.' : '';
    process.stdout.write(`${msisdn.value} moved from ${body.donor} to ${body.recipient}${since}.${pending}\n`);
    return 0;
  }
  const refusal = typeof body.refusal === 'string' ? REFUSALS[body.refusal] : undefined;
  throw new CommandFailure(refusal ?? `numbering refused the porting (status ${reply.status}).`);
}

void runCommand(port);
