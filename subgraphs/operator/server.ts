// An operator as a running service: its GraphQL endpoint, the routes of portings and its health on one port. Tests start it the same
// way as the program does.

import { createSubgraphHandler } from '../../shared/graphql/subgraph-host';
import { isAtHead } from '../../shared/service/database';
import { startHttpHost } from '../../shared/service/http-host';
import type { Logger } from '../../shared/service/logger';
import { createOperatorContext, type OperatorSetting } from './api/operator-context';
import { answerPorting } from './api/porting-routes';
import { buildOperatorSubgraph } from './api/schema';
import type { ServiceConfig } from './config';
import type { RiskRuleSet } from './domain/risk-rule-set';
import { openOperatorDatabase } from './store/database';
import { openPortingStore } from './store/porting-store';
import { openOperatorStore } from './store/postgres-operator-store';

/** A service that answers. */
export interface RunningService {
  /** Origin, without a slash at the end. */
  readonly url: string;
  /** Refuses what is new, finishes what is in flight, closes the database. */
  stop(): Promise<void>;
}

/** Opens the database and serves. Readiness asks the own database and nobody else. */
export async function startOperator(
  config: ServiceConfig,
  ruleSet: RiskRuleSet,
  logger: Logger,
): Promise<RunningService> {
  const dataSource = await openOperatorDatabase(config.DATABASE_URL, (cause) => {
    logger.warn({ cause: cause.name }, 'a database connection was lost');
  });
  try {
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
        (await answerPorting(request, response, portings)) || graphql.handle(request, response),
      readiness: () => isAtHead(dataSource),
      logger,
    });
    return {
      url: host.url,
      async stop() {
        await host.stop();
        await graphql.stop();
        await dataSource.destroy();
      },
    };
  } catch (cause) {
    await dataSource.destroy();
    throw cause;
  }
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? fault.name : 'unknown';
}
