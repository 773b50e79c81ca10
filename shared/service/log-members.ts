// Which members a line of the log may have, and the form of each. The list is closed: a member that is not in it, and a value that does not
// have its form, is withheld. No form admits the name of a person, a phone number, an identification number or the number of a device,
// so that a mistake at the place where a line is written costs the line, not a person.

type Form = (value: unknown) => unknown;

/** Stands for what was not written. */
export const WITHHELD = '(withheld)';

/** The members as they are given to a logger. All of them are optional. */
export type LogMembers = { readonly [Name in keyof typeof FORMS]?: unknown };

/** The members as they are written. What has no form is left out and counted in `withheld`. */
export function writtenMembers(members: object): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  let unknown = 0;
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    const form = FORMS_BY_NAME.get(name);
    if (form === undefined) unknown += 1;
    else written[name] = form(value);
  }
  if (unknown > 0) written.withheld = unknown;
  return written;
}

/** A sentence of ours; where it holds as many digits in a row as an identifying number has, they are withheld. */
export function writtenSentence(text: string): string {
  return text.slice(0, LONGEST_SENTENCE).replace(NUMBER_OF_SOMEBODY, WITHHELD);
}

const LONGEST_SENTENCE = 400;
/** Seven digits and more, also when spaces, hyphens or brackets stand between them. */
const NUMBER_OF_SOMEBODY = /[0-9](?:[ ()-]{0,2}[0-9]){6,}/g;
const HAS_NUMBER = /[0-9](?:[ ()-]{0,2}[0-9]){6,}/;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const WORD = /^[A-Za-z0-9_.:-]{1,64}$/;
const HASH = /^[0-9a-f]{64}$/;
const PUBLIC_KEY = /^whpk_[A-Za-z0-9+/]{43}=$/;
const SENTENCE = /^[\x20-\x7e\n\u2019\u2026]*$/;
/** A signed note: a few lines of names, sizes, hashes and signatures. */
const NOTE = /^[\x20-\x7e\n\u2014]{1,16384}$/;
const FRAME = /^ {4}at /;
const MOST_FRAMES = 8;

const count: Form = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : WITHHELD);

/** A word of a closed list, or a name that a configuration gives. */
const word: Form = (value) =>
  value === null || (typeof value === 'string' && WORD.test(value) && !HAS_NUMBER.test(value)) ? value : WITHHELD;

/** An id; one that is not a UUID must not look like a number. */
const id: Form = (value) => (typeof value === 'string' && UUID.test(value) ? value : word(value));

/** Names of migrations: a word and an instant. */
const migrationNames: Form = (value) =>
  Array.isArray(value) && value.every((each) => /^[A-Za-z]{1,60}[0-9]{13}$/.test(each)) ? value : WITHHELD;

const sentence: Form = (value) =>
  typeof value === 'string' && SENTENCE.test(value) ? writtenSentence(value) : WITHHELD;

const matching =
  (pattern: RegExp): Form =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? value : WITHHELD;

/** Name of a fault, with its code when it has one. */
const faultName: Form = (value) =>
  typeof value === 'string' && /^[A-Za-z]{1,60}(?: [A-Z0-9_]{1,40})?$/.test(value) ? value : WITHHELD;

/** Origin and path; what else an address may hold is a secret or a person. */
const address: Form = (value) => {
  if (typeof value !== 'string' || !URL.canParse(value)) return WITHHELD;
  const { origin, pathname } = new URL(value);
  if (HAS_NUMBER.test(pathname) || origin === 'null') return WITHHELD;
  return pathname === '/' ? origin : `${origin}${pathname}`;
};

/** A fault without its text: text may repeat a row, a statement or what somebody sent. */
const fault: Form = (value) => {
  if (!(value instanceof Error)) return { type: typeof value };
  const code = 'code' in value && typeof value.code === 'string' && /^[A-Z0-9_]{1,40}$/.test(value.code);
  const frames = (value.stack ?? '').split('\n').filter((line) => FRAME.test(line));
  return {
    type: faultName(value.name),
    ...(code ? { code: value.code } : {}),
    at: frames.slice(0, MOST_FRAMES).map((line) => sentence(line.trim())),
  };
};

const ALARM: Readonly<Record<string, Form>> = {
  kind: word,
  witness: word,
  operatorCode: word,
  endpointId: id,
  eventId: id,
  outcome: word,
  reason: sentence,
  status: count,
  silentMs: count,
  spreadMs: count,
  sinceMs: count,
  // Signed notes are evidence and say nothing about people.
  evidence: matching(NOTE),
};

/** A word, or what an alarm says in members of its own. */
const alarm: Form = (value) => {
  if (typeof value !== 'object' || value === null) return word(value);
  const forms = new Map(Object.entries(ALARM));
  return Object.fromEntries(Object.entries(value).map(([name, told]) => [name, forms.get(name)?.(told) ?? WITHHELD]));
};

const FORMS = {
  // Who and where.
  requestId: id,
  url: address,
  operatorCode: word,
  addressee: word,
  party: word,
  job: word,
  loop: word,
  // What: ids of orders, acts and clocks are random and belong to nobody by themselves.
  order: id,
  orderId: id,
  actId: id,
  portId: id,
  clock: id,
  rule: word,
  task: word,
  document: matching(HASH),
  publicKey: matching(PUBLIC_KEY),
  migrations: migrationNames,
  // How it went.
  code: word,
  outcome: word,
  alarm,
  err: fault,
  fault: faultName,
  cause: faultName,
  reason: sentence,
  // How much.
  documents: count,
  endpoints: count,
  ended: count,
  milliseconds: count,
  operators: count,
  percent: count,
  reported: count,
  stored: count,
} as const satisfies Readonly<Record<string, Form>>;

const FORMS_BY_NAME: ReadonlyMap<string, Form> = new Map(Object.entries(FORMS));
