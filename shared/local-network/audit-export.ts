// Command `audit:export`: writes the evidence bundle of one case of the running network into a file. What a bundle holds is decided by the
// keeper of the log, whose own program makes it; this command finds that program's database and keys, and puts the file in place whole.

import { spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Arguments, BAD_ARGUMENTS, CommandFailure, readArguments, runCommand, textOption } from './command-line';
import { type LocalFolder, localFolder } from './local-folder';
import { bankVariables, entryFile } from './network-layout';
import { type NetworkRecord, NOT_RUNNING, readNetwork } from './network-record';
import { folderOf } from './start-options';

const USAGE = `Writes the evidence bundle of a case from the running network into a file.

usage: npm run -s audit:export -- --case ID --out FILE [--data DIR]

  --case ID     id of the case, e.g. that of a story in .local/network.json
  --out FILE    the bundle; replaced if it is there
  --data DIR    folder of the network (.local)
  --help        this text

Check the bundle, on any machine and without a network, with
  npm run -s verify -- FILE --policy .local/trust/policy.txt --root .local/trust/root.json
`;

const LIMIT_MS = 120_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

async function auditExport(): Promise<number> {
  const options = { case: { type: 'string' }, out: { type: 'string' }, data: { type: 'string' } } as const;
  const given = readArguments(process.argv.slice(2), USAGE, options);
  if (given === null) return 0;
  const caseId = caseOf(given);
  const file = fileOf(given);
  const folder = localFolder(folderOf(given));
  const network = readNetwork(folder);
  if (network === null) throw new CommandFailure(NOT_RUNNING);
  if (network.subgraphs['fraud-cases'].pid === null) {
    throw new CommandFailure('fraud-cases is stopped; start it with `npm run -s service -- start fraud-cases`.');
  }
  // A draft beside it: whoever looks sees the old file or the whole new one.
  const draft = `${file}.${process.pid}.part`;
  try {
    await writeBundle(caseId, draft, folder, network);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  const { policy, root } = network.trust;
  process.stdout.write(
    `Wrote ${textOption(given, 'out')}, ${statSync(file).size.toLocaleString('en')} bytes. Check it with\n` +
      `  npm run -s verify -- ${textOption(given, 'out')} --policy ${policy} --root ${root}\n`,
  );
  return 0;
}

function caseOf(given: Arguments): string {
  const id = textOption(given, 'case')?.toLowerCase() ?? '';
  if (UUID.test(id)) return id;
  throw new CommandFailure('--case must be the id of a case: 32 hexadecimal digits with four hyphens.', BAD_ARGUMENTS);
}

function fileOf(given: Arguments): string {
  const file = textOption(given, 'out') ?? '';
  if (file === '' || file.includes('\0')) throw new CommandFailure('--out must name a file.', BAD_ARGUMENTS);
  return resolve(file);
}

/** The bank's program writes the bundle and nothing else on its standard output. */
async function writeBundle(caseId: string, draft: string, folder: LocalFolder, network: NetworkRecord): Promise<void> {
  const output = openSync(draft, 'w', 0o600);
  try {
    const child = spawn(process.execPath, [entryFile('fraud-cases', join(__dirname, '..', '..')), 'export-case'], {
      env: { ...process.env, ...bankVariables(folder, network), CASE_ID: caseId },
      stdio: ['ignore', output, 'pipe'],
      timeout: LIMIT_MS,
    });
    let words = '';
    child.stderr?.on('data', (part: Buffer) => {
      words = `${words}${String(part)}`.slice(-2_000);
    });
    const code = await new Promise<number | null>((ended) => {
      child.once('error', () => ended(null));
      child.once('close', ended);
    });
    if (code !== 0) throw new CommandFailure(words.trim().split('\n').at(-1) || 'The case could not be exported.');
  } finally {
    closeSync(output);
  }
}

void runCommand(auditExport);
