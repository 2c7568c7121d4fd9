/** What Discord refuses, asked with plain HTTP as no library would ask. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { post, read, type World } from "../test-world.ts";
import { openDiscord } from "./test-bot.ts";

function restOf(world: World) {
  const { base_url, token, application_id, channel_id } = world.parties().discord;
  const authorization = `Bot ${token}`;
  const send = async (method: string, path: string, body?: unknown) =>
    read(
      await fetch(`${base_url}/v10${path}`, {
        method,
        headers: {
          authorization,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    );
  return {
    send,
    commands: (body: unknown) => send("PUT", `/applications/${application_id}/commands`, body),
    say: (body: unknown) => send("POST", `/channels/${channel_id}/messages`, body),
    answer: (it: Told, body: unknown) =>
      send("POST", `/interactions/${it.id}/${it.token}/callback`, body),
    edit: (it: Told, body: unknown) =>
      send("PATCH", `/webhooks/${application_id}/${it.token}/messages/%40original`, body),
    followUp: (it: Told, body: unknown) =>
      send("POST", `/webhooks/${application_id}/${it.token}`, body),
  };
}

interface Told {
  id: string;
  token: string;
}

const beli = {
  name: "beli",
  description: "Beli",
  options: [{ type: 3, name: "game", description: "Game", autocomplete: true }],
};
const button = (custom_id: string, more: object = {}) => ({
  type: 2,
  style: 1,
  label: "x",
  custom_id,
  ...more,
});
const row = (...components: object[]) => ({ type: 1, components });
const select = (options: object[], more: object = {}) => ({
  type: 3,
  custom_id: "s",
  options,
  ...more,
});
const option = (value: string) => ({ label: value, value });
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const long = (length: number) => "x".repeat(length);

/** A bot that only listens; `next` performs an act and gives what the bot was told. */
async function openListening(t: TestContext) {
  const discord = await openDiscord(t);
  const told: Told[] = [];
  let heard = Promise.withResolvers<void>();
  await discord.connect(async (it) => {
    told.push(it);
    heard.resolve();
  });
  const rest = restOf(discord.world);
  assert.equal((await rest.commands([beli])).status, 200);
  async function next(act: Promise<{ status: string }>): Promise<{ it: Told; result: typeof act }> {
    await heard.promise;
    heard = Promise.withResolvers();
    const it = told.at(-1);
    assert.ok(it);
    return { it, result: act };
  }
  return { ...discord, rest, next, use: () => next(discord.person.command("beli")) };
}

/** The paths and codes of a refused form, such as `components.0.type UNION_TYPE_CHOICES`. */
function problems(errors: unknown, path: string[] = []): string[] {
  return Object.entries(Object(errors)).flatMap(([key, value]) =>
    key === "_errors"
      ? Object(value).map((it: { code: string }) => `${path.join(".")} ${it.code}`)
      : problems(value, [...path, key]),
  );
}

