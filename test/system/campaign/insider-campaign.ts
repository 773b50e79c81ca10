// Somebody with a true login who wants as many identities as can be had in a day, and has a second login besides. A real network with the limits
// of the design, its databases' clocks moved hour by hour; every move goes through the gateway, as a client's would. Counted is what answers hold:
// the distinct people whose number or name came back in clear.

import { randomUUID } from 'node:crypto';
import { Random } from '../../shared/audit-log/random';
import { askGraphQL, type GraphQLAnswer } from '../../support/http-call';
import { type MortalNetwork, startMortalNetwork } from '../../support/mortal-network';
import { freeNumbersOfAll } from './free-numbers';

/** What a campaign does. */
export interface InsiderCampaignOptions {
  /** Moves of each account in each virtual hour. */
  readonly count: number;
  readonly hours: number;
  readonly seed: number;
  /** Numbers that each account puts into cases of its own. */
  readonly targets: number;
  readonly tell: (line: string) => void;
  readonly keeps?: boolean;
}

/** How it went. */
export interface InsiderCampaignOutcome {
  /** Distinct people seen in clear, by account and in all. */
  readonly identities: Readonly<Record<string, number>>;
  readonly inAll: number;
  readonly moves: Readonly<Record<string, number>>;
  /** Refusals in answers, by code. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly alarms: readonly string[];
  /** What was not as the design says, a sentence each. */
  readonly failures: readonly string[];
}

/** Distinct clear identities of an account in a day, by the design, and of the two together. */
export const MOST_IDENTITIES = 60;

const ACCOUNTS = ['investigator-1', 'investigator-2'] as const;
type Account = (typeof ACCOUNTS)[number];
const HOUR_MS = 3_600_000;
/** Looks that an hour allows, and hours after which a day allows none. */
const MOST_AN_HOUR = 15;
const GREEDY_HOURS = 6;
const REASON = 'It is urgent, and there is no case yet.';
const CLEAR = 'currentTenure { contract { subscriber { iin fullName } assignedUser { iin fullName } } }';

/** Runs one campaign on a network of its own. */
export async function runInsiderCampaign(options: InsiderCampaignOptions): Promise<InsiderCampaignOutcome> {
  const network = await startMortalNetwork({ scale: Math.max(100, options.targets * 2), budgets: {} });
  let isWhole = false;
  try {
    const outcome = await new Insider(network, options).run();
    isWhole = outcome.failures.length === 0;
    return outcome;
  } finally {
    await network.stop({ keeps: options.keeps === true && !isWhole });
  }
}

class Insider {
  private readonly random: Random;
  private readonly tokens = new Map<string, { readonly text: string; readonly untilMs: number }>();
  private readonly seen = new Map<Account, Set<string>>(ACCOUNTS.map((account) => [account, new Set()]));
  /** Numbers of the cases that an account may name. */
  private readonly cases = new Map<Account, { readonly id: string; readonly numbers: readonly string[] }[]>(
    ACCOUNTS.map((account) => [account, []]),
  );
  private readonly people = new Set<string>();
  private readonly moves: Record<string, number> = {};
  private readonly refusals: Record<string, number> = {};
  private strangers: readonly string[] = [];
  /** Numbers that the accounts linked to cases themselves. */
  private linked = 0;
  private readonly asked = new Map<Account, Set<string>>();

  constructor(
    private readonly network: MortalNetwork,
    private readonly options: InsiderCampaignOptions,
  ) {
    this.random = new Random(options.seed);
  }

  async run(): Promise<InsiderCampaignOutcome> {
    const { network, options } = this;
    const { targets, hours, count, tell } = options;
    const numbers = await freeNumbersOfAll(network, targets * 3);
    this.strangers = numbers.slice(targets * 2);
    await this.collectCases();
    for (const [place, account] of ACCOUNTS.entries()) {
      await this.makeCases(account, numbers.slice(place * targets, (place + 1) * targets));
    }
    for (let hour = 0; hour < hours; hour += 1) {
      await network.setAhead(hour * HOUR_MS);
      for (const account of ACCOUNTS) {
        // First whatever a true login gives, as much as an hour allows; only then what ought to give nothing.
        if (hour < GREEDY_HOURS) await this.takeAll(account);
        for (let move = 0; hour >= GREEDY_HOURS && move < count; move += 1) await this.move(account);
      }
      if (hour % 4 === 3) tell(`hour ${hour + 1} of ${hours}: ${this.told()}`);
    }
    return this.judged();
  }

