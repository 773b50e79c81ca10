// The fraud cases as a running service: the GraphQL endpoint, the joint log and their health on one port. Tests start it the same way as
// the program does.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { loadKeyFile, loadSecretFile } from '../../shared/audit-log/key-file';
import { entityGuard } from '../../shared/graphql/entity-guard';
import { createSubgraphHandler } from '../../shared/graphql/subgraph-host';
import { loadGatewayKeys } from '../../shared/identity/gateway-context';
import { createGatewayDoor, firstWholeSecond } from '../../shared/identity/gateway-door';
import { createAnswerMeter } from '../../shared/service/answer-meter';
import { isAtHead } from '../../shared/service/database';
import { doorRefusals } from '../../shared/service/door-refusals';
import { startHttpHost } from '../../shared/service/http-host';
import type { Logger } from '../../shared/service/logger';
import { createMetrics, type Metrics } from '../../shared/service/metrics';
import { peerGuard } from '../../shared/service/peer-guard';
import { openTransport, type Transport } from '../../shared/service/transport';
import { transportRefusals } from '../../shared/service/transport-refusals';
import { AppError } from '../../shared/vocabulary/app-error';
import { type Asker, requireStanding } from './api/asker';
import { type CursorSeal, createCursorSeal } from './api/cursor';
import { createFraudCasesContext } from './api/fraud-cases-context';
import { buildFraudCasesSubgraph } from './api/schema';
import { openAskerDesk } from './asker-desk';
import { type BankOffice, startBankOffice } from './bank-office';
import type { ServiceConfig } from './config';
import { createKeyedHash } from './disclosure/keyed-hash';
import { type LiveService, startLive, type WebhookOptions } from './live/live-service';
import { readWebhookFile } from './live/webhook-file';
import { countWebhookAlarms } from './service-metrics';
import { type CaseStore, openCaseStore } from './store/case-store';
import { openFraudCasesDatabase } from './store/database';

/** A service that answers. */
export interface RunningService {
  /** Origin, without a slash at the end. */
  readonly url: string;
  /** Refuses what is new, finishes what is in flight, closes the database. */
  stop(): Promise<void>;
}

const SHORTEST_KEY_BYTES = 32;
/** Only the gateway asks about cases and for grants; acts, the log and the feed are open to whoever signs or has a token. */
const GUARDED = [
  { addresses: ['/graphql', '/internal/disclosures', '/internal/occurrences'], peers: ['gateway'] },
] as const;
/** The unit of cases where the configuration names none. */
const HOME_UNIT = 'almaty-1';

/** Opens the database and serves. */
export async function startFraudCases(config: ServiceConfig, logger: Logger): Promise<RunningService> {
  const metrics = createMetrics({ program: 'fraud-cases', party: 'afc' });
  const transport = openTransport(config, transportRefusals(logger, metrics));
  const cursors = createCursorSeal(cursorKey(config.CURSOR_KEY_FILE), Date.now);
  const webhooks = webhooksOf(config);
  const dataSource = await openFraudCasesDatabase(config.DATABASE_URL, (cause) => {
    logger.warn({ cause: cause.name }, 'a database connection was lost');
  });
  const live = startLive(config.DATABASE_URL, webhooks, logger, countWebhookAlarms(metrics));
  const store = openCaseStore(dataSource);
  const databaseUrl = config.DATABASE_URL;
  let office: BankOffice | null = null;
  try {
    if (config.log !== null) {
      const { log, dispatch = null, disclosure = null, ISSUER_URL: issuer } = config;
      office = await startBankOffice({
        config: log,
        dispatch,
        disclosure,
        caseUnit: config.CASE_UNIT ?? HOME_UNIT,
        issuer,
        databaseUrl,
        dataSource,
        store,
        logger,
        metrics,
        call: transport.call,
      });
    }
    return await serve(config, { dataSource, store, office, live, cursors, metrics, transport }, logger);
  } catch (cause) {
    await live.stop();
    await office?.stop();
    await dataSource.destroy();
    throw cause;
  }
}

interface ServiceParts {
  readonly dataSource: DataSource;
  readonly store: CaseStore;
  /** Null where cases are only read. */
  readonly office: BankOffice | null;
  readonly live: LiveService;
  readonly cursors: CursorSeal;
  readonly metrics: Metrics;
  readonly transport: Transport;
}

