/** Terminal: what a command has of the process it runs in: settings, two places to write, an end. */
import type { openStoreDatabase } from "../database.ts";

export interface Terminal {
  readonly env: NodeJS.ProcessEnv;
  /** The account of the machine that acts. Throws where the machine has no name for it. */
  machineUser(): string;
  /** Standard error is a screen, where a log shows colours. */
  readonly screen: boolean;
  /** Prints what the command was asked for, on standard output. */
  print(text: string): void;
  /** Tells the operator, on standard error. */
  say(sentence: string): void;
  /** Writes beside it, on standard error: how far the work is, what to mind. */
  note(line: string): void;
  /** Ends the process. */
  exit(code: number): never;
  /** Given by tests, whose databases and connections outlive a command. */
  readonly openStoreDatabase: typeof openStoreDatabase | undefined;
}

export interface TerminalHost {
  readonly env: NodeJS.ProcessEnv;
  readonly openStoreDatabase?: typeof openStoreDatabase;
  machineUser(): string;
  readonly screen: boolean;
  writeOutput(text: string): void;
  writeError(text: string): void;
  exit(code: number): never;
}

export function createTerminal(host: TerminalHost): Terminal {
  const writeError = (line: string) => {
    try {
      host.writeError(`${line}\n`);
    } catch {
      // Nobody can be told, say on a full disk; what is being done is done all the same.
    }
  };
  return {
    env: host.env,
    machineUser: () => host.machineUser(),
    screen: host.screen,
    exit: host.exit,
    openStoreDatabase: host.openStoreDatabase,
    print(text) {
      // Buyers and parties wrote some of it: what steers a terminal is not passed on to one.
      host.writeOutput(`${text.trimEnd().replace(/[\p{Cc}--\n]/gv, "\ufffd")}\n`);
    },
    say: (sentence) => writeError(`konter: ${sentence}`),
    note: writeError,
  };
}
