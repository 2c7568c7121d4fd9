/** The official library, unchanged but for the address, as a second judge of what the simulator is. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  Client,
  EmbedBuilder,
  Events,
  GatewayIntentBits,
  type Interaction,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  SlashCommandBuilder,
  TextInputBuilder,
  TextInputStyle,
} from "discord.js";
import { openDiscord } from "./test-bot.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const command = new SlashCommandBuilder()
  .setName("topup")
  .setDescription("Buy a game top-up")
  .setDescriptionLocalizations({ id: "Beli top-up game" })
  .addStringOption((option) =>
    option.setName("game").setDescription("The game").setRequired(true).setAutocomplete(true),
  );

/** Logs in as the library does by itself, with one handler for whatever people do. */
async function logIn(t: TestContext, handle: (interaction: Interaction) => Promise<unknown>) {
  const { world, person } = await openDiscord(t);
  const { base_url, token } = world.parties().discord;
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: base_url, version: "10" },
  });
  t.after(() => client.destroy());
  const failures: unknown[] = [];
  client.on(Events.InteractionCreate, (interaction) => {
    handle(interaction).catch((error: unknown) => failures.push(error));
  });
  client.on(Events.Error, (error) => failures.push(error));
  t.after(() => assert.deepEqual(failures, []));
  const ready = once(client, Events.ClientReady);
  await client.login(token);
  await ready;
  await client.application?.commands.set([command]);
  return { client, world, person };
}

test("discord.js logs in, sees the server and its channels, and registers commands", async (t) => {
  const { client, person } = await logIn(t, async () => {});
  const { guild, channel, commands } = await person.state();
  assert.equal(client.guilds.cache.get(guild.id)?.name, guild.name);
  assert.equal(client.guilds.cache.get(guild.id)?.channels.cache.has(channel.id), true);
  assert.equal(commands[0].description_localizations.id, "Beli top-up game");
  const known = await client.application?.commands.fetch();
  assert.deepEqual(
    known?.map((one) => one.name),
    ["topup"],
  );
});

test("discord.js understands each kind of interaction, and what it answers is taken", async (t) => {
  const seen: string[] = [];
  const { person } = await logIn(t, async (interaction) => {
    if (interaction.isAutocomplete()) {
      seen.push(`autocomplete ${interaction.options.getFocused()}`);
      return interaction.respond([{ name: "Mobile Legends", value: "ML" }]);
    }
    if (interaction.isChatInputCommand()) {
      seen.push(`command ${interaction.options.getString("game")} in ${interaction.locale}`);
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      const files = [new AttachmentBuilder(png, { name: "qr.png", description: "a QR code" })];
      const embed = new EmbedBuilder().setTitle("Pay").setImage("attachment://qr.png");
      const button = new ButtonBuilder()
        .setCustomId("account")
        .setLabel("Change")
        .setStyle(ButtonStyle.Primary);
      const row = new ActionRowBuilder<ButtonBuilder>().addComponents(button);
      await interaction.editReply({ embeds: [embed], components: [row], files });
      return interaction.followUp({ content: "and more", flags: MessageFlags.Ephemeral });
    }
    if (interaction.isButton()) {
      seen.push(`button ${interaction.customId} on ${interaction.message.embeds[0]?.title}`);
      const field = new TextInputBuilder().setCustomId("player").setStyle(TextInputStyle.Short);
      const label = new LabelBuilder().setLabel("Player ID").setTextInputComponent(field);
      const modal = new ModalBuilder().setCustomId("form").setTitle("Account");
      return interaction.showModal(modal.addLabelComponents(label));
    }
    if (interaction.isModalSubmit() && interaction.isFromMessage()) {
      seen.push(`form ${interaction.fields.getTextInputValue("player")}`);
      return interaction.update({ content: "thank you", components: [] });
    }
    return undefined;
  });
  const typed = { name: "game", type: 3, value: "mob", focused: true };
  const suggested = await person.act({ type: 4, data: { name: "topup", options: [typed] } });
  assert.deepEqual(suggested.choices, [{ name: "Mobile Legends", value: "ML" }]);
  await person.command("topup", [{ name: "game", type: 3, value: "ML" }]);
  const card = await untilFound(async () => {
    const { messages } = await person.state();
    return messages.find((one: { embeds: unknown[] }) => one.embeds.length > 0);
  });
  assert.match(card.embeds[0].image.url, /qr\.png$/);
  const { modal_id } = await person.press(card.id, "account");
  const component = { type: 4, custom_id: "player", value: "123456789" };
  const data = { custom_id: "form", components: [{ type: 18, component }] };
  await person.act({ type: 5, modal_id, data });
  assert.deepEqual(seen, [
    "autocomplete mob",
    "command ML in id",
    "button account on Pay",
    "form 123456789",
  ]);
  const { messages } = await person.state();
  const contents = messages.map((one: { content: string }) => one.content);
  assert.deepEqual(contents, ["thank you", "and more"]);
});

test("discord.js writes to a person and to a channel, and reads what it wrote", async (t) => {
  const { client, person } = await logIn(t, async () => {});
  const { id } = await person.user();
  const direct = await client.users.send(id, { content: "delivered" });
  const { channel } = await person.state();
  const shared = await client.channels.fetch(channel.id);
  assert.ok(shared?.isSendable());
  const notice = await shared.send({ content: "sold", nonce: "1", enforceNonce: true });
  const again = await shared.send({ content: "sold", nonce: "1", enforceNonce: true });
  assert.equal(again.id, notice.id, "a nonce that is enforced is one message");
  await notice.edit("sold out");
  const { messages } = await person.state();
  const contents = messages.map((one: { content: string }) => one.content);
  assert.deepEqual(contents.toSorted(), ["delivered", "sold out"]);
  assert.equal(direct.channel.isDMBased(), true);
});

async function untilFound<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((done) => setTimeout(done, 10));
  }
  return assert.fail("it never came");
}
