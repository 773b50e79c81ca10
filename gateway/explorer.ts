// The explorer at `/`: GraphiQL in one page that asks nothing of anybody but this gateway, and is forbidden to.

import type { ServerResponse } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

const FIRST_QUERY = `# A number in one request: who serves it, its tenures at every operator, its block status and cases.
# Give the number in the variables: { "msisdn": "+77011234567" }
query Dossier($msisdn: Msisdn!) {
  phoneNumber(msisdn: $msisdn) {
    msisdn
    servingOperator { name }
    tenures {
      operatorCode
      since
      until
      contract { status subscriber { kind maskedName maskedIin } }
      risk { level }
    }
    blockStatus { state since }
    openCase { number state }
  }
}
`;

/** Everything comes from the page itself; the only address it may call is the gateway's own. */
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' blob:",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  'worker-src blob:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

let page: Buffer | null = null;

/** Answers with the explorer's page. */
export function answerExplorer(response: ServerResponse, withBody: boolean): void {
  page ??= Buffer.from(
    renderGraphiQL({ endpoint: '/graphql', title: 'Senim', defaultQuery: FIRST_QUERY, subscriptionsProtocol: 'SSE' }),
  );
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-length': page.length,
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(withBody ? page : undefined);
}
