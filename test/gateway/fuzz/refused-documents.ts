// Documents that must be refused before anything is validated or planned, by name; rows B42 to B49 of the catalogue of bad input. Each is
// made anew for a number, so that no two of them are equal and no cache knows one.

/** Maker of the document with a number. */
export type RefusedDocument = (number: number) => string;

const spread = (name: string): string => `...${name}`;

/** Each fragment spreads the next one twice: n of them expand to 2^n fields. */
function doubling(depth: number, number: number, aliased: boolean): string {
  const fragments = Array.from({ length: depth }, (_, level) => {
    const inner = level + 1 === depth ? 'code' : spread(`D${number}_${level + 1}`);
    return aliased
      ? `fragment D${number}_${level} on Query { a${level}: operators { code } b${level}: operators { code } ${inner === 'code' ? '' : `${inner} ${inner}`} }`
      : `fragment D${number}_${level} on Operator { ${inner} ... on Operator { ${inner} } }`;
  });
  return `{ ${aliased ? spread(`D${number}_0`) : `operators { ${spread(`D${number}_0`)} }`} } ${fragments.join(' ')}`;
}

function ring(length: number, number: number): string {
  const fragments = Array.from(
    { length },
    (_, place) => `fragment R${number}_${place} on Operator { code ...R${number}_${(place + 1) % length} }`,
  );
  return `{ operators { ...R${number}_0 } } ${fragments.join(' ')}`;
}

const times = (count: number, text: (place: number) => string): string =>
  Array.from({ length: count }, (_, place) => text(place)).join(' ');

export const REFUSED_DOCUMENTS: Readonly<Record<string, RefusedDocument>> = {
  'a fragment that contains itself': (number) => ring(1, number),
  'two fragments that contain each other': (number) => ring(2, number),
  'a ring of two hundred fragments': (number) => ring(200, number),
  'a ring behind a long chain': (number) =>
    `{ operators { ...C${number}_0 } } ${times(150, (place) => `fragment C${number}_${place} on Operator { ...C${number}_${place + 1} }`)} fragment C${number}_150 on Operator { ...C${number}_150 }`,
  'fragments that double thirteen times': (number) => doubling(13, number, false),
  'fragments that double sixty times': (number) => doubling(60, number, false),
  'fragments that double a hundred times': (number) => doubling(100, number, false),
  'root fields that double forty times under aliases': (number) => doubling(40, number, true),
  'eight hundred spreads of overlapping fields': (number) =>
    `{ operators { ${times(400, () => `...O${number}`)} } } fragment O${number} on Operator { code name brands }`,
  'six hundred times the same field': (number) => `query Q${number} { operators { ${times(600, () => 'code')} } }`,
  'a hundred aliases': (number) => `query Q${number} { operators { ${times(100, (place) => `a${place}: code`)} } }`,
  'fields within fields': (number) =>
    `query Q${number} { phoneNumber(msisdn: "x") ${times(40, () => '{ tenures { number')} { msisdn } ${times(40, () => '} }')} }`,
  'two hundred directives': (number) =>
    `query Q${number} { operators { code ${times(200, () => '@skip(if: false)')} } }`,
  'a list within lists': (number) =>
    `query Q${number} { phoneNumber(msisdn: ${'['.repeat(1_500)}${']'.repeat(1_500)}) { msisdn } }`,
  'sixteen thousand commas': (number) => `query Q${number} { operators { code } }${','.repeat(16_384)}`,
};
