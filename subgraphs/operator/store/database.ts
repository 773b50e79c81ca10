// Opens an operator's database with its rows and migrations.

import type { DataSource } from 'typeorm';
import { ActWriting1700000102000 } from '../../../shared/audit-log/act-writing-migration';
import { AuditActs1700000100000 } from '../../../shared/audit-log/acts-migration';
import { openDatabase } from '../../../shared/service/database';
import { DeliveryFigures1700000900000 } from './delivery-figures-migration';
import { OperatorDisclosureRecord1700001100000 } from './disclosure-record-migration';
import { OperatorDisclosureStatements1700001200000 } from './disclosure-statement-migration';
import { OperatorDisclosures1700001000000 } from './disclosures-migration';
import { OPERATOR_ENTITIES } from './line-rows';
import { OperatorLines1700000001000 } from './lines-migration';
import { OperatorOrders1700000300000 } from './orders-migration';
import { OperatorActs1700000200000 } from './own-acts-migration';
import { OperatorUsage1700000002000 } from './usage-migration';

/** A connection pool to the operator's database; the caller destroys it. `onConnectionLost` is told when an idle connection breaks. */
export function openOperatorDatabase(
  url: string,
  onConnectionLost: (cause: Error) => void = () => {},
): Promise<DataSource> {
  return openDatabase({
    url,
    applicationName: 'operator',
    entities: OPERATOR_ENTITIES,
    migrations: [
      OperatorLines1700000001000,
      OperatorUsage1700000002000,
      AuditActs1700000100000,
      ActWriting1700000102000,
      OperatorActs1700000200000,
      OperatorOrders1700000300000,
      DeliveryFigures1700000900000,
      OperatorDisclosures1700001000000,
      OperatorDisclosureRecord1700001100000,
      OperatorDisclosureStatements1700001200000,
    ],
    onConnectionLost,
  });
}
