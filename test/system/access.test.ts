// Every user of the demonstration asks the running gateway for every field, over HTTP: every root field, and every field below them in every
// situation that the table of decisions knows. What comes back is compared with the table as it is committed, in both directions: what it
// shows must be shown, and what it refuses must not be.

import { getNamedType, isLeafType } from 'graphql';
import { maskedOnlyBelow } from '../../shared/access/policy';
import { DEMO_USERS, type DemoUser } from '../../shared/local-network/demo-users';
import { localFolder } from '../../shared/local-network/local-folder';
import { signIn } from '../../shared/local-network/sign-in';
import { investigate } from '../../shared/local-network/stories/case-moves';
import { PLAYBILL } from '../../shared/local-network/stories/playbill';
import { createStage } from '../../shared/local-network/stories/stage';
import type { ActorRole } from '../../shared/vocabulary/role';
import { isShown, type SituationNumber, writtenCoordinates, writtenDecision } from '../access/written-decisions';
import { justifiedNumber, type KnownCase, knownCases } from '../support/case-worlds';
import {
  asked,
  fieldsOf,
  type GivenArguments,
  questionOf,
  rootFields,
  rowsAt,
  rowTypes,
  type SchemaField,
  type Step,
  wayTo,
} from '../support/field-questions';
import { askGraphQL, type GraphQLAnswer } from '../support/http-call';
import { startTestNetwork, type TestNetwork } from '../support/network';

const NOBODYS_CASE = '0b7a3f7e-58a6-4f4e-8a55-2f7f2a4d9a10';
/** Fields that look up whom the bank must know of from the case. */
const LOOKED_UP: readonly string[] = ['Query.person', 'Query.legalEntity', 'Query.device'];
const ALMATY_MS = 5 * 3_600_000;
const REFUSALS = ['FORBIDDEN', 'PURPOSE_REQUIRED'];

let network: TestNetwork;
let cases: readonly KnownCase[];
/** Numbers whose holders have what others have not. */
let special: ReadonlySet<string> = new Set();
/** What the portal was told of the last appeal that it filed. */
let filed: readonly string[] = [];

beforeAll(async () => {
  network = await startTestNetwork();
  // For a person with many lines, a lifted block, an appeal, an assessed loss and a company, all in cases of investigator-1.
  const stage = createStage(network.record(), localFolder(network.folder), {
    tell: () => {},
    act: () => {},
    see: () => {},
  });
  for (const { number, play } of PLAYBILL) if ([3, 9, 10].includes(number)) await play(stage);
  special = new Set([msisdnOf('corporate'), await justifiedNumber(network.record())]);
  for (const msisdn of special) await investigate(stage, msisdn);
  // And for appeals against orders of cases in which money was lost and divided.
  for (const { orderOfLoss } of await knownCases(network.record())) {
    if (orderOfLoss === null) continue;
    const payload = await stage.change('portal-1', {
      document: `mutation { fileAppeal(input: { orderId: "${orderOfLoss}", grounds: STOLEN_PHONE, statement: "It was stolen." }) {
        appeal { id state version grounds filedAt dueAt } userErrors { code message }
      } }`,
    });
    filed = Object.keys(payload.appeal ?? {});
  }
  cases = await knownCases(network.record());
}, 240_000);

afterAll(async () => {
  await network?.stop();
}, 60_000);

/** The number of a story of the demonstration. */
function msisdnOf(story: string): string {
  return (network.record().stories[story] as { readonly msisdn: string }).msisdn;
}

type Headers = Readonly<Record<string, string>>;

async function tokenOf(user: DemoUser): Promise<string> {
  const token = await signIn(network.record(), localFolder(network.folder), user);
  if (!token.ok) throw new Error(`${user.name} was given no token: ${token.error}`);
  return token.value;
}

const origin = (): string => new URL(network.record().gateway.url).origin;

