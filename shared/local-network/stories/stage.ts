// Where a story is played: it signs people and machines in, asks the gateway as each of them, tells what happens, and stops at the first thing
// that is not as the story says. Everything goes the way a real caller goes; nothing looks into a database.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject, JsonValue } from '../../vocabulary/json';
import { askLauncher } from '../control-channel';
import { isObject, objectIn, objectsIn } from '../dossier-answer';
import type { LocalFolder } from '../local-folder';
import type { NetworkRecord } from '../network-record';
import { type JsonReply, postJson } from '../post-json';
import { SIGN_IN_REFUSALS, signIn, userOf } from '../sign-in';

/** A story that did not go as it is told. */
export class StoryFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StoryFault';
  }
}

/** What a story is shown by. */
export interface Narrator {
  /** What happens now and why. */
  tell(sentence: string): void;
  /** Who asks the network for what. */
  act(who: string, what: string): void;
  /** What was seen to be so. */
  see(what: string): void;
}

/** What somebody asks of the gateway. */
export interface Question {
  /** In plain words, e.g. `approves the decision`. Left out by whoever only looks again. */
  readonly what?: string;
  readonly document: string;
  readonly variables?: JsonObject;
  /** The case under which personal fields are asked. */
  readonly caseId?: string;
}

/** The stage of one running network. */
export interface Stage {
  readonly network: NetworkRecord;
  readonly folder: LocalFolder;
  readonly narrator: Narrator;
  /** Asks as a demo user; the whole `data`. A fault when there are errors. */
  ask(user: string, question: Question): Promise<JsonObject>;
  /** Asks what must be refused as a whole or in a field; resolves with the first error's code. */
  refusedBy(user: string, question: Question): Promise<string>;
  /** Sends one mutation; the payload without refusals. A fault when the domain refuses. */
  change(user: string, question: Question): Promise<JsonObject>;
  /** Sends one mutation that must be refused; the code of its first refusal. */
  refusal(user: string, question: Question): Promise<string>;
  /** Posts to a service of the network that is not the gateway. */
  post(url: string, document: object): Promise<JsonReply>;
  /** Reads a document of a service as a demo user; a fault unless it is given. */
  read(user: string, what: string, url: string): Promise<JsonObject>;
  /** Says what was seen, or ends the story when it is not so. */
  see(what: string, isSo: boolean): void;
  /** Looks again and again until there is something, also past whoever does not answer; a fault after the limit. */
  until<Value>(what: string, look: () => Promise<Value | null>, limitMs?: number): Promise<Value>;
  /** Starts or stops one service. */
  service(action: 'start' | 'stop', name: string): Promise<void>;
}

const LIMIT_MS = 15_000;
const PATIENCE_MS = 30_000;
const POLL_MS = 50;
const MOST_TRIES = 8;
const RETRY_MS = 100;

