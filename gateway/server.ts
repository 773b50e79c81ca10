// The gateway as a running service: Apollo Server over our engine, who may ask it, the explorer, health, and an orderly stop. Tests start
// it the same way as the program does.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../shared/service/logger';
import { createMetrics } from '../shared/service/metrics';
import { endOf, openTransport, readCertificate, type Transport } from '../shared/service/transport';
import { transportRefusals } from '../shared/service/transport-refusals';
import { AppError } from '../shared/vocabulary/app-error';
import { ERROR_CATALOGUE, type ErrorCode } from '../shared/vocabulary/error-catalogue';
import { isBarred, viewOf } from './access/guard';
import { type ApolloHost, startApolloHost } from './apollo-host';
import type { GatewayConfig } from './config';
import { acceptOperation } from './edge/accept-operation';
import { type EdgeRequest, type EdgeTls, listenAtEdge, refuse } from './edge/listen';
import { prepareAsked } from './edge/operation-answer';
import { methodRefusal, NOT_ACCEPTABLE, NOT_ALLOWED, NOT_FOUND, NOT_TRUSTED } from './edge/refusal';
import { EVENT_STREAM } from './edge/request-head';
import { streamOperation } from './event-host';
import { answerExplorer } from './explorer';
import { openNetwork } from './network';
import { operatorAccess } from './operator-access';
import { openReaderDesk, type ReaderDesk } from './reader';
import { createRequestMeter, type RequestMeter } from './request-meter';
import { createCallMeter, UNNAMED } from './route/call-meter';
import { requestDeadline } from './route/deadlines';
import { watchedDirectory } from './route/directory';
import { Presence } from './route/presence';
import { KNOWN_SCALARS } from './route/scalar-rules';
import { openSupergraph, type SupergraphSource } from './supergraph-source';
import { openTrustedDocuments, type TrustedDocuments } from './trusted-documents';

/** A gateway that answers. */
export interface RunningGateway {
  /** Origin, without a slash at the end. */
  readonly url: string;
  /** Takes no more work, finishes what is in flight, closes every connection. */
  stop(): Promise<void>;
}

/** The subgraph whose servers operators.json lists. */
const OPERATOR_SUBGRAPH = 'operator';

/** Starts the gateway; rejects with a plain sentence when a file cannot be read or the port is taken. `accessOver` is how subgraphs are asked: tests and measurements of parts hand in doubles, the program does not. */
export async function startGateway(
  config: GatewayConfig,
  logger: Logger,
  accessOver: typeof operatorAccess = operatorAccess,
): Promise<RunningGateway> {
  const metrics = createMetrics({ program: 'gateway' });
  const tellTransport = transportRefusals(logger, metrics);
  const transport = openTransport(
    config.EDGE_TLS_CERT_FILE === undefined ? config : { ...config, HOST: undefined },
    tellTransport,
  );
  const tls = readEdgeTls(config, transport);
  if (tls !== null) tellTransport.shows(endOf(tls));
  let ownUrl = '';
  const readers = openReaderDesk(config, () => ownUrl, transport.call);
  const meter = createRequestMeter(metrics);
  const directory = await watchedDirectory({
    file: config.OPERATORS_FILE,
    serviceName: OPERATOR_SUBGRAPH,
    events: {
      changed: (operators) => logger.info({ operators }, 'the operators file was read again'),
      refused: (reason) => logger.error({ reason }, 'the operators file was refused'),
    },
  });
  const network = openNetwork({
    directory,
    addresses: { numbering: config.NUMBERING_URL, 'fraud-cases': config.FRAUD_CASES_URL },
    operatorDeadlineMs: config.OPERATOR_DEADLINE_MS,
    scalars: KNOWN_SCALARS,
    meter: createCallMeter(metrics),
    transport,
    ...accessOver(config, directory),
  });
  const opened: { close(): Promise<void> }[] = [network];
  const closeAll = async (): Promise<void> => {
    for (const part of opened.reverse()) await part.close();
  };
  try {
    const folder = join(__dirname, 'supergraph');
    const source = await openSupergraph({
      supergraphFile: config.SUPERGRAPH_FILE ?? join(folder, 'supergraph.graphql'),
      partitionsFile: config.PARTITIONS_FILE ?? join(folder, 'partitions.json'),
      network,
      introspection: config.NODE_ENV !== 'production',
      events: {
        changed: () => logger.info('a new supergraph is served'),
        refused: (reason) => logger.error({ reason }, 'a new supergraph was refused; the one before stays in force'),
      },
    });
    opened.push(source);
    const trusted = await openTrustedDocuments({
      mode: config.TRUSTED_DOCUMENTS ?? 'off',
      file: config.TRUSTED_DOCUMENTS_FILE,
      logger,
    });
    opened.push(trusted);
    const host = await startApolloHost(source);
    opened.push({ close: () => host.stop() });
    const edge = await listenAtEdge({
      host: config.HOST,
      port: config.PORT,
      ready: () => true,
      tls,
      strangers: tellTransport.refused,
      metrics,
      refused: meter.refused,
      failed: (cause, requestId) => logger.error({ requestId, fault: nameOf(cause) }, 'a request failed'),
      handle: (asked) => answerRequest(asked, { source, trusted, host, readers, meter, config, logger }),
    });
    ownUrl = `${edge.url}/graphql`;
    logger.info({ url: ownUrl }, 'listening');
    return {
      url: edge.url,
      async stop() {
        await edge.stop();
        await closeAll();
        readers.close();
      },
    };
  } catch (cause) {
    await closeAll();
    throw cause;
  }
}

