// Hashes as a parameter of a statement that is sent in a group, where values are text.

/** Hashes as a parameter of type `bytea[]`. */
export function hashArray(hashes: readonly (Buffer | null)[]): string {
  return `{${hashes.map((hash) => (hash === null ? 'NULL' : `"\\\\x${hash.toString('hex')}"`)).join(',')}}`;
}
