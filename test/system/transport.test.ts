// A whole network over TLS: every program a process with a certificate of its party's authority, every call between them pinned. What the network
// is for works, orders, portings and the joint log among it; and whoever comes with the wrong certificate, or none, gets no word, and is told of.

import { type AgentOptions, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signRequest } from '../../shared/access/request-signature';
import { loadKeyFile } from '../../shared/audit-log/key-file';
import { BANK, keyFile } from '../../shared/local-network/joint-log-layout';
import { localFolder } from '../../shared/local-network/local-folder';
import { playDossier } from '../../shared/local-network/stories/dossier-story';
import { playFourEyes } from '../../shared/local-network/stories/four-eyes-story';
import { createStage } from '../../shared/local-network/stories/stage';
import { type Identity, makeProgramAuthority } from '../support/client-certificates';
import { startTestNetwork, type TestNetwork } from '../support/network';
import { type SecuredNetwork, secureNetwork, uriOf } from '../support/secured-network';

let network: TestNetwork;
let secured: SecuredNetwork;
let finalBefore = 0;

beforeAll(async () => {
  network = await startTestNetwork();
  secured = await secureNetwork(network);
  finalBefore = await countOf('fraud-cases', 'senim_log_entries', 'final');
}, 180_000);

afterAll(async () => {
  await secured?.stop();
  await network?.stop();
}, 60_000);

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The answer; the code of the fault when there is none. */
function ask(
  name: string,
  path: string,
  client: Partial<Identity>,
  more: AgentOptions & { readonly body?: object; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer | string> {
  const { body, headers = {}, ...options } = more;
  return new Promise((resolve) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: secured.port(name),
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        rejectUnauthorized: false,
        agent: false,
        ...client,
        ...options,
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', () => resolve('BROKEN'));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
        );
      },
    );
    asked.on('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? fault.name));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const metricsOf = async (name: string): Promise<string> => {
  const told = await ask(name, '/metrics', secured.identity(name));
  return typeof told === 'string' ? told : told.text;
};
/** A value; null when the program tells none. */
const toldOf = async (name: string, metric: string, label: string): Promise<number | null> => {
  const line = (await metricsOf(name))
    .split('\n')
    .find((each) => each.startsWith(`${metric}{`) && each.includes(`="${label}"`));
  return line === undefined ? null : Number(line.split(' ').at(-1));
};
const countOf = async (name: string, metric: string, label: string): Promise<number> =>
  (await toldOf(name, metric, label)) ?? 0;
const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  for (const end = performance.now() + 20_000; performance.now() < end; await sleep(200)) if (await isSo()) return;
  throw new Error(`It did not come to it that ${what}.`);
};

const stageOf = (seen: string[]) =>
  createStage(secured.record(), localFolder(network.folder), {
    tell: () => {},
    act: () => {},
    see: (what) => seen.push(what),
  });

