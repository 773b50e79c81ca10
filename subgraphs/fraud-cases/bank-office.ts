// What the bank does while its service runs: keeps the joint log, gives commands, and whatever works beside them by itself. All of it needs the
// keys and the files of trust; a service without them reads cases and changes none.

import { dirname } from 'node:path';
import type { DataSource } from 'typeorm';
import { type KeyPair, loadSecretFile } from '../../shared/audit-log/key-file';
import type { SqlSource } from '../../shared/audit-log/sql-session';
import { signedCalls } from '../../shared/identity/program-calls';
import type { CallHttp } from '../../shared/service/http-call';
import type { Logger } from '../../shared/service/logger';
import type { Metrics } from '../../shared/service/metrics';
import { actEffects } from './commands/act-effects';
import { type BreakGlassParts, reviewJob } from './commands/break-glass-commands';
import { withRacesSettled } from './commands/command-desk';
import { type Commands, openCommands } from './commands/commands';
import { createQuorumGate, type QuorumGate } from './commands/quorum-gate';
import { startTimers } from './commands/timers';
import type { DisclosureConfig, DispatchConfig, LogConfig } from './config';
import { type DisclosureOffice, openDisclosures, tellAlarm } from './disclosure/disclosure-office';
import { createKeyedHash, type KeyedHash } from './disclosure/keyed-hash';
import { readLimitsFile } from './disclosure/limits-file';
import { retentionJob } from './disclosure/retention-job';
import { DEFAULT_LOOK_LIMITS, type LookLimits } from './domain/look-limits';
import { type BankLog, startBankLog } from './log/bank-log';
import { type BankTrust, loadBankTrust } from './log/bank-trust';
import { startOrderDispatch } from './order-dispatch';
import { createBankMeter, tellAccess, tellLog, tellOffice } from './service-metrics';
import type { CaseStore } from './store/case-store';
import { caseTransactions } from './store/case-transaction';
import { openWorkPool } from './store/work-pool';

/** What an office is made of. */
export interface OfficeParts {
  readonly config: LogConfig;
  /** Null where orders wait for another service. */
  readonly dispatch: DispatchConfig | null;
  /** Null where nobody is granted anything. */
  readonly disclosure: DisclosureConfig | null;
  /** The unit whose cases these are. */
  readonly caseUnit: string;
  /** Issuer of tokens. */
  readonly issuer: string;
  readonly databaseUrl: string;
  readonly dataSource: DataSource;
  readonly store: CaseStore;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How other programs are called. */
  readonly call: CallHttp;
}

/** The office of a running service. */
export interface BankOffice {
  readonly log: BankLog;
  readonly commands: Commands;
  /** Null where nobody is granted anything. */
  readonly disclosures: DisclosureOffice | null;
  stop(): Promise<void>;
}

/** Starts the log and opens the commands; throws one plain sentence when keys, policy and root do not fit. */
export async function startBankOffice(parts: OfficeParts): Promise<BankOffice> {
  const { config, databaseUrl, dataSource, store, logger, metrics, call } = parts;
  const meter = createBankMeter(metrics);
  const trust = loadBankTrust({ policyFile: config.TRUST_POLICY_FILE, rootFile: config.TRUST_ROOT_FILE });
  const orderKey = trust.ownKey('order', config.ORDER_KEY_FILE);
  const callNumbering = signedCalls(call, trust.ownKey('cases', config.CASES_KEY_FILE));
  const access = parts.disclosure === null ? null : readAccess(parts.disclosure, trust, logger);
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
    call,
  });
  const { author } = log;
  const mayExpose: QuorumGate = createQuorumGate(
    log.waitingForQuorumMs,
    (access?.limits ?? DEFAULT_LOOK_LIMITS).quorumWaitMs,
  );
  const { desk, commands } = openCommands({
    dataSource,
    store,
    trust,
    author,
    orderKey,
    numberingUrl: config.NUMBERING_URL,
    call: callNumbering,
    told: meter.commanded,
    ...(access === null ? {} : { breakGlass: access.breakGlass }),
    mayExpose,
  });
  const more =
    access === null
      ? undefined
      : (source: SqlSource) => [reviewJob(desk, source, access.breakGlass), retentionJob(desk.transactions)];
  const timers = startTimers({ desk, databaseUrl, logger, ...(more === undefined ? {} : { more }) });
  const disclosures =
    access === null
      ? null
      : openDisclosures({
          ...access,
          caseUnit: parts.caseUnit,
          transactions: withRacesSettled(desk.transactions),
          databaseUrl,
          trust,
          author,
          numberingUrl: config.NUMBERING_URL,
          call: callNumbering,
          mayExpose,
          isLogWhole: () => log.state() !== 'HALTED',
          logger,
        });
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
          call,
          callNumbering,
        });
  const figures = openWorkPool(databaseUrl, 'figures');
  tellLog(metrics, { state: log.state, witnesses: trust.policy.witnesses.map(({ name }) => name) }, figures);
  tellOffice(metrics, figures);
  tellAccess(metrics, figures);
  return {
    log,
    commands,
    disclosures,
    async stop() {
      await dispatch?.stop();
      await timers.stop();
      await disclosures?.stop();
      await log.stop();
      await figures.end();
    },
  };
}

/** What looks need of keys and limits. */
function readAccess(
  config: DisclosureConfig,
  trust: BankTrust,
  logger: Logger,
): {
  readonly grantKey: KeyPair;
  readonly hash: KeyedHash;
  readonly limits: LookLimits;
  readonly breakGlass: BreakGlassParts;
} {
  const hash = createKeyedHash(loadSecretFile(config.DISCLOSURE_KEY_FILE));
  const limits = readLimitsFile(config.BUDGETS_FILE);
  const breakGlass: BreakGlassParts = {
    limits,
    actorOf: hash.actorOf,
    onAlarm: (kind) => tellAlarm(logger, kind),
  };
  return { grantKey: trust.ownKey('grant', config.GRANT_KEY_FILE), hash, limits, breakGlass };
}
