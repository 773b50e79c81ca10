// An invented graph: types, fields and which subgraph has which field. Printed as one schema, and as the schema of each subgraph.

import { Random } from './random';

export interface FieldSpec {
  readonly name: string;
  /** Named type. */
  readonly of: string;
  readonly list: boolean;
  readonly nonNull: boolean;
  readonly itemNonNull: boolean;
  readonly argument: string | null;
  /** Subgraphs that resolve it. */
  readonly owners: readonly number[];
  /** Subgraph that has it no more, since an owner overrides it. */
  readonly overridden: number | null;
  /** Field of another subgraph that its value is computed from. */
  readonly requires: string | null;
}

export interface TypeSpec {
  readonly name: string;
  readonly kind: 'entity' | 'value' | 'interface-entity' | 'root';
  readonly fields: readonly FieldSpec[];
  /** Subgraphs that declare the type. */
  readonly inSubgraphs: readonly number[];
  readonly implements: readonly string[];
  /** The key by which a subgraph knows the type; absent for `id`. */
  readonly keys: ReadonlyMap<number, readonly string[]>;
}

export interface Graph {
  readonly subgraphCount: number;
  readonly types: ReadonlyMap<string, TypeSpec>;
  /** Abstract types with their members. */
  readonly unions: ReadonlyMap<string, readonly string[]>;
  readonly interfaces: ReadonlyMap<string, readonly string[]>;
  /** Subgraph whose interface object adds fields to all members of an interface, by interface. */
  readonly interfaceObjects: ReadonlyMap<string, number>;
}

export const LEAVES = ['Int', 'String', 'Float', 'Boolean', 'ID', 'Color', 'Anything'];

