// The floor: what a gateway on Node cannot go below. It sends the same sub-requests over the same HTTP client in the same order
// and joins the answers' bytes; it plans nothing, parses no answer and checks nothing.
// Usage: node floor.js PORT NUMBERING_URL OPERATOR_URL FRAUD_CASES_URL

import { createServer } from 'node:http';
import { Pool } from 'undici';
import { BENCH_OPERATOR, BENCH_SHAPES } from './bench-graph';

const SINCE = '2024-05-01T00:00:00.000Z';
const [port, ...urls] = process.argv.slice(2);
const [numbering, operator, bank] = urls.map((url) => {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 64 });
  return async (body: string): Promise<Buffer> => {
    const answer = await pool.request({
      method: 'POST',
      path: pathname,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
    });
    return Buffer.from(await answer.body.arrayBuffer());
  };
});
if (!numbering || !operator || !bank) throw new Error('usage: floor PORT NUMBERING OPERATOR FRAUD_CASES');

/** The selection of a client operation, cut where another subgraph answers. */
const TENURE_FIELDS = {
  dossier: between(BENCH_SHAPES[0]?.query ?? '', 'operatorCode since until', '\n    }\n    blockStatus'),
  list: 'contract { status plan subscriber { maskedName } } risk { level }',
};
const BANK_FIELDS = {
  dossier: between(BENCH_SHAPES[0]?.query ?? '', '    }\n    blockStatus', '\n  }\n}', 'blockStatus'),
  list: 'blockStatus { state since }',
};
const ROOT = {
  dossier:
    'query($msisdn: Msisdn!){phoneNumber(msisdn:$msisdn){__typename msisdn rangeHolder{code name} servingOperator{code name brands} tenures{__typename msisdn operatorCode since until}}}',
  list: 'query($msisdns: [Msisdn!]!){phoneNumbers(msisdns:$msisdns){__typename msisdn servingOperator{code name} currentTenure{__typename msisdn operatorCode since}}}',
};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const body: { query: string; variables: { msisdn?: string; msisdns?: string[] } } = JSON.parse(
      Buffer.concat(chunks).toString(),
    );
    const shape = body.variables.msisdn === undefined ? 'list' : 'dossier';
    const numbers = body.variables.msisdns ?? [body.variables.msisdn ?? ''];
    const first = await numbering(JSON.stringify({ query: ROOT[shape], variables: body.variables }));
    const [second, third] = await Promise.all([
      operator(
        JSON.stringify({
          query: `query($representations:[_Any!]!){_entities(representations:$representations){...on OperatorTenure{${TENURE_FIELDS[shape]}}}}`,
          variables: {
            representations: numbers.map((msisdn) => ({
              __typename: 'OperatorTenure',
              msisdn,
              operatorCode: BENCH_OPERATOR,
              since: SINCE,
            })),
          },
        }),
      ),
      bank(
        JSON.stringify({
          query: `query($representations:[_Any!]!){_entities(representations:$representations){...on PhoneNumber{${BANK_FIELDS[shape]}}}}`,
          variables: { representations: numbers.map((msisdn) => ({ __typename: 'PhoneNumber', msisdn })) },
        }),
      ),
    ]);
    const size = first.length + second.length + third.length;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': size });
    response.write(first);
    response.write(second);
    response.end(third);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1');

/** The text between two marks of the query, so that the floor asks exactly what the client asked. */
function between(text: string, from: string, to: string, keep = ''): string {
  const start = text.indexOf(from);
  const end = text.indexOf(to, start + from.length);
  if (start < 0 || end < 0) throw new Error('The operation changed; the floor must be changed with it.');
  return keep + text.slice(start + from.length, end);
}
