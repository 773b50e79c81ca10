// Whether an address is this machine's own, where programs may speak in the clear.

/** Whether a host, as an address or a configuration names it, can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|\[?::1\]?|localhost)$/.test(host);
}