/** Invents a graph of 2 to 4 subgraphs. */
export function inventGraph(random: Random): Graph {
  const subgraphCount = 2 + random.below(3);
  const all = Array.from({ length: subgraphCount }, (_, index) => index);
  const entityNames = Array.from({ length: 3 + random.below(3) }, (_, index) => `E${index}`);
  const valueNames = ['V0', 'V1'];
  const memberNames = random.chance(0.7) ? ['M0', 'M1'] : [];
  const interfaces = new Map<string, readonly string[]>();
  const interfaceObjects = new Map<string, number>();
  if (memberNames.length > 0) {
    interfaces.set('Media', memberNames);
    interfaceObjects.set('Media', subgraphCount - 1);
  }
  interfaces.set('Named', entityNames.slice(0, 2));
  const unions = new Map<string, readonly string[]>([['Any', entityNames.slice(1)]]);
  const composites = [...entityNames, ...valueNames, ...memberNames, ...interfaces.keys(), ...unions.keys()];
  const types = new Map<string, TypeSpec>();

  const field = (name: string, owners: readonly number[], of: string, argument = true): FieldSpec => ({
    name,
    of,
    list: random.chance(0.3),
    nonNull: random.chance(0.25),
    itemNonNull: random.chance(0.3),
    argument: argument && random.chance(0.2) ? 'x' : null,
    owners,
    overridden: null,
    requires: null,
  });
  const fieldsOf = (prefix: string, count: number, owners: readonly number[], pool: readonly string[]): FieldSpec[] =>
    Array.from({ length: count }, (_, index) => {
      const composite = random.chance(0.4);
      const of = composite ? random.pick(pool) : random.pick(LEAVES);
      const owner = random.pick(ownersFor(of, owners));
      const made = field(`${prefix}${index}`, [owner], of);
      const others = ownersFor(of, owners).filter((other) => other !== owner);
      if (others.length > 0 && random.chance(0.1)) return { ...made, overridden: random.pick(others) };
      // The planner of version 0.0.38 finds no way through an abstract field that two subgraphs have.
      const isAbstract = interfaces.has(of) || unions.has(of);
      if (!isAbstract && others.length > 0 && random.chance(0.15))
        return { ...made, owners: [owner, random.pick(others)] };
      return made;
    });

  // Only the first subgraph knows the members of the interface; the last has the interface as an object.
  const ownersFor = (of: string, owners: readonly number[]): readonly number[] => {
    if (memberNames.includes(of)) return [0];
    if (of === 'Media') return owners.filter((owner) => owner === 0 || owner === subgraphCount - 1);
    return owners;
  };

  for (const name of valueNames) {
    const fields = Array.from({ length: 3 }, (_, index) =>
      field(`v${index}`, all, index === 2 ? random.pick(entityNames) : random.pick(LEAVES), false),
    );
    types.set(name, { name, kind: 'value', fields, inSubgraphs: all, implements: [], keys: new Map() });
  }
  for (const name of entityNames) {
    const keys = new Map<number, readonly string[]>();
    const last = all.at(-1) ?? 0;
    // The last subgraph may know an entity by a code only, which the first can tell.
    if (!(interfaces.get('Named') ?? []).includes(name) && random.chance(0.4)) {
      keys.set(0, ['id', 'code']);
      keys.set(last, ['code']);
    }
    const own = fieldsOf('f', 4 + random.below(4), all, composites);
    // Not both: the planner of version 0.0.38 refuses a required field that comes with the key to the next subgraph.
    const fields = keys.size > 0 ? own : own.map((made) => withRequires(made, own, random));
    types.set(name, {
      name,
      kind: 'entity',
      fields: [...fields, { ...field('title', [0], 'String', false), list: false }],
      inSubgraphs: all,
      implements: (interfaces.get('Named') ?? []).includes(name) ? ['Named'] : [],
      keys,
    });
  }
  for (const name of memberNames) {
    types.set(name, {
      name,
      kind: 'entity',
      fields: fieldsOf('m', 3, [0], composites),
      inSubgraphs: [0],
      implements: ['Media'],
      keys: new Map(),
    });
  }
  const title = types.get(entityNames[0] ?? '')?.fields.find((made) => made.name === 'title');
  for (const name of interfaces.get('Named') ?? []) {
    const type = types.get(name);
    if (!type || !title) continue;
    types.set(name, { ...type, fields: [...type.fields.filter((made) => made.name !== 'title'), title] });
  }
  if (memberNames.length > 0) {
    const extra = Array.from({ length: 2 }, (_, index) =>
      field(
        `i${index}`,
        [subgraphCount - 1],
        // Not the interface itself: the planner of version 0.0.38 forgets the key of an interface object within another.
        random.chance(0.5) ? random.pick([...entityNames, 'Any']) : random.pick(LEAVES),
      ),
    );
    types.set('Media', {
      name: 'Media',
      kind: 'interface-entity',
      fields: extra,
      inSubgraphs: all,
      implements: [],
      keys: new Map(),
    });
  }
  const roots = composites.filter((name) => !valueNames.includes(name));
  types.set('Query', {
    name: 'Query',
    kind: 'root',
    fields: roots.flatMap((of, index) => [
      { ...field(`q${index}`, [random.pick(ownersFor(of, all))], of), nonNull: random.chance(0.1) },
    ]),
    inSubgraphs: all,
    implements: [],
    keys: new Map(),
  });
  return { subgraphCount, types, unions, interfaces, interfaceObjects };
}

/** Every field of an object type, those that an interface object gives to it included. */
export function fieldsOfType(graph: Graph, typeName: string): readonly FieldSpec[] {
  const type = graph.types.get(typeName);
  if (!type) return [];
  const inherited = type.implements.includes('Media') ? (graph.types.get('Media')?.fields ?? []) : [];
  return [...type.fields, ...inherited];
}

/** The whole graph as one schema. */
export function printWhole(graph: Graph): string {
  const lines = [PREAMBLE, ...printUnions(graph)];
  lines.push(interfaceText(graph, 'Named', `title: ${typeText(titleOf(graph))}`));
  if (graph.interfaces.has('Media')) {
    lines.push(interfaceText(graph, 'Media', fieldsOfType(graph, 'Media').map(fieldText).join(' ')));
  }
  for (const type of graph.types.values()) {
    if (type.kind === 'interface-entity') continue;
    const implemented = type.implements.length > 0 ? ` implements ${type.implements.join(' & ')}` : '';
    const identity = type.kind === 'entity' ? ['id: ID!', ...(type.keys.size > 0 ? ['code: ID!'] : [])] : [];
    lines.push(
      `type ${type.name}${implemented} { ${[...identity, ...fieldsOfType(graph, type.name).map(fieldText)].join(' ')} }`,
    );
  }
  return lines.join('\n');
}

