// `npm run compose`: asks each subgraph's program for its schema, composes them, and writes what the gateway loads. Nothing is written
// when a rule is broken or a change would break a client that nobody accepted to break.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ruleGaps } from '../../shared/access/policy';
import { breakingChanges, composeSupergraph, conformanceGaps, fieldCoordinates } from './compose';
import type { SubgraphSource } from './subgraph-sdl';

const USAGE = `Usage: npm run compose -- [--accept "SENTENCE"]... [--check SUBGRAPH=FILE]

Prints the schemas of the subgraphs, composes them and writes gateway/supergraph/supergraph.graphql and partitions.json.

  --accept SENTENCE      accepts one breaking change, named by the sentence that told it
  --check SUBGRAPH=FILE  writes nothing; tells what the schema in FILE lacks against the committed schema of SUBGRAPH
  --help                 prints this
`;

const SUBGRAPHS = ['fraud-cases', 'numbering', 'operator'] as const;
const FOLDER = join('gateway', 'supergraph');

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

async function main(words: readonly string[]): Promise<number> {
  const options = readWords(words);
  if (typeof options === 'string') return complain([options]);
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    return options.check === undefined ? await compose(options.accept) : await check(options.check);
  } catch (fault) {
    return complain([fault instanceof Error ? fault.message : 'Composition failed.']);
  }
}

function readWords(
  words: readonly string[],
): { readonly help: boolean; readonly accept: readonly string[]; readonly check: string | undefined } | string {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        help: { type: 'boolean', default: false },
        accept: { type: 'string', multiple: true, default: [] },
        check: { type: 'string' },
      },
    });
    return { help: values.help, accept: values.accept, check: values.check };
  } catch {
    return 'compose takes --accept, --check and --help; see npm run compose -- --help.';
  }
}

async function compose(acceptedChanges: readonly string[]): Promise<number> {
  const sources: SubgraphSource[] = [];
  const breaking: string[] = [];
  for (const name of SUBGRAPHS) {
    const sdl = await printSchema(name);
    sources.push({ name, sdl });
    const committed = schemaFile(name);
    if (!existsSync(committed)) continue;
    const changes = breakingChanges(await readFile(committed, 'utf8'), sdl);
    breaking.push(...changes.map((change) => `${name}: ${change}`));
  }
  const unaccepted = breaking.filter((change) => !acceptedChanges.includes(change));
  if (unaccepted.length > 0) {
    return complain([
      'These changes break clients of the committed schemas; name each with --accept to make it:',
      ...unaccepted.map((change) => `  ${change}`),
    ]);
  }
  const composition = composeSupergraph(sources);
  if (!composition.ok) return complain(composition.error);
  const withoutRule = ruleGaps(fieldCoordinates(composition.value.supergraph));
  if (withoutRule.length > 0) return complain(withoutRule);
  for (const { name, sdl } of sources) await writeFile(schemaFile(name), sdl);
  await writeFile(join(FOLDER, 'supergraph.graphql'), composition.value.supergraph);
  await writeFile(join(FOLDER, 'partitions.json'), composition.value.partitions);
  process.stdout.write(`Composed ${SUBGRAPHS.join(', ')} into ${join(FOLDER, 'supergraph.graphql')}.\n`);
  return 0;
}

async function check(word: string): Promise<number> {
  const at = word.indexOf('=');
  const name = SUBGRAPHS.find((known) => known === word.slice(0, at));
  if (name === undefined) return complain([`--check takes SUBGRAPH=FILE, with one of: ${SUBGRAPHS.join(', ')}.`]);
  const file = word.slice(at + 1);
  const own = await readFile(file, 'utf8').catch(() => null);
  if (own === null) return complain(['The file given to --check cannot be read.']);
  const gaps = conformanceGaps(await readFile(schemaFile(name), 'utf8'), own);
  if (gaps.length === 0) {
    process.stdout.write(`The schema has all of the contract of ${name}.\n`);
    return 0;
  }
  process.stdout.write(
    `Against the contract of ${name} the schema lacks:\n${gaps.map((gap) => `  ${gap}\n`).join('')}`,
  );
  return 1;
}

/** The schema that a subgraph's program prints; the committed one where the program is not built. */
async function printSchema(name: string): Promise<string> {
  const program = join('dist', 'subgraphs', name, 'main.js');
  if (!existsSync(program)) return readFile(schemaFile(name), 'utf8');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'print-schema'], {
      maxBuffer: 16_777_216,
    });
    return stdout;
  } catch (cause) {
    throw new Error(`The subgraph "${name}" could not print its schema; run its main.js print-schema to see why.`, {
      cause,
    });
  }
}

function schemaFile(name: string): string {
  return join('subgraphs', name, 'schema.graphql');
}

function complain(lines: readonly string[]): number {
  process.stderr.write(`${lines.join('\n')}\n`);
  return 1;
}
