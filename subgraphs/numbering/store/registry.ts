// Reads of the registry, made for batches: each function is one SQL statement whatever the number of keys, and its rows come in
// the order promised but not in the order of the keys. Putting answers back to keys is left to the loaders of api/.

import { type DataSource, In } from 'typeorm';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { NumberRange } from '../domain/number-range';
import type { CompletedPorting } from '../domain/porting';
import type { Tenure, TenureKey } from '../domain/tenure';
import { NumberRangeRow, toNumberRange } from './number-range-row';
import { PortingRow, toCompletedPorting } from './porting-row';
import { TenureRow, toTenure } from './tenure-row';

/** What the registry can be asked. Every function is one statement. */
export interface Registry {
  /** All tenures of the numbers, newest first. */
  tenuresOf(msisdns: readonly Msisdn[]): Promise<readonly Tenure[]>;
  /** The tenures that exist among those named; instants are compared as instants. */
  tenuresNamed(keys: readonly TenureKey[]): Promise<readonly Tenure[]>;
  /** Portings of the numbers that took place, newest first. */
  portingsOf(msisdns: readonly Msisdn[]): Promise<readonly CompletedPorting[]>;
  /** Every range. */
  ranges(): Promise<readonly NumberRange[]>;
}

/** The registry in a database at head. */
export function openRegistry(dataSource: DataSource): Registry {
  return {
    async tenuresOf(msisdns) {
      const rows = await dataSource
        .getRepository(TenureRow)
        .find({ where: { msisdn: In([...msisdns]) }, order: { since: 'DESC' } });
      return rows.map(toTenure);
    },
    async tenuresNamed(keys) {
      const rows = await dataSource
        .getRepository(TenureRow)
        .createQueryBuilder('tenure')
        .where(
          `(tenure.msisdn, tenure.operatorCode, tenure.since) IN
             (SELECT * FROM unnest(:msisdns::text[], :operatorCodes::text[], :instants::timestamptz[]))`,
          {
            msisdns: keys.map((key) => key.msisdn),
            operatorCodes: keys.map((key) => key.operatorCode),
            instants: keys.map((key) => key.since),
          },
        )
        .getMany();
      return rows.map(toTenure);
    },
    async portingsOf(msisdns) {
      const rows = await dataSource
        .getRepository(PortingRow)
        .find({ where: { msisdn: In([...msisdns]), state: In(['SWITCHED', 'DONE']) }, order: { completedAt: 'DESC' } });
      return rows.map(toCompletedPorting);
    },
    async ranges() {
      return (await dataSource.getRepository(NumberRangeRow).find()).map(toNumberRange);
    },
  };
}
