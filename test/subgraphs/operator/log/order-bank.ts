// A bank that gives orders: it signs documents, tells each in an act, and shows the act to whoever holds the document, as the bank's log does.
// It can be down, not know an order, or show something else.

import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Act, signAct } from '../../../../shared/audit/act';
import type { ActKind } from '../../../../shared/audit/act-kind';
import { canonicalJson } from '../../../../shared/audit/canonical-json';
import { commitToFields } from '../../../../shared/audit/commitment';
import { signCompactJws } from '../../../../shared/audit/compact-jws';
import { encodeBase64Url } from '../../../../shared/audit/encoding';
import { leafHash } from '../../../../shared/audit/hash';
import { leafData } from '../../../../shared/audit/leaf';
import type { SignedActMessage } from '../../../../shared/audit-log/foreign-act';
import type { KeyPair } from '../../../../shared/audit-log/key-file';
import { BLOCK_MEASURES } from '../../../../shared/vocabulary/block-order';
import { documentHash } from '../../../../subgraphs/operator/log/signed-document';
import { BANK_ACT_KEY, BANK_ORDER_KEY } from './log-fixture';
import { CASE_ID } from './replayed-history';

/** Members of an order's payload. */
export type OrderPayload = Readonly<Record<string, unknown>>;

/** How the act is told; what is left out is as the bank does it. */
export interface Telling {
  readonly key?: KeyPair;
  readonly kind?: ActKind;
  readonly author?: string;
  readonly to?: readonly string[];
  readonly caseId?: string | null;
  /** The hash that the act commits to. */
  readonly orderHash?: string;
  /** Changes the message after it was signed. */
  readonly change?: (message: SignedActMessage) => unknown;
}

/** An order as it goes out. */
export interface GivenOrder {
  readonly id: string;
  readonly document: string;
  readonly hash: string;
  /** Leaf hash of the bank's act. */
  readonly leaf: string;
}

/** The payload of an order, all measures unless told otherwise. */
export function orderPayload(told: OrderPayload = {}): OrderPayload {
  return {
    v: 1,
    id: randomUUID(),
    sequence: 1,
    kind: 'BLOCK',
    operatorCode: 'kcell',
    msisdn: '+77011234567',
    measures: BLOCK_MEASURES,
    reason: 'MASS_CALLING',
    case: CASE_ID,
    issued_at: new Date().toISOString(),
    valid_until: null,
    ...told,
  };
}

/** Signs any payload as an order. */
export function signDocument(payload: unknown, key = BANK_ORDER_KEY, typ = 'senim-order+jws'): string {
  const text = typeof payload === 'string' ? payload : canonicalJson(payload);
  return signCompactJws({ kid: key.publicKey.keyId, typ, payload: Buffer.from(text, 'utf8') }, key.privateKey);
}

export class OrderBank {
  /** SILENT drops connections, FAIL answers 500, HONEST shows what was told. */
  manner: 'HONEST' | 'SILENT' | 'FAIL' = 'HONEST';
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  private readonly told = new Map<string, unknown>();
  private seq = 0n;

  private constructor(private readonly server: Server) {}

  static async open(): Promise<OrderBank> {
    const server = createServer();
    const bank = new OrderBank(server);
    server.on('request', (request, response) => {
      bank.asked.push(request.url ?? '');
      const shown = bank.told.get(request.url?.split('/').at(-1) ?? '');
      if (bank.manner === 'SILENT') request.socket.destroy();
      else if (bank.manner === 'FAIL') response.writeHead(500).end('{}');
      else if (shown === undefined) response.writeHead(404).end('{"error":"NOT_FOUND"}');
      else response.writeHead(200).end(JSON.stringify(shown));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return bank;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Signs an order and tells it. */
  give(told: OrderPayload = {}, telling: Telling = {}): GivenOrder {
    const payload = orderPayload(told);
    const document = signDocument(payload);
    return {
      id: String(payload.id),
      document,
      hash: documentHash(document),
      leaf: this.tell(document, payload, telling),
    };
  }

  /** The order to lift one: the next sequence unless told. */
  lift(order: OrderPayload & { readonly id: string }, telling: Telling = {}): GivenOrder {
    return this.give({ sequence: 2, ...order, kind: 'LIFT' }, telling);
  }

  /** Tells a document in an act; resolves with its leaf hash. */
  tell(document: string, payload: OrderPayload, telling: Telling = {}): string {
    const { key = BANK_ACT_KEY, author = 'afc', to = [String(payload.operatorCode)] } = telling;
    const kind = telling.kind ?? (payload.kind === 'LIFT' ? 'lift.ordered' : 'block.ordered');
    const hash = documentHash(document);
    const fields = { order: payload.id, orderHash: telling.orderHash ?? hash, msisdn: payload.msisdn };
    const { commitments, disclosures } = commitToFields(fields, () => randomBytes(32));
    this.seq += 1n;
    const act: Act = {
      kind,
      id: randomUUID(),
      author,
      chain: 0,
      seq: this.seq,
      caseId: telling.caseId === undefined ? String(payload.case) : telling.caseId,
      caseSeq: null,
      casePrevious: null,
      ref: [],
      to,
      at: new Date().toISOString() as Act['at'],
      seen: null,
      purpose: null,
      commitments,
    };
    const jws = signAct(act, key.privateKey);
    const salt = randomBytes(32);
    const message: SignedActMessage = {
      act: jws,
      salt: encodeBase64Url(salt),
      disclosures: disclosures
        .filter(({ field }) => field === 'orderHash')
        .map((one) => ({ field: one.field, salt: encodeBase64Url(one.salt), value: JSON.stringify(one.value) })),
    };
    this.told.set(hash, telling.change === undefined ? message : telling.change(message));
    return encodeBase64Url(leafHash(leafData(salt, jws)));
  }

  /** Forgets what was told of a document. */
  forget(hash: string): void {
    this.told.delete(hash);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
