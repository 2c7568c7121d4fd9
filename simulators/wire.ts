/** What the HTTP sides of the parties share: raw bodies, lost answers, and posting webhooks. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Bodies stay text, so that malformed ones get the party's own error and not Fastify's. */
export function keepRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
}

/** Gives `undefined` for what is not JSON, which no JSON text can mean. */
export function readJson(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === "string" ? body : "");
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function breakConnection(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

/** The connection stays open until the caller gives up or the world closes. */
export function neverAnswer(reply: FastifyReply): FastifyReply {
  return reply.hijack();
}

export function answerHtml(reply: FastifyReply, status: number, title: string): FastifyReply {
  const page = `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n`;
  return reply.code(status).type("text/html").send(page);
}

/** Midtrans gives up after 15 s; nothing is documented for the others. */
const webhookPatienceMs = 15_000;
const maxRedirects = 5;

/** Posts a webhook and gives the status of the reply, or null when none came. */
export async function postWebhook(
  webhook: { url: string; headers: Record<string, string>; body: string },
  signal: AbortSignal,
): Promise<number | null> {
  // An answer takes real time whatever the simulated clock says, so real time limits it.
  const patience = AbortSignal.any([signal, AbortSignal.timeout(webhookPatienceMs)]);
  const headers = { "content-type": "application/json", ...webhook.headers };
  try {
    let url = webhook.url;
    for (let redirects = 0; ; redirects += 1) {
      const init = { method: "POST", headers, body: webhook.body, redirect: "manual" } as const;
      const reply = await fetch(url, { ...init, signal: patience });
      await reply.arrayBuffer();
      const location = reply.headers.get("location");
      const follows = (reply.status === 307 || reply.status === 308) && location !== null;
      if (!follows || redirects === maxRedirects) return reply.status;
      url = new URL(location, url).href;
    }
  } catch {
    return null;
  }
}
