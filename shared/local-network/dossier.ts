// Command `dossier`: everything the network knows about one number, from one GraphQL request. Reads the number strictly before
// anything is asked; what is asked stands in dossier-query.ts and how it is shown in dossier-table.ts.

import { type MsisdnRefusal, parseMsisdn } from '../vocabulary/msisdn';
import { BAD_ARGUMENTS, CommandFailure, readArguments, runCommand, textOption } from './command-line';
import { DEFAULT_USER, type DemoUser } from './demo-users';
import { readDossierAnswer } from './dossier-answer';
import { DOSSIER_QUERY, dossierVariables } from './dossier-query';
import { dossierTable, spelled } from './dossier-table';
import { type LocalFolder, localFolder } from './local-folder';
import { type NetworkRecord, NOT_RUNNING, readNetwork } from './network-record';
import { postJson } from './post-json';
import { SIGN_IN_REFUSALS, signIn, userOf } from './sign-in';
import { folderOf } from './start-options';

const USAGE = `Shows what the running network knows about a phone number.

usage: npm run -s dossier -- MSISDN [options]

  MSISDN        e.g. +77011234567 or 8 701 123 45 67
  --as USER     who asks (investigator-1), one of those that token --help names
  --case ID     the case under which personal fields are asked
  --json        the gateway's answer as it came, for machines
  --data DIR    folder of the network (.local)
  --help        this text
`;

const LIMIT_MS = 3_000;

const REFUSALS: Readonly<Record<MsisdnRefusal, string>> = {
  MALFORMED: 'This is not a phone number: write +77011234567 or 8 701 123 45 67.',
  WRONG_LENGTH: 'A mobile number of Kazakhstan has eleven digits, e.g. +77011234567.',
  NOT_KZ_NUMBER: 'This is not a number of Kazakhstan: those begin with +77 or 87.',
  NOT_MOBILE: 'This is not a mobile number: its code belongs to a fixed line or a network service.',
};

async function dossier(): Promise<number> {
  const options = {
    as: { type: 'string' },
    case: { type: 'string' },
    json: { type: 'boolean' },
    data: { type: 'string' },
  } as const;
  const given = readArguments(process.argv.slice(2), USAGE, options, ['one MSISDN']);
  if (given === null) return 0;
  const msisdn = parseMsisdn(given.positionals[0] ?? '');
  if (!msisdn.ok) throw new CommandFailure(REFUSALS[msisdn.error], BAD_ARGUMENTS);
  const user = userOf(textOption(given, 'as') ?? DEFAULT_USER);
  const caseId = textOption(given, 'case');
  const underCase = caseHeaders(caseId);
  const folder = localFolder(folderOf(given));
  const network = readNetwork(folder);
  if (network === null) throw new CommandFailure(NOT_RUNNING);
  const headers = { ...underCase, ...(await tokenHeaders(network, folder, user)) };

  const variables = dossierVariables(msisdn.value, Date.now(), caseId !== undefined);
  const reply = await postJson(
    network.gateway.url,
    { query: DOSSIER_QUERY, operationName: 'Dossier', variables },
    { headers, limitMs: LIMIT_MS },
  );
  if (reply === 'REFUSED')
    throw new CommandFailure('The gateway does not answer; start it with `npm run -s service -- start gateway`.');
  if (reply === 'TIMEOUT') throw new CommandFailure(`The gateway did not answer within ${LIMIT_MS / 1000} seconds.`);
  const answer = readDossierAnswer(reply.body);
  if (answer === null) throw new CommandFailure(`The gateway gave no GraphQL answer (status ${reply.status}).`);
  if (given.values.json === true) {
    process.stdout.write(`${JSON.stringify(reply.body, null, 2)}\n`);
    return answer.hasData ? 0 : 1;
  }
  if (answer.number === null) {
    const [fault] = answer.missing;
    if (fault !== undefined) throw new CommandFailure(`There is no answer from ${fault.who}: ${fault.why}`);
    process.stdout.write(`${spelled(msisdn.value)} is not assigned: no operator serves it or ever did.\n`);
    return 0;
  }
  const isTerminal = process.stdout.isTTY === true;
  const width = isTerminal ? Math.min(120, Math.max(60, process.stdout.columns)) : 100;
  process.stdout.write(dossierTable(answer, { width, hasColour: isTerminal && process.env.NO_COLOR === undefined }));
  return 0;
}

async function tokenHeaders(
  network: NetworkRecord,
  folder: LocalFolder,
  user: DemoUser,
): Promise<Readonly<Record<string, string>>> {
  const token = await signIn(network, folder, user);
  if (!token.ok) throw new CommandFailure(SIGN_IN_REFUSALS[token.error]);
  return { authorization: `Bearer ${token.value}` };
}

function caseHeaders(caseId: string | undefined): Readonly<Record<string, string>> {
  if (caseId === undefined) return {};
  return { 'afc-case': identifier(caseId, '--case'), 'afc-purpose': 'INVESTIGATION' };
}

/** A text that is safe in a header. */
function identifier(text: string, option: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/.test(text)) return text;
  throw new CommandFailure(`${option} takes an identifier of letters, digits and dashes.`, BAD_ARGUMENTS);
}

void runCommand(dossier);
