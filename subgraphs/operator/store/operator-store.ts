// What the api may ask of an operator's rows. Every read is ONE statement whatever the number of keys, sees one snapshot, and answers
// in a map by the text of the key; a key that is not held is not in the map. Reads never lock and may be repeated freely.

import type { Bin } from '../../../shared/vocabulary/bin';
import type { Iin } from '../../../shared/vocabulary/iin';
import type { Imei } from '../../../shared/vocabulary/imei';
import type { BlockEnforcement } from '../domain/block-enforcement';
import type { DeviceUse } from '../domain/device-use';
import type { HandsetSighting, LegalHolding, PersonHolding } from '../domain/holding';
import type { LineContract } from '../domain/line-contract';
import type { TrafficFacts } from '../domain/line-facts';
import type { OperatorTenure, TenureKey } from '../domain/operator-tenure';
import type { UsageDay, UsageQuestion } from '../domain/usage-day';

/** Reads of an operator's rows. */
export interface OperatorStore {
  /** By `tenureKeyText`. */
  readTenures(keys: readonly TenureKey[]): Promise<ReadonlyMap<string, OperatorTenure>>;
  /** By `tenureKeyText`; newest first. */
  readContracts(keys: readonly TenureKey[]): Promise<ReadonlyMap<string, readonly LineContract[]>>;
  /** By `tenureKeyText`; handsets of all contracts of the tenure, the last seen first. */
  readDevices(keys: readonly TenureKey[]): Promise<ReadonlyMap<string, readonly DeviceUse[]>>;
  /** By `usageQuestionText`; oldest first. */
  readUsage(questions: readonly UsageQuestion[]): Promise<ReadonlyMap<string, readonly UsageDay[]>>;
  /** By contract id; `days` are the last ones with traffic, at most `trafficDays`. */
  readTrafficFacts(contractIds: readonly string[], trafficDays: number): Promise<ReadonlyMap<string, TrafficFacts>>;
  /** By `tenureKeyText`; newest first. */
  readEnforcements(keys: readonly TenureKey[]): Promise<ReadonlyMap<string, readonly BlockEnforcement[]>>;
  /** By IIN; every key is in the map. */
  readPersonHoldings(iins: readonly Iin[]): Promise<ReadonlyMap<string, PersonHolding>>;
  /** By BIN; every key is in the map. */
  readLegalHoldings(bins: readonly Bin[]): Promise<ReadonlyMap<string, LegalHolding>>;
  /** By IMEI; every key is in the map. */
  readSightings(imeis: readonly Imei[]): Promise<ReadonlyMap<string, HandsetSighting>>;
}
