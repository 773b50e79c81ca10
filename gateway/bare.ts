// `npm run gateway:bare`: the planner and the executor alone, over any Federation 2 supergraph. No sign-in, no audit; addresses from
// the supergraph, servers of partitioned subgraphs from a file, and those are believed nothing. For conformance and measurement.

import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { startBareGateway } from './bare-server';

const USAGE = `Usage: npm run gateway:bare -- --supergraph FILE --port N [--partitions FILE] [--deadline-ms N]

Serves POST /graphql and GET /readyz over the supergraph in FILE.

  --supergraph FILE  a Federation 2 supergraph; addresses of subgraphs are those of its join__Graph
  --port N           port on 127.0.0.1; 0 takes a free one
  --partitions FILE  servers of partitioned subgraphs, JSON: { "<subgraph>": { "<key>": "<url>" } }
  --deadline-ms N    time for a whole request (2000); without it an untrusted server has at most 800 of them
  --host HOST        address to listen on (127.0.0.1)
  --help             prints this
`;

type Partitions = Readonly<Record<string, Readonly<Record<string, string>>>>;

void main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<void> {
  const options = readWords(words);
  if (options === 'HELP') {
    process.stdout.write(USAGE);
    return;
  }
  if (typeof options === 'string') return complain(options, 2);
  const sdl = await readFile(options.supergraph, 'utf8').catch(() => null);
  if (sdl === null) return complain('The file given to --supergraph cannot be read.', 1);
  const partitions = options.partitions === undefined ? {} : await readPartitions(options.partitions);
  if (partitions === null) {
    return complain(
      'The file given to --partitions is not JSON of the form { "<subgraph>": { "<key>": "<url>" } }.',
      1,
    );
  }
  try {
    const gateway = await startBareGateway({ ...options, sdl, partitions });
    process.stdout.write(`${JSON.stringify({ msg: 'listening', url: `${gateway.url}/graphql` })}\n`);
    const stop = (): void => {
      gateway.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  } catch (fault) {
    complain(fault instanceof Error ? fault.message : 'The gateway cannot start.', 1);
  }
}

interface Options {
  readonly supergraph: string;
  readonly partitions: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly deadlineMs: number | undefined;
}

function readWords(words: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        supergraph: { type: 'string' },
        port: { type: 'string' },
        partitions: { type: 'string' },
        'deadline-ms': { type: 'string' },
        host: { type: 'string', default: '127.0.0.1' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'HELP';
    if (values.supergraph === undefined) return 'gateway:bare needs --supergraph FILE; see --help.';
    const port = wholeNumber(values.port, 65_535);
    if (port === null) return 'gateway:bare needs --port N, a number from 0 to 65535; see --help.';
    const deadline = values['deadline-ms'];
    const deadlineMs = deadline === undefined ? undefined : wholeNumber(deadline, 600_000);
    if (deadlineMs === null || deadlineMs === 0)
      return '--deadline-ms takes a number of milliseconds from 1 to 600000.';
    return { supergraph: values.supergraph, partitions: values.partitions, host: values.host, port, deadlineMs };
  } catch {
    return 'gateway:bare takes --supergraph, --port, --partitions, --deadline-ms, --host and --help; see --help.';
  }
}

function wholeNumber(text: string | undefined, most: number): number | null {
  return text !== undefined && /^[0-9]{1,6}$/.test(text) && Number(text) <= most ? Number(text) : null;
}

async function readPartitions(file: string): Promise<Partitions | null> {
  try {
    const table: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof table !== 'object' || table === null || Array.isArray(table)) return null;
    for (const servers of Object.values(table)) {
      if (typeof servers !== 'object' || servers === null || Array.isArray(servers)) return null;
      if (!Object.values(servers).every((url) => typeof url === 'string' && URL.canParse(url))) return null;
    }
    return table as Partitions;
  } catch {
    return null;
  }
}

function complain(sentence: string, code: number): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = code;
}