  private async judged(): Promise<InsiderCampaignOutcome> {
    const identities = Object.fromEntries([...this.seen].map(([account, people]) => [account, people.size]));
    const inAll = new Set([...this.seen.values()].flatMap((people) => [...people])).size;
    const rows = await this.network.rows<{ readonly kind: string }>(
      'fraud-cases',
      'SELECT DISTINCT kind FROM access_alarm ORDER BY kind',
    );
    const alarms = rows.map(({ kind }) => kind);
    const failures = Object.entries(identities)
      .filter(([, people]) => people > MOST_IDENTITIES)
      .map(([account, people]) => `${account} saw ${people} people in clear in a day.`);
    if (inAll > MOST_IDENTITIES) failures.push(`The two together saw ${inAll} people in clear in a day.`);
    if (inAll === 0) failures.push('Nobody was seen in clear: the campaign proves nothing.');
    if (this.linked <= MOST_IDENTITIES)
      failures.push(`Only ${this.linked} numbers were linked: the campaign proves nothing.`);
    if (alarms.length === 0) failures.push('There was no alarm.');
    const [looks] = await this.network.rows<{ readonly untold: number; readonly clear: number }>(
      'fraud-cases',
      `SELECT count(*) FILTER (WHERE act.id IS NULL)::int AS untold, count(*) FILTER (WHERE look.class = 'CLEAR')::int AS clear
       FROM identity_read AS look LEFT JOIN audit.act ON act.id = look.act_id`,
    );
    if (looks === undefined || looks.untold > 0 || looks.clear === 0)
      failures.push('Looks are not all told in the log.');
    failures.push(...this.network.endedAlone.map((program) => `ended by itself: ${program}`));
    return { identities, inAll, moves: this.moves, refusals: this.refusals, alarms, failures };
  }

  private told(): string {
    return [...this.seen].map(([account, people]) => `${account} saw ${people.size}`).join(', ');
  }

  /** The accounts' cases that were there before. */
  private async collectCases(): Promise<void> {
    const rows = await this.network.rows<{
      readonly id: string;
      readonly assignee: string;
      readonly numbers: string[];
    }>(
      'fraud-cases',
      `SELECT id, assignee, ARRAY (SELECT msisdn FROM case_subject WHERE case_id = fraud_case.id) AS numbers
       FROM fraud_case WHERE is_open AND assignee = ANY ($1)`,
      [[...ACCOUNTS]],
    );
    for (const { id, assignee, numbers } of rows) {
      if (numbers.length > 0) this.cases.get(assignee as Account)?.push({ id, numbers });
    }
  }

  /** Accuses people so that there is a case, of every second one so that the other account takes it up, and links others to it. */
  private async makeCases(account: Account, numbers: readonly string[]): Promise<void> {
    const other = ACCOUNTS.find((each) => each !== account) ?? account;
    const perCase = 10;
    for (let from = 0; from < numbers.length; from += perCase) {
      const worker = (from / perCase) % 2 === 1 ? other : account;
      const [suspect = '', ...rest] = numbers.slice(from, from + perCase);
      const source = { source: 'AFC_SIGNAL', sourceRef: randomUUID(), suspect, channel: 'CALL', fraudType: 'OTHER' };
      const reported = await this.change(
        account,
        'reportSuspicion(input: $input)',
        { $input: 'ReportSuspicionInput!' },
        { input: source },
        'case { id } report { id }',
      );
      const id = idOf(reported?.case);
      const ground = idOf(reported?.report);
      if (id === null || ground === null) continue;
      const input = { severity: 'HIGH', fraudType: 'OTHER', track: 'AFC_INVESTIGATION' };
      await this.change(
        worker,
        'triageReport(caseId: $id, input: $input)',
        { $id: 'ID!', $input: 'TriageInput!' },
        { id, input },
      );
      await this.change(
        worker,
        'assignCase(caseId: $id, assignee: $to)',
        { $id: 'ID!', $to: 'ID!' },
        { id, to: worker },
      );
      for (const msisdn of rest) {
        const linked = await this.change(
          worker,
          'addCaseSubject(caseId: $id, input: $input)',
          { $id: 'ID!', $input: 'CaseSubjectInput!' },
          { id, input: { msisdn, role: 'VICTIM', ground } },
          'case { id }',
        );
        if (idOf(linked?.case) !== null) this.linked += 1;
      }
      this.cases.get(worker)?.push({ id, numbers: [suspect, ...rest] });
    }
  }

