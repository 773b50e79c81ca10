// Opens the fraud-case subgraph's database with its rows and migrations.

import type { DataSource } from 'typeorm';
import { openDatabase } from '../../../shared/service/database';
import { AppealRow, BlockOrderRow } from './block-order-row';
import { CaseSubjectRow, EvidenceRow, InformationRequestRow, LossRow, SuspicionReportRow } from './case-file-rows';
import { DutyClockRow, DutyRuleRow } from './duty-rows';
import { DutyRules1795000000001 } from './duty-rule-set';
import { FraudCaseRow } from './fraud-case-row';
import { FraudCases1795000000000 } from './fraud-cases-migration';

/** A connection pool to the database; the caller destroys it. `onConnectionLost` is told when an idle connection breaks. */
export function openFraudCasesDatabase(
  url: string,
  onConnectionLost: (cause: Error) => void = () => {},
): Promise<DataSource> {
  return openDatabase({
    url,
    applicationName: 'fraud-cases',
    entities: [
      FraudCaseRow,
      CaseSubjectRow,
      SuspicionReportRow,
      EvidenceRow,
      InformationRequestRow,
      LossRow,
      BlockOrderRow,
      AppealRow,
      DutyRuleRow,
      DutyClockRow,
    ],
    migrations: [FraudCases1795000000000, DutyRules1795000000001],
    onConnectionLost,
  });
}
