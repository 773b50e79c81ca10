// The fraud cases as a running service: the GraphQL endpoint and its health on one port. Tests start it the same way as the program does.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSubgraphHandler } from '../../shared/graphql/subgraph-host';
import { isAtHead } from '../../shared/service/database';
import { startHttpHost } from '../../shared/service/http-host';
import type { Logger } from '../../shared/service/logger';
import { AppError } from '../../shared/vocabulary/app-error';
import { createCursorSeal } from './api/cursor';
import { createFraudCasesContext } from './api/fraud-cases-context';
import { buildFraudCasesSubgraph } from './api/schema';
import type { ServiceConfig } from './config';
import { openCaseStore } from './store/case-store';
import { openFraudCasesDatabase } from './store/database';

/** A service that answers. */
export interface RunningService {
  /** Origin, without a slash at the end. */
  readonly url: string;
  /** Refuses what is new, finishes what is in flight, closes the database. */
  stop(): Promise<void>;
}

const SHORTEST_KEY_BYTES = 32;

/** Opens the database and serves. */
export async function startFraudCases(config: ServiceConfig, logger: Logger): Promise<RunningService> {
  const cursors = createCursorSeal(cursorKey(config.CURSOR_KEY_FILE), Date.now);
  const dataSource = await openFraudCasesDatabase(config.DATABASE_URL, (cause) => {
    logger.warn({ cause: cause.name }, 'a database connection was lost');
  });
  const store = openCaseStore(dataSource);
  const graphql = await createSubgraphHandler({
    subgraph: await buildFraudCasesSubgraph(),
    createContext: () => createFraudCasesContext(store, cursors),
    introspection: false,
    onFault: ({ requestId, code, fault }) => {
      logger.error({ requestId, code, fault: fault instanceof Error ? fault.name : 'unknown' }, 'a field failed');
    },
  });
  const host = await startHttpHost({
    host: config.HOST,
    port: config.PORT,
    handlers: graphql.handle,
    readiness: () => isAtHead(dataSource),
    logger,
  }).catch(async (cause: unknown) => {
    await dataSource.destroy();
    throw cause;
  });
  return {
    url: host.url,
    async stop() {
      await host.stop();
      await graphql.stop();
      await dataSource.destroy();
    },
  };
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
