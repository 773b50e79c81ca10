// Random operations over an invented graph: aliases (also such as are names of other fields), fragments, conditions, arguments,
// fields asked twice.

import { fieldsOfType, type Graph, LEAVES } from './graph';
import type { Random } from './random';

export interface RandomOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Invents an operation. It may be invalid (two fields that cannot be merged); whoever asks for one validates it. */
export function inventOperation(graph: Graph, random: Random): RandomOperation {
  return new Inventor(graph, random).operation();
}

const VARIABLES: readonly { name: string; type: string; values: readonly unknown[] }[] = [
  { name: 'yes', type: 'Boolean!', values: [true] },
  { name: 'no', type: 'Boolean = false', values: [undefined, false] },
  { name: 'maybe', type: 'Boolean!', values: [true, false] },
  { name: 'number', type: 'Int = 5', values: [undefined, 0, 1, 2, null] },
];

class Inventor {
  private readonly fragments: string[] = [];

  constructor(
    private readonly graph: Graph,
    private readonly random: Random,
  ) {}

  operation(): RandomOperation {
    const selection = this.selection('Query', 2 + this.random.below(4));
    const body = [selection, ...this.fragments].join('\n');
    const used = VARIABLES.filter(({ name }) => new RegExp(`\\$${name}\\b`).test(body));
    const definitions = used.length > 0 ? `(${used.map(({ name, type }) => `$${name}: ${type}`).join(', ')})` : '';
    const variables: Record<string, unknown> = {};
    for (const { name, values } of used) {
      const value = this.random.pick(values);
      if (value !== undefined) variables[name] = value;
    }
    return { query: `query Invented${definitions} ${body}`, variables };
  }

  private selection(typeName: string, depth: number): string {
    const parts: string[] = [];
    const count = 1 + this.random.below(typeName === 'Query' ? 3 : 4);
    for (let index = 0; index < count; index += 1) parts.push(this.part(typeName, depth));
    if (this.random.chance(0.15)) parts.push(this.random.chance(0.3) ? 'kind: __typename' : '__typename');
    return `{ ${parts.join(' ')} }`;
  }

  private part(typeName: string, depth: number): string {
    const members = this.graph.unions.get(typeName) ?? this.graph.interfaces.get(typeName);
    if (members !== undefined && (this.graph.unions.has(typeName) || this.random.chance(0.6))) {
      const condition = this.random.chance(0.15) ? typeName : this.random.pick(members);
      return this.fragment(condition, depth);
    }
    if (depth > 1 && this.random.chance(0.12)) return this.fragment(typeName, depth - 1);
    return this.field(typeName, depth);
  }

  private fragment(condition: string, depth: number): string {
    const selection = this.selection(condition, Math.max(1, depth - (this.graph.unions.has(condition) ? 1 : 0)));
    if (this.random.chance(0.3)) {
      const name = `F${this.fragments.length}`;
      this.fragments.push(`fragment ${name} on ${condition} ${selection}`);
      return `...${name}${this.condition()}`;
    }
    return `... on ${condition}${this.condition()} ${selection}`;
  }

  private field(typeName: string, depth: number): string {
    const declared =
      typeName === 'Named'
        ? fieldsOfType(this.graph, 'E0').filter((field) => field.name === 'title')
        : fieldsOfType(this.graph, typeName);
    const isEntity = typeName !== 'Query' && !typeName.startsWith('V') && !this.graph.unions.has(typeName);
    const leaves = declared.filter((field) => LEAVES.includes(field.of));
    const usable = depth > 1 ? declared : leaves;
    if (usable.length === 0) return isEntity ? this.aliased('id') : '__typename';
    if (isEntity && this.random.chance(0.15)) return this.aliased('id');
    const field = this.random.pick(usable);
    const argument =
      field.argument !== null && this.random.chance(0.7)
        ? `(${field.argument}: ${this.random.pick(['1', '2', '$number', 'null'])})`
        : '';
    const selection = LEAVES.includes(field.of) ? '' : ` ${this.selection(field.of, depth - 1)}`;
    return `${this.aliased(field.name)}${argument}${this.condition()}${selection}`;
  }

  private aliased(name: string): string {
    if (!this.random.chance(0.2)) return name;
    return `${this.random.pick(['a', 'b', 'id', 'code', 'f0', 'f1', 'title', '_f0', 'm0', 'x1', 'x2', 'x3'])}: ${name}`;
  }

  private condition(): string {
    if (!this.random.chance(0.12)) return '';
    const value = this.random.pick(['true', 'false', '$yes', '$no', '$maybe', '$maybe']);
    return ` @${this.random.pick(['skip', 'include'])}(if: ${value})`;
  }
}