const badMessages: [string, object, string | number][] = [
  ["nothing visible", { content: "  " }, 50006],
  ["content over 2000", { content: long(2001) }, "content BASE_TYPE_MAX_LENGTH"],
  [
    "more than 10 embeds",
    { embeds: times(11, () => ({ title: "x" })) },
    "embeds BASE_TYPE_MAX_LENGTH",
  ],
  [
    "an embed title over 256",
    { embeds: [{ title: long(257) }] },
    "embeds.0.title BASE_TYPE_MAX_LENGTH",
  ],
  [
    "an embed description over 4096",
    { embeds: [{ description: long(4097) }] },
    "embeds.0.description BASE_TYPE_MAX_LENGTH",
  ],
  ["an empty embed", { embeds: [{}] }, "embeds.0.description BASE_TYPE_REQUIRED"],
  [
    "embeds over 6000 together",
    { embeds: times(2, () => ({ description: long(3001) })) },
    "embeds MAX_EMBED_SIZE_EXCEEDED",
  ],
  [
    "26 fields",
    { embeds: [{ fields: times(26, () => ({ name: "a", value: "b" })) }] },
    "embeds.0.fields BASE_TYPE_MAX_LENGTH",
  ],
  [
    "a field without value",
    { embeds: [{ fields: [{ name: "a" }] }] },
    "embeds.0.fields.0.value BASE_TYPE_REQUIRED",
  ],
  [
    "a colour in words",
    { embeds: [{ title: "x", color: "red" }] },
    "embeds.0.color NUMBER_TYPE_COERCE",
  ],
  [
    "a picture nobody uploaded",
    { embeds: [{ image: { url: "attachment://qr.png" } }] },
    "embeds.0.image.url ATTACHMENT_NOT_FOUND",
  ],
  [
    "an attachment nobody uploaded",
    { content: "x", attachments: [{ id: "0" }] },
    "attachments.0.id ATTACHMENT_INVALID",
  ],
  [
    "more than five rows",
    { components: times(6, (n) => row(button(`${n}`))) },
    "components BASE_TYPE_MAX_LENGTH",
  ],
  [
    "six buttons in a row",
    { components: [row(...times(6, (n) => button(`${n}`)))] },
    "components.0.components BASE_TYPE_MAX_LENGTH",
  ],
  ["a button outside a row", { components: [button("a")] }, "components.0.type UNION_TYPE_CHOICES"],
  [
    "a select beside a button",
    { components: [row(button("a"), select([option("a")]))] },
    "components.0.components COMPONENT_LAYOUT_WIDTH_EXCEEDED",
  ],
  [
    "one custom_id twice",
    { components: [row(button("a")), row(button("a"))] },
    "components.1.components.0.custom_id COMPONENT_CUSTOM_ID_DUPLICATED",
  ],
  [
    "a link button without url",
    { components: [row({ type: 2, style: 5, label: "x" })] },
    "components.0.components.0.url BASE_TYPE_REQUIRED",
  ],
  [
    "a button without custom_id",
    { components: [row({ type: 2, style: 1, label: "x" })] },
    "components.0.components.0.custom_id BASE_TYPE_REQUIRED",
  ],
  [
    "a button with both",
    { components: [row(button("a", { url: "https://a.id" }))] },
    "components.0.components.0.url BASE_TYPE_REQUIRED",
  ],
  [
    "a label over 80",
    { components: [row(button("a", { label: long(81) }))] },
    "components.0.components.0.label BASE_TYPE_MAX_LENGTH",
  ],
  [
    "a custom_id over 100",
    { components: [row(button(long(101)))] },
    "components.0.components.0.custom_id BASE_TYPE_MAX_LENGTH",
  ],
  [
    "26 options",
    { components: [row(select(times(26, (n) => option(`${n}`))))] },
    "components.0.components.0.options BASE_TYPE_MAX_LENGTH",
  ],
  [
    "one option twice",
    { components: [row(select([option("a"), option("a")]))] },
    "components.0.components.0.options.1.value SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
  ],
  [
    "bad allowed_mentions",
    { content: "x", allowed_mentions: { parse: ["all"] } },
    "allowed_mentions.parse.0 BASE_TYPE_CHOICES",
  ],
  ["the flag of components V2", { content: "x", flags: 32_768 }, "flags SIMULATOR_NOT_PLAYED"],
  [
    "an ephemeral flag outside interactions",
    { content: "x", flags: 64 },
    "flags MESSAGE_FLAGS_INVALID",
  ],
  [
    "a container",
    { components: [{ type: 17, components: [] }] },
    "components.0.type UNION_TYPE_CHOICES",
  ],
  [
    "a user select",
    { components: [row({ type: 5, custom_id: "u" })] },
    "components.0.components.0.type UNION_TYPE_CHOICES",
  ],
];

test("a message beyond the documented limits is refused with the path of each problem", async (t) => {
  const { world } = await openDiscord(t);
  const rest = restOf(world);
  for (const [title, body, expected] of badMessages) {
    const { status, body: error } = await rest.say(body);
    const found = typeof expected === "number" ? error.code : problems(error.errors);
    assert.deepEqual(
      [status, found],
      [400, typeof expected === "number" ? expected : [expected]],
      title,
    );
  }
  const { refused, messages } = (await world.books("discord")).body;
  assert.deepEqual([refused.length, messages.length], [badMessages.length, 0]);
  assert.equal(refused[1].route, "POST /channels/:channel/messages");
  const fine = {
    content: long(2000),
    components: times(5, (n) => row(...times(5, (m) => button(`${n}${m}`)))),
  };
  assert.equal((await rest.say(fine)).status, 200);
});

const badCommands: [string, object[], string | number][] = [
  ["an upper-case name", [{ ...beli, name: "Beli" }], "0.name APPLICATION_COMMAND_INVALID_NAME"],
  [
    "a name with a space",
    [{ ...beli, name: "beli ini" }],
    "0.name APPLICATION_COMMAND_INVALID_NAME",
  ],
  ["no description", [{ name: "beli" }], "0.description BASE_TYPE_REQUIRED"],
  ["an empty description", [{ ...beli, description: "" }], "0.description BASE_TYPE_MIN_LENGTH"],
  [
    "an unknown locale",
    [{ ...beli, name_localizations: { xx: "a" } }],
    "0.name_localizations BASE_TYPE_INVALID",
  ],
  ["a command twice", [beli, beli], "1.name APPLICATION_COMMANDS_DUPLICATE_NAME"],
  ["101 commands", times(101, (n) => ({ ...beli, name: `c${n}` })), 30032],
  ["one context twice", [{ ...beli, contexts: [0, 0] }], "0.contexts SET_TYPE_CONVERT"],
  [
    "26 options",
    [{ ...beli, options: times(26, (n) => ({ type: 3, name: `o${n}`, description: "x" })) }],
    "0.options BASE_TYPE_MAX_LENGTH",
  ],
  [
    "an option twice",
    [{ ...beli, options: times(2, () => ({ type: 3, name: "o", description: "x" })) }],
    "0.options.1.name APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
  ],
  [
    "a required option after an optional one",
    [
      {
        ...beli,
        options: [false, true].map((required, n) => ({
          type: 3,
          name: `o${n}`,
          description: "x",
          required,
        })),
      },
    ],
    "0.options.1 APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
  ],
  [
    "autocomplete together with choices",
    [
      {
        ...beli,
        options: [
          {
            type: 3,
            name: "o",
            description: "x",
            autocomplete: true,
            choices: [{ name: "a", value: "a" }],
          },
        ],
      },
    ],
    "0.options.0.choices APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
  ],
];