async function serve(
  config: ServiceConfig,
  { dataSource, store, office, live, cursors, metrics, transport }: ServiceParts,
  logger: Logger,
): Promise<RunningService> {
  const tellRefusal = doorRefusals(logger, metrics);
  const guard = peerGuard(transport, GUARDED, tellRefusal);
  const gateway = createGatewayDoor({
    keys: gatewayKeysOf(config),
    onRefusal: (reason) => tellRefusal(`SIGNATURE_${reason}`),
  });
  const askers = openAskerDesk(config, dataSource, transport.call);
  const { actorOf: pseudonymOf } = createKeyedHash(pseudonymSecret(config));
  const contextFor = (asker: Asker) =>
    createFraudCasesContext(
      {
        store,
        log: office?.log.reads ?? null,
        commands: office?.commands ?? null,
        trail: office?.disclosures?.trail ?? null,
        cursors,
        live: live.events,
        pseudonymOf,
        unit: config.CASE_UNIT ?? HOME_UNIT,
      },
      asker,
    );
  const subgraph = await buildFraudCasesSubgraph();
  const guardEntities = entityGuard(subgraph, tellRefusal);
  const graphql = await createSubgraphHandler({
    subgraph,
    createContext: async (request) => {
      gateway.believe(request);
      guardEntities(request.body);
      const asker = await askers.askerOf(request.headers);
      await requireStanding(asker);
      return contextFor(asker);
    },
    introspection: false,
    meter: createAnswerMeter(metrics),
    onFault: ({ requestId, code, fault }) => {
      logger.error({ requestId, code, fault: fault instanceof Error ? fault.name : 'unknown' }, 'a field failed');
    },
  });
  const disclosures = office?.disclosures?.routes({
    principalOf: async (headers) => (await askers.askerOf(headers)).principal,
    onRefusal: (reason) => tellRefusal(`SIGNATURE_${reason}`),
  });
  const told = live.serve({
    schema: subgraph.schema,
    believe: (request) => void gateway.believe(request),
    askerOf: askers.askerOf,
    contextFor,
  });
  await firstWholeSecond();
  const host = await startHttpHost({
    host: config.HOST,
    port: config.PORT,
    tls: transport.server,
    handlers: async (request, response) =>
      (await guard(request, response)) ||
      (await office?.log.handle(request, response)) === true ||
      (await disclosures?.(request, response)) === true ||
      (await told(request, response)) ||
      graphql.handle(request, response),
    readiness: () => isAtHead(dataSource),
    logger,
    metrics,
  });
  return {
    url: host.url,
    async stop() {
      await live.endStreams();
      await host.stop();
      await live.stop();
      await graphql.stop();
      askers.stop();
      await office?.stop();
      await dataSource.destroy();
    },
  };
}

/** The secret of the names by which auditors know people; one of its own for a service that grants nothing. */
function pseudonymSecret({ disclosure }: ServiceConfig): Uint8Array {
  return disclosure === undefined ? randomBytes(SHORTEST_KEY_BYTES) : loadSecretFile(disclosure.DISCLOSURE_KEY_FILE);
}

/** The gateway's keys; nobody's, where no root of trust is told. */
function gatewayKeysOf({ log, gatewayRootFile }: ServiceConfig): ReturnType<typeof loadGatewayKeys> {
  const file = log?.TRUST_ROOT_FILE ?? gatewayRootFile;
  return file === undefined ? [] : loadGatewayKeys(file);
}

/** Where webhooks go; null when the configuration names nowhere. */
function webhooksOf({ WEBHOOKS_FILE: file, WEBHOOK_KEY_FILE: key }: ServiceConfig): WebhookOptions | null {
  if (file === undefined || key === undefined) return null;
  return { endpoints: readWebhookFile(file), key: loadKeyFile(key) };
}

/** The key in the file, or a new one that lives as long as the program. */
function cursorKey(path: string | undefined): Uint8Array {
  if (path === undefined) return randomBytes(SHORTEST_KEY_BYTES);
  const key = readKey(path);
  if (key === null || key.byteLength < SHORTEST_KEY_BYTES) {
    throw new AppError('INTERNAL', `The file of CURSOR_KEY_FILE must hold at least ${SHORTEST_KEY_BYTES} bytes.`);
  }
  return key;
}

function readKey(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