/** The part of the graph that a subgraph has. */
export function printPart(graph: Graph, subgraph: number): string {
  const lines = [PREAMBLE];
  for (const [name, members] of graph.unions) {
    lines.push(`union ${name} = ${members.join(' | ')}`);
  }
  lines.push(`interface Named { id: ID! ${subgraph === 0 ? `title: ${typeText(titleOf(graph))}` : ''} }`);
  const owner = graph.interfaceObjects.get('Media');
  for (const type of graph.types.values()) {
    if (type.kind === 'interface-entity') {
      if (owner === subgraph)
        lines.push(
          `type Media @key(fields: "id") @interfaceObject { id: ID! ${type.fields.map(fieldText).join(' ')} }`,
        );
      else if (subgraph === 0) lines.push('interface Media @key(fields: "id") { id: ID! }');
      continue;
    }
    lines.push(printType(type, subgraph));
  }
  return lines.join('\n');
}

function printType(type: TypeSpec, subgraph: number): string {
  const own = type.fields.filter((made) => made.owners.includes(subgraph));
  const text = own.map((made) => {
    const shared = made.owners.length > 1 || type.kind === 'value' ? ' @shareable' : '';
    const required = made.requires === null ? '' : ` @requires(fields: "${made.requires}")`;
    const override = made.overridden === null ? '' : ` @override(from: "s${made.overridden}")`;
    return `${fieldText(made)}${type.kind === 'value' ? '' : shared}${required}${override}`;
  });
  const past = type.fields.filter((made) => made.overridden === subgraph).map(fieldText);
  const needed = type.fields.filter((made) => own.some((other) => other.requires === made.name) && !own.includes(made));
  const external = needed.filter((made) => made.overridden !== subgraph).map((made) => `${fieldText(made)} @external`);
  if (type.kind === 'root') return text.length > 0 ? `type Query { ${text.join(' ')} }` : '';
  if (type.kind === 'value') return `type ${type.name} @shareable { ${text.join(' ')} }`;
  const keys = type.keys.get(subgraph) ?? ['id'];
  const keyText = keys.map((key) => ` @key(fields: "${key}")`).join('');
  const implemented = type.implements.filter((name) => name !== 'Named' || subgraph === 0 || keys.includes('id'));
  if (!type.inSubgraphs.includes(subgraph)) return '';
  const clause = implemented.length > 0 ? ` implements ${implemented.join(' & ')}` : '';
  const identity = keys.map((key) => `${key}: ID!`);
  return `type ${type.name}${clause}${keyText} { ${[...identity, ...text, ...past, ...external].join(' ')} }`;
}

const PREAMBLE = 'enum Color { RED GREEN BLUE }\nscalar Anything';

function printUnions(graph: Graph): string[] {
  return [...graph.unions].map(([name, members]) => `union ${name} = ${members.join(' | ')}`);
}

function interfaceText(_graph: Graph, name: string, fields: string): string {
  return `interface ${name} { id: ID! ${fields} }`;
}

function titleOf(graph: Graph): FieldSpec {
  const title = graph.types.get('E0')?.fields.find((made) => made.name === 'title');
  if (!title) throw new Error('A title was expected.');
  return title;
}

export function typeText(made: FieldSpec): string {
  const named = made.list ? `[${made.of}${made.itemNonNull ? '!' : ''}]` : made.of;
  return `${named}${made.nonNull ? '!' : ''}`;
}

function fieldText(made: FieldSpec): string {
  return `${made.name}${made.argument === null ? '' : `(${made.argument}: Int = 1)`}: ${typeText(made)}`;
}

function withRequires(made: FieldSpec, all: readonly FieldSpec[], random: Random): FieldSpec {
  if (made.owners.length > 1 || made.overridden !== null || !random.chance(0.2)) return made;
  const candidates = all.filter(
    (other) =>
      LEAVES.includes(other.of) &&
      !other.nonNull &&
      other.argument === null &&
      other.owners.length === 1 &&
      other.overridden === null &&
      other.owners[0] !== made.owners[0] &&
      // Backwards only, so that no two fields require each other.
      all.indexOf(other) < all.indexOf(made),
  );
  return candidates.length === 0 ? made : { ...made, requires: random.pick(candidates).name };
}