test("a command beyond the documented limits is refused and the old list stays", async (t) => {
  const { world, person } = await openDiscord(t);
  const rest = restOf(world);
  await rest.commands([beli]);
  for (const [title, body, expected] of badCommands) {
    const { status, body: error } = await rest.commands(body);
    const found = typeof expected === "number" ? error.code : problems(error.errors);
    assert.deepEqual(
      [status, found],
      [400, typeof expected === "number" ? expected : [expected]],
      title,
    );
  }
  assert.equal((await person.state()).commands.length, 1);
  const digits = { ...beli, default_member_permissions: 32 };
  assert.equal((await rest.commands([digits])).body[0].default_member_permissions, "32");
});

const field = (custom_id: string, more: object = {}) => ({
  type: 18,
  label: "L",
  component: { type: 4, custom_id, style: 1, ...more },
});
const badModals: [string, object, string][] = [
  ["a title over 45", { title: long(46) }, "data.title BASE_TYPE_MAX_LENGTH"],
  [
    "six fields",
    { components: times(6, (n) => field(`${n}`)) },
    "data.components BASE_TYPE_MAX_LENGTH",
  ],
  ["no field", { components: [] }, "data.components BASE_TYPE_MIN_LENGTH"],
  [
    "one field twice",
    { components: [field("a"), field("a")] },
    "data.components.1.component.custom_id COMPONENT_CUSTOM_ID_DUPLICATED",
  ],
  [
    "a disabled field",
    { components: [field("a", { disabled: true })] },
    "data.components.0.component.disabled BASE_TYPE_CHOICES",
  ],
  ["a row", { components: [row(field("a"))] }, "data.components.0.type UNION_TYPE_CHOICES"],
];

test("a modal or a list of choices beyond the documented limits is refused and may be tried again", async (t) => {
  const { rest, use, next, person } = await openListening(t);
  const used = await use();
  const modal = { custom_id: "m", title: "T", components: [field("a")] };
  for (const [title, change, expected] of badModals) {
    const { status, body } = await rest.answer(used.it, { type: 9, data: { ...modal, ...change } });
    assert.deepEqual([status, problems(body.errors)], [400, [expected]], title);
  }
  assert.equal((await rest.answer(used.it, { type: 9, data: modal })).status, 204);
  const opened = await used.result;
  assert.equal(opened.status, "acknowledged");

  const typed = { name: "beli", options: [{ name: "game", type: 3, value: "", focused: true }] };
  const typing = await next(person.act({ type: 4, data: typed }));
  const give = (choices: object[]) => rest.answer(typing.it, { type: 8, data: { choices } });
  const tooMany = await give(times(26, (n) => ({ name: `${n}`, value: `${n}` })));
  assert.deepEqual(problems(tooMany.body.errors), ["data.choices BASE_TYPE_MAX_LENGTH"]);
  const tooLong = await give([{ name: "a", value: long(101) }]);
  assert.deepEqual(problems(tooLong.body.errors), ["data.choices.0.value BASE_TYPE_MAX_LENGTH"]);
  assert.equal((await give([])).status, 204);
});

