// What one request to numbering carries: the directory as it stood when the request came, and loaders that live as long as it.

import { type BatchLoader, batchLoader } from '../../../shared/graphql/loader';
import { groupBy } from '../../../shared/vocabulary/grouping';
import { instantToMs } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { OperatorDirectory } from '../../../shared/vocabulary/operator-directory';
import type { NumberRange } from '../domain/number-range';
import type { CompletedPorting } from '../domain/porting';
import type { Tenure, TenureKey } from '../domain/tenure';
import type { Registry } from '../store/registry';

/** The context of one request; never shared between two. */
export interface NumberingContext {
  readonly directory: OperatorDirectory;
  readonly loaders: RegistryLoaders;
}

/** Loads of one request; each costs one statement for all keys asked at once. */
export interface RegistryLoaders {
  /** All tenures of a number, newest first; null when nobody ever served it. */
  readonly tenuresOf: BatchLoader<Msisdn, readonly Tenure[]>;
  /** The tenure that a key names; null when the registry does not know it. */
  readonly tenure: BatchLoader<TenureKey, Tenure>;
  /** Portings of a number, newest first; null when there was none. */
  readonly portingsOf: BatchLoader<Msisdn, readonly CompletedPorting[]>;
  /** Every range by its prefix; read once a request. */
  rangesByPrefix(): Promise<ReadonlyMap<string, NumberRange>>;
}

/** The context for one request. */
export function createNumberingContext(registry: Registry, directory: OperatorDirectory): NumberingContext {
  let ranges: Promise<ReadonlyMap<string, NumberRange>> | undefined;
  return {
    directory,
    loaders: {
      tenuresOf: batchLoader(byMsisdn, async (keys) => groupBy(await registry.tenuresOf(keys), msisdnOf)),
      tenure: batchLoader(nameOfTenure, async (keys) => {
        const tenures = await registry.tenuresNamed(keys);
        return new Map(tenures.map((tenure) => [nameOfTenure(tenure), tenure]));
      }),
      portingsOf: batchLoader(byMsisdn, async (keys) => groupBy(await registry.portingsOf(keys), msisdnOf)),
      rangesByPrefix() {
        ranges ??= registry.ranges().then((all) => new Map(all.map((range) => [range.prefix, range])));
        return ranges;
      },
    },
  };
}

function byMsisdn(msisdn: Msisdn): string {
  return msisdn;
}

function msisdnOf(row: { readonly msisdn: Msisdn }): string {
  return row.msisdn;
}

function nameOfTenure(key: TenureKey): string {
  return `${key.msisdn} ${key.operatorCode} ${instantToMs(key.since)}`;
}
