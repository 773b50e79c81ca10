// numbering as a running service: its GraphQL endpoint, its internal routes and its health on one port. Tests start it the same
// way as the program does.

import { loadKeyFile } from '../../shared/audit-log/key-file';
import { entityGuard } from '../../shared/graphql/entity-guard';
import { createSubgraphHandler } from '../../shared/graphql/subgraph-host';
import { CONTEXT_HEADER, createContextCheck, loadBankKeys } from '../../shared/identity/gateway-context';
import { createGatewayDoor, firstWholeSecond } from '../../shared/identity/gateway-door';
import { signedCalls, signedRoutes } from '../../shared/identity/program-calls';
import { createAnswerMeter } from '../../shared/service/answer-meter';
import { isAtHead } from '../../shared/service/database';
import { doorRefusals } from '../../shared/service/door-refusals';
import { startHttpHost } from '../../shared/service/http-host';
import type { Logger } from '../../shared/service/logger';
import { createMetrics } from '../../shared/service/metrics';
import { peerGuard } from '../../shared/service/peer-guard';
import { openTransport } from '../../shared/service/transport';
import { transportRefusals } from '../../shared/service/transport-refusals';
import { AppError } from '../../shared/vocabulary/app-error';
import { answerInternal, INTERNAL_PATHS, LARGEST_INTERNAL_BODY } from './api/internal-routes';
import { createNumberingContext } from './api/numbering-context';
import { buildNumberingSubgraph } from './api/schema';
import type { ServiceConfig } from './config';
import { openNumberingDatabase } from './store/database';
import { operatorCalls } from './store/operator-call';
import { openOperatorsFile } from './store/operators-file';
import { finishPortings, type PortingTools, playPorting } from './store/porting-process';
import { openPortingStore } from './store/porting-store';
import { openRegistry } from './store/registry';

/** A service that answers. */
export interface RunningService {
  /** Origin, without a slash at the end. */
  readonly url: string;
  /** Refuses what is new, finishes what is in flight, closes the database. */
  stop(): Promise<void>;
}

const RESUME_EVERY_MS = 30_000;
/** Only the gateway asks for the registry; who serves a number, and that one moves, is a matter of the bank's own programs. */
const GUARDED = [
  { addresses: ['/graphql'], peers: ['gateway'] },
  { addresses: ['/internal/'], peers: ['fraud-cases', 'porting'] },
] as const;

/** Opens the database and serves. What an earlier run left unfinished is finished beside the first requests, and looked for again. */
export async function startNumbering(config: ServiceConfig, logger: Logger): Promise<RunningService> {
  const metrics = createMetrics({ program: 'numbering' });
  const transport = openTransport(config, transportRefusals(logger, metrics));
  const gatewayKeys = loadBankKeys(config.TRUST_ROOT_FILE, 'gateway');
  const ownKeys = loadBankKeys(config.TRUST_ROOT_FILE, 'numbering');
  const caseKeys = loadBankKeys(config.TRUST_ROOT_FILE, 'cases');
  const ownKey = loadKeyFile(config.NUMBERING_KEY_FILE);
  if (!ownKeys.some(({ keyId }) => keyId === ownKey.publicKey.keyId)) {
    throw new AppError(
      'INTERNAL',
      'The file of NUMBERING_KEY_FILE does not hold the numbering key of the root of trust.',
    );
  }
  const contexts = createContextCheck(gatewayKeys);
  const operators = openOperatorsFile(config.OPERATORS_FILE, logger);
  const dataSource = await openNumberingDatabase(config.DATABASE_URL, (cause) => {
    logger.warn({ cause: cause.name }, 'a database connection was lost');
  }).catch((cause: unknown) => {
    operators.close();
    throw cause;
  });
  const registry = openRegistry(dataSource);
  const tools: PortingTools = {
    store: openPortingStore(dataSource),
    directory: operators.current,
    ...operatorCalls(signedCalls(transport.call, ownKey)),
    logger,
  };
  metrics.gaugesOf(
    'portings',
    [{ name: 'senim_portings_unfinished', help: 'Portings that are begun and not done' }],
    async () => [[{ labels: [], value: (await tools.store.unfinished()).length }]],
  );
  const tellRefusal = doorRefusals(logger, metrics);
  const gateway = createGatewayDoor({ keys: gatewayKeys, onRefusal: (reason) => tellRefusal(`SIGNATURE_${reason}`) });
  const guard = peerGuard(transport, GUARDED, tellRefusal);
  const subgraph = await buildNumberingSubgraph();
  const guardEntities = entityGuard(subgraph, tellRefusal);
  const graphql = await createSubgraphHandler({
    subgraph,
    createContext: (request) => {
      gateway.believe(request);
      guardEntities(request.body);
      const checked = contexts.check(request.headers[CONTEXT_HEADER]);
      if (!checked.ok || checked.value?.actor == null) {
        tellRefusal('CONTEXT');
        throw new AppError('UNAUTHENTICATED', "The registry requires the gateway's context of somebody who signed in.");
      }
      return createNumberingContext(registry, operators.current());
    },
    introspection: false,
    meter: createAnswerMeter(metrics),
    onFault: ({ requestId, code, fault }) => logger.error({ requestId, code, fault: nameOf(fault) }, 'a field failed'),
  });
  const routes = { registry, playPorting: (request: Parameters<typeof playPorting>[0]) => playPorting(request, tools) };
  const internal = signedRoutes({
    rows: [
      { path: INTERNAL_PATHS.servingTenure, keys: caseKeys },
      { path: INTERNAL_PATHS.lineCourse, keys: caseKeys },
      { path: INTERNAL_PATHS.portings, keys: ownKeys },
    ],
    mostBytes: LARGEST_INTERNAL_BODY,
    answer: (call, response) => answerInternal(call, response, routes),
    onRefusal: (reason) => tellRefusal(`SIGNATURE_${reason}`),
  });

  const stopping = new AbortController();
  let resuming: Promise<unknown> | null = null;
  const resume = (): void => {
    resuming ??= finishPortings(tools, stopping.signal)
      .catch((cause: unknown) => logger.error({ cause: nameOf(cause) }, 'unfinished portings could not be resumed'))
      .finally(() => {
        resuming = null;
      });
  };
  await firstWholeSecond();
  const host = await startHttpHost({
    host: config.HOST,
    port: config.PORT,
    tls: transport.server,
    handlers: async (request, response) =>
      (await guard(request, response)) || (await internal(request, response)) || graphql.handle(request, response),
    readiness: () => isAtHead(dataSource),
    logger,
    metrics,
  }).catch(async (cause: unknown) => {
    operators.close();
    await dataSource.destroy();
    throw cause;
  });
  resume();
  const timer = setInterval(resume, RESUME_EVERY_MS);
  return {
    url: host.url,
    async stop() {
      clearInterval(timer);
      stopping.abort();
      operators.close();
      await host.stop();
      await resuming;
      await graphql.stop();
      await dataSource.destroy();
    },
  };
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? fault.name : 'unknown';
}