describe('a network over TLS', () => {
  test('listens to nobody in the clear', async () => {
    for (const name of secured.names) {
      await expect(fetch(`http://127.0.0.1:${secured.port(name)}/livez`)).rejects.toThrow();
      expect(secured.output(name)).toContain(`"url":"https://127.0.0.1:${secured.port(name)}`);
    }
  });

  test('gives the dossier, with the name under the case and the mask without it', async () => {
    const seen: string[] = [];
    await playDossier(stageOf(seen));
    expect(seen).toContain('the operator names the holder, for this case');
    expect(seen.at(-1)).toMatch(/FORBIDDEN$/);
  }, 90_000);

  test('carries an order to the operator and its receipt back', async () => {
    const seen: string[] = [];
    await playFourEyes(stageOf(seen));
    expect(seen.length).toBeGreaterThan(3);
  }, 90_000);

  test('moves a number from one operator to another', async () => {
    const msisdn = network.record().spares.kcell?.[0] ?? '';
    const body = { portId: 'moved-over-tls', msisdn, to: 'tele2' };
    const porting = secured.identity('porting');
    // Its certificate says who it is, its signature what it asks.
    expect(await ask('numbering', '/internal/portings', porting, { body })).toMatchObject({ status: 401 });
    const key = loadKeyFile(keyFile(localFolder(network.folder), BANK, 'numbering'));
    const message = { method: 'POST', path: '/internal/portings', body: JSON.stringify(body), headers: {} };
    const headers = signRequest(message, key, Date.now());
    expect(await ask('numbering', '/internal/portings', porting, { body, headers })).toMatchObject({ status: 200 });
  });

  test('brings the acts of operators into the log, and the log to its witnesses', async () => {
    await until('no operator has an act to deliver', async () => {
      const waiting = await Promise.all(
        ['kcell', 'beeline', 'tele2'].map((name) => toldOf(name, 'senim_act_delivery', 'waiting')),
      );
      return waiting.every((count) => count === 0);
    });
    await until('more is final than before, cosigned by every witness', async () => {
      const behind = await Promise.all(
        ['kcell', 'beeline', 'tele2', 'regulator'].map((name) =>
          toldOf('fraud-cases', 'senim_log_witness_behind_entries', name),
        ),
      );
      const final = await countOf('fraud-cases', 'senim_log_entries', 'final');
      return behind.every((count) => count === 0) && final > finalBefore;
    });
    expect(await toldOf('fraud-cases', 'senim_log_state', 'RUNNING')).toBe(1);
  }, 90_000);

  test('raised no alarm by any of this', async () => {
    for (const name of secured.names) {
      expect({ name, output: secured.output(name) }).toEqual({
        name,
        output: expect.not.stringContaining('TLS_STRANGER'),
      });
      expect(await metricsOf(name)).not.toMatch(/^senim_tls_strangers_total/m);
    }
  });
});

describe('a client of the programs within', () => {
  const programs = ['numbering', 'fraud-cases', 'kcell', 'beeline', 'tele2', 'regulator'];
  const impostors: readonly (readonly [string, string, () => Promise<Partial<Identity>>])[] = [
    ['without a certificate', 'NO_CERTIFICATE', async () => ({})],
    [
      'with the gateway’s name by an authority that nobody knows',
      'NOT_VOUCHED_FOR',
      async () => (await makeProgramAuthority('afc')).identityOf(uriOf('gateway')),
    ],
    [
      'with the gateway’s name by the authority of another party of the network',
      'FOREIGN_AUTHORITY',
      () => secured.authority('beeline').identityOf(uriOf('gateway')),
    ],
    [
      'with another name by the gateway’s authority',
      'UNKNOWN_NAME',
      () => secured.authority('afc').identityOf(`${uriOf('gateway')}-2`),
    ],
    [
      'with a certificate of the gateway that has expired',
      'EXPIRED',
      () => secured.authority('afc').identityWithin(-3, -1, uriOf('gateway')),
    ],
  ];

  test.each(impostors)(
    '%s gets no word from any of them, and it is told',
    async (_what, reason, identity) => {
      const client = await identity();
      // Nobody is a peer of its own: there its authority vouches for nobody.
      const asked = programs.filter((name) => reason !== 'FOREIGN_AUTHORITY' || name !== 'beeline');
      for (const name of asked) {
        const before = await countOf(name, 'senim_tls_refusals_total', reason);
        for (const path of ['/graphql', '/internal/port-out', '/livez', '/metrics']) {
          const body = path.startsWith('/l') || path.startsWith('/m') ? {} : { body: { query: '{__typename}' } };
          expect({ name, path, answer: await ask(name, path, client, body) }).toEqual({
            name,
            path,
            answer: expect.stringMatching(/^E/),
          });
        }
        expect(await countOf(name, 'senim_tls_refusals_total', reason)).toBe(before + 4);
        await until(`${name} tells it`, async () => secured.output(name).includes(`"alarm":"TLS_${reason}"`));
      }
    },
    30_000,
  );

  test('with a certificate of the network that is another’s is refused what is not its own, and it is told', async () => {
    const questions = [
      ['kcell', 'beeline', '/graphql'],
      ['kcell', 'numbering', '/graphql'],
      ['kcell', 'fraud-cases', '/graphql'],
      ['kcell', 'gateway', '/internal/port-out'],
      ['kcell', 'beeline', '/internal/port-out'],
      ['numbering', 'kcell', '/graphql'],
      ['numbering', 'gateway', '/internal/portings'],
      ['numbering', 'kcell', '/internal/portings'],
      ['fraud-cases', 'kcell', '/graphql'],
      ['fraud-cases', 'numbering', '/graphql'],
      ['fraud-cases', 'kcell', '/internal/disclosures'],
      ['fraud-cases', 'numbering', '/internal/occurrences'],
    ] as const;
    for (const [server, client, path] of questions) {
      const answer = await ask(server, path, secured.identity(client), { body: { query: '{__typename}' } });
      expect({ server, client, path, answer }).toEqual({
        server,
        client,
        path,
        answer: { status: 403, text: '{"error":"FORBIDDEN"}' },
      });
      await until(`${server} tells it`, async () => secured.output(server).includes('"alarm":"NOT_THIS_PEER"'));
    }
  });

  test('with the gateway’s own certificate, and nothing signed, reads nothing', async () => {
    const body = { query: '{__typename}' };
    for (const name of ['kcell', 'numbering', 'fraud-cases']) {
      const answer = await ask(name, '/graphql', secured.identity('gateway'), { body });
      expect({ name, status: typeof answer === 'string' ? answer : answer.status }).toEqual({ name, status: 401 });
    }
  });

  test('speaks TLS 1.3 or nothing', async () => {
    for (const name of secured.names) {
      expect(await ask(name, '/livez', secured.identity('gateway'), { maxVersion: 'TLSv1.2' })).toMatch(/^E/);
    }
  });

  test('learns nothing of certificates from a log', () => {
    for (const name of secured.names) expect(secured.output(name)).not.toMatch(/spiffe|BEGIN |CN=|program of/);
  });
});