/** The one role that a user of the demonstration has. */
const roleOf = ({ roles }: DemoUser): ActorRole => roles[0] as ActorRole;

describe('every root field', () => {
  const KINDS = [
    ['query', 'Query'],
    ['mutation', 'Mutation'],
    ['subscription', 'Subscription'],
  ] as const;
  const ROOTS = KINDS.flatMap(([kind, typeName]) =>
    rootFields(typeName).map((field) => [kind, typeName, field] as const),
  );

  /** A stream is only opened: its status, or the code with which it is refused. */
  async function openedStream(query: string, headers: Headers): Promise<string> {
    const stop = new AbortController();
    const response = await fetch(`${origin()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify({ query }),
      signal: stop.signal,
    });
    try {
      if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
        const { errors } = (await response.json()) as GraphQLAnswer;
        return errors[0]?.extensions.code ?? 'ANSWERED';
      }
      return 'ANSWERED';
    } finally {
      stop.abort();
    }
  }

  it.each(DEMO_USERS.map((user) => [user.name, user] as const))(
    'is given to %s as the table says',
    async (_name, user) => {
      const authorization = `Bearer ${await tokenOf(user)}`;
      for (const situation of [1, 3] as const) {
        // The citizens' portal says on whose behalf it asks; by no other purpose is it told of looks.
        const purpose: Headers = roleOf(user) === 'PORTAL' ? { 'afc-purpose': 'SUBJECT_ACCESS' } : {};
        const named: Headers = situation === 1 ? { 'afc-case': NOBODYS_CASE, 'afc-purpose': 'INVESTIGATION' } : {};
        const headers = { authorization, ...named, ...purpose };
        const told: Record<string, string> = {};
        const expected: Record<string, string> = {};
        for (const [kind, typeName, field] of ROOTS) {
          const coordinate = `${typeName}.${field.name}`;
          const query = `${kind} { ${asked(typeName, field)} }`;
          const code =
            kind === 'subscription'
              ? await openedStream(query, headers)
              : ((await askGraphQL(origin(), query, {}, headers)).errors[0]?.extensions.code ?? 'ANSWERED');
          told[coordinate] = REFUSALS.includes(code) ? code : 'LET THROUGH';
          // Nobody was shown under a case that there is not: it is as a case of others.
          const isLookedUp = situation === 1 && LOOKED_UP.includes(coordinate);
          const letter = writtenDecision(coordinate, roleOf(user), isLookedUp ? 5 : situation);
          expected[coordinate] = letter === '?' ? 'PURPOSE_REQUIRED' : isShown(letter) ? 'LET THROUGH' : 'FORBIDDEN';
        }
        expect({ situation, ...told }).toEqual({ situation, ...expected, ...unknownOnes(told, expected) });
      }
    },
    60_000,
  );

  /** A stream of a case that there is not is FORBIDDEN to those who may open one of their own. */
  function unknownOnes(told: Readonly<Record<string, string>>, expected: Readonly<Record<string, string>>): object {
    const streams = Object.keys(expected).filter((coordinate) => coordinate.startsWith('Subscription.'));
    return Object.fromEntries(
      streams.filter((each) => expected[each] === 'LET THROUGH').map((each) => [each, told[each]]),
    );
  }

  it('is in the table, and nothing else is', () => {
    const coordinates = KINDS.flatMap(([, typeName]) => rootFields(typeName).map(({ name }) => `${typeName}.${name}`));
    const written = writtenCoordinates().filter((coordinate) => /^(?:Query|Mutation|Subscription)\./.test(coordinate));
    expect([...coordinates].sort()).toEqual([...written].sort());
  });

  it('is given to nobody who is not signed in', async () => {
    for (const [kind, typeName, field] of ROOTS) {
      const query = `${kind} { ${asked(typeName, field)} }`;
      const { status, data, errors } = await askGraphQL(origin(), query);
      expect([field.name, status, data, errors[0]?.extensions.code]).toEqual([
        field.name,
        401,
        null,
        'UNAUTHENTICATED',
      ]);
    }
  }, 60_000);
});

describe('every field below them', () => {
  /** A case as a reader meets it. */
  interface World {
    readonly situation: SituationNumber;
    readonly met: KnownCase;
  }

  /** What was seen of the table in all: `ROLE Type.field`. */
  const seen = new Set<string>();

  /** The cases that put a reader into the situations of the table. */
  function worldsOf(user: DemoUser): readonly World[] {
    const role = roleOf(user);
    // Where lines have not moved since: what another operator knows now is no part of the case.
    const where = (situation: SituationNumber, fits: (each: KnownCase) => boolean): World[] =>
      cases.filter((each) => fits(each) && each.holder.since <= each.openedAt).map((met) => ({ situation, met }));
    if (role === 'OPERATOR' || role === 'BANK') {
      const hasPart = ({ parts }: KnownCase): boolean => parts.includes(user.organisation);
      return [...where(7, hasPart), ...where(8, (each) => !hasPart(each)).slice(0, 3)];
    }
    if (role === 'APPEALS') {
      const isAppealed = (each: KnownCase): boolean => each.isAppealed && each.assignee !== null;
      return [...where(4, isAppealed), ...where(6, ({ assignee }) => assignee === null).slice(0, 1)];
    }
    if (role !== 'INVESTIGATOR' && role !== 'SUPERVISOR') {
      return [
        ...where(1, ({ isOpen, ordersOf }) => isOpen && Object.keys(ordersOf).length > 0).slice(0, 2),
        ...where(3, () => true).slice(0, 1),
      ];
    }
    const isMine = ({ assignee }: KnownCase): boolean =>
      role === 'SUPERVISOR' ? assignee !== null : assignee === user.name;
    return [
      ...where(1, (each) => isMine(each) && each.isOpen),
      ...where(2, (each) => isMine(each) && !each.isOpen),
      ...where(3, (each) => isMine(each) && each.isOpen),
      ...where(4, (each) => each.isOpen && each.isAppealed && each.assignee !== user.name),
      ...where(6, (each) => each.isOpen && each.assignee === null && each.isSubject),
    ];
  }

  const POINTED = new Set([
    ...['fraudCase', 'phoneNumber', 'blockOrder', 'person', 'legalEntity', 'device'],
    ...['auditReceipt', 'accessTrail', 'operators', 'auditCheckpoint'],
  ]);
  const LISTS = new Set(rootFields('Query').map(({ name }) => name));

  function argumentsOf(user: DemoUser, { met, situation }: World): GivenArguments {
    const day = (before: number): string =>
      new Date(Date.now() + ALMATY_MS - before * 86_400_000).toISOString().slice(0, 10);
    // Days since the Monday of this week, in Almaty.
    const monday = (new Date(Date.now() + ALMATY_MS).getUTCDay() + 6) % 7;
    const { iin, bin, imei } = met.holder;
    return {
      'Query.fraudCase': `id: "${met.id}"`,
      // Without a case any number will do: one that moved has more to show.
      'Query.phoneNumber': `msisdn: "${situation === 3 ? msisdnOf('ported') : met.msisdn}"`,
      'Query.phoneNumbers': `msisdns: ["${met.msisdn}"]`,
      'Query.fraudCases': `filter: { msisdn: "${met.msisdn}" }`,
      'Query.blockOrder': `id: "${met.ordersOf[user.organisation] ?? met.orderIds[0] ?? NOBODYS_CASE}"`,
      'Query.auditReceipt': `actId: "${met.actId}"`,
      'Query.accessTrail': `filter: { subject: "${met.msisdn}" }`,
      'Query.dutyReport': `from: "${day(monday + 364)}", to: "${day(monday + 1)}"`,
      'Query.caseStatistics': `from: "${day(monday + 364)}", to: "${day(monday + 1)}", groupBy: FRAUD_TYPE`,
      'OperatorTenure.usage': `from: "${day(20)}", to: "${day(1)}"`,
      ...(iin === null ? {} : { 'Query.person': `iin: "${iin}"` }),
      ...(bin === null ? {} : { 'Query.legalEntity': `bin: "${bin}"` }),
      ...(imei === null ? {} : { 'Query.device': `imei: "${imei}"` }),
    };
  }

  /** Ways that end at nothing of the line in question, or at nothing in clear. */
  const ROUNDABOUT = new Set([...maskedOnlyBelow, 'LineContract.assignedUser']);

  /** The way that the table leaves open to a role, or any. Lists hold rows of other cases too: they are for what is the same in all. */
  function wayFor(
    typeName: string,
    letterOf: (coordinate: string) => string,
    isUniform: boolean,
  ): { readonly way: readonly Step[]; readonly isOpen: boolean } | null {
    const mayWalk = (coordinate: string): boolean => isShown(letterOf(coordinate));
    for (const roots of isUniform ? [POINTED, LISTS] : [POINTED]) {
      const direct = wayTo(typeName, roots, (coordinate) => mayWalk(coordinate) && !ROUNDABOUT.has(coordinate));
      const way = direct ?? wayTo(typeName, roots, mayWalk);
      if (way !== null) return { way, isOpen: true };
    }
    const any = wayTo(typeName, POINTED, () => true) ?? wayTo(typeName, LISTS, () => true);
    return any === null ? null : { way: any, isOpen: false };
  }

  const ALL = [1, 2, 3, 4, 5, 6, 7, 8] as const;
  const isIn = (row: Readonly<Record<string, unknown>>, name: string): boolean =>
    row[name] !== null && row[name] !== undefined;

  /** Asks the fields of every type in one world; what was not as the table says, a line each. */
  async function compared(user: DemoUser, world: World, authorization: string, done: Set<string>): Promise<string[]> {
    const role = roleOf(user);
    const { situation, met } = world;
    const isNamed = situation !== 3 && situation !== 8;
    const purpose = { 'afc-purpose': role === 'PORTAL' ? 'SUBJECT_ACCESS' : 'INVESTIGATION' };
    const named: Headers = isNamed ? { 'afc-case': met.id, ...purpose } : role === 'PORTAL' ? purpose : {};
    const headers: Headers = { authorization, ...named };
    const given = argumentsOf(user, world);
    const letterOf = (coordinate: string): string => writtenDecision(coordinate, role, situation);
    // Rows of one case may be several organisations'.
    const isMixed = role === 'OPERATOR' || role === 'BANK';
    const wrong: string[] = [];
    const tell = (place: string, what: string): number =>
      wrong.push(`${user.name}, situation ${situation}, case ${met.id}: ${place} ${what}`);
    const asks = async (document: string): Promise<GraphQLAnswer> => askGraphQL(origin(), document, {}, headers);
    // Of people and handsets that occurred in what was shown for the case, more may be asked.
    const [number] = rootFields('Query').filter(({ name }) => name === 'phoneNumber');
    if (number !== undefined && isShown(letterOf('Subscriber.iin'))) {
      await asks(
        `{ phoneNumber(${given['Query.phoneNumber']}) { currentTenure { contract { subscriber { iin bin } devices { imei } } } } }`,
      );
    }

    for (const type of rowTypes()) {
      const fields = Object.values(type.getFields());
      const isUniform = fields.every(
        ({ name }) => new Set(ALL.map((each) => writtenDecision(`${type.name}.${name}`, role, each))).size === 1,
      );
      const found = wayFor(type.name, letterOf, isUniform || situation === 7);
      if (found === null || done.has(`${situation} ${type.name}`)) continue;
      const { way, isOpen } = found;
      // No such person, company or handset is known of the line.
      if (way[0]?.typeName === 'Query' && ['person', 'legalEntity', 'device'].includes(way[0].field.name)) {
        if (given[`Query.${way[0].field.name}`] === undefined) continue;
      }
      const groups = new Map<string, SchemaField[]>();
      for (const field of fields) {
        const letter = letterOf(`${type.name}.${field.name}`);
        const group = !isOpen ? 'closed' : isShown(letter) ? 'shown' : letter;
        groups.set(group, [...(groups.get(group) ?? []), field]);
      }
      let isThere = false;
      const shown = groups.get('shown') ?? [];
      for (const [group, members] of [...groups].sort(([one]) => (one === 'shown' ? -1 : 1))) {
        const { rows, codes, isBegun } = rowsAt(way, await asks(questionOf(way, members, given)));
        if (group === 'shown') {
          isThere = rows.length > 0;
          const refused = new Set(codes.map(([name]) => name));
          for (const [name, code] of codes) {
            if (!(isMixed && code === 'FORBIDDEN'))
              tell(`${type.name}: ${name}`, `is ${code}, and the table says it is shown`);
          }
          for (const { name } of members) {
            if (rows.some((row) => isIn(row, name)) || (isThere && !refused.has(name)))
              seen.add(`${role} ${type.name}.${name}`);
          }
          continue;
        }
        for (const { name } of members) {
          if (rows.some((row) => isIn(row, name))) tell(`${type.name}.${name}`, 'is shown, and the table refuses it');
        }
        const expected = group === '?' ? ['PURPOSE_REQUIRED'] : group === '-' ? ['FORBIDDEN'] : REFUSALS;
        for (const [name, code] of codes) {
          if (!expected.includes(code))
            tell(`${type.name}: ${name}`, `is ${code}, and the table says ${expected.join(' or ')}`);
        }
        const isToBeTold = group === 'closed' ? isBegun && rows.length > 0 : isThere;
        if (codes.length === 0 && isToBeTold) tell(`${type.name}.${members[0]?.name}`, 'is refused by nobody');
      }
      const isSeen = shown.every(({ name }) => seen.has(`${role} ${type.name}.${name}`));
      if (isSeen && (isThere || !isOpen)) done.add(`${situation} ${type.name}`);
    }
    return wrong;
  }

  /** What mutations answer with: every field of the payload of each that the table lets a role begin, and of the rows in it. */
  async function payloadsOf(user: DemoUser, authorization: string): Promise<readonly string[]> {
    const role = roleOf(user);
    const wrong: string[] = [];
    const rowOf = role === 'PORTAL' || role === 'OPERATOR' || role === 'BANK' ? 7 : 1;
    const shownOf = (typeName: string, situation: SituationNumber): readonly SchemaField[] =>
      fieldsOf(typeName).filter(({ name }) => isShown(writtenDecision(`${typeName}.${name}`, role, situation)));
    const given: GivenArguments = {
      'Mutation.breakGlass': `msisdn: "${msisdnOf('clean')}", reason: "It is urgent, and there is no case yet."`,
    };
    for (const field of rootFields('Mutation')) {
      if (!isShown(writtenDecision(`Mutation.${field.name}`, role, 1))) continue;
      const typeName = String(getNamedType(field.type));
      const selected = shownOf(typeName, rowOf).map((member) => {
        const inner = String(getNamedType(member.type));
        const leaves = shownOf(inner, rowOf).filter(({ type }) => isLeafType(getNamedType(type)));
        const names = leaves.length === 0 ? ['__typename'] : leaves.map(({ name }) => name);
        return `${member.name}${isLeafType(getNamedType(member.type)) ? '' : ` { ${names.join(' ')} }`}`;
      });
      const way = [{ typeName: 'Mutation', field }];
      const document = questionOf(way, [], given).replace('{  }', `{ ${selected.join(' ')} }`);
      const { rows, codes } = rowsAt(way, await askGraphQL(origin(), `mutation ${document}`, {}, { authorization }));
      for (const [name, code] of codes) {
        if (REFUSALS.includes(code))
          wrong.push(`${user.name}: ${field.name}: ${name} is ${code}, and the table says it is shown`);
      }
      for (const row of rows) {
        for (const [name, value] of Object.entries(row)) {
          seen.add(`${role} ${typeName}.${name}`);
          const inner = String(getNamedType(fieldsOf(typeName).find((each) => each.name === name)?.type));
          for (const told of [value].flat()) {
            if (typeof told !== 'object' || told === null) continue;
            for (const member of Object.keys(told)) seen.add(`${role} ${inner}.${member}`);
          }
        }
      }
    }
    return wrong;
  }

  async function everythingFor(
    user: DemoUser,
    worlds: readonly World[],
    authorization: string,
  ): Promise<readonly string[]> {
    const wrong: string[] = [];
    // The first of a role meets all sorts of cases, so that all fields are seen; the others one of each.
    const atMost = user.name.endsWith('-2') ? 1 : roleOf(user) === 'OPERATOR' ? 8 : 4;
    const done = new Set<string>();
    const counts = new Map<number, number>();
    for (const world of worlds) {
      const count = (counts.get(world.situation) ?? 0) + (special.has(world.met.msisdn) ? 0 : 1);
      counts.set(world.situation, count);
      if (count <= atMost || special.has(world.met.msisdn))
        wrong.push(...(await compared(user, world, authorization, done)));
    }
    return [...new Set(wrong)];
  }

  it.each(DEMO_USERS.map((user) => [user.name, user] as const))(
    'is given to %s as the table says, in every situation',
    async (_name, user) => {
      const worlds = worldsOf(user);
      expect(worlds.length).toBeGreaterThan(1);
      const authorization = `Bearer ${await tokenOf(user)}`;
      expect(await everythingFor(user, worlds, authorization)).toEqual([]);
      expect(await payloadsOf(user, authorization)).toEqual([]);
    },
    120_000,
  );

  /**
   * What has no way to it but through something that the role may not begin or that is signed, and what the demonstration has no row of: duties
   * are too few there to be counted, no case that was appealed against has an inquiry or a loss that was divided, and of the portal's reports an answer tells no more than that.
   */
  const NOT_REACHED = [
    /^APPEALS ReportSuspicionPayload\./,
    /^DISPATCHER BlockReceipt\./,
    /^\w+ DutyReportRow\./,
    /^APPEALS (?:InformationRequest|UserError|DutyBreach|Liability\w+)\./,
    /^PORTAL SuspicionReport\./,
  ];

  it('and what the table shows to a role was seen by it', () => {
    const roles = [...new Set(DEMO_USERS.map(roleOf))];
    for (const name of filed) seen.add(`PORTAL Appeal.${name}`);
    const missing = writtenCoordinates()
      .filter((coordinate) => !/^(?:Query|Mutation|Subscription)\./.test(coordinate))
      .flatMap((coordinate) =>
        roles
          .filter((role) => ALL.some((each) => isShown(writtenDecision(coordinate, role, each))))
          .map((role) => `${role} ${coordinate}`),
      )
      .filter((each) => !seen.has(each));
    expect(missing.filter((each) => !NOT_REACHED.some((name) => name.test(each)))).toEqual([]);
  });

  it('is refused to people of another unit, but what is the same for all', async () => {
    await network.stop();
    network = await startTestNetwork({ environment: { CASE_UNIT: 'astana-1' } });
    cases = await knownCases(network.record());
    for (const name of ['investigator-1', 'supervisor-1', 'appeals-1']) {
      const user = DEMO_USERS.find((each) => each.name === name);
      if (user === undefined) throw new Error(`There is no ${name}.`);
      const others = cases.filter((each) => each.isOpen && each.assignee !== name && !each.isAppealed);
      const worlds = others.map((met) => ({ situation: 5 as const, met }));
      expect(await everythingFor(user, worlds, `Bearer ${await tokenOf(user)}`)).toEqual([]);
    }
  }, 180_000);
});
