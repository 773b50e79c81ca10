// The schema of a subgraph as text and as something that can be composed.

import { describe, expect, test } from '@jest/globals';
import { composeServices } from '@theguild/federation-composition';
import { graphql, parse } from 'graphql';
import { buildForgetfulLibrary, buildLibrary } from './library-subgraph';
import { buildDeliverySubgraph } from './mutation-only-subgraph';

describe('the SDL', () => {
  test('is the same text whenever it is built', async () => {
    expect((await buildLibrary()).sdl).toBe((await buildLibrary()).sdl);
  });

  test('is sorted, keeps descriptions and directives, and ends with a newline', async () => {
    const { sdl } = await buildLibrary();
    expect(sdl).toMatch(/^extend schema\n {2}@link\(/);
    expect(sdl).toContain(
      '"""A book of one branch."""\ntype BookType @key(fields: "branch since") @key(fields: "isbn") {',
    );
    expect(sdl).toContain('"""Title as printed."""\n  title: String');
    expect(sdl).toContain('total: Int @requires(fields: "shelves { books }")');
    expect(sdl.indexOf('type BookType')).toBeLessThan(sdl.indexOf('type ReaderType'));
    expect(sdl).toMatch(/[^\n]\n$/);
    expect(() => parse(sdl)).not.toThrow();
  });

  test('is told to nobody who asks the running subgraph', async () => {
    const { schema } = await buildLibrary();
    const told = await graphql({ schema, source: '{ _service { sdl } }' });
    expect(told.data ?? null).toBeNull();
    expect(told.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });

  test('composes', async () => {
    const { sdl } = await buildLibrary();
    const elsewhere = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
      scalar Msisdn
      type Query { reader(phone: Msisdn!): ReaderType }
      type ReaderType @key(fields: "phone") { phone: Msisdn! shelves: [ShelfType!] }
      type ShelfType { books: Int! }`;
    const composed = composeServices([
      { name: 'library', typeDefs: parse(sdl) },
      { name: 'shelves', typeDefs: parse(elsewhere) },
    ]);
    expect(composed.errors ?? []).toEqual([]);
  });

  test('of a subgraph without queries holds its own directives and the arguments by name', async () => {
    const { schema, sdl } = await buildDeliverySubgraph();
    expect(sdl).toContain('deliver(branch: ID!, order: String!): ParcelType @partitioned(by: "branch")');
    expect(sdl).toContain('type ParcelType @key(fields: "id branch") @partitioned(by: "branch") {');
    const composed = composeServices([{ name: 'delivery', typeDefs: parse(`${sdl}\nextend type Query { any: ID }`) }]);
    expect(composed.errors ?? []).toEqual([]);
    expect(composed.supergraphSdl).toContain('@partitioned(by: "branch")');
    const delivered = await graphql({
      schema,
      source: 'mutation { deliver(order: "o", branch: "b") { id branch state } }',
    });
    expect(delivered).toEqual({ data: { deliver: { id: 'o', branch: 'b', state: 'ON_THE_WAY' } } });
  });
});

test('an entity without a reference resolver is a defect that shows when the program starts', async () => {
  await expect(buildForgetfulLibrary()).rejects.toThrow('the entity ReaderType has no reference resolver');
});