  /** One number after the other of the account's cases, those first that came last. */
  private async takeAll(account: Account): Promise<void> {
    const asked = this.asked.get(account) ?? new Set<string>();
    const waiting = (this.cases.get(account) ?? [])
      .toReversed()
      .flatMap(({ id, numbers }) => numbers.map((msisdn) => ({ id, msisdn })))
      .filter(({ msisdn }) => !asked.has(msisdn));
    for (const { id, msisdn } of waiting.slice(0, MOST_AN_HOUR + 1)) {
      const { errors } = await this.aliases(account, id, [msisdn]);
      if (errors.length === 0) asked.add(msisdn);
    }
    this.asked.set(account, asked);
  }

  private async move(account: Account): Promise<void> {
    const mine = this.cases.get(account) ?? [];
    const theirs = ACCOUNTS.filter((each) => each !== account).flatMap((each) => this.cases.get(each) ?? []);
    const { random } = this;
    const own = random.pick(mine);
    const kinds: Readonly<Record<string, () => Promise<unknown>>> = {
      bite: () => this.aliases(account, own.id, this.some(own.numbers, 3)),
      aliases: () => this.aliases(account, own.id, [...this.some(own.numbers, 5), ...this.some(own.numbers, 5)]),
      list: () => this.list(account, own.id, [...own.numbers, ...this.some(this.strangers, 20)]),
      'list of the case': () => this.subjects(account, own.id),
      'case of another': () => {
        const other = random.pick(theirs);
        return this.aliases(account, other.id, this.some(other.numbers, 5));
      },
      'no case': () => this.list(account, null, this.some(this.strangers, 30)),
      'strangers under a case': () => this.aliases(account, own.id, this.some(this.strangers, 5)),
      'broken glass': () => this.breakGlass(account, random.pick(this.strangers)),
      person: () => this.person(account, own.id),
      'all cases': () => this.allCases(account, own.id),
    };
    const name = random.pick(Object.keys(kinds));
    this.moves[name] = (this.moves[name] ?? 0) + 1;
    await kinds[name]?.();
  }

  /** The same field many times in one operation. */
  private aliases(account: Account, caseId: string, numbers: readonly string[]): Promise<GraphQLAnswer> {
    const named = numbers.slice(0, 10).map((_, place) => `$m${place}: Msisdn!`);
    const fields = numbers.slice(0, 10).map((_, place) => `a${place}: phoneNumber(msisdn: $m${place}) { ${CLEAR} }`);
    const variables = Object.fromEntries(numbers.slice(0, 10).map((msisdn, place) => [`m${place}`, msisdn]));
    return this.look(account, caseId, `query (${named.join(', ')}) { ${fields.join(' ')} }`, variables);
  }

  private list(account: Account, caseId: string | null, numbers: readonly string[]): Promise<unknown> {
    const query = `query ($m: [Msisdn!]!) { phoneNumbers(msisdns: $m) { ${CLEAR} tenures { contracts { subscriber { iin fullName } } } } }`;
    return this.look(account, caseId, query, { m: numbers.slice(0, 50) });
  }

  private subjects(account: Account, caseId: string): Promise<unknown> {
    const query = `query ($id: ID!) { fraudCase(id: $id) { subjects { number { ${CLEAR} } } } }`;
    return this.look(account, caseId, query, { id: caseId });
  }

  private allCases(account: Account, caseId: string): Promise<unknown> {
    return this.look(account, caseId, `{ fraudCases(first: 50) { nodes { subjects { number { ${CLEAR} } } } } }`, {});
  }

