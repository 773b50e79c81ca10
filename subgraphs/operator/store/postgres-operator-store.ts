// The operator's rows in PostgreSQL. Each read is one statement of tenure-statements.ts or subject-statements.ts; this file only hands
// over parameters and sorts rows to their keys.

import type { DataSource } from 'typeorm';
import { usageQuestionText } from '../domain/usage-day';
import type { OperatorStore } from './operator-store';
import { groupRows, toUsageDay } from './sql-fragment';
import {
  type HoldingColumns,
  SELECT_LEGAL_HOLDINGS,
  SELECT_PERSON_HOLDINGS,
  SELECT_SIGHTINGS,
  SELECT_TRAFFIC_FACTS,
  type SightingColumns,
  type TrafficColumns,
  toLegalHolding,
  toPersonHolding,
  toSighting,
  toTrafficFacts,
} from './subject-statements';
import {
  type ContractColumns,
  type DeviceColumns,
  type EnforcementColumns,
  keyOfRow,
  keyParameters,
  SELECT_CONTRACTS,
  SELECT_DEVICES,
  SELECT_ENFORCEMENTS,
  SELECT_TENURES,
  SELECT_USAGE,
  type TenureColumns,
  toContract,
  toDeviceUse,
  toEnforcement,
  toTenure,
  type UsageColumns,
} from './tenure-statements';

/** The store over a database at head. */
export function openOperatorStore(dataSource: DataSource): OperatorStore {
  return {
    async readTenures(keys) {
      const rows = await select<TenureColumns>(SELECT_TENURES, keyParameters(keys));
      return new Map(rows.map((row) => [keyOfRow(row), toTenure(row)]));
    },
    async readContracts(keys) {
      return groupRows(await select<ContractColumns>(SELECT_CONTRACTS, keyParameters(keys)), keyOfRow, toContract);
    },
    async readDevices(keys) {
      return groupRows(await select<DeviceColumns>(SELECT_DEVICES, keyParameters(keys)), keyOfRow, toDeviceUse);
    },
    async readUsage(questions) {
      const firstDays = questions.map((question) => question.from);
      const lastDays = questions.map((question) => question.to);
      const rows = await select<UsageColumns>(SELECT_USAGE, [
        ...keyParameters(questions.map((question) => question.tenure)),
        firstDays,
        lastDays,
        [...firstDays].sort()[0],
        [...lastDays].sort().at(-1),
      ]);
      const daysByPlace = new Map(rows.map((row) => [Number(row.place), row.days.map(toUsageDay)]));
      return new Map(
        questions.map((question, index) => [usageQuestionText(question), daysByPlace.get(index + 1) ?? []]),
      );
    },
    async readTrafficFacts(contractIds, trafficDays) {
      const rows = await select<TrafficColumns>(SELECT_TRAFFIC_FACTS, [contractIds, trafficDays]);
      return new Map(rows.map((row) => [row.id, toTrafficFacts(row)]));
    },
    async readEnforcements(keys) {
      const rows = await select<EnforcementColumns>(SELECT_ENFORCEMENTS, keyParameters(keys));
      return groupRows(rows, keyOfRow, toEnforcement);
    },
    async readPersonHoldings(iins) {
      const rows = await select<HoldingColumns>(SELECT_PERSON_HOLDINGS, [iins]);
      return new Map(rows.map((row) => [row.subject, toPersonHolding(row)]));
    },
    async readLegalHoldings(bins) {
      const rows = await select<HoldingColumns>(SELECT_LEGAL_HOLDINGS, [bins]);
      return new Map(rows.map((row) => [row.subject, toLegalHolding(row)]));
    },
    async readSightings(imeis) {
      const rows = await select<SightingColumns>(SELECT_SIGHTINGS, [imeis]);
      return new Map(rows.map((row) => [row.imei, toSighting(row)]));
    },
  };

  function select<Row>(statement: string, parameters: unknown[]): Promise<readonly Row[]> {
    return dataSource.query(statement, parameters);
  }
}