/** How the gateway is asked over TLS: by a certificate for its clients, or else its own; null in the clear. */
function readEdgeTls(config: GatewayConfig, transport: Transport): EdgeTls | null {
  const { EDGE_TLS_CERT_FILE: certFile, EDGE_TLS_KEY_FILE: keyFile, EDGE_TLS_CLIENT_CA_FILE: authorities } = config;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new AppError('INTERNAL', 'EDGE_TLS_CERT_FILE and EDGE_TLS_KEY_FILE are required together.');
  }
  const own =
    certFile === undefined || keyFile === undefined
      ? transport.own
      : readCertificate({ EDGE_TLS_CERT_FILE: certFile, EDGE_TLS_KEY_FILE: keyFile });
  if (authorities === undefined) return own === null ? null : { ...own, clientAuthorities: null };
  if (own === null) {
    throw new AppError(
      'INTERNAL',
      'EDGE_TLS_CLIENT_CA_FILE needs a certificate of the gateway: no client is asked who it is in the clear.',
    );
  }
  try {
    return { ...own, clientAuthorities: readFileSync(authorities, 'utf8') };
  } catch {
    throw new AppError('INTERNAL', 'The file of EDGE_TLS_CLIENT_CA_FILE cannot be read.');
  }
}

interface Parts {
  readonly source: SupergraphSource;
  readonly trusted: TrustedDocuments;
  readonly host: ApolloHost;
  readonly readers: ReaderDesk;
  readonly meter: RequestMeter;
  readonly config: GatewayConfig;
  readonly logger: Logger;
}

async function answerRequest(edge: EdgeRequest, parts: Parts): Promise<void> {
  const { request, response, requestId, path } = edge;
  if (path === '/') {
    if (request.method === 'GET' || request.method === 'HEAD')
      return answerExplorer(response, request.method === 'GET');
    return refuse(response, methodRefusal('GET, HEAD'), requestId);
  }
  if (path !== '/graphql') return refuse(response, NOT_FOUND, requestId);
  return answerOperation(edge, parts);
}

async function answerOperation(edge: EdgeRequest, parts: Parts): Promise<void> {
  const { source, trusted, host, readers, meter, config, logger } = parts;
  const { request, response, requestId } = edge;
  const accepted = await acceptOperation(edge);
  if (accepted === null) return;
  const { asked, media } = accepted;
  const reader = await readers.readerOf(request, requestId);
  if ('status' in reader) return refuse(response, reader, requestId);
  if (!trusted.admits(asked.query)) return refuse(response, NOT_TRUSTED, requestId);

  const begun = performance.now();
  const tell = (outcome: string): void => {
    if (!logger.isLevelEnabled('debug')) return;
    const document = createHash('sha256').update(asked.query).digest('hex');
    logger.debug({ requestId, document, outcome, milliseconds: Math.round(performance.now() - begun) }, 'answered');
  };
  const engine = source.current();
  const askedAs = { ...asked, view: viewOf(reader.principal, reader.askedFor) };
  const outcome = await prepareAsked(engine, askedAs, requestId);
  const write = (status: number, text: string): void => {
    response.writeHead(status, {
      'content-type': `${media === EVENT_STREAM ? 'application/json' : media}; charset=utf-8`,
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
      'x-request-id': requestId,
    });
    response.end(text);
  };
  if ('body' in outcome) {
    const code = outcome.refusedWith ?? 'INTERNAL';
    tell(code);
    meter.refused(ERROR_CATALOGUE[code].httpStatus, code);
    return write(ERROR_CATALOGUE[code].httpStatus, outcome.body);
  }
  if (isBarred(reader.principal, outcome.prepared)) {
    tell('FORBIDDEN');
    return refuse(response, NOT_ALLOWED, requestId);
  }
  source.remember(askedAs);
  const operation = trusted.nameOf(asked.query) ?? UNNAMED;
  const kind = outcome.prepared.operationKind;
  if (media === EVENT_STREAM) {
    tell('STREAMED');
    meter.executed({ operation, kind: 'subscription', codes: [], milliseconds: 0 });
    return streamOperation(edge, { ...outcome, ...reader, engine, deadlineMs: config.REQUEST_DEADLINE_MS });
  }
  if (kind === 'subscription') return refuse(response, NOT_ACCEPTABLE, requestId);
  const presence = new Presence();
  response.on('close', presence.leave);
  const deadlineMs = requestDeadline(kind, config.REQUEST_DEADLINE_MS);
  let codes: readonly ErrorCode[] = [];
  const answer = await host.answer(asked, media, {
    ...outcome,
    engine,
    failed: (told) => {
      codes = told;
    },
    context: {
      requestId,
      deadlineMs,
      operation,
      presence,
      get signal() {
        return presence.signal;
      },
      headersFor: reader.headersUntil(deadlineMs),
      askedFor: reader.askedFor,
    },
  });
  response.off('close', presence.leave);
  tell('EXECUTED');
  meter.executed({ operation, kind, codes, milliseconds: performance.now() - begun });
  write(answer.status ?? 200, answer.body.kind === 'complete' ? answer.body.string : '');
}

function nameOf(cause: unknown): string {
  return cause instanceof Error ? cause.name : 'unknown';
}
