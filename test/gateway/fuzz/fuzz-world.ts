// Where a fuzz run takes place: a bare gateway and one over Apollo Server, each in its process, before subgraphs that are given by their
// addresses.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSupergraph } from '../../../gateway/supergraph/load';
import { gatewayIdentity } from '../../support/gateway-identity';
import { startBareProcess, startOpenProcess } from '../../support/gateway-process';
import { PROJECT_ROOT } from '../../support/project-root';
import { startTokenIssuer } from '../../support/token-issuer';
import type { FuzzTarget } from './campaign';
import type { GenerousWorld } from './generous-subgraph';
import { type Grammar, PLAIN_VALUES, type ValuePools } from './operation-grammar';

/** Where the parties answer. */
export interface SubgraphAddresses {
  readonly numbering: string;
  readonly fraudCases: string;
  readonly operators: Readonly<Record<string, string>>;
}

/** So long that a crowded machine does not look like a lost service, and less than what counts as a hang. */
const DEADLINE_MS = 6_000;

/** Starts both gateways over `supergraph`; files go to `folder`. The supergraph's own addresses are replaced by those given. */
export async function startFuzzTargets(
  folder: string,
  supergraph: string,
  addresses: SubgraphAddresses,
  deadlineMs = DEADLINE_MS,
): Promise<{ readonly targets: readonly FuzzTarget[]; stop(): Promise<void> }> {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const operators = Object.entries(addresses.operators).map(([code, endpoint]) => ({
    code,
    name: code,
    brands: [code],
    endpoint,
    state: 'CONNECTED',
    schemaHash: null,
    keys: {},
  }));
  const supergraphFile = file('supergraph.graphql', withAddresses(supergraph, addresses));
  const bare = await startBareProcess([
    ...['--supergraph', supergraphFile],
    ...['--deadline-ms', String(deadlineMs)],
    ...['--partitions', file('servers.json', JSON.stringify({ operator: addresses.operators }))],
  ]);
  const issuer = await startTokenIssuer();
  const hosted = await startOpenProcess({
    OPERATORS_FILE: file('operators.json', JSON.stringify({ operators })),
    ...gatewayIdentity(folder, issuer),
    SUPERGRAPH_FILE: supergraphFile,
    PARTITIONS_FILE: file('partitions.json', '{"subgraphs":["operator"]}'),
    NUMBERING_URL: addresses.numbering,
    FRAUD_CASES_URL: addresses.fraudCases,
    REQUEST_DEADLINE_MS: String(deadlineMs),
    OPERATOR_DEADLINE_MS: String(deadlineMs),
  });
  const targets = [
    { name: 'bare', process: bare, authorization: () => null },
    { name: 'hosted', process: hosted, authorization: () => `Bearer ${issuer.tokenOf('investigator-1')}` },
  ];
  return {
    targets,
    async stop() {
      await Promise.all(targets.map(({ process }) => process.stop()));
      await issuer.stop();
    },
  };
}

/** Where the parties of a generous world answer. */
export function generousAddresses({ urls }: GenerousWorld): SubgraphAddresses {
  const { numbering = '', 'fraud-cases': fraudCases = '', ...operators } = urls;
  return { numbering, fraudCases, operators };
}

/** The grammar of a supergraph's client schema, with values that its rows have where they are given. */
export function grammarOf(supergraph: string, pools: ValuePools = {}): Grammar {
  return { schema: loadSupergraph(supergraph).consumerSchema, pools: { ...PLAIN_VALUES, ...pools } };
}

/** The supergraph that the gateway is delivered with. */
export function deliveredSupergraph(): string {
  return readFileSync(join(PROJECT_ROOT, 'gateway', 'supergraph', 'supergraph.graphql'), 'utf8');
}

function withAddresses(supergraph: string, { numbering, fraudCases }: SubgraphAddresses): string {
  return supergraph
    .replace(/@join__graph\(name: "numbering", url: "[^"]*"\)/, `@join__graph(name: "numbering", url: "${numbering}")`)
    .replace(
      /@join__graph\(name: "fraud-cases", url: "[^"]*"\)/,
      `@join__graph(name: "fraud-cases", url: "${fraudCases}")`,
    );
}
