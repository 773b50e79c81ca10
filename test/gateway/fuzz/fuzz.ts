// `npm run fuzz:gateway`: a seeded fuzz run against both gateways as processes, before the real network's subgraphs and databases. The
// last line is one JSON object; the exit code is 1 when anything was found.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startTestNetwork } from '../../support/network';
import { type CampaignFigures, FINDING_KINDS, runCampaign } from './campaign';
import { fuzzCase } from './fuzz-case';
import {
  deliveredSupergraph,
  generousAddresses,
  grammarOf,
  type SubgraphAddresses,
  startFuzzTargets,
} from './fuzz-world';
import { startGenerousWorld } from './generous-subgraph';

const HELP = `usage: npm run fuzz:gateway -- [--count 100000] [--seed 1] [--only N] [--workers 16] [--subgraphs network|invented]

Sends seeded requests, most of them with something wrong in them, to the bare gateway and to the one over Apollo Server. Counts crashes,
statuses of 500 and above, hangs, requests without an answer, answers of another form, codes INTERNAL, services told lost that are not,
and valid operations that were refused.

  --count N      requests to send
  --seed S       what the requests are made from; the same seed makes the same requests
  --only N       sends request N alone, to both gateways, and prints it with its answers; takes the seed and the subgraphs of its run
  --workers N    requests at once
  --subgraphs W  network: the real subgraphs with their databases; invented: small ones without`;

void main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      workers: { type: 'string', default: '16' },
      subgraphs: { type: 'string', default: 'network' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const [count, seed, workers] = [values.count, values.seed, values.workers].map(wholeNumber);
  const only = values.only === undefined ? null : wholeNumber(values.only);
  if (count === undefined || seed === undefined || workers === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'senim-fuzz-'));
  const place = values.subgraphs === 'invented' ? await inventedPlace() : await networkPlace();
  try {
    const gateways = await startFuzzTargets(folder, place.supergraph, place.addresses);
    try {
      const grammar = grammarOf(place.supergraph, place.pools);
      if (only !== null) {
        const fuzz = fuzzCase(grammar, seed, only);
        console.log(`${fuzz.kind}, ${fuzz.bytes.length} bytes\n${fuzz.bytes.toString('latin1').slice(0, 20_000)}`);
      }
      const runs: CampaignFigures[] = [];
      for (const targets of only === null ? [gateways.targets] : gateways.targets.map((target) => [target])) {
        const figures = await runCampaign({
          targets,
          grammar,
          seed,
          first: only ?? 0,
          count: only === null ? count : 1,
          workers,
          progress: (done, findings) => console.log(`${done} requests, ${findings} findings`),
          ...(only === null ? {} : { told: (text) => console.log(text) }),
        });
        runs.push(figures);
      }
      for (const question of place.invalidQuestions().slice(0, 10)) console.log(`INVALID_QUESTION ${question}`);
      for (const figures of runs) report(figures, seed, place.invalidQuestions().length);
    } finally {
      await gateways.stop();
    }
  } finally {
    await place.stop();
    rmSync(folder, { recursive: true });
  }
}

interface Place {
  readonly supergraph: string;
  readonly addresses: SubgraphAddresses;
  readonly pools: Readonly<Record<string, readonly unknown[]>>;
  /** Questions to subgraphs that were not valid, where that can be told. */
  invalidQuestions(): readonly string[];
  stop(): Promise<unknown>;
}

async function networkPlace(): Promise<Place> {
  console.log('Starting the network …');
  const network = await startTestNetwork({ scale: 200 });
  const { subgraphs, stories } = network.record();
  const texts = Object.values(stories).flatMap((story) =>
    typeof story === 'object' && story !== null && !Array.isArray(story) ? Object.entries(story) : [],
  );
  const of = (name: string): readonly unknown[] =>
    texts.filter(([member]) => member === name).map(([, value]) => value);
  return {
    supergraph: deliveredSupergraph(),
    addresses: {
      numbering: subgraphs.numbering.url,
      fraudCases: subgraphs['fraud-cases'].url,
      operators: Object.fromEntries(Object.entries(subgraphs.operators).map(([code, { url }]) => [code, url])),
    },
    pools: {
      Msisdn: [...of('msisdn'), '+77771234567'],
      Iin: [...of('iin'), '900101300007'],
      Imei: [...of('imei'), '490154203237518'],
      Bin: [...of('bin'), '990140000385'],
      ID: [...of('caseId'), ...of('orderId'), 'kcell', 'tele2', 'x'],
    },
    invalidQuestions: () => [],
    stop: () => network.stop(),
  };
}

async function inventedPlace(): Promise<Place> {
  const world = await startGenerousWorld();
  return {
    supergraph: world.supergraph,
    addresses: generousAddresses(world),
    pools: {},
    invalidQuestions: () => world.invalidQuestions,
    stop: world.close,
  };
}

function report(figures: CampaignFigures, seed: number, invalidQuestions: number): void {
  const shown = FINDING_KINDS.flatMap((kind) =>
    figures.findings.filter((finding) => finding.kind === kind).slice(0, 10),
  );
  for (const { kind, number, gateway, detail } of shown) {
    console.log(`${kind} at ${gateway}: --seed ${seed} --only ${number}   ${detail}`);
  }
  const counts = Object.fromEntries(
    FINDING_KINDS.map((kind) => [kind, figures.findings.filter((finding) => finding.kind === kind).length]),
  );
  const { findings: _, ...rest } = figures;
  console.log(
    JSON.stringify({ fuzz: 'gateway', seed, ...rest, seconds: Math.round(figures.seconds), findings: counts }),
  );
  if (figures.findings.length + invalidQuestions > 0) process.exitCode = 1;
}

function wholeNumber(text: string): number {
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  console.error('fuzz:gateway takes whole numbers for --count, --seed, --only and --workers; see --help.');
  process.exit(5);
}
