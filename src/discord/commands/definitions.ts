/** Definitions: the slash commands as Discord registers them, in both languages. */
import {
  ApplicationCommandOptionType,
  ApplicationIntegrationType,
  InteractionContextType,
  type RESTPostAPIChatInputApplicationCommandsJSONBody,
} from "discord-api-types/v10";

interface Words {
  readonly name: string;
  readonly id: string;
  readonly en: string;
}

function option(words: Words, rules: { required?: boolean; autocomplete?: boolean } = {}) {
  return {
    type: ApplicationCommandOptionType.String as const,
    name: words.name,
    ...described(words),
    required: rules.required ?? false,
    autocomplete: rules.autocomplete ?? false,
    max_length: 100,
  };
}

function described(words: Words) {
  return {
    description: words.en,
    description_localizations: { id: words.id, "en-US": words.en, "en-GB": words.en },
  };
}

function command(
  words: Words,
  options: ReturnType<typeof option>[],
): RESTPostAPIChatInputApplicationCommandsJSONBody {
  return {
    name: words.name,
    ...described(words),
    options,
    integration_types: [ApplicationIntegrationType.GuildInstall],
    contexts: [InteractionContextType.Guild, InteractionContextType.BotDM],
  };
}

const game = option(
  { name: "game", id: "Game, contoh: ML", en: "Game, for example: ML" },
  { required: true, autocomplete: true },
);

/** Every command, as one bulk overwrite. */
export const commandDefinitions: RESTPostAPIChatInputApplicationCommandsJSONBody[] = [
  command({ name: "price", id: "Lihat daftar harga game", en: "See the prices of a game" }, [game]),
  command(
    { name: "cek", id: "Cek nickname akun game", en: "Check the nickname of a game account" },
    [
      game,
      option(
        { name: "userid", id: "ID pemain di dalam game", en: "The player's id in the game" },
        { required: true },
      ),
      option({ name: "server", id: "Zone atau server, kalau ada", en: "Zone or server, if any" }),
    ],
  ),
  command({ name: "topup", id: "Beli top-up game", en: "Buy a game top-up" }, [
    game,
    option(
      { name: "produk", id: "Produk yang dibeli", en: "The item to buy" },
      { required: true, autocomplete: true },
    ),
    option({ name: "id", id: "ID pemain di dalam game", en: "The player's id in the game" }),
    option({ name: "server", id: "Zone atau server, kalau ada", en: "Zone or server, if any" }),
  ]),
  command({ name: "deposit", id: "Isi saldo dengan GoPay", en: "Top up your saldo with GoPay" }, [
    option(
      { name: "jumlah", id: "Berapa rupiah, contoh: 50.000", en: "How many rupiah, e.g. 50.000" },
      { required: true, autocomplete: true },
    ),
  ]),
  command({ name: "saldo", id: "Lihat saldomu", en: "See your saldo" }, []),
  command({ name: "history", id: "Lihat pesananmu", en: "See your orders" }, []),
  command({ name: "bantuan", id: "Cara belanja di sini", en: "How to buy here" }, []),
];
