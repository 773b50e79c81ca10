// The files that a gateway is started with: its list of operators, the supergraph, and which subgraph is partitioned.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORLD_OPERATORS } from './contract-world';

/** What the list says of an operator besides its code. */
export interface ListedAs {
  readonly endpoint: string | undefined;
  /** Its public keys by role. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** Writes `operators.json`, `supergraph.graphql` and `partitions.json` for the operators of the test world. */
export function writeGatewayFolder(folder: string, supergraph: string, listedAs: (code: string) => ListedAs): void {
  const operators = WORLD_OPERATORS.map((code) => {
    const { endpoint, keys = {} } = listedAs(code);
    return { code, name: code, brands: [code], endpoint, state: 'CONNECTED', schemaHash: null, keys };
  });
  writeFileSync(join(folder, 'operators.json'), JSON.stringify({ operators }));
  writeFileSync(join(folder, 'supergraph.graphql'), supergraph);
  writeFileSync(join(folder, 'partitions.json'), '{"subgraphs":["operator"]}');
}
