/** Inspector: what a store's own process holds in memory once its garbage is collected, told by Node's debugger. */
import { setTimeout as delay } from "node:timers/promises";

/** In megabytes. */
export interface Memory {
  /** All that the machine gives the process. */
  readonly resident: number;
  /** Its objects and their buffers. */
  readonly heap: number;
}

export interface Inspector {
  /** Collects the garbage first, so that only what is still in use counts. */
  memory(): Promise<Memory>;
  close(): void;
}

const openWithinMs = 10_000;
const mega = 1_000_000;

/** The setting with which a store's debugger will listen on a port, once it is asked to. */
export function inspectedOn(port: number): { NODE_OPTIONS: string } {
  return { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --inspect-port=${port}` };
}

/** Asks a process that was started so to listen, and connects. */
export async function openInspector(pid: number, port: number): Promise<Inspector> {
  process.kill(pid, "SIGUSR1");
  const socket = new WebSocket(await debuggerUrl(port));
  await new Promise((opened) => socket.addEventListener("open", opened, { once: true }));
  // One at a time, so the next message is the answer.
  const call = async (method: string, params: object = {}) => {
    const answered = new Promise<MessageEvent>((received) => {
      socket.addEventListener("message", received, { once: true });
    });
    socket.send(JSON.stringify({ id: 1, method, params }));
    return JSON.parse((await answered).data);
  };
  return {
    async memory() {
      await call("HeapProfiler.collectGarbage");
      const expression = "process.memoryUsage()";
      const { result } = await call("Runtime.evaluate", { expression, returnByValue: true });
      const { rss, heapUsed, external } = result.result.value;
      return { resident: rss / mega, heap: (heapUsed + external) / mega };
    },
    close: () => socket.close(),
  };
}

async function debuggerUrl(port: number): Promise<string> {
  const deadline = performance.now() + openWithinMs;
  while (performance.now() < deadline) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
    if (answer?.ok) return JSON.parse(await answer.text())[0].webSocketDebuggerUrl;
    await delay(20);
  }
  throw new Error("the store's debugger does not listen");
}
