/**
 * HTTP load: as many GETs as a server answers, over connections that stay open, one request at a
 * time on each. Plain sockets, because an HTTP client would cost more than the servers it measures.
 */
import { connect, type Socket } from "node:net";

const connections = 32;
const headEnd = Buffer.from("\r\n\r\n");

/** Answers a second from `path` during `durationMs`. Throws for any answer but 200. */
export async function answersPerSecond(
  target: { port: number; path: string },
  durationMs: number,
): Promise<number> {
  const began = performance.now();
  const endAt = began + durationMs;
  const counts = await Promise.all(Array.from({ length: connections }, () => ask(target, endAt)));
  const seconds = (performance.now() - began) / 1000;
  return counts.reduce((sum, count) => sum + count, 0) / seconds;
}

/** Asks again and again on one connection; resolves to how many answers came before `endAt`. */
function ask({ port, path }: { port: number; path: string }, endAt: number): Promise<number> {
  const request = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`;
  return new Promise((resolve, reject) => {
    let count = 0;
    let received: Buffer = Buffer.alloc(0);
    const socket: Socket = connect(port, "127.0.0.1", () => socket.write(request));
    socket.setNoDelay(true);
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`${path}: the server closed a connection`)));
    socket.on("data", (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const bodyAt = received.indexOf(headEnd);
      if (bodyAt < 0) return;
      const head = received.toString("latin1", 0, bodyAt);
      if (!head.startsWith("HTTP/1.1 200 ")) {
        return reject(new Error(`${path}: ${head.split("\r\n")[0]}`));
      }
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
      if (!Number.isInteger(length)) return reject(new Error(`${path}: without content-length`));
      if (received.length < bodyAt + headEnd.length + length) return;
      received = Buffer.alloc(0);
      count++;
      if (performance.now() < endAt) return socket.write(request);
      socket.removeAllListeners("close");
      socket.destroy();
      resolve(count);
    });
  });
}