test("an interaction takes one answer, of a type that fits it", async (t) => {
  const { rest, use, next, person } = await openListening(t);
  const says = { type: 4, data: { content: "x", components: [row(button("a"))] } };
  const command = await use();
  assert.equal((await rest.edit(command.it, { content: "x" })).body.code, 10015);
  for (const type of [1, 6, 7, 8, 10]) {
    const { body } = await rest.answer(command.it, { type, data: {} });
    assert.deepEqual(problems(body.errors), ["type BASE_TYPE_CHOICES"], `type ${type}`);
  }
  const loud = await rest.answer(command.it, { type: 5, data: { flags: 4 } });
  assert.deepEqual(problems(loud.body.errors), ["data.flags MESSAGE_FLAGS_INVALID"]);
  assert.equal((await rest.answer(command.it, says)).status, 204);
  const second = await rest.answer(command.it, says);
  assert.deepEqual([second.status, second.body.code], [400, 40060]);
  await command.result;

  const message = (await person.state()).messages[0].id;
  const press = await next(person.press(message, "a"));
  const modal = { custom_id: "m", title: "T", components: [field("a", { required: false })] };
  await rest.answer(press.it, { type: 9, data: modal });
  const { modal_id } = Object(await press.result);
  const submit = await next(
    person.act({ type: 5, modal_id, data: { custom_id: "m", components: [] } }),
  );
  const again = await rest.answer(submit.it, { type: 9, data: modal });
  assert.deepEqual(problems(again.body.errors), ["type BASE_TYPE_CHOICES"]);
  assert.equal((await rest.answer(submit.it, { type: 6 })).status, 204);
});

test("the first answer has 3 seconds and the token 15 minutes by the world's clock", async (t) => {
  const { rest, use, world } = await openListening(t);
  const late = await use();
  await world.advance(3);
  assert.equal((await late.result).status, "failed");
  const { status, body } = await rest.answer(late.it, { type: 5 });
  assert.deepEqual([status, body.code], [404, 10062]);

  const inTime = await use();
  await world.advance(2.9);
  assert.equal((await rest.answer(inTime.it, { type: 5, data: { flags: 64 } })).status, 204);
  assert.equal((await inTime.result).status, "acknowledged");
  const filled = await rest.followUp(inTime.it, {
    content: "a follow-up fills the waiting message",
  });
  assert.equal((await rest.edit(inTime.it, { content: "x" })).body.id, filled.body.id);
  await world.advance(15 * 60);
  for (const call of [rest.edit, rest.followUp]) {
    const expired = await call(inTime.it, { content: "x" });
    assert.deepEqual([expired.status, expired.body.code], [401, 50027]);
  }
  const { interactions } = (await world.books("discord")).body;
  assert.deepEqual(
    interactions.map((it: { acknowledged_ms: number }) => it.acknowledged_ms),
    [null, 2900],
  );
});

test("an interaction fails after 3 seconds when no bot is there", async (t) => {
  const { world, person } = await openDiscord(t);
  await restOf(world).commands([beli]);
  const waiting = person.command("beli");
  const begun = async () => (await world.books("discord")).body.interactions.length === 1;
  while (!(await begun())) await new Promise(setImmediate);
  await world.advance(3);
  assert.equal((await waiting).status, "failed");
});

test("a wrong token, a broken body and an unknown route get Discord's own errors", async (t) => {
  const { world } = await openDiscord(t);
  const rest = restOf(world);
  const { base_url, channel_id } = world.parties().discord;
  const stranger = await post(
    `${base_url}/v10/channels/${channel_id}/messages`,
    {},
    { authorization: "Bot x" },
  );
  assert.deepEqual(
    [stranger.status, stranger.body],
    [401, { message: "401: Unauthorized", code: 0 }],
  );
  const broken = await rest.say("{");
  assert.deepEqual([broken.status, broken.body.code], [400, 50109]);
  const unknown = await rest.send("PUT", "/guilds/1/members/2/roles/3");
  assert.deepEqual([unknown.status, unknown.body], [404, { message: "404: Not Found", code: 0 }]);
  const nobody = await rest.send("POST", "/users/@me/channels", { recipient_id: "1" });
  assert.deepEqual([nobody.status, nobody.body.code], [400, 50033]);
  assert.equal(
    (await rest.send("POST", "/channels/1/messages", { content: "x" })).body.code,
    10003,
  );
  const { refused } = (await world.books("discord")).body;
  assert.equal(refused[2].route, "PUT /discord/api/v10/guilds/1/members/2/roles/3");
});

test("a person's client sends only what it shows", async (t) => {
  const { world, person, other } = await openDiscord(t);
  const rest = restOf(world);
  await rest.commands([
    { ...beli, options: [{ type: 4, name: "n", description: "N", required: true, max_value: 5 }] },
  ]);
  assert.match((await person.command("jual")).error, /no such command/);
  assert.match((await person.command("beli")).error, /n is required/);
  assert.match(
    (await person.command("beli", [{ name: "n", type: 4, value: 6 }])).error,
    /outside its limits/,
  );
  const { id } = (
    await rest.say({ content: "x", components: [row(button("a", { disabled: true }))] })
  ).body;
  assert.match((await person.press(id, "a")).error, /disabled/);
  assert.match((await person.press(id, "b")).error, /no such component/);
  const home = await other.user();
  const answer = await fetch(`${world.url()}/discord/client/users/${home.id}`, {
    method: "PATCH",
    body: '{"locale":"en-US"}',
  });
  assert.deepEqual(await answer.json(), { ...home, locale: "en-US" });
});
