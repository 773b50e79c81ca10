// What one request carries: whose subgraph this is, the rules in force, and loaders that live as long as the request. A loader
// turns everything asked in one tick into one statement.

import type { GatewayContext } from '../../../shared/access/gateway-context';
import { type BatchLoader, batchLoader } from '../../../shared/graphql/loader';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Bin } from '../../../shared/vocabulary/bin';
import type { Iin } from '../../../shared/vocabulary/iin';
import type { Imei } from '../../../shared/vocabulary/imei';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { BlockEnforcement } from '../domain/block-enforcement';
import type { DeviceUse } from '../domain/device-use';
import type { ExecuteOrder } from '../domain/executed-order';
import type { HandsetSighting, LegalHolding, PersonHolding } from '../domain/holding';
import type { LineContract } from '../domain/line-contract';
import type { TrafficFacts } from '../domain/line-facts';
import { type OperatorTenure, type TenureKey, tenureKeyText } from '../domain/operator-tenure';
import { type RiskRuleSet, trafficDays } from '../domain/risk-rule-set';
import { type UsageDay, type UsageQuestion, usageQuestionText } from '../domain/usage-day';
import type { OperatorStore } from '../store/operator-store';
import type { Disclosure } from './disclosure';

/** What does not change between requests. */
export interface OperatorSetting {
  readonly operatorCode: OperatorCode;
  readonly ruleSet: RiskRuleSet;
  readonly store: OperatorStore;
  readonly executeOrder: ExecuteOrder;
}

/** The context of one request; never shared between two. */
export interface OperatorContext {
  readonly operatorCode: OperatorCode;
  readonly ruleSet: RiskRuleSet;
  readonly loaders: OperatorLoaders;
  /** What the gateway says of the request, proved by its signature; null when somebody else asks. */
  readonly request: GatewayContext | null;
  /** What the request may read. */
  readonly disclosure: Disclosure;
  readonly executeOrder: ExecuteOrder;
}

/** Loads of one request. Null means that nothing is held under the key. */
export interface OperatorLoaders {
  readonly tenure: BatchLoader<TenureKey, OperatorTenure>;
  readonly contracts: BatchLoader<TenureKey, readonly LineContract[]>;
  readonly devices: BatchLoader<TenureKey, readonly DeviceUse[]>;
  readonly usage: BatchLoader<UsageQuestion, readonly UsageDay[]>;
  /** By contract id. */
  readonly traffic: BatchLoader<string, TrafficFacts>;
  readonly enforcements: BatchLoader<TenureKey, readonly BlockEnforcement[]>;
  readonly person: BatchLoader<Iin, PersonHolding>;
  readonly legalEntity: BatchLoader<Bin, LegalHolding>;
  readonly handset: BatchLoader<Imei, HandsetSighting>;
}

/** Lets nobody but the gateway begin a mutation (UNAUTHENTICATED). What an order may do is decided by the order's own signature. */
export function requireGateway({ request }: Pick<OperatorContext, 'request'>): void {
  if (request === null) throw new AppError('UNAUTHENTICATED', "A mutation requires the gateway's context.");
}

/** The context for one request. */
export function createOperatorContext(
  { operatorCode, ruleSet, store, executeOrder }: OperatorSetting,
  request: GatewayContext | null,
  disclosure: Disclosure,
): OperatorContext {
  const days = trafficDays(ruleSet);
  return {
    operatorCode,
    ruleSet,
    executeOrder,
    request,
    disclosure,
    loaders: {
      tenure: batchLoader(tenureKeyText, (keys) => store.readTenures(keys)),
      contracts: batchLoader(tenureKeyText, (keys) => store.readContracts(keys)),
      devices: batchLoader(tenureKeyText, (keys) => store.readDevices(keys)),
      usage: batchLoader(usageQuestionText, (questions) => store.readUsage(questions)),
      traffic: batchLoader(asItIs, (contractIds) => store.readTrafficFacts(contractIds, days)),
      enforcements: batchLoader(tenureKeyText, (keys) => store.readEnforcements(keys)),
      person: batchLoader<Iin, PersonHolding>(asItIs, (iins) => store.readPersonHoldings(iins)),
      legalEntity: batchLoader<Bin, LegalHolding>(asItIs, (bins) => store.readLegalHoldings(bins)),
      handset: batchLoader<Imei, HandsetSighting>(asItIs, (imeis) => store.readSightings(imeis)),
    },
  };
}

function asItIs(key: string): string {
  return key;
}
