/** `konter simulate`: the simulated parties alone. */
import { readConfig } from "../config.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { createRandom } from "../platform/random.ts";
import { stopOnSignal } from "../platform/stop.ts";
import { type Command, readArgs } from "./command.ts";

export const simulate: Command = {
  usage: "simulate [--port N] [--store URL]",
  summary: "run the simulated parties alone and print where they are, as JSON",
  details: `Prints one object with the address and the test credentials of each party, then runs until
Ctrl-C. A store uses them when its variable SIMULATORS holds that object.
  --port N      where they listen, on 127.0.0.1 only (default SIMULATOR_PORT, 8090; 0 is any)
  --store URL   where their webhooks go (default http://127.0.0.1:8080)`,
  async run(args, terminal) {
    const { values } = readArgs(args, {
      options: { port: { type: "string" }, store: { type: "string" } },
    });
    const port = values.port === undefined ? {} : { SIMULATOR_PORT: values.port };
    const config = readConfig({ ...terminal.env, ...port });
    if (config.environment === "production") {
      throw new Error("a live shop (KONTER_ENV=production) has no simulators");
    }
    // Loaded for this command only, as the shop is in start.ts.
    const { startSimulators } = await import("../../simulators/world.ts");
    const starting = startSimulators({
      port: config.simulatorPort,
      clock: createSandboxClock({}),
      randomBytes: createRandom().bytes,
      storeUrl: values.store ?? `http://127.0.0.1:${config.port}`,
    });
    stopOnSignal(async () => (await starting).close(), terminal.say);
    terminal.print(JSON.stringify((await starting).parties));
  },
};
