// A fuzz run met literals that the planner does not carry: a whole number beyond 64 bits made it fail with a status of 500, 1e400 reached
// a subgraph as the word `inf`, and a backspace as another character. Every literal either arrives as it was written or is refused.

import { describe, expect, test } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import { parse, valueFromASTUntyped, visit } from 'graphql';
import { carriesLiterals } from '../../../gateway/plan/carried-literals';
import { loadSupergraph } from '../../../gateway/supergraph/load';

const composed = composeServices([
  {
    name: 'echo',
    url: 'http://127.0.0.1:9/',
    typeDefs: parse('scalar Anything type Query { echo(value: Anything, amount: Float, text: String): Int }'),
  },
]);
const { planner } = loadSupergraph(composed.supergraphSdl ?? '');

/** The values of every argument that stands in a text, in order. */
function literalsIn(text: string): readonly unknown[] {
  const values: unknown[] = [];
  visit(parse(text), { Argument: ({ value }) => void values.push(valueFromASTUntyped(value)) });
  return values;
}

async function carried(literal: string, argument = 'value'): Promise<'REFUSED' | 'UNCHANGED' | 'CHANGED'> {
  const text = `{ echo(${argument}: ${literal}) }`;
  if (!carriesLiterals(parse(text))) return 'REFUSED';
  const { node } = await planner.planAsync(text, null, new Set(), 0);
  const sent = node?.kind === 'Fetch' ? node.operation : '';
  return JSON.stringify(literalsIn(sent)) === JSON.stringify(literalsIn(text)) ? 'UNCHANGED' : 'CHANGED';
}

describe('literals', () => {
  test('of text arrive whatever characters they hold, or are refused', async () => {
    const refused: number[] = [];
    const characters = [
      ...Array(0x30).keys(),
      0x5c,
      0x7f,
      0x80,
      0xa0,
      0x2028,
      0x202e,
      0xfeff,
      0xfffd,
      0x1f600,
      0x10ffff,
    ];
    for (const character of characters) {
      const outcome = await carried(JSON.stringify(`a${String.fromCodePoint(character)}b`), 'text');
      expect([character, outcome]).not.toEqual([character, 'CHANGED']);
      if (outcome === 'REFUSED') refused.push(character);
    }
    expect(refused).toEqual([0x08]);
  });

  test.each([
    '"""a "b\\""" \\b"""',
    '"""\n  x\n    y"""',
    '"\\\\ \\/ \\n \\t \\r \\f \\" \\u00e9"',
    '{ a: ["x", 1, null, ON] }',
  ])('as %s arrive', async (literal) => {
    expect(await carried(literal)).toBe('UNCHANGED');
  });

  test.each([
    '0',
    '-1',
    '2147483648',
    '9007199254740991',
    '9223372036854775807',
    '-9223372036854775808',
    '1.5',
    '1e30',
    '-2.5e-7',
  ])('as %s arrive', async (literal) => {
    expect(await carried(literal)).toBe('UNCHANGED');
  });

  test.each(['9223372036854775808', '-9223372036854775809', '9'.repeat(5_000), '1e400', '-1e999', '[{ a: 1e400 }]'])(
    'beyond what is carried are refused, case %#',
    async (literal) => {
      expect(await carried(literal)).toBe('REFUSED');
    },
  );

  test('in the default of a variable count too', () => {
    expect(carriesLiterals(parse('query ($a: Float = 1e400) { echo(amount: $a) }'))).toBe(false);
  });
});
