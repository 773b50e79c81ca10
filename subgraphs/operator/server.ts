// An operator as a running service: its GraphQL endpoint, the routes of portings and of its witness, and its health on one port; beside them
// its side of the joint log, which works by itself. Tests start it the same way as the program does.

import { createSubgraphHandler } from '../../shared/graphql/subgraph-host';
import { isAtHead } from '../../shared/service/database';
import { startHttpHost } from '../../shared/service/http-host';
import type { Logger } from '../../shared/service/logger';
import { createOperatorContext, type OperatorSetting } from './api/operator-context';
import { answerPorting } from './api/porting-routes';
import { buildOperatorSubgraph } from './api/schema';
import type { JointLogConfig, ServiceConfig } from './config';
import type { RiskRuleSet } from './domain/risk-rule-set';
import { type DeskPace, type JointLogDesk, SERVICE_PACE, startJointLogDesk } from './log/joint-log-desk';
import { openOperatorDatabase } from './store/database';
import { openPortingStore } from './store/porting-store';
import { openOperatorStore } from './store/postgres-operator-store';

/** A service that answers. */
export interface RunningService {
  /** Origin, without a slash at the end. */
  readonly url: string;
  /** Its side of the joint log; null when it has no keys. */
  readonly desk: JointLogDesk | null;
  /** Refuses what is new, finishes what is in flight, closes the database. Calling it again waits for the same stop. */
  stop(): Promise<void>;
}

/** Opens the database and serves. Readiness asks the own database and nobody else. */
export async function startOperator(
  config: ServiceConfig,
  ruleSet: RiskRuleSet,
  logger: Logger,
  jointLog: { readonly config: JointLogConfig; readonly pace?: DeskPace } | null = null,
): Promise<RunningService> {
  const dataSource = await openOperatorDatabase(config.DATABASE_URL, (cause) => {
    logger.warn({ cause: cause.name }, 'a database connection was lost');
  });
  let desk: JointLogDesk | null = null;
  let stopping: Promise<void> | undefined;
  try {
    if (jointLog !== null) desk = await startDesk(jointLog.config, jointLog.pace ?? SERVICE_PACE);
    const portings = openPortingStore(dataSource);
    const setting: OperatorSetting = {
      operatorCode: config.OPERATOR_CODE,
      ruleSet,
      store: openOperatorStore(dataSource),
    };
    const graphql = await createSubgraphHandler({
      subgraph: await buildOperatorSubgraph(),
      createContext: () => createOperatorContext(setting),
      introspection: false,
      onFault: ({ requestId, code, fault }) =>
        logger.error({ requestId, code, fault: nameOf(fault) }, 'a field failed'),
    });
    const host = await startHttpHost({
      host: config.HOST,
      port: config.PORT,
      handlers: async (request, response) =>
        (await desk?.handle(request, response)) === true ||
        (await answerPorting(request, response, portings)) ||
        graphql.handle(request, response),
      readiness: () => isAtHead(dataSource),
      logger,
    });
    return {
      url: host.url,
      desk,
      stop() {
        stopping ??= (async () => {
          await host.stop();
          await graphql.stop();
          await desk?.stop();
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

  function startDesk(files: JointLogConfig, pace: DeskPace): Promise<JointLogDesk> {
    const places = {
      operatorCode: config.OPERATOR_CODE,
      actKeyFile: files.ACT_KEY_FILE,
      witnessKeyFile: files.WITNESS_KEY_FILE,
      witnessStateDirectory: files.WITNESS_STATE_DIR,
      policyFile: files.TRUST_POLICY_FILE,
      rootFile: files.TRUST_ROOT_FILE,
      logUrl: files.LOG_URL,
    };
    return startJointLogDesk(places, { dataSource, ruleSet, logger }, pace);
  }
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? fault.name : 'unknown';
}
