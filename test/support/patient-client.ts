// Somebody who gives commands to a network whose parts die: asks the gateway with a real token, and comes again with the same key, however
// often it takes, until a command was answered. What was answered is acknowledged, and must be true ever after.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a command was answered: its payload, and the code of its first refusal; null when it was done. */
export interface Acknowledged {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly refusal: string | null;
  /** How many times it was sent. */
  readonly sent: number;
}

/** What a client needs. */
export interface PatientClientOptions {
  readonly gatewayUrl: string;
  readonly tokenOf: (user: string) => Promise<string>;
  /** How long it comes again before it gives up. */
  readonly patienceMs: number;
}

/** People and machines at one gateway. */
export class PatientClient {
  /** How often something else than an answer came, by what it was. */
  readonly unanswered = new Map<string, number>();
  private readonly tokens = new Map<string, { readonly token: string; readonly fromMs: number }>();

  constructor(private readonly options: PatientClientOptions) {}

  /** Gives one command, once. Throws when it was refused as a whole in a way that no repetition heals, or never answered. */
  async change(user: string, document: string, variables: object): Promise<Acknowledged> {
    const key = randomUUID();
    const end = performance.now() + this.options.patienceMs;
    for (let sent = 1; performance.now() < end; sent += 1) {
      const payload = await this.send(user, document, variables, key);
      if (payload !== null) {
        const [refused] = (payload.userErrors ?? []) as readonly { readonly code: string }[];
        return { payload, refusal: refused?.code ?? null, sent };
      }
      await sleep(100 + Math.random() * 200);
    }
    throw new Error(`${user} was never answered: ${document.slice(0, 60)}`);
  }

  /** Asks until there is an answer; the one field of `data`. */
  async ask(user: string, document: string, variables: object): Promise<Readonly<Record<string, unknown>>> {
    for (const end = performance.now() + this.options.patienceMs; performance.now() < end; ) {
      const found = await this.send(user, document, variables, null);
      if (found !== null) return found;
      await sleep(200);
    }
    throw new Error(`${user} was never told: ${document.slice(0, 60)}`);
  }

  private async send(
    user: string,
    query: string,
    variables: object,
    key: string | null,
  ): Promise<Readonly<Record<string, unknown>> | null> {
    try {
      const response = await fetch(this.options.gatewayUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${await this.tokenOf(user)}`,
          ...(key === null ? {} : { 'idempotency-key': key }),
        },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(CALL_MS),
      });
      return this.read((await response.json()) as Answer, user);
    } catch (cause) {
      if (cause instanceof RefusedForGood) throw cause;
      return this.count('NO_ANSWER');
    }
  }

  private read({ data, errors = [] }: Answer, user: string): Readonly<Record<string, unknown>> | null {
    const [error] = errors;
    if (error === undefined) {
      const [value] = Object.values(data ?? {});
      return value === null || value === undefined ? this.count('NOTHING') : value;
    }
    const code = error.extensions?.code ?? error.message ?? 'UNKNOWN';
    if (FOR_GOOD.includes(code)) throw new RefusedForGood(`${user} was refused for good: ${code}`);
    if (code === 'UNAUTHENTICATED') this.tokens.delete(user);
    return this.count(code);
  }

  private count(what: string): null {
    this.unanswered.set(what, (this.unanswered.get(what) ?? 0) + 1);
    return null;
  }

  private async tokenOf(user: string): Promise<string> {
    const known = this.tokens.get(user);
    if (known !== undefined && performance.now() - known.fromMs < TOKEN_MS) return known.token;
    const token = await this.options.tokenOf(user);
    this.tokens.set(user, { token, fromMs: performance.now() });
    return token;
  }
}

class RefusedForGood extends Error {}

interface Answer {
  readonly data?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>> | null;
  readonly errors?: readonly { readonly message?: string; readonly extensions?: { readonly code?: string } }[];
}

const CALL_MS = 15_000;
const TOKEN_MS = 120_000;
/** Faults of the request itself. */
const FOR_GOOD: readonly string[] = [
  'IDEMPOTENCY_CONFLICT',
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
];
