// Which subgraphs are partitioned and by what. The names come from beside the supergraph (a merged directive does not tell whose it
// was); the key fields and arguments come from `@partitioned(by:)` in the supergraph itself. Pure.

import { type ConstDirectiveNode, type DocumentNode, Kind } from 'graphql';
import { directivesOf, readSubgraphs, type SubgraphTypes, textArgument } from './subgraph-types';

/** How the rows of one subgraph are spread over servers. */
export interface PartitionRule {
  readonly serviceName: string;
  /** Entity type → key field that names the server. */
  readonly fields: ReadonlyMap<string, string>;
  /** Root mutation field → argument that names the server. */
  readonly rootArguments: ReadonlyMap<string, string>;
  readonly types: SubgraphTypes;
}

/** What routing must know of a supergraph. */
export interface SupergraphRoutes {
  readonly subgraphs: ReadonlyMap<string, SubgraphTypes>;
  /** Rules of the partitioned subgraphs, by name. */
  readonly partitioned: ReadonlyMap<string, PartitionRule>;
}

/** The routes of a supergraph. Names of subgraphs that it does not have are ignored. */
export function readRoutes(supergraph: DocumentNode, partitionedNames: readonly string[]): SupergraphRoutes {
  const subgraphs = readSubgraphs(supergraph);
  const fields = new Map<string, string>();
  const rootArguments = new Map<string, string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    const by = partitionedBy(definition);
    if (by !== null) fields.set(definition.name.value, by);
    for (const field of definition.fields ?? []) {
      const argument = partitionedBy(field);
      if (argument !== null) rootArguments.set(field.name.value, argument);
    }
  }
  const partitioned = new Map<string, PartitionRule>();
  for (const serviceName of partitionedNames) {
    const types = subgraphs.get(serviceName);
    if (types !== undefined) partitioned.set(serviceName, { serviceName, fields, rootArguments, types });
  }
  return { subgraphs, partitioned };
}

/** The names in a partitions.json: `{ "subgraphs": ["operator"] }`; null when the text is not one. */
export function parsePartitionedNames(text: string): readonly string[] | null {
  try {
    const { subgraphs } = JSON.parse(text) as { readonly subgraphs?: unknown };
    if (!Array.isArray(subgraphs)) return null;
    const names = subgraphs.filter((name): name is string => typeof name === 'string');
    return names.length === subgraphs.length ? names : null;
  } catch {
    return null;
  }
}

function partitionedBy(node: { readonly directives?: readonly ConstDirectiveNode[] }): string | null {
  const [directive] = directivesOf(node, 'partitioned');
  return directive === undefined ? null : textArgument(directive, 'by');
}
