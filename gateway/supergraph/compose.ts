// Composes the schemas of the subgraphs into one supergraph, and tells what a change or another schema would break. Pure: which files
// are read and written is decided by compose-command.ts.

import { composeServices } from '@theguild/federation-composition';
import { findBreakingChanges, GraphQLError, Kind, parse } from 'graphql';
import { accepted, type Result, refused } from '../../shared/vocabulary/result';
import { consumerDocument } from './consumer-schema';
import { type ParsedSubgraph, partitionBreaches, partitionedNames } from './partition-check';
import { comparableSchema, type SubgraphSource } from './subgraph-sdl';

/** A supergraph and what it cannot say of itself. */
export interface Composition {
  /** Text of supergraph.graphql. */
  readonly supergraph: string;
  /** Text of partitions.json: the subgraphs whose rows are spread over servers. */
  readonly partitions: string;
}

/** Composes; the same sources in any order give the same bytes. Refusals are sentences that name type, field and subgraph. */
export function composeSupergraph(sources: readonly SubgraphSource[]): Result<Composition, readonly string[]> {
  const parsed: ParsedSubgraph[] = [];
  const faults: string[] = [];
  for (const { name, sdl } of [...sources].sort((one, other) => (one.name < other.name ? -1 : 1))) {
    try {
      parsed.push({ name, document: parse(sdl, { noLocation: true }) });
    } catch (fault) {
      faults.push(`The schema of the subgraph "${name}" is not GraphQL: ${reasonOf(fault)}`);
    }
  }
  if (faults.length > 0) return refused(faults);
  const breaches = partitionBreaches(parsed);
  if (breaches.length > 0) return refused(breaches);
  const composed = composeServices(
    parsed.map(({ name, document }) => ({ name, url: placeholderUrl(name), typeDefs: document })),
  );
  if (composed.errors !== undefined && composed.errors.length > 0) {
    return refused(composed.errors.map((error) => error.message));
  }
  if (composed.supergraphSdl === undefined) return refused(['Composition gave neither a supergraph nor a reason.']);
  const partitions = `{ "subgraphs": [${partitionedNames(parsed)
    .map((name) => JSON.stringify(name))
    .join(', ')}] }\n`;
  return accepted({ supergraph: `${composed.supergraphSdl.trimEnd()}\n`, partitions });
}

/** Every field that clients of a supergraph may ask for, as `Type.field`. */
export function fieldCoordinates(supergraph: string): readonly string[] {
  const { definitions } = consumerDocument(parse(supergraph, { noLocation: true }));
  return definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION
      ? (definition.fields ?? []).map((field) => `${definition.name.value}.${field.name.value}`)
      : [],
  );
}

/** What a client of the old schema would lose by the new one; empty when nothing. */
export function breakingChanges(oldSdl: string, newSdl: string): readonly string[] {
  return findBreakingChanges(comparableSchema(oldSdl), comparableSchema(newSdl)).map(({ description }) => description);
}

/** What a schema lacks against the contract, one sentence each; empty when a gateway may ask all of the contract of it. */
export function conformanceGaps(contractSdl: string, ownSdl: string): readonly string[] {
  const gaps = breakingChanges(contractSdl, ownSdl);
  const missing = partitionGaps(contractSdl, ownSdl);
  return [...gaps, ...missing];
}

/** The address in a supergraph that names no place: programs are told where subgraphs answer by their configuration. */
function placeholderUrl(name: string): string {
  return `http://${name}.invalid/graphql`;
}

function partitionGaps(contractSdl: string, ownSdl: string): readonly string[] {
  const own: ParsedSubgraph = { name: 'checked', document: parse(ownSdl, { noLocation: true }) };
  const contract: ParsedSubgraph = { name: 'checked', document: parse(contractSdl, { noLocation: true }) };
  if (partitionedNames([contract]).length === 0) return [];
  if (partitionedNames([own]).length === 0) return ['The schema carries @partitioned nowhere.'];
  return partitionBreaches([own]);
}

function reasonOf(fault: unknown): string {
  return fault instanceof GraphQLError ? fault.message : 'it cannot be read.';
}
