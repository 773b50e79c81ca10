// Opens the fraud-case subgraph's database with its rows and migrations.

import type { DataSource } from 'typeorm';
import { ActWriting1700000102000 } from '../../../shared/audit-log/act-writing-migration';
import { AuditActs1700000100000 } from '../../../shared/audit-log/acts-migration';
import { JointLog1700000101000 } from '../../../shared/audit-log/joint-log-migration';
import { openDatabase } from '../../../shared/service/database';
import { Access1795000000070 } from './access-migration';
import { AppealRow, BlockOrderRow } from './block-order-row';
import { CaseCommands1795000000010 } from './case-command-migration';
import { CaseEvents1795000000002 } from './case-event-migration';
import { CaseSubjectRow, EvidenceRow, InformationRequestRow, LossRow, SuspicionReportRow } from './case-file-rows';
import { CaseLists1795000000060 } from './case-list-migration';
import { CaseScopes1795000000120 } from './case-scope-migration';
import { DutyCourse1795000000030 } from './duty-course-migration';
import { DutyClockRow, DutyRuleRow } from './duty-rows';
import { DutyRules1795000000001 } from './duty-rule-set';
import { FraudCaseRow } from './fraud-case-row';
import { FraudCases1795000000000 } from './fraud-cases-migration';
import { LiveEvents1795000000040 } from './live-migration';
import { LookLimits1795000000100 } from './look-limit-migration';
import { LookRetention1795000000110 } from './look-retention-migration';
import { OrderDispatch1795000000020 } from './order-dispatch-migration';
import { ServiceFigures1795000000090 } from './service-figures-migration';
import { Suspensions1795000000050 } from './suspension-migration';

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
    migrations: [
      AuditActs1700000100000,
      JointLog1700000101000,
      ActWriting1700000102000,
      FraudCases1795000000000,
      DutyRules1795000000001,
      CaseEvents1795000000002,
      CaseCommands1795000000010,
      OrderDispatch1795000000020,
      DutyCourse1795000000030,
      LiveEvents1795000000040,
      Suspensions1795000000050,
      CaseLists1795000000060,
      Access1795000000070,
      ServiceFigures1795000000090,
      LookLimits1795000000100,
      LookRetention1795000000110,
      CaseScopes1795000000120,
    ],
    onConnectionLost,
  });
}
