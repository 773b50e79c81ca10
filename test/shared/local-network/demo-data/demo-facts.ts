// The demo network of one seed, read once and sorted by kind, for the tests beside this file.

import { type DemoNetwork, generateDemo } from '../../../../shared/local-network/demo-data/demo';
import type { CaseFact, ContractFact, NumberingFact, OperatorFact } from '../../../../shared/vocabulary/seed-fact';

export type FactOf<Kind extends OperatorFact['kind']> = Extract<OperatorFact, { readonly kind: Kind }>;
export type TenureFact = Extract<NumberingFact, { readonly kind: 'tenure' }>;
export type PortingFact = Extract<NumberingFact, { readonly kind: 'porting' }>;

/** Monday 2026-11-23, 14:05 in Almaty. */
export const AS_OF_MS = Date.UTC(2026, 10, 23, 9, 5);

/** What one operator's stream held. */
export class OperatorFacts {
  readonly all: readonly OperatorFact[];
  constructor(network: DemoNetwork, code: string) {
    this.all = [...network.operatorFacts(code)];
  }
  of<Kind extends OperatorFact['kind']>(kind: Kind): FactOf<Kind>[] {
    return this.all.filter((fact): fact is FactOf<Kind> => fact.kind === kind);
  }
  contractsOn(msisdn: string): ContractFact[] {
    return this.of('contract').filter((contract) => contract.msisdn === msisdn);
  }
}

/** The whole network, read. */
export interface DemoFacts {
  readonly network: DemoNetwork;
  readonly numbering: readonly NumberingFact[];
  readonly tenures: readonly TenureFact[];
  readonly portings: readonly PortingFact[];
  readonly operators: ReadonlyMap<string, OperatorFacts>;
  readonly cases: readonly CaseFact[];
}

export function readDemo(scale: number, asOfMs = AS_OF_MS): DemoFacts {
  const network = generateDemo({ scale, asOfMs });
  const numbering = [...network.numberingFacts()];
  return {
    network,
    numbering,
    tenures: numbering.filter((fact): fact is TenureFact => fact.kind === 'tenure'),
    portings: numbering.filter((fact): fact is PortingFact => fact.kind === 'porting'),
    operators: new Map(network.operators.map(({ code }) => [code, new OperatorFacts(network, code)])),
    cases: [...network.caseFacts()],
  };
}

/** The facts of the operator of that code. */
export function at(facts: DemoFacts, code: string): OperatorFacts {
  const operator = facts.operators.get(code);
  if (operator === undefined) throw new Error('no such operator');
  return operator;
}

/** The only member of a list. */
export function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`expected one, got ${items.length}`);
  return item;
}

/** The items under each key, in their order. */
export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