describe('a program with the wrong certificate', () => {
  const RISK = 'query ($msisdn: Msisdn!) { phoneNumber(msisdn: $msisdn) { tenures { operatorCode risk { level } } } }';
  const msisdnOf = (code: string): string => network.record().spares[code]?.[1] ?? '';

  async function codesOf(code: string): Promise<readonly string[]> {
    const told = await fetch(secured.record().gateway.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await network.tokenOf('investigator-1')}`,
      },
      body: JSON.stringify({ query: RISK, variables: { msisdn: msisdnOf(code) } }),
    });
    const { errors = [] } = (await told.json()) as { errors?: { extensions: { code: string } }[] };
    return errors.map(({ extensions }) => extensions.code);
  }

  test('is spoken with by nobody, whatever is wrong with it; one start with the right one mends it', async () => {
    const own = secured.identity('kcell');
    const wrong = [
      () => secured.authority('beeline').identityOf(uriOf('kcell')),
      () => secured.authority('kcell').identityOf(uriOf('beeline')),
    ];
    for (const identity of wrong) {
      secured.replace('kcell', await identity());
      await secured.restart('kcell');
      const before = await countOf('gateway', 'senim_tls_strangers_total', 'kcell');
      // Between two looks the breaker asks nobody.
      await until('the gateway finds a stranger', async () => {
        expect(await codesOf('kcell')).toContain('OPERATOR_UNAVAILABLE');
        return (await countOf('gateway', 'senim_tls_strangers_total', 'kcell')) > before;
      });
      expect(await codesOf('tele2')).toEqual([]);
    }
    expect(secured.output('gateway')).toContain('"alarm":"TLS_STRANGER","addressee":"kcell"');
    secured.replace('kcell', own);
    await secured.restart('kcell');
    await until('kcell answers again', async () => (await codesOf('kcell')).length === 0);
  }, 120_000);
});
