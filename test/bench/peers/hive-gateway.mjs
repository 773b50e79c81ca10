// The peer Hive Gateway runtime with the router runtime (Rust planner), on node:http. Usage: node hive-gateway.mjs SUPERGRAPH PORT
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import http from '@graphql-mesh/transport-http';

const [supergraph, port] = process.argv.slice(2);
const gateway = createGatewayRuntime({
  supergraph: readFileSync(supergraph, 'utf8'),
  unifiedGraphHandler,
  transports: { http },
  logging: false,
  graphiql: false,
  landingPage: false,
});
createServer(gateway).listen(Number(port), '127.0.0.1');
