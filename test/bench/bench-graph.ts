// The graph that every gateway is measured over: the three contracts with invented rows, and the two client operations. Rows are
// a function of the number, so that no two requests are equal and no engine profits from joining equal ones.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

export const BENCH_SUBGRAPHS = ['numbering', 'operator', 'fraud-cases'] as const;
export type BenchSubgraph = (typeof BENCH_SUBGRAPHS)[number];

/** The only operator of the graph: one target, so that every gateway makes the same three calls. */
export const BENCH_OPERATOR = 'kcell';

const SINCE = '2024-05-01T00:00:00.000Z';

/** The contract of one subgraph as text. */
export function benchContract(name: BenchSubgraph): string {
  return readFileSync(join('test', 'contract', `${name}.graphql`), 'utf8');
}

/** The supergraph of the three contracts with the addresses of the running subgraphs. Throws when it does not compose. */
export function benchSupergraph(urls: Readonly<Record<BenchSubgraph, string>>): string {
  const result = composeServices(
    BENCH_SUBGRAPHS.map((name) => ({ name, url: urls[name], typeDefs: parse(benchContract(name)) })),
  );
  if (!result.supergraphSdl) throw new Error('The contracts do not compose.');
  return result.supergraphSdl;
}

/** One client operation and how its variables vary. */
export interface BenchShape {
  readonly name: 'dossier' | 'list';
  readonly query: string;
  variables(request: number): Readonly<Record<string, unknown>>;
}

/** Number of the n-th request; all different up to ten million. */
export function benchMsisdn(index: number): string {
  return `+7701${String(index % 10_000_000).padStart(7, '0')}`;
}

const LIST_LENGTH = 20;

export const BENCH_SHAPES: readonly BenchShape[] = [
  {
    name: 'dossier',
    query: `query Dossier($msisdn: Msisdn!) {
  phoneNumber(msisdn: $msisdn) {
    msisdn
    rangeHolder { code name }
    servingOperator { code name brands }
    tenures {
      operatorCode since until
      contract {
        id status plan activatedAt
        subscriber { kind maskedIin maskedName }
        verification { result method verifiedAt attempts }
        simCards { maskedIccid issuedAt reason }
        devices { maskedImei model firstSeenAt lastSeenAt registryStatus }
        dealer { id name region }
      }
      services { voiceOut voiceIn smsOut smsIn data portFreeze simSwapFreeze }
      usage(from: "2026-10-01", to: "2026-10-14") {
        day callsOut callsIn distinctCallees minutesOut minutesIn shortCallShare nightShare smsOut smsIn
        distinctSmsRecipients dataMb distinctCells topCellShare
      }
      risk { level indicators { code severity value threshold windowHours firedAt } }
    }
    blockStatus { state since reason underAppeal }
    openCase { id number state severity openedAt }
    cases(first: 5) { nodes { id number state outcome openedAt } totalCount }
  }
}`,
    variables: (request) => ({ msisdn: benchMsisdn(request) }),
  },
  {
    name: 'list',
    query: `query List($msisdns: [Msisdn!]!) {
  phoneNumbers(msisdns: $msisdns) {
    msisdn
    servingOperator { code name }
    currentTenure { operatorCode since contract { status plan subscriber { maskedName } } risk { level } }
    blockStatus { state since }
  }
}`,
    variables: (request) => ({
      msisdns: Array.from({ length: LIST_LENGTH }, (_, row) => benchMsisdn(request * LIST_LENGTH + row)),
    }),
  },
];

/** What numbering holds of a number. */
export function numberingRow(msisdn: string): object {
  const tenure = { __typename: 'OperatorTenure', msisdn, operatorCode: BENCH_OPERATOR, since: SINCE, until: null };
  const operator = { __typename: 'Operator', code: BENCH_OPERATOR, name: 'Kcell', brands: ['Kcell', 'activ'] };
  return {
    __typename: 'PhoneNumber',
    msisdn,
    rangeHolder: operator,
    servingOperator: operator,
    currentTenure: tenure,
    tenures: [tenure],
    portings: [],
  };
}

/** What the operator holds of a tenure. */
export function tenureRow(key: {
  readonly msisdn: string;
  readonly operatorCode: string;
  readonly since: string;
}): object {
  const digits = Number(key.msisdn.slice(-6));
  return {
    ...key,
    __typename: 'OperatorTenure',
    contract: {
      id: `contract-${digits}`,
      status: 'ACTIVE',
      plan: 'PREPAID',
      activatedAt: SINCE,
      subscriber: { kind: 'PERSON', maskedIin: `********${digits % 10_000}`, maskedName: 'А***** К.' },
      verification: { result: 'PASSED', method: 'FACE_LIVENESS_APP', verifiedAt: SINCE, attempts: 1 },
      simCards: [{ maskedIccid: `****${digits}`, issuedAt: SINCE, reason: 'FIRST_ISSUE' }],
      devices: [
        {
          maskedImei: `****${digits}`,
          model: 'Nokia 110',
          firstSeenAt: SINCE,
          lastSeenAt: SINCE,
          registryStatus: 'WHITE',
        },
      ],
      dealer: { id: 'dealer-7', name: 'Байланыс', region: 'Almaty' },
    },
    services: {
      voiceOut: 'ACTIVE',
      voiceIn: 'ACTIVE',
      smsOut: 'ACTIVE',
      smsIn: 'ACTIVE',
      data: 'ACTIVE',
      portFreeze: false,
      simSwapFreeze: false,
    },
    usage: Array.from({ length: 14 }, (_, day) => ({
      day: `2026-10-${String(day + 1).padStart(2, '0')}`,
      callsOut: (digits + day) % 40,
      callsIn: (digits + 3 * day) % 40,
      distinctCallees: (digits + day) % 20,
      minutesOut: ((digits + day) % 400) / 4,
      minutesIn: ((digits + 2 * day) % 400) / 4,
      shortCallShare: 0.25,
      nightShare: 0.05,
      smsOut: day,
      smsIn: 2 * day,
      distinctSmsRecipients: day,
      dataMb: (digits % 1000) + day / 2,
      distinctCells: 7,
      topCellShare: 0.5,
    })),
    risk: {
      level: 'LOW',
      indicators: [
        { code: 'NIGHT', severity: 'LOW', value: 0.31, threshold: 0.3, windowHours: 168, firedAt: SINCE },
        { code: 'SIM_SWAP_RECENT', severity: 'MEDIUM', value: 30, threshold: 72, windowHours: 72, firedAt: SINCE },
      ],
    },
  };
}

/** What the bank holds of a number. */
export function bankRow(msisdn: string): object {
  const id = `case-${msisdn.slice(-6)}`;
  const fraudCase = {
    __typename: 'FraudCase',
    id,
    number: `AFC-2026-${msisdn.slice(-6)}`,
    state: 'CLOSED',
    outcome: 'REFUTED',
    severity: 'LOW',
    openedAt: SINCE,
  };
  return {
    __typename: 'PhoneNumber',
    msisdn,
    blockStatus: { state: 'NONE', since: null, reason: null, underAppeal: false },
    openCase: null,
    cases: { nodes: [fraudCase, { ...fraudCase, id: `${id}-2` }], totalCount: 2 },
  };
}
