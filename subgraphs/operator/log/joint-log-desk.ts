// An operator's side of the joint log as one thing that is started and stopped: its witness, its desk for orders, and the loops that scan, end
// blocks, deliver and check. A loop that fails waits and goes on; the bank being down stops no loop, because acts are signed and stored
// here and wait here.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { type ActAuthor, createActAuthor } from '../../../shared/audit-log/act-author';
import type { SqlSource } from '../../../shared/audit-log/sql-session';
import type { CallHttp } from '../../../shared/service/http-call';
import type { Logger } from '../../../shared/service/logger';
import type { OperatorCode } from '../../../shared/vocabulary/operator-code';
import type { Witness } from '../../../shared/witness/witness';
import type { WitnessAlarm } from '../../../shared/witness/witness-alarm';
import { startWitness } from '../../../shared/witness/witness-service';
import type { ExecuteOrder } from '../domain/executed-order';
import type { RiskRuleSet } from '../domain/risk-rule-set';
import { type ActOutbox, openActOutbox } from '../store/act-outbox';
import { openEnforcementStore } from '../store/enforcement-store';
import { openOperatorStore } from '../store/postgres-operator-store';
import { openReportStore } from '../store/report-store';
import { recordAlarms } from './act-alarm';
import { COURIER_BATCH, deliverDue } from './act-courier';
import { bankLink } from './bank-link';
import { createOrderDesk } from './order-desk';
import { bankKeys, loadOwnKey, loadTrust, witnessNameOf } from './own-trust';
import { checkDueProofs } from './proof-check';
import { openCheckpointView } from './seen-checkpoint';
import { receiptSealer } from './signed-document';
import { FIRST_LINE, scanBatch } from './suspicion-scan';

/** Where keys, state and the bank are. */
export interface DeskConfig {
  readonly operatorCode: OperatorCode;
  readonly actKeyFile: string;
  readonly receiptKeyFile: string;
  readonly witnessKeyFile: string;
  readonly witnessStateDirectory: string;
  readonly policyFile: string;
  readonly rootFile: string;
  /** Origin of the keeper of the log. */
  readonly logUrl: string;
}

/** Times in milliseconds; tests shorten them. */
export interface DeskPace {
  /** Before the first round: a service answers before it works for itself. */
  readonly startMs: number;
  /** Between two batches of a scan, and between two scans. */
  readonly scanStepMs: number;
  readonly scanRestMs: number;
  /** Between two looks for blocks whose time is over. */
  readonly expiryMs: number;
  /** Between two looks at the outbox when nothing was due. */
  readonly deliverMs: number;
  readonly proofMs: number;
  readonly checkpointMs: number;
  /** Deadline of a call to the bank. */
  readonly callMs: number;
  /** Between two attempts of a loop that failed. */
  readonly faultMs: number;
}

/** The pace of a running service. */
export const SERVICE_PACE: DeskPace = {
  startMs: 1_000,
  scanStepMs: 250,
  scanRestMs: 15 * 60_000,
  expiryMs: 1_000,
  deliverMs: 500,
  proofMs: 1_000,
  checkpointMs: 2_000,
  callMs: 5_000,
  faultMs: 2_000,
};

/** A side that runs. */
export interface JointLogDesk {
  readonly witness: Witness;
  readonly outbox: ActOutbox;
  /** Signs this operator's acts. */
  readonly author: ActAuthor;
  readonly executeOrder: ExecuteOrder;
  /** Answers the addresses of the witness; false for every other. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  /** Ends the loops after what they are at, then the witness. */
  stop(): Promise<void>;
}

/** Where the witness answers. */
export const WITNESS_PREFIX = '/witness';
const LINES_PER_BATCH = 200;