/** A stage over the running network. */
export function createStage(network: NetworkRecord, folder: LocalFolder, narrator: Narrator): Stage {
  const tokens = new Map<string, string>();

  async function tokenOf(user: string): Promise<string> {
    const known = tokens.get(user);
    if (known !== undefined) return known;
    const token = await signIn(network, folder, userOf(user));
    if (!token.ok) throw new StoryFault(SIGN_IN_REFUSALS[token.error]);
    tokens.set(user, token.value);
    return token.value;
  }

  /** One question, asked again under the same key while the network says that it is worth it: whoever asks a network of many does. */
  async function send(user: string, question: Question): Promise<JsonObject> {
    if (question.what !== undefined) narrator.act(user, question.what);
    const underCase: Record<string, string> =
      question.caseId === undefined ? {} : { 'afc-case': question.caseId, 'afc-purpose': 'INVESTIGATION' };
    const headers = { authorization: `Bearer ${await tokenOf(user)}`, 'idempotency-key': randomUUID(), ...underCase };
    for (let tries = 1; ; tries += 1) {
      const body = await post(headers, question);
      if (tries === MOST_TRIES || !objectsIn(body.errors).some(isPassing)) return body;
      await sleep(tries * RETRY_MS);
    }
  }

  async function post(headers: Readonly<Record<string, string>>, question: Question): Promise<JsonObject> {
    const asked = { query: question.document, variables: question.variables ?? {} };
    const reply = await postJson(network.gateway.url, asked, { headers, limitMs: LIMIT_MS });
    if (reply === 'REFUSED') throw new StoryFault('The gateway does not answer; is the network running?');
    if (reply === 'TIMEOUT') throw new StoryFault(`The gateway did not answer within ${LIMIT_MS / 1000} seconds.`);
    if (!isObject(reply.body)) throw new StoryFault(`The gateway gave no GraphQL answer (status ${reply.status}).`);
    return reply.body;
  }

  const stage: Stage = {
    network,
    folder,
    narrator,
    async ask(user, question) {
      const body = await send(user, question);
      const [code] = errorCodes(body);
      if (code !== undefined) throw new StoryFault(`${user} asked, and the network answered ${code}.`);
      return objectIn(body, 'data');
    },
    async refusedBy(user, question) {
      const [code] = errorCodes(await send(user, question));
      if (code === undefined) throw new StoryFault(`${user} was let through, and must not be.`);
      return code;
    },
    async change(user, question) {
      const payload = payloadOf(await stage.ask(user, question));
      const [refusal] = objectsIn(payload.userErrors);
      if (refusal !== undefined) throw new StoryFault(`It was refused: ${refusal.code}: ${refusal.message}`);
      return payload;
    },
    async refusal(user, question) {
      const [refusal] = objectsIn(payloadOf(await stage.ask(user, question)).userErrors);
      if (refusal === undefined) throw new StoryFault(`${user} was let through, and must not be.`);
      return String(refusal.code);
    },
    async post(url, document) {
      const reply = await postJson(url, document, { limitMs: LIMIT_MS });
      if (reply === 'REFUSED' || reply === 'TIMEOUT') throw new StoryFault('A service of the network does not answer.');
      return reply;
    },
    async read(user, what, url) {
      narrator.act(user, what);
      const response = await fetch(url, { headers: { authorization: `Bearer ${await tokenOf(user)}` } });
      const body: unknown = response.status === 200 ? await response.json() : null;
      if (!isObject(body as JsonObject)) throw new StoryFault(`${user} was given nothing (status ${response.status}).`);
      return body as JsonObject;
    },
    see(what, isSo) {
      if (!isSo) throw new StoryFault(`This was to be seen and is not: ${what}.`);
      narrator.see(what);
    },
    async until(what, look, limitMs = PATIENCE_MS) {
      for (const endMs = Date.now() + limitMs; ; ) {
        const found = await look().catch(silenceOnly);
        if (found !== null) return found;
        if (Date.now() > endMs) throw new StoryFault(`This did not come within ${limitMs / 1000} seconds: ${what}.`);
        await sleep(POLL_MS);
      }
    },
    async service(action, name) {
      const answer = await askLauncher(folder, action, name);
      if (!answer.ok) throw new StoryFault(answer.message);
      narrator.act('service', `${action} ${name}`);
    },
  };
  return stage;
}

/** A member that must be a text. */
export function textIn(parent: JsonObject, member: string): string {
  const value = parent[member];
  if (typeof value === 'string') return value;
  throw new StoryFault(`The answer has no ${member}.`);
}

/** A member that must be a whole number. */
export function numberIn(parent: JsonObject, member: string): number {
  const value = parent[member];
  if (typeof value === 'number') return value;
  throw new StoryFault(`The answer has no ${member}.`);
}

/** Somebody who does not answer now is asked again. */
function silenceOnly(cause: unknown): null {
  if (cause instanceof StoryFault) return null;
  throw cause;
}

function payloadOf(data: JsonObject): JsonObject {
  const [payload] = Object.values(data).filter((value: JsonValue | undefined) => isObject(value));
  if (!isObject(payload)) throw new StoryFault('The network gave no payload.');
  return payload;
}

function isPassing(error: JsonObject): boolean {
  return objectIn(error, 'extensions').retryable === true;
}

function errorCodes(body: JsonObject): readonly string[] {
  return objectsIn(body.errors).map((error) => String(objectIn(error, 'extensions').code ?? 'an error without a code'));
}
