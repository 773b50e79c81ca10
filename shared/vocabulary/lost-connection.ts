// Whether a fault says no more than that the database was not reached, or was lost on the way: it passes, and what was asked may be asked again.

const SOCKET_FAULTS: readonly string[] = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'];
const LOST_CONNECTION =
  /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying)/;

/** Whether the database was lost: by the class of its own code (connection, operator intervention), by the socket's, or by its client's words. */
export function isLostConnection(fault: unknown): boolean {
  if (!(fault instanceof Error)) return false;
  const { code } = fault as { readonly code?: unknown };
  return (
    (typeof code === 'string' && (code.startsWith('08') || code.startsWith('57') || SOCKET_FAULTS.includes(code))) ||
    LOST_CONNECTION.test(fault.message)
  );
}