/** Loads keys and trust, opens the witness, and starts the loops. Throws one plain sentence when a file does not fit. */
export async function startJointLogDesk(
  config: DeskConfig,
  parts: {
    readonly dataSource: DataSource;
    readonly ruleSet: RiskRuleSet;
    readonly logger: Logger;
    /** Told each alarm of the witness. */
    readonly onWitnessAlarm?: (alarm: WitnessAlarm) => void;
    /** How the bank and other witnesses are called; in the clear on this machine unless told. */
    readonly call?: CallHttp;
  },
  pace: DeskPace = SERVICE_PACE,
): Promise<JointLogDesk> {
  const { dataSource, ruleSet, logger } = parts;
  const { operatorCode } = config;
  const trust = loadTrust(config);
  const { policy } = trust;
  const actKey = loadOwnKey(config.actKeyFile, trust, operatorCode, 'act');
  const receiptKey = loadOwnKey(config.receiptKeyFile, trust, operatorCode, 'receipt');
  const witnessName = witnessNameOf(trust, operatorCode);
  const outbox = openActOutbox(dataSource);
  const bank = bankLink(config.logUrl, pace.callMs, parts.call);
  const service = startWitness({
    name: witnessName,
    keyFile: config.witnessKeyFile,
    directory: config.witnessStateDirectory,
    policyFile: config.policyFile,
    prefix: WITNESS_PREFIX,
    call: parts.call,
    onAlarm(alarm) {
      parts.onWitnessAlarm?.(alarm);
      logger.error({ alarm }, 'alarm of the witness');
    },
  });
  const { witness } = service;
  const stopping = new AbortController();
  try {
    const view = await openCheckpointView({
      source: sourceOf(dataSource),
      bank,
      policy,
      witness,
      witnessName,
    });
    const author = createActAuthor({
      party: operatorCode,
      privateKey: actKey.privateKey,
      keepsCases: false,
      seen: view.newest,
    });
    const enforcements = openEnforcementStore(dataSource, author, receiptSealer(receiptKey));
    const executeOrder = createOrderDesk({
      operatorCode,
      store: enforcements,
      bank: { code: trust.root.bank, actKeys: bankKeys(trust, 'act') },
      orderKeys: bankKeys(trust, 'order'),
      link: bank,
      logger,
    });
    const scan = {
      store: openOperatorStore(dataSource),
      reports: openReportStore(dataSource, author),
      ruleSet,
      batch: LINES_PER_BATCH,
    };
    const onAlarm = recordAlarms(outbox, logger);
    const leaseMs = 2 * pace.callMs + pace.faultMs;
    const courier = {
      outbox,
      bank,
      bankActKeys: bankKeys(trust, 'act'),
      onAlarm,
      leaseMs,
      random: Math.random,
    };
    const proofs = { outbox, bank, policy, witness, onAlarm, leaseMs, random: Math.random };
    let scanAt = FIRST_LINE;
    const loops = [
      loop('scan', async () => {
        const step = await scanBatch(scan, scanAt);
        scanAt = step.next ?? FIRST_LINE;
        if (step.reported > 0) logger.info({ reported: step.reported }, 'suspicious lines were reported');
        return step.next === null ? pace.scanRestMs : pace.scanStepMs;
      }),
      loop('expiry', async () => {
        const ended = await enforcements.expireDue();
        if (ended > 0) logger.info({ ended }, 'temporary blocks ended');
        return pace.expiryMs;
      }),
      loop('delivery', async () => {
        const round = await deliverDue(courier);
        return round.promised + round.postponed + round.parked === COURIER_BATCH ? 0 : pace.deliverMs;
      }),
      loop('proofs', async () => {
        await checkDueProofs(proofs);
        return pace.proofMs;
      }),
      loop('checkpoint', async () => {
        await view.refresh();
        return pace.checkpointMs;
      }),
    ];
    return {
      witness,
      outbox,
      author,
      executeOrder,
      handle: service.handle,
      async stop() {
        stopping.abort();
        await Promise.all(loops);
        await service.stop();
      },
    };
  } catch (cause) {
    await service.stop();
    throw cause;
  }

  /** Runs a round after the other until it is told to stop; `round` resolves with how long to rest. */
  async function loop(name: string, round: () => Promise<number>): Promise<void> {
    await rest(pace.startMs);
    while (!stopping.signal.aborted) {
      let restMs = pace.faultMs;
      try {
        restMs = await round();
      } catch (cause) {
        const fault = cause instanceof Error ? cause.name : 'unknown';
        logger.warn({ loop: name, fault }, 'a round of the joint log failed');
      }
      await rest(restMs);
    }
  }

  async function rest(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => {});
  }
}

/** The pool of the data source, for what speaks plain SQL. */
/** The data source as the joint log runs statements on it. */
export function sourceOf(dataSource: DataSource): SqlSource {
  return {
    async query({ text, values }) {
      const rows: unknown[] = await dataSource.query(text, values);
      return { rows, rowCount: rows.length };
    },
  };
}