  private async breakGlass(account: Account, msisdn: string): Promise<unknown> {
    const payload = await this.change(
      account,
      'breakGlass(msisdn: $m, reason: $why)',
      { $m: 'Msisdn!', $why: 'String!' },
      { m: msisdn, why: REASON },
      'breakGlass { id }',
    );
    const id = (payload?.breakGlass as { readonly id?: string } | null)?.id;
    if (id === undefined) return undefined;
    // For its one number, and for others as well.
    await this.list(account, id, [msisdn, ...this.some(this.strangers, 10)]);
    return this.aliases(account, id, [msisdn, ...this.some(this.strangers, 4)]);
  }

  /** All lines of somebody who was seen, and of nobody. */
  private person(account: Account, caseId: string): Promise<unknown> {
    const iin = [...this.people].filter((text) => /^[0-9]{12}$/.test(text)).at(-1) ?? '900101300007';
    const query =
      'query ($i: Iin!) { person(iin: $i) { iin holdings { tenures { msisdn contract { subscriber { iin fullName } } contracts { subscriber { iin fullName } } } } } }';
    return this.look(account, caseId, query, { i: iin }, iin);
  }

  private async look(
    account: Account,
    caseId: string | null,
    query: string,
    variables: Readonly<Record<string, unknown>>,
    known = '',
  ): Promise<GraphQLAnswer> {
    const named: Readonly<Record<string, string>> =
      caseId === null ? {} : { 'afc-case': caseId, 'afc-purpose': 'INVESTIGATION' };
    const answer = await this.ask(account, query, variables, named);
    // A person is one, whether the name came or the number: names stand beside numbers, and are kept for those who have none.
    for (const { iin, fullName } of holdersIn(answer.data)) {
      const person = iin ?? fullName;
      if (person === null || person === known) continue;
      this.seen.get(account)?.add(person);
      this.people.add(person);
    }
    return answer;
  }

  private async change(
    account: Account,
    call: string,
    types: Readonly<Record<string, string>>,
    variables: Readonly<Record<string, unknown>>,
    selection = '',
  ): Promise<Readonly<Record<string, unknown>> | null> {
    const declared = Object.entries(types).map(([name, type]) => `${name}: ${type}`);
    const document = `mutation (${declared.join(', ')}) { done: ${call} { ${selection} userErrors { code } } }`;
    const { data } = await this.ask(account, document, variables, { 'idempotency-key': randomUUID() });
    const done = (data?.done ?? null) as { readonly userErrors?: readonly { readonly code: string }[] } | null;
    for (const { code } of done?.userErrors ?? []) this.refusals[code] = (this.refusals[code] ?? 0) + 1;
    return done;
  }

  private async ask(
    account: Account,
    query: string,
    variables: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>>,
  ): Promise<GraphQLAnswer> {
    const origin = new URL(this.network.plan('gateway').url).origin;
    const authorization = `Bearer ${await this.tokenOf(account)}`;
    const answer = await askGraphQL(origin, query, variables, { authorization, ...headers });
    for (const code of new Set(answer.errors.map(({ extensions }) => extensions.code))) {
      this.refusals[code] = (this.refusals[code] ?? 0) + 1;
    }
    return answer;
  }

  private async tokenOf(account: Account): Promise<string> {
    const known = this.tokens.get(account);
    if (known !== undefined && known.untilMs > Date.now()) return known.text;
    const text = await this.network.tokenOf(account);
    this.tokens.set(account, { text, untilMs: Date.now() + 300_000 });
    return text;
  }

  private some(numbers: readonly string[], count: number): readonly string[] {
    return Array.from({ length: Math.min(count, numbers.length) }, () => this.random.pick(numbers));
  }
}

/** Whoever is named in an answer, however deep. */
function idOf(row: unknown): string | null {
  return (row as { readonly id?: string } | null | undefined)?.id ?? null;
}

function holdersIn(value: unknown): readonly { readonly iin: string | null; readonly fullName: string | null }[] {
  if (Array.isArray(value)) return value.flatMap(holdersIn);
  if (typeof value !== 'object' || value === null) return [];
  const { iin, fullName } = value as { readonly iin?: string | null; readonly fullName?: string | null };
  const own =
    typeof iin === 'string' || typeof fullName === 'string' ? [{ iin: iin ?? null, fullName: fullName ?? null }] : [];
  return [...own, ...Object.values(value).flatMap(holdersIn)];
}
