/** What a bot of the real libraries and a person see of each other through Discord. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type {
  APIModalInteractionResponseCallbackData,
  RESTPostAPIApplicationCommandsJSONBody,
} from "@discordjs/core";
import * as spec from "discord-api-spec/zod";
import { conforms } from "./specification.ts";
import { openDiscord } from "./test-bot.ts";

const topUp: RESTPostAPIApplicationCommandsJSONBody = {
  name: "topup",
  description: "Buy a top-up",
  description_localizations: { id: "Beli top-up" },
  options: [
    { type: 3, name: "game", description: "Game", required: true, autocomplete: true },
    { type: 4, name: "jumlah", description: "Amount", min_value: 1, max_value: 9 },
  ],
};
const buy = [{ name: "game", type: 3, value: "ML" }];
const payButton = {
  type: 1,
  components: [{ type: 2, style: 1, label: "Bayar", custom_id: "pay" }],
};
const askPlayer: APIModalInteractionResponseCallbackData = {
  custom_id: "player",
  title: "Akun",
  components: [
    {
      type: 18,
      label: "Player id",
      component: { type: 4, custom_id: "id", style: 1, min_length: 3 },
    },
  ],
};
const answerId = (value: string) => ({
  custom_id: "player",
  components: [{ type: 18, component: { type: 4, custom_id: "id", value } }],
});
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

test("a bot logs in without intents, registers commands and is told in full who used one", async (t) => {
  const { world, person, connect } = await openDiscord(t);
  const seen: unknown[] = [];
  const bot = await connect(async (it, api) => {
    seen.push(it);
    await api.interactions.reply(it.id, it.token, { content: "halo", flags: 64 });
  });
  const created = await bot.register([topUp]);
  const again = await bot.api.applicationCommands.bulkOverwriteGlobalCommands(bot.application_id, [
    topUp,
  ]);
  assert.equal(created[0]?.id, again[0]?.id);
  const plain = await bot.api.applicationCommands.getGlobalCommands(bot.application_id);
  assert.equal(plain[0]?.description_localizations, undefined);
  await bot.api.users.getCurrent();
  await bot.api.applications.getCurrent();

  const answer = await person.command("topup", buy);
  assert.deepEqual([answer.status, answer.callback_type], ["acknowledged", 4]);
  const [told] = seen as [Record<string, unknown>];
  const { guild_id, channel_id, application_id } = world.parties().discord;
  const { id } = await person.user();
  assert.deepEqual(
    { ...told, id: "", token: "", member: "", channel: "" },
    {
      id: "",
      application_id,
      type: 2,
      token: "",
      version: 1,
      data: { id: created[0]?.id, name: "topup", type: 1, options: buy },
      channel_id,
      channel: "",
      guild_id,
      guild: { id: guild_id, locale: "id", features: [] },
      guild_locale: "id",
      member: "",
      locale: "id",
      app_permissions: "361045806080",
      entitlements: [],
      authorizing_integration_owners: { "0": guild_id },
      context: 0,
      attachment_size_limit: 10_485_760,
    },
  );
  assert.equal(Object(told.member).user.id, id);
  conforms(spec.GuildMemberResponseSchema, told.member);
});

test("each kind of first answer reaches the person who is waiting for it", async (t) => {
  const { person, connect } = await openDiscord(t);
  const bot = await connect(async (it, api) => {
    const { id, token, application_id } = it;
    if (it.type === 4) {
      return api.interactions.createAutocompleteResponse(id, token, {
        choices: [{ name: "ML", value: "ml" }],
      });
    }
    if (it.type === 5)
      return api.interactions.updateMessage(id, token, { content: "siap", components: [] });
    if (it.type === 3) {
      if (it.data.custom_id === "pay") return api.interactions.createModal(id, token, askPlayer);
      await api.interactions.deferMessageUpdate(id, token);
      return api.interactions.editReply(application_id, token, {
        content: "dicek",
        components: [payButton],
      });
    }
    const deferred = await api.interactions.defer(id, token, { flags: 64, with_response: true });
    assert.equal(deferred.interaction.response_message_loading, true);
    await api.interactions.editReply(application_id, token, {
      content: "pilih",
      components: [
        payButton,
        {
          type: 1,
          components: [{ type: 3, custom_id: "sku", options: [{ label: "86", value: "86" }] }],
        },
      ],
    });
    return api.interactions.followUp(application_id, token, { content: "satu lagi" });
  });
  await bot.register([topUp]);
  const looking = await person.look(t);

  const typed = { name: "topup", options: [{ name: "game", type: 3, value: "m", focused: true }] };
  const completed = await person.act({ type: 4, data: typed });
  assert.deepEqual(completed.choices, [{ name: "ML", value: "ml" }]);

  assert.equal((await person.command("topup", buy)).callback_type, 5);
  while (looking.frames.length < 3) await looking.next();
  const [thinking, filled, followUp] = looking.frames.map((frame) => frame.message);
  assert.deepEqual([thinking.flags, thinking.type, thinking.content], [64 + 128, 20, ""]);
  assert.deepEqual([filled.id, filled.flags, filled.content], [thinking.id, 64, "pilih"]);
  assert.deepEqual([followUp.content, followUp.flags], ["satu lagi", 0]);

  const select = { component_type: 3, custom_id: "sku", values: ["86"] };
  const chosen = await person.act({ type: 3, message_id: filled.id, data: select });
  assert.equal(chosen.callback_type, 6);
  const pressed = await person.press(filled.id, "pay");
  assert.deepEqual([pressed.callback_type, pressed.modal.title], [9, "Akun"]);
  const modal = { type: 5, modal_id: pressed.modal_id };
  assert.match(
    (await person.act({ ...modal, data: answerId("12") })).error,
    /3 to 4000 characters/,
  );
  assert.equal((await person.act({ ...modal, data: answerId("123") })).callback_type, 7);
  const { messages } = await person.state();
  assert.deepEqual([messages[0].content, messages[0].components], ["siap", []]);
  assert.deepEqual(bot.failures, []);
});

test("a picture is served where the embed says, and an edit keeps only what it lists", async (t) => {
  const { world, person, connect } = await openDiscord(t);
  const bot = await connect(async (it, api) => {
    await api.interactions.reply(it.id, it.token, {
      embeds: [{ title: "Bayar", image: { url: "attachment://qris.png" } }],
      files: [
        { name: "qris.png", data: png, contentType: "image/png" },
        { name: "struk.txt", data: "lunas", contentType: "text/plain" },
      ],
      attachments: [{ id: "0", description: "QRIS" }, { id: "1" }],
    });
  });
  await bot.register([topUp]);
  await person.command("topup", buy);
  const [message] = (await person.state()).messages;
  const { image } = message.embeds[0];
  assert.deepEqual([image.width, image.height], [1, 1]);
  const served = await fetch(image.url);
  assert.equal(served.headers.get("content-type"), "image/png");
  assert.deepEqual(Buffer.from(await served.arrayBuffer()), png);
  // What an embed shows is not listed again.
  assert.deepEqual(
    message.attachments.map((it: { filename: string }) => it.filename),
    ["struk.txt"],
  );

  const { channel_id } = world.parties().discord;
  const edit = (body: object) => bot.api.channels.editMessage(channel_id, message.id, body);
  const kept = await edit({ embeds: [], attachments: [{ id: message.attachments[0].id }] });
  assert.deepEqual(
    kept.attachments.map((it) => it.filename),
    ["struk.txt"],
  );
  const emptied = await edit({ content: "lunas", attachments: [] });
  assert.deepEqual(emptied.attachments, []);
  assert.deepEqual(bot.failures, []);
});

test("a button in a direct message names the user, not a member", async (t) => {
  const { person, other, connect } = await openDiscord(t);
  const seen: unknown[] = [];
  const bot = await connect(async (it, api) => {
    seen.push(it);
    await api.interactions.updateMessage(it.id, it.token, { content: "terima kasih" });
  });
  const { id } = await person.user();
  const dm = await bot.api.users.createDM(id);
  const sent = await bot.api.channels.createMessage(dm.id, {
    content: "struk",
    components: [payButton],
  });
  assert.deepEqual((await person.state()).dm_channel, { id: dm.id });
  assert.deepEqual((await other.state()).messages, []);

  assert.equal((await person.press(sent.id, "pay")).callback_type, 7);
  const [told] = seen as [Record<string, unknown>];
  assert.deepEqual([told.member, told.guild_id, told.context], [undefined, undefined, 1]);
  assert.equal(Object(told.user).id, id);
  assert.equal((await other.press(sent.id, "pay")).error, "no such message");
});

test("an ephemeral message is seen by one person and edited by its token only", async (t) => {
  const { world, person, other, connect } = await openDiscord(t);
  const tokens: string[] = [];
  const bot = await connect(async (it, api) => {
    tokens.push(it.token);
    await api.interactions.reply(it.id, it.token, { content: "rahasia", flags: 64 });
  });
  await bot.register([topUp]);
  const looking = await person.look(t);
  await person.command("topup", buy);
  const [message] = (await person.state()).messages;
  assert.equal(message.flags, 64);
  assert.deepEqual((await other.state()).messages, []);

  const { channel_id } = world.parties().discord;
  const wrongWay = bot.api.channels.editMessage(channel_id, message.id, { content: "x" });
  await assert.rejects(wrongWay, { code: 10008 });
  const original = await bot.api.interactions.getOriginalReply(bot.application_id, tokens[0] ?? "");
  assert.equal(original.content, "rahasia");
  await bot.api.interactions.deleteReply(bot.application_id, tokens[0] ?? "");
  while (looking.frames.length < 2) await looking.next();
  assert.deepEqual(looking.frames[1], { type: "message_deleted", id: message.id });
});

test("a nonce that is enforced makes a repeated message the same message for five minutes", async (t) => {
  const { world, connect } = await openDiscord(t);
  const bot = await connect();
  const { channel_id } = world.parties().discord;
  const send = () =>
    bot.api.channels.createMessage(channel_id, { content: "a", nonce: "n1", enforce_nonce: true });
  const first = await send();
  assert.equal((await send()).id, first.id);
  await world.advance(301);
  assert.notEqual((await send()).id, first.id);
});

test("faults strike as often as asked, and a duplicated interaction arrives twice", async (t) => {
  const { world, person, connect } = await openDiscord(t);
  const seen: string[] = [];
  const bot = await connect(async (it, api) => {
    seen.push(it.id);
    await api.interactions.reply(it.id, it.token, { content: "halo" });
  });
  await bot.register([topUp]);
  await world.faults("discord", "callback", "http_500");
  await world.faults("discord", "interaction", "duplicate");
  const answer = await person.command("topup", buy);
  assert.equal(answer.status, "acknowledged");
  assert.deepEqual(seen, [answer.interaction_id, answer.interaction_id]);
  await world.faults("discord", "message", "http_429");
  const { channel_id } = world.parties().discord;
  await bot.api.channels.createMessage(channel_id, { content: "setelah satu detik" });
  const { requests } = (await world.books("discord")).body;
  assert.equal(requests["POST /channels/:channel/messages"], 2);
});

test("two bots of one token are both told, and only the first answer counts", async (t) => {
  const { person, connect } = await openDiscord(t);
  const start = () =>
    connect(async (it, api) => {
      await api.interactions.reply(it.id, it.token, { content: "halo" });
    });
  const bots = [await start(), await start()];
  await bots[0]?.register([topUp]);
  await person.command("topup", buy);
  while (bots.every((bot) => bot.failures.length === 0)) await new Promise(setImmediate);
  const failures = bots.flatMap((bot) => bot.failures);
  assert.deepEqual(
    failures.map((error) => Object(error).code),
    [40060],
  );
  assert.equal((await person.state()).messages.length, 1);
});

test("the conversation, the commands and a living token survive a restart", async (t) => {
  const booksDirectory = mkdtempSync(join(tmpdir(), "discord-"));
  t.after(() => rmSync(booksDirectory, { recursive: true }));
  const { world, person, connect } = await openDiscord(t, { booksDirectory });
  let token = "";
  const bot = await connect(async (it, api) => {
    token = it.token;
    await api.interactions.reply(it.id, it.token, { content: "sebelum" });
  });
  await bot.register([topUp]);
  await person.command("topup", buy);
  const before = await person.state();
  await bot.leave();
  await world.restart();
  assert.deepEqual(await person.state(), before);
  const { base_url, application_id } = world.parties().discord;
  const edited = await fetch(
    `${base_url}/v10/webhooks/${application_id}/${token}/messages/@original`,
    {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ content: "sesudah" }),
    },
  );
  assert.equal(edited.status, 200);
  assert.equal((await person.state()).messages[0].content, "sesudah");
});

test("a bot sees the server's channel and its own direct ones, and no other", async (t) => {
  const { world, person, connect } = await openDiscord(t);
  const bot = await connect(async () => {});
  const { channel_id } = world.parties().discord;
  const shared = await bot.api.channels.get(channel_id);
  assert.deepEqual([shared.id, shared.type], [channel_id, 0]);
  const { id } = await person.user();
  const direct = await bot.api.users.createDM(id);
  assert.equal((await bot.api.channels.get(direct.id)).type, 1);
  await assert.rejects(bot.api.channels.get("999999999999999999"), { code: 10_003, status: 404 });
});
