// Closed lists of words: every word that a field may hold is written once, as a constant list of this room. The GraphQL enums, the
// columns' checks and the types are taken from the list.

/** Whether a text that somebody sent is a word of a closed list. */
export function isOneOf<Word extends string>(list: readonly Word[], text: unknown): text is Word {
  return typeof text === 'string' && (list as readonly string[]).includes(text);
}

/** A closed list as an object whose members are their own names, which is how an enum is registered with the schema builder. */
export function asEnum<Word extends string>(list: readonly Word[]): { readonly [Member in Word]: Member } {
  return Object.fromEntries(list.map((word) => [word, word])) as { readonly [Member in Word]: Member };
}
