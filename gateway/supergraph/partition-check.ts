// The rules that make it safe to spread a subgraph's rows over servers that nobody has to trust, checked at composition. Each breach
// is one sentence that names type, field and subgraph. Pure.

import { type DocumentNode, Kind } from 'graphql';
import { fieldNamesOf, objectsOf, partitionedBy, rootNamesOf, type SubgraphObject } from './subgraph-sdl';
import { directivesOf } from './subgraph-types';

/** A subgraph's schema, parsed. */
export interface ParsedSubgraph {
  readonly name: string;
  readonly document: DocumentNode;
}

/** Names of the subgraphs whose own text carries `@partitioned`. */
export function partitionedNames(subgraphs: readonly ParsedSubgraph[]): readonly string[] {
  return subgraphs.filter(({ document }) => carriesPartition(document)).map(({ name }) => name);
}

/** Every breach of the rules for partitioned subgraphs and for fields that reach across subgraphs. */
export function partitionBreaches(subgraphs: readonly ParsedSubgraph[]): readonly string[] {
  const partitioned = subgraphs.filter(({ document }) => carriesPartition(document));
  return [...partitioned.flatMap(breachesOf), ...foreignFieldBreaches(subgraphs)];
}

function carriesPartition(document: DocumentNode): boolean {
  return [...objectsOf(document).values()].some(
    (type) => partitionedBy(type) !== null || type.fields.some((field) => partitionedBy(field) !== null),
  );
}

function breachesOf({ name, document }: ParsedSubgraph): readonly string[] {
  const objects = objectsOf(document);
  const roots = rootNamesOf(document);
  const breaches: string[] = [];
  for (const root of [roots.query, roots.subscription]) {
    for (const field of objects.get(root)?.fields ?? []) {
      if (field.name.value.startsWith('_')) continue;
      breaches.push(
        `${root}.${field.name.value} of the partitioned subgraph "${name}" is a root field; only mutations can name the server to ask.`,
      );
    }
  }
  for (const field of objects.get(roots.mutation)?.fields ?? []) {
    const place = `${roots.mutation}.${field.name.value} of the partitioned subgraph "${name}"`;
    const by = partitionedBy(field);
    if (by === null) {
      breaches.push(`${place} lacks @partitioned(by:), which names the argument that names the server.`);
      continue;
    }
    const argument = field.arguments?.find(({ name: own }) => own.value === by);
    if (argument === undefined) breaches.push(`${place} is partitioned by "${by}", which is not one of its arguments.`);
    else if (argument.type.kind !== Kind.NON_NULL_TYPE) {
      breaches.push(`${place} is partitioned by its argument "${by}", which may be null.`);
    }
    if (field.type.kind === Kind.NON_NULL_TYPE) {
      breaches.push(`${place} is not nullable; one server's fault would null the whole answer.`);
    }
  }
  for (const type of objects.values()) {
    if (type.keys.length > 0 && !Object.values(roots).includes(type.name)) breaches.push(...entityBreaches(name, type));
  }
  return breaches;
}

function entityBreaches(subgraph: string, type: SubgraphObject): readonly string[] {
  const place = `the partitioned subgraph "${subgraph}"`;
  const by = partitionedBy(type);
  if (by === null) return [`${type.name} of ${place} is an entity and lacks @partitioned(by:).`];
  const breaches: string[] = [];
  for (const key of type.keys) {
    if (fieldNamesOf(key).includes(by)) continue;
    breaches.push(`${type.name} of ${place} is partitioned by "${by}", which is not part of its key "${key}".`);
  }
  const keyFields = new Set(type.keys.flatMap(fieldNamesOf));
  for (const field of type.fields) {
    if (keyFields.has(field.name.value) || field.type.kind !== Kind.NON_NULL_TYPE) continue;
    breaches.push(
      `${type.name}.${field.name.value} of ${place} is not nullable and not part of a key; one server's fault would null more than its own fields.`,
    );
  }
  return breaches;
}

/**
 * A field that a subgraph adds to an entity it does not originate must be nullable, because its failure must not take the entity.
 * A subgraph originates an entity that one of its root queries returns; an entity that nobody returns is nobody's.
 */
function foreignFieldBreaches(subgraphs: readonly ParsedSubgraph[]): readonly string[] {
  const known = subgraphs.map(({ name, document }) => ({ name, document, objects: objectsOf(document) }));
  const breaches: string[] = [];
  for (const { name, document, objects } of known) {
    const returned = returnedTypes(objects.get(rootNamesOf(document).query));
    for (const type of objects.values()) {
      const shared = known.some((other) => other.name !== name && (other.objects.get(type.name)?.keys.length ?? 0) > 0);
      if (!shared || type.keys.length === 0 || returned.has(type.name)) continue;
      const keyFields = new Set(type.keys.flatMap(fieldNamesOf));
      for (const field of type.fields) {
        if (keyFields.has(field.name.value) || field.type.kind !== Kind.NON_NULL_TYPE) continue;
        if (directivesOf(field, 'external').length > 0) continue;
        const breach = `${type.name}.${field.name.value} of the subgraph "${name}" is added to an entity that it does not originate, and is not nullable.`;
        if (partitionedBy(type) === null) breaches.push(breach);
      }
    }
  }
  return breaches;
}

function returnedTypes(query: SubgraphObject | undefined): ReadonlySet<string> {
  return new Set(
    (query?.fields ?? []).map((field) => {
      let type = field.type;
      while (type.kind !== Kind.NAMED_TYPE) type = type.type;
      return type.name.value;
    }),
  );
}
