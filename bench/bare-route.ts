// The yardstick of price_list, as a process of its own: `node bench/bare-route.ts PORT JSON` answers
// GET /bare with that JSON from a Fastify that knows nothing else.
import fastify from "fastify";

const [port = "0", json = "{}"] = process.argv.slice(2);
const body: unknown = JSON.parse(json);
const app = fastify();
app.get("/bare", async () => body);
await app.listen({ host: "127.0.0.1", port: Number(port) });
