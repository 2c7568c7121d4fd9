/** VIP Reseller: profile and nickname look-ups. Everything is HTTP 200; `result` tells. */
import { createHash } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { openBooks } from "../books.ts";
import { registerFaults } from "../faults.ts";
import type { PartyContext } from "../party.ts";
import { answerHtml, keepRawBodies, neverAnswer } from "../wire.ts";
import { createNickname } from "./nickname.ts";

const credentials = { api_id: "SIMULASI1", api_key: "SIMULATEDnotarealvipkey0001" } as const;
const sign = createHash("md5")
  .update(credentials.api_id + credentials.api_key)
  .digest("hex");

const badKey = "Key atau Signature tidak valid.";
const unknownAddress = "IP 127.0.0.1 tidak terdaftar di whitelist.";

const profile = {
  full_name: "Toko Simulasi",
  username: "simulasi",
  balance: 1_000_000,
  point: 0,
  level: "Basic",
  registered: "2026-01-01 00:00:00",
};

type Result = "found" | "not_found" | "refused" | "unavailable";

interface Lookup {
  readonly code: string;
  readonly target: string;
  readonly additional_target: string;
  readonly result: Result;
  readonly at: string;
}

const plainCode = "mobile-legends";
/** The same accounts with their country, for who keeps a balance of 100.000. */
const regionCode = "mobile-legends-region";
const indonesia = { code: "ID", name: "Indonesia" };
const malaysia = { code: "MY", name: "Malaysia" };

const mobileLegends = { target: /^\d{5,12}$/, additionalTarget: /^\d{3,5}$/ };
const games: Record<string, { target: RegExp; additionalTarget: RegExp }> = {
  [plainCode]: mobileLegends,
  [regionCode]: mobileLegends,
  "free-fire": { target: /^\d{6,15}$/, additionalTarget: /^$/ },
  pubgm: { target: /^\d{8,15}$/, additionalTarget: /^$/ },
  valorant: { target: /^[^#]+#[^#]+$/, additionalTarget: /^$/ },
  "genshin-impact": { target: /^\d{9,10}$/, additionalTarget: /^\S/ },
};

export function registerVipReseller(app: FastifyInstance, context: PartyContext) {
  keepRawBodies(app);
  const books = openBooks<{ lookups: Lookup[] }>(context.booksFile, () => ({ lookups: [] }));
  const anyCode = ["http_503", "hang", "not_found", "ip_refused"];
  const faults = registerFaults(app, {
    profile: ["http_503", "hang", "ip_refused"],
    "get-nickname": [...anyCode, "low_balance"],
  });

  app.post("/api/profile", (request, reply) => {
    if (!isOurs(readForm(request))) return refuse(reply, badKey);
    const fault = faults.take("profile");
    if (fault === "hang") return neverAnswer(reply);
    if (fault === "http_503") return answerHtml(reply, 503, "Service Temporarily Unavailable");
    if (fault === "ip_refused") return refuse(reply, unknownAddress);
    return reply.send({ result: true, data: profile, message: "Success." });
  });

  app.post("/api/game-feature", (request, reply) => {
    const field = readForm(request);
    if (!isOurs(field)) return refuse(reply, badKey);
    if (field("type") !== "get-nickname") return refuse(reply, "Permintaan tidak sesuai.");
    const code = field("code");
    const target = field("target");
    const additional_target = field("additional_target");
    // A low balance waits for a look-up that needs one.
    const among = code === regionCode ? [...anyCode, "low_balance"] : anyCode;
    const fault = faults.take("get-nickname", among);
    const result = look(code, target, additional_target, fault);
    const at = context.clock.now().toISOString();
    books.data.lookups.push({ code, target, additional_target, result, at });
    books.save();

    if (fault === "hang") return neverAnswer(reply);
    if (result === "unavailable") return answerHtml(reply, 503, "Service Temporarily Unavailable");
    if (fault === "ip_refused") return refuse(reply, unknownAddress);
    if (fault === "low_balance") return refuse(reply, "Saldo akun minimal 100.000.");
    if (result === "refused") return refuse(reply, "Permintaan tidak sesuai.");
    if (result === "not_found") return refuse(reply, "Nickname tidak ditemukan.");
    const asked = code === regionCode ? plainCode : code;
    const answer = { result: true, data: createNickname(asked, target), message: "Success." };
    if (code !== regionCode) return reply.send(answer);
    const country = target.startsWith("451") ? malaysia : indonesia;
    return reply.send({ ...answer, country });
  });

  app.get("/_books", (_request, reply) => reply.send(books.data));
  return { credentials };
}

type Form = (field: string) => string;

function readForm(request: FastifyRequest): Form {
  const type = request.headers["content-type"] ?? "";
  const isForm = type.startsWith("application/x-www-form-urlencoded");
  const form = new URLSearchParams(isForm ? String(request.body ?? "") : "");
  return (field) => form.get(field) ?? "";
}

function isOurs(field: Form): boolean {
  return field("key") === credentials.api_key && field("sign") === sign;
}

function look(code: string, target: string, zone: string, fault: string | undefined): Result {
  const game = games[code];
  if (fault === "http_503" || fault === "hang" || target.startsWith("503")) return "unavailable";
  if (game === undefined || target === "") return "refused";
  if (fault === "ip_refused" || fault === "low_balance") return "refused";
  if (!game.additionalTarget.test(zone)) return "refused";
  if (fault === "not_found" || target.startsWith("404")) return "not_found";
  return game.target.test(target) ? "found" : "not_found";
}

function refuse(reply: FastifyReply, message: string): FastifyReply {
  return reply.send({ result: false, data: null, message });
}
