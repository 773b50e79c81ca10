// Apollo Server as the host of our engine: it takes the engine through its gateway interface, so that its plugins and conventions hold,
// and graphql-js never runs over the merged data. Everything that it would do by itself and that we did not ask for is off.

import { ApolloServer, type ApolloServerPlugin, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { ErrorCode } from '../shared/vocabulary/error-catalogue';
import type { JsonObject } from '../shared/vocabulary/json';
import { createDocumentStore } from './document-store';
import { clientError } from './edge/operation-answer';
import type { OperationRequest } from './edge/operation-request';
import type { AnswerMedia } from './edge/request-head';
import type { Engine } from './engine';
import type { PreparedOperation } from './plan/prepared-operation';
import type { RequestContext } from './route/subgraph-call';
import type { SupergraphSource } from './supergraph-source';

/** One operation on its way through the host; a fresh object per request. */
export interface HostedOperation {
  readonly engine: Engine;
  readonly prepared: PreparedOperation;
  readonly variables: JsonObject;
  readonly context: RequestContext;
  /** Told the codes of the errors in the answer, when there are any. */
  readonly failed?: (codes: readonly ErrorCode[]) => void;
}

export interface ApolloHost {
  /** Executes an operation that was prepared already. */
  answer(asked: OperationRequest, media: AnswerMedia, operation: HostedOperation): Promise<HTTPGraphQLResponse>;
  stop(): Promise<void>;
}

/** Starts the host over a source of supergraphs. */
export async function startApolloHost(source: SupergraphSource): Promise<ApolloHost> {
  const server = new ApolloServer<HostedOperation>({
    gateway: gatewayOver(source),
    // Our engine has validated the operation, introspection included, against the supergraph that it was prepared for. Validated
    // again here, a request in flight would meet the next supergraph.
    introspection: true,
    dangerouslyDisableValidation: true,
    plugins: PLUGINS,
    persistedQueries: false,
    documentStore: createDocumentStore(),
    parseOptions: { noLocation: true },
    allowBatchedHttpRequests: false,
    csrfPrevention: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    apollo: {},
  });
  await server.start();
  return {
    answer: ({ query, operationName, variables }, media, operation) =>
      server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers: new HeaderMap([
            ['content-type', 'application/json'],
            ['accept', media],
          ]),
          search: '',
          body: { query, ...(operationName ? { operationName } : {}), variables: variables ?? {} },
        },
        context: () => Promise.resolve(operation),
      }),
    stop: () => server.stop(),
  };
}

type Gateway = NonNullable<ConstructorParameters<typeof ApolloServer>[0]['gateway']>;

function gatewayOver(source: SupergraphSource): Gateway {
  return {
    onSchemaLoadOrUpdate(callback) {
      const tell = ({ schema, sdl }: Engine): void => callback({ apiSchema: schema, coreSupergraphSdl: sdl });
      tell(source.current());
      source.onChange(tell);
      return () => undefined;
    },
    load: () =>
      Promise.resolve({
        executor: async ({ context }): Promise<ExecutionResult> => {
          const { engine, prepared, variables, context: request } = context as HostedOperation;
          const { data, errors } = await engine.run(prepared, variables, request);
          if (errors.length === 0) return { data: data as Record<string, unknown> | null };
          const told = errors.map(({ message, path, extensions }) => new GraphQLError(message, { path, extensions }));
          return { data: data as Record<string, unknown> | null, errors: told };
        },
      }),
    stop: () => Promise.resolve(),
  };
}

/** Gives every error its fixed form, also those that the server makes by itself. */
const fixedErrors: ApolloServerPlugin<HostedOperation> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response, contextValue }) {
        if (response.body.kind !== 'single' || response.body.singleResult.errors === undefined) return;
        const { requestId } = contextValue.context;
        const told = response.body.singleResult.errors.map((error) =>
          clientError({ locations: error.locations, path: error.path, extensions: error.extensions ?? {} }, requestId),
        );
        response.body.singleResult.errors = told;
        contextValue.failed?.(told.map(({ extensions }) => extensions.code));
      },
    };
  },
};

const PLUGINS = [
  ApolloServerPluginCacheControlDisabled(),
  ApolloServerPluginInlineTraceDisabled(),
  ApolloServerPluginLandingPageDisabled(),
  ApolloServerPluginSchemaReportingDisabled(),
  ApolloServerPluginUsageReportingDisabled(),
  fixedErrors,
];
