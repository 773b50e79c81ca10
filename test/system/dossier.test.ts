// The main query on the running network: every process real, every answer over HTTP. One network serves all cases; those that
// stop an operator start it again.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { DEMO_USERS, DISPATCHER_CLIENT } from '../../shared/local-network/demo-users';
import { gatewaySignInVariables } from '../../shared/local-network/identity-layout';
import { localFolder } from '../../shared/local-network/local-folder';
import { playPerson } from '../../shared/local-network/stories/person-story';
import { createStage } from '../../shared/local-network/stories/stage';
import { maskName } from '../../shared/vocabulary/name';
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy';
import { askGraphQL, type GraphQLAnswer } from '../support/http-call';
import { documentIn, startTestNetwork, type TestNetwork } from '../support/network';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork({ scale: 400 });
}, 120_000);

afterAll(async () => {
  await network?.stop();
}, 60_000);

const ask = async (query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<GraphQLAnswer> =>
  askGraphQL(new URL(network.record().gateway.url).origin, query, variables, {
    authorization: `Bearer ${await network.tokenOf('supervisor-1')}`,
  });

const story = (name: string): string => {
  const told = network.record().stories[name] as { readonly msisdn: string };
  return told.msisdn;
};

const IDENTITY = `query ($msisdn: Msisdn!) {
  phoneNumber(msisdn: $msisdn) {
    msisdn
    servingOperator { code }
    tenures { operatorCode contract { status subscriber { maskedName } } risk { level } }
    blockStatus { state order { id } }
    openCase { id state assignee }
  }
}`;

interface Identity {
  readonly phoneNumber: {
    readonly msisdn: string;
    readonly servingOperator: { readonly code: string } | null;
    readonly tenures: readonly {
      readonly operatorCode: string;
      readonly contract: {
        readonly status: string;
        readonly subscriber: { readonly maskedName: string } | null;
      } | null;
      readonly risk: { readonly level: string } | null;
    }[];
    readonly blockStatus: { readonly state: string; readonly order: { readonly id: string } | null } | null;
    readonly openCase: { readonly id: string; readonly assignee: string } | null;
  } | null;
}

const identityOf = async (
  msisdn: string,
): Promise<{ phoneNumber: Identity['phoneNumber']; errors: GraphQLAnswer['errors'] }> => {
  const { data, errors } = await ask(IDENTITY, { msisdn });
  return { phoneNumber: (data as unknown as Identity).phoneNumber, errors };
};

describe('the stories of the demonstration', () => {
  it('shows a ported number from both operators, newest first', async () => {
    const { phoneNumber, errors } = await identityOf(story('ported'));
    expect(errors).toEqual([]);
    expect(phoneNumber?.tenures.map((tenure) => [tenure.operatorCode, tenure.contract?.status])).toEqual([
      ['tele2', 'ACTIVE'],
      ['kcell', 'PORTED_OUT'],
    ]);
  });

  it('rates a SIM box and bulk SMS high, a call centre and a clean line not', async () => {
    const levels: Record<string, string | undefined> = {};
    for (const name of ['simBox', 'bulkSms', 'callCentre', 'clean']) {
      levels[name] = (await identityOf(story(name))).phoneNumber?.tenures[0]?.risk?.level;
    }
    expect(['HIGH', 'VERY_HIGH']).toContain(levels.simBox);
    expect(levels.bulkSms).toBe('HIGH');
    expect(['LOW', 'MEDIUM']).toContain(levels.callCentre);
    expect(levels.clean).toBe('LOW');
  });

  it('says BLOCKED with the order of the decided case', async () => {
    const told = network.record().stories.blocked as { readonly msisdn: string; readonly orderId: string };
    const { phoneNumber } = await identityOf(told.msisdn);
    expect(phoneNumber?.blockStatus).toEqual({ state: 'BLOCKED', order: { id: told.orderId } });
  });

  it('shows the open case with its investigator', async () => {
    const told = network.record().stories.openCase as { readonly msisdn: string; readonly caseId: string };
    const { phoneNumber } = await identityOf(told.msisdn);
    expect(phoneNumber?.openCase).toEqual({
      id: told.caseId,
      state: 'UNDER_INVESTIGATION',
      assignee: 'investigator-1',
    });
  });

  it('counts a person over the cap by adding what each operator holds, for a case in which the person occurred', async () => {
    const told = network.record().stories.overCap as { readonly iin: string };
    const { data, errors } = await ask('query ($iin: Iin!) { person(iin: $iin) { simCap { activeLines } } }', {
      iin: told.iin,
    });
    expect([data, errors.map((error) => error.extensions.code)]).toEqual([{ person: null }, ['PURPOSE_REQUIRED']]);
    const seen: string[] = [];
    const narrator = { tell: () => {}, act: () => {}, see: (what: string) => seen.push(what) };
    await playPerson(createStage(network.record(), localFolder(network.folder), narrator));
    expect(seen).toContain('together they are 12, over the cap of 10');
  });

  it('answers null without an error for a number that no one ever served', async () => {
    expect(await ask(IDENTITY, { msisdn: story('unassigned') })).toEqual({
      status: 200,
      data: { phoneNumber: null },
      errors: [],
    });
  });
});

describe('every number of the seed', () => {
  it('is answered with what its operators hold, a thousand at random', async () => {
    const held = await heldByOperators();
    const numbers = sample([...held.keys()], 1000);
    let ported = 0;
    for (let at = 0; at < numbers.length; at += 50) {
      const some = numbers.slice(at, at + 50);
      const { data, errors } = await ask(
        'query ($msisdns: [Msisdn!]!) { phoneNumbers(msisdns: $msisdns) { msisdn tenures { operatorCode since contract { id subscriber { maskedName } } } } }',
        { msisdns: some },
      );
      expect(errors).toEqual([]);
      const answered = data?.phoneNumbers as readonly {
        readonly msisdn: string;
        readonly tenures: readonly {
          readonly operatorCode: string;
          readonly since: string;
          readonly contract: { readonly id: string; readonly subscriber: { readonly maskedName: string } };
        }[];
      }[];
      expect(answered.map((number) => number.msisdn)).toEqual(some);
      for (const number of answered) {
        const told = number.tenures.map(
          (tenure) =>
            `${tenure.operatorCode} ${tenure.since} ${tenure.contract.id} ${tenure.contract.subscriber.maskedName}`,
        );
        expect(told.sort()).toEqual([...(held.get(number.msisdn) ?? [])].sort());
        if (told.length > 1) ported += 1;
      }
    }
    expect(ported).toBeGreaterThan(10);
  }, 60_000);
});

describe('one dossier', () => {
  it('makes one call to numbering, one to each operator with a tenure, and one to fraud-cases besides that for its leave', async () => {
    const { subgraphs } = network.record();
    const proxies: Record<string, CountingProxy> = {};
    const urls = {
      numbering: subgraphs.numbering.url,
      'fraud-cases': subgraphs['fraud-cases'].url,
      ...Object.fromEntries(Object.entries(subgraphs.operators).map(([code, operator]) => [code, operator.url])),
    };
    for (const [name, url] of Object.entries(urls)) proxies[name] = await startCountingProxy(url);
    const gateway = await startGateway(proxies);
    try {
      const query = readFileSync(join(__dirname, '..', '..', 'shared', 'local-network', 'dossier-query.ts'), 'utf8');
      const dossier = /DOSSIER_QUERY = `([^`]+)`/.exec(query)?.[1] ?? '';
      const variables = { msisdn: story('ported'), from: '2026-01-01', to: '2026-01-30' };
      for (const proxy of Object.values(proxies)) proxy.reset();
      const headers = { authorization: `Bearer ${await network.tokenOf('supervisor-1')}` };
      const answer = await askGraphQL(gateway.origin, dossier, variables, headers);
      expect(answer.errors).toEqual([]);
      expect(Object.fromEntries(Object.entries(proxies).map(([name, proxy]) => [name, proxy.count()]))).toEqual({
        numbering: 1,
        'fraud-cases': 2,
        kcell: 1,
        beeline: 0,
        tele2: 1,
      });
    } finally {
      await gateway.stop();
      for (const proxy of Object.values(proxies)) await proxy.stop();
    }
  }, 60_000);
});

describe('an operator that does not answer', () => {
  const stopped = async (): Promise<void> => {
    const { phoneNumber, errors } = await identityOf(story('ported'));
    expect(phoneNumber?.tenures.map((tenure) => tenure.contract?.status)).toEqual(['ACTIVE', undefined]);
    expect(phoneNumber?.blockStatus).toEqual({ state: 'NONE', order: null });
    expect(errors.map((error) => error.path)).toEqual([
      ['phoneNumber', 'tenures', 1, 'contract'],
      ['phoneNumber', 'tenures', 1, 'risk'],
    ]);
  };

  it('costs its own fields with OPERATOR_UNAVAILABLE when it is stopped, and heals when it is started', async () => {
    expect((await network.command('service', 'stop', 'kcell')).exitCode).toBe(0);
    await stopped();
    expect(await codes()).toEqual(['OPERATOR_UNAVAILABLE', 'OPERATOR_UNAVAILABLE']);
    const told = await network.command('dossier', story('ported'));
    expect(told.stdout).toMatch(/MISSING +Kcell/);
    expect((await network.command('service', 'start', 'kcell')).exitCode).toBe(0);
    await healed();
  }, 60_000);

  it('costs its own fields with OPERATOR_TIMEOUT when it hangs', async () => {
    const { pid } = network.record().subgraphs.operators.kcell ?? {};
    if (typeof pid !== 'number') throw new Error('kcell does not run');
    process.kill(pid, 'SIGSTOP');
    try {
      await stopped();
      expect(await codes()).toEqual(['OPERATOR_TIMEOUT', 'OPERATOR_TIMEOUT']);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await healed();
  }, 60_000);

  it('that no directory knows is NOT_ROUTABLE, and only its row', async () => {
    const msisdn = '+77999999901';
    await onDatabase(network.record().subgraphs.numbering.database, (client) =>
      client.query('INSERT INTO tenure (msisdn, operator_code, since) VALUES ($1, $2, $3)', [
        msisdn,
        'altel',
        '2025-01-01T00:00:00Z',
      ]),
    );
    const { phoneNumber, errors } = await identityOf(msisdn);
    expect(phoneNumber?.tenures).toEqual([{ operatorCode: 'altel', contract: null, risk: null }]);
    expect(errors.map((error) => error.extensions.code)).toEqual(['NOT_ROUTABLE', 'NOT_ROUTABLE']);
  });

  async function codes(): Promise<readonly string[]> {
    return (await identityOf(story('ported'))).errors.map((error) => error.extensions.code);
  }

  async function healed(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if ((await identityOf(story('ported'))).errors.length === 0) return;
      await sleep(200);
    }
    throw new Error('The operator did not heal.');
  }
});

describe('a porting', () => {
  it('moves a number, and the next dossier shows both tenures', async () => {
    const moved = await network.command('port', story('clean'), '--to', 'tele2');
    expect(moved).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('moved from kcell to tele2') });
    const { phoneNumber, errors } = await identityOf(story('clean'));
    expect(errors).toEqual([]);
    expect(phoneNumber?.tenures.map((tenure) => [tenure.operatorCode, tenure.contract?.status])).toEqual([
      ['tele2', 'PENDING_IDENTIFICATION'],
      ['kcell', 'PORTED_OUT'],
    ]);
  });

  it('is refused in a plain sentence while the number is blocked', async () => {
    const refused = await network.command('port', story('blocked'), '--to', 'kcell');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toMatch(/blocked|freeze/i);
  });
});

describe('signing in', () => {
  const TYPE_NAME = '{ __typename }';
  const askAs = (token: string): Promise<GraphQLAnswer> =>
    askGraphQL(new URL(network.record().gateway.url).origin, TYPE_NAME, {}, { authorization: `Bearer ${token}` });

  it('gets every user of the demonstration past the gateway, and nobody else', async () => {
    for (const { name } of DEMO_USERS) {
      const { data, errors } = await askAs(await network.tokenOf(name));
      // The dispatcher is known too, but may hand over orders and ask nothing.
      const answer = name === DISPATCHER_CLIENT ? errors[0]?.extensions.code : data;
      expect([name, answer]).toEqual([name, name === DISPATCHER_CLIENT ? 'FORBIDDEN' : { __typename: 'Query' }]);
    }
    const [head = '', body = '', signature = ''] = (await network.tokenOf('auditor-1')).split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
    const forged = Buffer.from(JSON.stringify({ ...claims, roles: ['SUPERVISOR'] })).toString('base64url');
    const answer = await askAs(`${head}.${forged}.${signature}`);
    expect([answer.data, answer.errors[0]?.extensions.code]).toEqual([null, 'UNAUTHENTICATED']);
  }, 60_000);

  it('may fail: nobody new is signed in, the gateway starts, and whoever is signed in stays so', async () => {
    const token = await network.tokenOf('investigator-1');
    expect((await network.command('service', 'stop', 'identity')).exitCode).toBe(0);
    const stopped = 'identity is stopped; start it with `npm run -s service -- start identity`.';
    try {
      expect(network.record().identity.pid).toBeNull();
      expect(await network.command('token', 'admin-1')).toEqual({ exitCode: 1, stdout: '', stderr: `${stopped}\n` });
      const shown = await network.command('dossier', story('clean'), '--json');
      expect([shown.exitCode, shown.stderr]).toEqual([1, `${stopped}\n`]);
      expect((await askAs(token)).data).toEqual({ __typename: 'Query' });
      for (const action of ['stop', 'start']) {
        expect((await network.command('service', action, 'gateway')).exitCode).toBe(0);
      }
      expect((await askAs(token)).errors[0]?.extensions.code).toBe('SUBGRAPH_UNAVAILABLE');
    } finally {
      await network.command('service', 'start', 'identity');
    }
    for (const end = performance.now() + 20_000; performance.now() < end; await sleep(100)) {
      if ((await askAs(token)).errors.length === 0) break;
    }
    expect((await askAs(token)).data).toEqual({ __typename: 'Query' });
    const shown = await network.command('dossier', story('clean'), '--as', 'supervisor-2');
    expect([shown.exitCode, shown.stderr]).toEqual([0, '']);
  }, 60_000);
});

/** For every number, `operator since contract holder` of each tenure, the holder masked, read from the operators' own databases. */
async function heldByOperators(): Promise<Map<string, string[]>> {
  const held = new Map<string, string[]>();
  for (const [code, { database }] of Object.entries(network.record().subgraphs.operators)) {
    const { rows } = await onDatabase(database, (client) =>
      client.query<{ msisdn: string; since: Date; id: string; full_name: string }>(
        `SELECT DISTINCT ON (c.msisdn, c.since) c.msisdn, c.since, c.id, s.full_name
           FROM line_contract c JOIN subscriber s ON s.id = c.subscriber_id
          ORDER BY c.msisdn, c.since, c.opened_at DESC`,
      ),
    );
    for (const row of rows) {
      const list = held.get(row.msisdn) ?? [];
      list.push(`${code} ${row.since.toISOString()} ${row.id} ${maskedHolder(row.full_name)}`);
      held.set(row.msisdn, list);
    }
  }
  return held;
}

/** As an operator shows a holder without a case; the quotation marks of a company's name are no part of it. */
function maskedHolder(fullName: string): string {
  return maskName(fullName.replace(/[«»"'“”„]/gu, ''));
}

async function onDatabase<Value>(url: string, work: (client: Client) => Promise<Value>): Promise<Value> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A second gateway process over proxied addresses. */
async function startGateway(
  proxies: Readonly<Record<string, CountingProxy>>,
): Promise<{ origin: string; stop(): Promise<void> }> {
  const directory = documentIn(network, 'operators.json') as { operators: { code: string; endpoint: string }[] };
  for (const operator of directory.operators) operator.endpoint = proxies[operator.code]?.url ?? operator.endpoint;
  const file = join(network.folder, 'proxied-operators.json');
  writeFileSync(file, JSON.stringify(directory));
  const child: ChildProcess = spawn(
    process.execPath,
    [join(__dirname, '..', '..', 'dist', 'gateway', 'main.js'), 'serve'],
    {
      env: {
        ...process.env,
        PORT: '0',
        OPERATORS_FILE: file,
        NUMBERING_URL: proxies.numbering?.url,
        FRAUD_CASES_URL: proxies['fraud-cases']?.url,
        ...gatewaySignInVariables(localFolder(network.folder), network.record().identity.issuer),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('The gateway ended before it listened.')));
    child.stdout?.on('data', (chunk: Buffer) => {
      const url = /"url":"([^"]+)"/.exec(String(chunk))?.[1];
      if (url !== undefined) resolve(new URL(url).origin);
    });
  });
  return {
    origin,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Some of a list, by a fixed seed. */
function sample<Value>(list: readonly Value[], count: number): Value[] {
  const rest = [...list];
  const chosen: Value[] = [];
  let state = 20260103;
  while (chosen.length < count && rest.length > 0) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    chosen.push(...rest.splice(state % rest.length, 1));
  }
  return chosen;
}
