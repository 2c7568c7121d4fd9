/**
 * Apart: campaigns in a process of their own. The test runner watches every promise of its process,
 * which takes as long as the parties and the resellers together.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  type CampaignOptions,
  type CampaignReport,
  killEverywhere,
  stopDatabase,
} from "./campaign.ts";

type Order =
  | { readonly campaign: "kill everywhere"; readonly options: CampaignOptions }
  | {
      readonly campaign: "stop the database";
      readonly options: CampaignOptions & { survives: boolean };
    };
type Answer = { readonly report: CampaignReport } | { readonly error: string };

const file = fileURLToPath(import.meta.url);

/** Throws what went wrong there. */
export async function campaign(order: Order): Promise<CampaignReport> {
  // The runner tells its processes by NODE_TEST_CONTEXT that they are tests.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = fork(file, ["campaign"], { env, execArgv: [] });
  const answered: Promise<[Answer]> = once(child, "message") as Promise<[Answer]>;
  child.send(order);
  const gone = once(child, "exit").then(([code, signal]) => ({
    error: `it ended: ${code ?? signal}`,
  }));
  const answer = await Promise.race([answered.then(([said]) => said), gone]);
  child.disconnect();
  await gone;
  if ("error" in answer) throw new Error(answer.error);
  return answer.report;
}

async function run({ campaign, options }: Order): Promise<CampaignReport> {
  switch (campaign) {
    case "kill everywhere":
      return killEverywhere(options);
    case "stop the database":
      return stopDatabase(options);
    default:
      return campaign satisfies never;
  }
}

if (process.argv[1] === file && process.argv[2] === "campaign") {
  process.on("disconnect", () => process.exit());
  process.once("message", async (order: Order) => {
    const answer: Answer = await run(order).then(
      (report) => ({ report }),
      (error: unknown) => ({ error: error instanceof Error ? (error.stack ?? "") : String(error) }),
    );
    process.send?.(answer);
  });
}
