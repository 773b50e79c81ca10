// Forms of what stands in signed fields: texts in the one spelling that both sides compare, and identifiers.

/** An identifier as the operators' programs make it. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a value is a text of at most `longest` characters in normal form C, without NUL. */
export function isText(value: unknown, longest: number): value is string {
  return (
    typeof value === 'string' && value.length <= longest && value.normalize('NFC') === value && !value.includes('\0')
  );
}
