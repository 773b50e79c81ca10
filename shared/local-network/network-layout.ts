// Which services a local network has, where each listens, which environment each gets and which database each owns. Pure: it
// starts nothing and reads nothing.

import { join } from 'node:path';
import type { LocalFolder } from './local-folder';
import type { NetworkRecord, SubgraphRecord } from './network-record';
import { LOOPBACK } from './ports';

/** An operator of the network as its directory names it. */
export interface NetworkOperator {
  readonly code: string;
  readonly name: string;
  readonly brands: readonly string[];
}

/** A service that is to run. */
export interface ServicePlan {
  /** Name by which commands call it, e.g. `kcell`. */
  readonly name: string;
  readonly house: 'gateway' | 'numbering' | 'fraud-cases' | 'operator';
  readonly port: number;
  /** Where it answers GraphQL. */
  readonly url: string;
  /** Connection string; null for the gateway, which has no database. */
  readonly database: string | null;
  /** Variables that its config.ts reads. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Names of the services that own a database, in the order in which they are seeded. */
export function databaseOwners(operators: readonly NetworkOperator[]): readonly string[] {
  return ['numbering', ...operators.map((operator) => operator.code), 'fraud-cases'];
}

/** Names of all services; the gateway, which needs the others, is last. */
export function serviceNames(operators: readonly NetworkOperator[]): readonly string[] {
  return [...databaseOwners(operators), 'gateway'];
}

/** Port that a service would like: the gateway has its own, the bank's come next to it, the operators a hundred above. */
export function preferredPort(name: string, gatewayPort: number, operators: readonly NetworkOperator[]): number {
  const operator = operators.findIndex((entry) => entry.code === name);
  if (operator >= 0) return gatewayPort + 101 + operator;
  return gatewayPort + ['gateway', 'numbering', 'fraud-cases'].indexOf(name);
}

/** The plan of every service, in the order of `serviceNames`. `ports` and `databases` are by service name. */
export function layOut(given: {
  readonly folder: LocalFolder;
  readonly operators: readonly NetworkOperator[];
  readonly ports: ReadonlyMap<string, number>;
  readonly databases: ReadonlyMap<string, string>;
  readonly logLevel: string;
}): readonly ServicePlan[] {
  const { folder, operators, ports, databases, logLevel } = given;
  const portOf = (name: string): number => ports.get(name) ?? 0;
  const urlOf = (name: string): string => `http://${LOOPBACK}:${portOf(name)}/graphql`;
  const codes = new Set(operators.map((operator) => operator.code));
  return serviceNames(operators).map((name) => {
    const house = codes.has(name) ? 'operator' : (name as 'gateway' | 'numbering' | 'fraud-cases');
    const database = databases.get(name) ?? null;
    const own: Record<ServicePlan['house'], Record<string, string>> = {
      operator: { OPERATOR_CODE: name },
      numbering: { OPERATORS_FILE: folder.operators },
      'fraud-cases': {},
      gateway: {
        OPERATORS_FILE: folder.operators,
        NUMBERING_URL: urlOf('numbering'),
        FRAUD_CASES_URL: urlOf('fraud-cases'),
      },
    };
    return {
      name,
      house,
      port: portOf(name),
      url: urlOf(name),
      database,
      environment: {
        HOST: LOOPBACK,
        PORT: String(portOf(name)),
        LOG_LEVEL: logLevel,
        ...(database === null ? {} : { DATABASE_URL: database }),
        ...own[house],
      },
    };
  });
}

/** Compiled entry file of a service, under the folder that holds the compiled houses. */
export function entryFile(plan: ServicePlan, compiledRoot: string): string {
  const house = plan.house === 'gateway' ? ['gateway'] : ['subgraphs', plan.house];
  return join(compiledRoot, ...house, 'main.js');
}

/** The directory of operators that all programs read: every operator of the plan, connected. */
export function operatorsDocument(operators: readonly NetworkOperator[], plans: readonly ServicePlan[]): object {
  return {
    operators: operators.map(({ code, name, brands }) => ({
      code,
      name,
      brands,
      endpoint: plans.find((plan) => plan.name === code)?.url,
      state: 'CONNECTED',
      schemaHash: null,
      keys: {},
    })),
  };
}

/** What `network.json` says. `pidOf` gives null for a service that does not run. */
export function networkRecord(
  plans: readonly ServicePlan[],
  pidOf: (name: string) => number | null,
  stories: NetworkRecord['stories'],
): NetworkRecord {
  const record = (plan: ServicePlan): SubgraphRecord => ({
    url: plan.url,
    pid: pidOf(plan.name),
    database: plan.database ?? '',
  });
  const of = (house: ServicePlan['house']): readonly ServicePlan[] => plans.filter((plan) => plan.house === house);
  const [gateway, numbering, cases] = [of('gateway')[0], of('numbering')[0], of('fraud-cases')[0]];
  if (gateway === undefined || numbering === undefined || cases === undefined) {
    throw new Error('A network has a gateway, a numbering registry and a fraud-case service.');
  }
  const origin = new URL(gateway.url).origin;
  return {
    gateway: { url: gateway.url, ready: `${origin}/readyz`, explorer: `${origin}/` },
    subgraphs: {
      numbering: record(numbering),
      'fraud-cases': record(cases),
      operators: Object.fromEntries(of('operator').map((plan) => [plan.name, record(plan)])),
    },
    gatewayPid: pidOf(gateway.name),
    stories,
  };
}
