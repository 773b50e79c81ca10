// What the bank does while its service runs: keeps the joint log, gives commands, and whatever works beside them by itself. All of it needs the
// keys and the files of trust; a service without them reads cases and changes none.

import { dirname } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Logger } from '../../shared/service/logger';
import type { Metrics } from '../../shared/service/metrics';
import { actEffects } from './commands/act-effects';
import { withRacesSettled } from './commands/command-desk';
import { type Commands, openCommands } from './commands/commands';
import { startTimers } from './commands/timers';
import type { DispatchConfig, LogConfig } from './config';
import { type BankLog, startBankLog } from './log/bank-log';
import { loadBankTrust } from './log/bank-trust';
import { startOrderDispatch } from './order-dispatch';
import { createBankMeter, tellLog, tellOffice } from './service-metrics';
import type { CaseStore } from './store/case-store';
import { caseTransactions } from './store/case-transaction';
import { openWorkPool } from './store/work-pool';

/** What an office is made of. */
export interface OfficeParts {
  readonly config: LogConfig;
  /** Null where orders wait for another service. */
  readonly dispatch: DispatchConfig | null;
  /** Issuer of tokens. */
  readonly issuer: string;
  readonly databaseUrl: string;
  readonly dataSource: DataSource;
  readonly store: CaseStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The office of a running service. */
export interface BankOffice {
  readonly log: BankLog;
  readonly commands: Commands;
  stop(): Promise<void>;
}

/** Starts the log and opens the commands; throws one plain sentence when keys, policy and root do not fit. */
export async function startBankOffice(parts: OfficeParts): Promise<BankOffice> {
  const { config, databaseUrl, dataSource, store, logger, metrics } = parts;
  const meter = createBankMeter(metrics);
  const trust = loadBankTrust({ policyFile: config.TRUST_POLICY_FILE, rootFile: config.TRUST_ROOT_FILE });
  const orderKey = trust.ownKey('order', config.ORDER_KEY_FILE);
  const log = await startBankLog({
    transactions: withRacesSettled(caseTransactions(dataSource)),
    databaseUrl,
    trust,
    actKey: trust.ownKey('act', config.ACT_KEY_FILE),
    logKey: trust.logKey(config.LOG_KEY_FILE),
    lockDirectory: dirname(config.LOG_LOCK_FILE),
    logger,
    onAlarm: meter.logAlarm,
    apply: actEffects(trust, orderKey),
  });
  const { author } = log;
  const { desk, commands } = openCommands({
    dataSource,
    store,
    trust,
    author,
    orderKey,
    numberingUrl: config.NUMBERING_URL,
    told: meter.commanded,
  });
  const timers = startTimers({ desk, databaseUrl, logger });
  const dispatch =
    parts.dispatch === null
      ? null
      : startOrderDispatch({
          config: parts.dispatch,
          numberingUrl: config.NUMBERING_URL,
          issuer: parts.issuer,
          databaseUrl,
          desk,
          trust,
          logger,
        });
  const figures = openWorkPool(databaseUrl, 'figures');
  tellLog(metrics, { state: log.state, witnesses: trust.policy.witnesses.map(({ name }) => name) }, figures);
  tellOffice(metrics, figures);
  return {
    log,
    commands,
    async stop() {
      await dispatch?.stop();
      await timers.stop();
      await log.stop();
      await figures.end();
    },
  };
}
