/** Database problem: what an operator can do when the database does not let us in or goes away. */

const gone = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT"],
  ...["57P01", "57P02", "57P03", "08000", "08003", "08006", "53300"],
]);

// What the driver says: the last of it of a connection that broke between two statements.
const lost = /^(?:Connection terminated|timeout e|Client has encountered a connection error)/;

/** True when the database could not be asked, which says nothing against the question. */
export function isDatabaseGone(error: unknown): boolean {
  return gone.has(codeOf(error)) || lost.test(messageOf(error));
}

/** True when the database gave way to somebody else: the same may succeed when it is tried again. */
export function mayTryAgain(error: unknown): boolean {
  // serialization_failure, deadlock_detected
  return ["40001", "40P01"].includes(codeOf(error));
}

/** True when a text was refused for its characters: its sender's mistake, wherever it came from. */
export function isUnstorable(error: unknown): boolean {
  return ["22021", "22P05"].includes(codeOf(error));
}

/** What readers that go on from a transaction say of a server that has not counted so far; `so` is the harm. */
export function countedBack(from: string, so: string): Error {
  return new Error(
    `this server counts its transactions from before ${from}, so ${so}: ` +
      "the database was restored from a dump into a new server (docs/live.md, backups)",
  );
}

/** Why a first connection failed and what to do, without a secret. */
export function explainConnection(error: unknown): string {
  const message = messageOf(error);
  switch (codeOf(error)) {
    case "28P01":
    case "28000":
      return `${message}: check its user and password`;
    case "3D000":
      return `${message}: create it (createdb), or name another`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "its host name is not known: check how it is written";
    case "ECONNREFUSED":
    case "ENOENT":
      return "no PostgreSQL listens there: start it, or check host and port";
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "nothing answers there: check host, port and firewall";
    case "42501":
      return `${message}: its user must own the database's schema, or give MIGRATION_DATABASE_URL`;
    case "53300":
      return `${message}: end other programs that use it, or raise max_connections`;
    default:
      return /^timeout e/.test(message)
        ? "nothing answers there: check host, port and firewall"
        : message;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

// The error of a host with several addresses is a list without a message of its own.
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || codeOf(error) : String(error);
}
