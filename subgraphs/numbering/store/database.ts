// Opens numbering's database with its rows and migrations.

import type { DataSource } from 'typeorm';
import { openDatabase } from '../../../shared/service/database';
import { NumberRangeRow } from './number-range-row';
import { PortingRow } from './porting-row';
import { NumberingRegistry1795000000000 } from './registry-migration';
import { TenureRow } from './tenure-row';

/** A connection pool to numbering's database; the caller destroys it. `onConnectionLost` is told when an idle connection breaks. */
export function openNumberingDatabase(
  url: string,
  onConnectionLost: (cause: Error) => void = () => {},
): Promise<DataSource> {
  return openDatabase({
    url,
    applicationName: 'numbering',
    entities: [NumberRangeRow, TenureRow, PortingRow],
    migrations: [NumberingRegistry1795000000000],
    onConnectionLost,
  });
}
