// What a fetch asks a server and what a true answer to it looks like, as data: made once per plan, read for every answer.

import type { FieldNode } from 'graphql';
import type { EntityFetch } from '../plan/plan-node';
import type { ObjectShape, ValueShape } from './answer-shape';

/** What the rows of one `_entities` field must look like. */
export interface EntityQuestion {
  readonly entity: EntityFetch;
  /** Reserved alias of `__typename` in every row. */
  readonly typeKey: string;
  /** By `__typename` of the representation. */
  readonly rows: ReadonlyMap<string, RowQuestion>;
}

export interface RowQuestion {
  /** Key fields asked back: reserved alias in the row, name in the representation. */
  readonly keys: readonly { readonly alias: string; readonly name: string }[];
  /** By `__typename` that the row may have. */
  readonly shapes: ReadonlyMap<string, RowShape>;
}

export interface RowShape {
  readonly shape: ObjectShape;
  /** Fields of the client's own that repeat a key field: response key in the row, name in the representation. */
  readonly echoes: readonly { readonly responseKey: string; readonly name: string }[];
}

/** One root field of a mutation with the operation that asks it alone. */
export interface RootQuestion {
  readonly responseKey: string;
  readonly name: string;
  readonly node: FieldNode;
  readonly value: ValueShape;
  readonly operation: string;
  /** True when the server does not have the field. */
  readonly lacking: boolean;
}

export interface CompiledQuestion {
  /** Text for fetches of entities; a mutation is sent by the texts of its root fields. */
  readonly operation: string;
  readonly entities: readonly EntityQuestion[];
  readonly roots: readonly RootQuestion[];
  /** Values of variables that the operation itself states. */
  readonly defaults: Readonly<Record<string, boolean | string>>;
  /** Types of representations that the server does not know, or not by the keys that are sent. */
  readonly unknownTypes: ReadonlySet<string>;
}
