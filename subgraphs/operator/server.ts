// An operator as a running service: its GraphQL endpoint, the routes of portings, of its own systems and of its witness, and its health on one
// port; beside them its side of the joint log, which works by itself. Tests start it the same way as the program does.

import { createSubgraphHandler } from '../../shared/graphql/subgraph-host';
import { firstWholeSecond } from '../../shared/identity/gateway-door';
import { createAnswerMeter } from '../../shared/service/answer-meter';
import { isAtHead } from '../../shared/service/database';
import { doorRefusals } from '../../shared/service/door-refusals';
import { startHttpHost } from '../../shared/service/http-host';
import type { Logger } from '../../shared/service/logger';
import { createMetrics } from '../../shared/service/metrics';
import { peerGuard } from '../../shared/service/peer-guard';
import { openTransport } from '../../shared/service/transport';
import { transportRefusals } from '../../shared/service/transport-refusals';
import { countWitnessAlarms } from '../../shared/witness/witness-meter';
import type { OperatorSetting } from './api/operator-context';
import { buildOperatorSubgraph } from './api/schema';
import type { ServiceConfig } from './config';
import type { RiskRuleSet } from './domain/risk-rule-set';
import { openGatewaySide } from './gateway-side';
import { type DeskPace, type JointLogDesk, SERVICE_PACE, startJointLogDesk } from './log/joint-log-desk';
import { ownActRoutes } from './log/own-act-routes';
import { openPortingSide } from './porting-side';
import { countWithheld, tellDelivery } from './service-metrics';
import { openOperatorDatabase } from './store/database';
import { pruneDisclosures } from './store/disclosure-store';
import { openPortingStore } from './store/porting-store';
import { openOperatorStore } from './store/postgres-operator-store';
import { openStatementStore } from './store/statement-store';

/** A service that answers. */
export interface RunningService {
  /** Origin, without a slash at the end. */
  readonly url: string;
  /** Its side of the joint log. */
  readonly desk: JointLogDesk;
  /** Refuses what is new, finishes what is in flight, closes the database. Calling it again waits for the same stop. */
  stop(): Promise<void>;
}

/** Only the gateway asks for data; only the bank's programs say that a number moves. */
const GUARDED = [
  { addresses: ['/graphql'], peers: ['gateway'] },
  { addresses: ['/internal/'], peers: ['numbering'] },
] as const;

/** Between two looks for what need not be kept any more; every process of an operator may look. */
const PRUNE_EVERY_MS = 3_600_000;

/** Opens the database and serves. Readiness asks the own database and nobody else. */
export async function startOperator(
  config: ServiceConfig,
  ruleSet: RiskRuleSet,
  logger: Logger,
  pace: DeskPace = SERVICE_PACE,
): Promise<RunningService> {
  const metrics = createMetrics({ program: 'operator', party: config.OPERATOR_CODE });
  const transport = openTransport(config, transportRefusals(logger, metrics));
  const dataSource = await openOperatorDatabase(config.DATABASE_URL, (cause) => {
    logger.warn({ cause: cause.name }, 'a database connection was lost');
  });
  const onAlarm = doorRefusals(logger, metrics);
  tellDelivery(metrics, dataSource);
  let desk: JointLogDesk | null = null;
  let stopping: Promise<void> | undefined;
  try {
    const log = await startDesk();
    desk = log;
    const portings = openPortingSide(config, { portings: openPortingStore(dataSource, log.author), onAlarm });
    const ownActs = ownActRoutes(openStatementStore(dataSource, log.author));
    const setting: OperatorSetting = {
      operatorCode: config.OPERATOR_CODE,
      ruleSet,
      store: openOperatorStore(dataSource),
      executeOrder: log.executeOrder,
    };
    const subgraph = await buildOperatorSubgraph();
    const graphql = await createSubgraphHandler({
      subgraph,
      door: openGatewaySide(config, { dataSource, subgraph, setting, onAlarm, onWithheld: countWithheld(metrics) }),
      introspection: false,
      meter: createAnswerMeter(metrics),
      onFault: ({ requestId, code, fault }) =>
        logger.error({ requestId, code, fault: nameOf(fault) }, 'a field failed'),
    });
    const guard = peerGuard(transport, GUARDED, onAlarm);
    await firstWholeSecond();
    const host = await startHttpHost({
      host: config.HOST,
      port: config.PORT,
      tls: transport.server,
      handlers: async (request, response) =>
        (await guard(request, response)) ||
        (await log.handle(request, response)) ||
        (await portings(request, response)) ||
        (await ownActs(request, response)) ||
        graphql.handle(request, response),
      readiness: () => isAtHead(dataSource),
      logger,
      metrics,
    });
    let pruning: Promise<void> | null = null;
    const timer = setInterval(() => {
      pruning ??= prune().finally(() => {
        pruning = null;
      });
    }, PRUNE_EVERY_MS);
    return {
      url: host.url,
      desk: log,
      stop() {
        stopping ??= (async () => {
          clearInterval(timer);
          await host.stop();
          await pruning;
          await graphql.stop();
          await log.stop();
          await dataSource.destroy();
        })();
        return stopping;
      },
    };
  } catch (cause) {
    await desk?.stop();
    await dataSource.destroy();
    throw cause;
  }

  /** What is left over waits for the next time. */
  async function prune(): Promise<void> {
    await pruneDisclosures(dataSource).catch((fault: unknown) => {
      logger.warn({ job: 'prune-disclosures', fault: nameOf(fault) }, 'old disclosures could not be dropped');
    });
  }

  function startDesk(): Promise<JointLogDesk> {
    const places = {
      operatorCode: config.OPERATOR_CODE,
      actKeyFile: config.ACT_KEY_FILE,
      receiptKeyFile: config.RECEIPT_KEY_FILE,
      witnessKeyFile: config.WITNESS_KEY_FILE,
      witnessStateDirectory: config.WITNESS_STATE_DIR,
      policyFile: config.TRUST_POLICY_FILE,
      rootFile: config.TRUST_ROOT_FILE,
      logUrl: config.LOG_URL,
    };
    const onWitnessAlarm = countWitnessAlarms(metrics);
    return startJointLogDesk(places, { dataSource, ruleSet, logger, onWitnessAlarm, call: transport.call }, pace);
  }
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? fault.name : 'unknown';
}
