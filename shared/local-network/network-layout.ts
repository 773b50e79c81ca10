// Which services a local network has, where each listens, which environment each gets and which database each owns. Pure: it
// starts nothing and reads nothing.

import { join } from 'node:path';
import {
  bankSignInVariables,
  gatewaySignInVariables,
  IDENTITY,
  identityVariables,
  tokenEndpoint,
} from './identity-layout';
import {
  BANK,
  bankLogVariables,
  keyFile,
  operatorLogVariables,
  type PublicKeys,
  REGULATOR,
  WITNESS_PATH,
  witnessVariables,
} from './joint-log-layout';
import type { LocalFolder } from './local-folder';
import type { NetworkRecord, SubgraphRecord } from './network-record';
import { LOOPBACK } from './ports';

/** An operator of the network as its directory names it. */
export interface NetworkOperator {
  readonly code: string;
  readonly name: string;
  readonly brands: readonly string[];
}

/** Programs that a network is made of. */
export const HOUSES = ['gateway', 'numbering', 'fraud-cases', 'operator', 'witness', 'identity', 'ceremony'] as const;
export type House = (typeof HOUSES)[number];

/** A program with what it is told. */
export interface ProgramPlan {
  /** Name by which commands and log files call it, e.g. `kcell`. */
  readonly name: string;
  readonly house: House;
  /** Variables that its config.ts reads. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A service that is to run. */
export interface ServicePlan extends ProgramPlan {
  readonly port: number;
  /** Where it answers GraphQL, the joint log's checkpoints if it is a witness, its issuer's name if it is the identity provider. */
  readonly url: string;
  /** Connection string; null for those that have no database. */
  readonly database: string | null;
}

/** Names of the services that own a database, in the order in which they are seeded. */
export function databaseOwners(operators: readonly NetworkOperator[]): readonly string[] {
  return ['numbering', ...operators.map((operator) => operator.code), 'fraud-cases'];
}

/** Names of all services; the gateway, which needs the others, is last. */
export function serviceNames(operators: readonly NetworkOperator[]): readonly string[] {
  return [...databaseOwners(operators), REGULATOR, IDENTITY, 'gateway'];
}

/** Port that a service would like: the gateway has its own, the bank's come next to it, the operators a hundred above, then the regulator. */
export function preferredPort(name: string, gatewayPort: number, operators: readonly NetworkOperator[]): number {
  const operator = operators.findIndex((entry) => entry.code === name);
  if (operator >= 0) return gatewayPort + 101 + operator;
  if (name === REGULATOR) return gatewayPort + 201;
  return gatewayPort + ['gateway', 'numbering', 'fraud-cases', IDENTITY].indexOf(name);
}

/** Where each service answers, without a path. `ports` is by service name. */
export function serviceOrigins(ports: ReadonlyMap<string, number>): ReadonlyMap<string, string> {
  return new Map([...ports].map(([name, port]) => [name, `http://${LOOPBACK}:${port}`]));
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
  const origins = serviceOrigins(ports);
  const codes = new Set(operators.map((operator) => operator.code));
  return serviceNames(operators).map((name) => {
    const house = codes.has(name) ? 'operator' : name === REGULATOR ? 'witness' : (name as House);
    const database = databases.get(name) ?? null;
    return {
      name,
      house,
      port: ports.get(name) ?? 0,
      url: `${origins.get(name) ?? ''}${PATHS[house] ?? '/graphql'}`,
      database,
      environment: {
        HOST: LOOPBACK,
        PORT: String(ports.get(name) ?? 0),
        LOG_LEVEL: logLevel,
        ...(database === null ? {} : { DATABASE_URL: database }),
        ...ownVariables(house, name, folder, origins),
      },
    };
  });
}

/** What the program of the fraud cases is told in a network that runs, for its commands that work beside it. */
export function bankVariables(folder: LocalFolder, network: NetworkRecord): Readonly<Record<string, string>> {
  const { numbering, 'fraud-cases': cases } = network.subgraphs;
  const { issuer } = network.identity;
  return {
    HOST: LOOPBACK,
    PORT: new URL(cases.url).port,
    DATABASE_URL: cases.database,
    OPERATORS_FILE: folder.operators,
    NUMBERING_URL: numbering.url,
    BUDGETS_FILE: folder.budgets,
    ...bankLogVariables(folder),
    ...bankSignInVariables(folder, { issuer, gatewayUrl: network.gateway.url }),
  };
}

/** Compiled entry file of a program, under the folder that holds the compiled houses. */
export function entryFile(house: House, compiledRoot: string): string {
  const place: Readonly<Record<House, readonly string[]>> = {
    gateway: ['gateway'],
    numbering: ['subgraphs', 'numbering'],
    'fraud-cases': ['subgraphs', 'fraud-cases'],
    operator: ['subgraphs', 'operator'],
    witness: ['shared', 'witness'],
    identity: ['shared', 'local-network', 'identity'],
    ceremony: ['shared', 'ceremony'],
  };
  return join(compiledRoot, ...place[house], 'main.js');
}

/** The directory of operators that all programs read: every operator of the plan, connected, with its public keys. */
export function operatorsDocument(
  operators: readonly NetworkOperator[],
  plans: readonly ServicePlan[],
  keys: PublicKeys,
): object {
  return {
    operators: operators.map(({ code, name, brands }) => ({
      code,
      name,
      brands,
      endpoint: plans.find((plan) => plan.name === code)?.url,
      state: 'CONNECTED',
      schemaHash: null,
      keys: keys[code] ?? {},
    })),
  };
}

/** What `network.json` says. `pidOf` gives null for a service that does not run. */
export function networkRecord(
  plans: readonly ServicePlan[],
  pidOf: (name: string) => number | null,
  trust: NetworkRecord['trust'],
  demo: Pick<NetworkRecord, 'stories' | 'spares'>,
): NetworkRecord {
  const record = (plan: ServicePlan): SubgraphRecord => ({
    url: plan.url,
    pid: pidOf(plan.name),
    database: plan.database ?? '',
  });
  const of = (house: ServicePlan['house']): readonly ServicePlan[] => plans.filter((plan) => plan.house === house);
  const [gateway, numbering, cases, identity] = [
    of('gateway')[0],
    of('numbering')[0],
    of('fraud-cases')[0],
    of('identity')[0],
  ];
  if (gateway === undefined || numbering === undefined || cases === undefined || identity === undefined) {
    throw new Error('A network has a gateway, a numbering registry, a fraud-case service and an identity provider.');
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
    identity: { issuer: identity.url, tokenEndpoint: tokenEndpoint(identity.url), pid: pidOf(identity.name) },
    witnesses: Object.fromEntries(of('witness').map(({ name, url }) => [name, { url, pid: pidOf(name) }])),
    trust,
    stories: demo.stories,
    spares: demo.spares,
  };
}

/** Where programs answer, if it is not GraphQL. */
const PATHS: Readonly<Partial<Record<House, string>>> = { witness: WITNESS_PATH, identity: '' };

/** What a program is told besides what all are told. */
function ownVariables(
  house: House,
  name: string,
  folder: LocalFolder,
  origins: ReadonlyMap<string, string>,
): Record<string, string> {
  const originOf = (service: string): string => origins.get(service) ?? '';
  const NUMBERING_URL = `${originOf('numbering')}/graphql`;
  const issuer = originOf(IDENTITY);
  switch (house) {
    case 'operator':
      return { OPERATOR_CODE: name, ...operatorLogVariables(folder, name, originOf('fraud-cases')) };
    case 'numbering':
      return {
        OPERATORS_FILE: folder.operators,
        TRUST_ROOT_FILE: folder.root,
        NUMBERING_KEY_FILE: keyFile(folder, BANK, 'numbering'),
      };
    case 'fraud-cases':
      return {
        OPERATORS_FILE: folder.operators,
        NUMBERING_URL,
        BUDGETS_FILE: folder.budgets,
        ...bankLogVariables(folder),
        ...bankSignInVariables(folder, { issuer, gatewayUrl: `${originOf('gateway')}/graphql` }),
      };
    case 'witness':
      return witnessVariables(folder, name);
    case 'gateway':
      return {
        OPERATORS_FILE: folder.operators,
        NUMBERING_URL,
        FRAUD_CASES_URL: `${originOf('fraud-cases')}/graphql`,
        ...gatewaySignInVariables(folder, issuer),
      };
    case 'identity':
      return identityVariables(folder);
    case 'ceremony':
      return {};
  }
}
