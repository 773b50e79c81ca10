// The bank's case service as a gateway meets it, and operators that sign what they answer, for tests of the gateway alone: who may look
// at what is what the test says. GraphQL is passed on to the world behind it.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import { type Grant, signGrant } from '../../shared/access/lookup-grant';
import { type ReceivedHeaders, signAnswer } from '../../shared/access/request-signature';
import { importPublicKey, publicKeyBytes } from '../../shared/audit/ed25519';
import { encodeBase64Url } from '../../shared/audit/encoding';
import type { KeyPair } from '../../shared/audit-log/key-file';
import { executeHonestly, startWorldServer, type WorldServer } from './contract-world';
import { grantFor } from './granted-reader';

/** A question of the gateway. */
export interface DeskCall {
  readonly path: string;
  readonly body: DisclosureQuestion & Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly headers: ReceivedHeaders;
}

export interface DisclosureQuestion {
  readonly case: string | null;
  readonly purpose: string | null;
  /** Whom fields of the root ask for. */
  readonly roots?: readonly string[];
  readonly misses?: number;
  readonly reads: readonly { readonly operatorCode: string; readonly subjects: string[]; readonly fields: string[] }[];
}

/** An answer: a status and a body; null breaks the connection, `silent` never answers. */
export type DeskAnswer = { readonly status: number; readonly body: unknown } | null | 'silent';

export interface BankDesk {
  /** Origin; its /graphql is that of the world. */
  readonly url: string;
  readonly calls: DeskCall[];
  answer: (question: DisclosureQuestion) => DeskAnswer;
  close(): Promise<void>;
}

/** A key pair of its own. */
export function freshKey(): KeyPair {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { privateKey, publicKey: importPublicKey(publicKeyBytes(privateKey)) };
}

/** The form of a public key in operators.json. */
export function listedKey({ publicKey }: KeyPair): string {
  return encodeBase64Url(publicKey.bytes);
}

/** Grants everything that is asked, with `changes` of each grant. */
export function grantAll(
  key: KeyPair,
  changes: (operatorCode: string) => Partial<Grant> = () => ({}),
): BankDesk['answer'] {
  return ({ reads }) => ({
    status: 200,
    body: {
      grants: Object.fromEntries(
        reads.map(({ operatorCode, subjects, fields }) => [
          operatorCode,
          signGrant(
            grantFor(operatorCode, subjects, { class: 'MASKED', caseId: null, fields, ...changes(operatorCode) }),
            key,
          ),
        ]),
      ),
      refused: [],
      subjectsRefused: [],
      rootsRefused: [],
    },
  });
}

/** Starts the desk before the fraud cases of a world. */
export async function startBankDesk(fraudCases: string): Promise<BankDesk> {
  const calls: DeskCall[] = [];
  const desk = { answer: (): DeskAnswer => null };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    if (request.url === '/graphql') {
      const answer = await fetch(fraudCases, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: text,
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
      return;
    }
    const body = JSON.parse(text) as DeskCall['body'];
    calls.push({ path: request.url ?? '', body, text, headers: request.headersDistinct });
    if (request.url === '/internal/occurrences') return void response.writeHead(204).end();
    const answer = (desk.answer as BankDesk['answer'])(body);
    if (answer === 'silent') return;
    if (answer === null) return void response.destroy();
    const told = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(told);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(desk, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

/** An operator that answers honestly and signs it, as `sign` says. */
export function startSigningOperator(
  schema: GraphQLSchema,
  sign: (text: string, requestSignature: string) => Readonly<Record<string, string>>,
): Promise<WorldServer> {
  return startWorldServer(async (call, _request, response) => {
    const text = JSON.stringify(await executeHonestly(schema, call));
    const signature = sign(text, String(call.headers.signature));
    response.writeHead(200, { 'content-type': 'application/json', ...signature }).end(text);
  });
}

/** The signature of an honest operator. */
export function signedBy(key: KeyPair): (text: string, requestSignature: string) => Readonly<Record<string, string>> {
  return (body, requestSignature) => signAnswer({ status: 200, body, requestSignature }, key, Date.now());
}
