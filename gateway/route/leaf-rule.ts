// Which JSON values a leaf of an answer may be: the built-in scalars as the specification has them, enums by their values, custom scalars by the
// rules that whoever runs the gateway gives.

import type { SubgraphType } from '../supergraph/subgraph-types';
import type { LeafRule } from './answer-shape';

/** Which JSON values are one of a custom scalar; a scalar without a rule takes any. */
export type ScalarRules = Readonly<Record<string, LeafRule>>;

/** The rule of a leaf type. */
export function leafRule(type: SubgraphType, scalars: ScalarRules): LeafRule {
  if (type.kind === 'ENUM') return (value) => typeof value === 'string' && type.values.has(value);
  switch (type.name) {
    case 'Int':
      return (value) => typeof value === 'number' && (value | 0) === value;
    case 'Float':
      return (value) => typeof value === 'number' && Number.isFinite(value);
    case 'String':
      return (value) => typeof value === 'string';
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    case 'ID':
      return (value) => typeof value === 'string' || (typeof value === 'number' && Number.isSafeInteger(value));
    default:
      return (Object.hasOwn(scalars, type.name) ? scalars[type.name] : undefined) ?? (() => true);
  }
}
