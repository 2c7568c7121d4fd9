/** Message: what the bot shows, as Discord's own objects, and the colours and buttons it shares. */
import { createHash } from "node:crypto";
import {
  type APIEmbed,
  type APIMessageTopLevelComponent,
  ButtonStyle,
  ComponentType,
} from "discord-api-types/v10";
import { type CustomId, encodeCustomId } from "../custom-id.ts";

export interface Picture {
  readonly name: string;
  readonly data: Buffer;
  /** Alternative text. */
  readonly description: string;
}

/** One message. A message without `picture` removes the picture it had. */
export interface Message {
  readonly embeds: APIEmbed[];
  readonly components: APIMessageTopLevelComponent[];
  readonly picture?: Picture;
}

/** Words above a message that otherwise stays as it is, its buttons too. */
export interface Aside {
  readonly aside: string;
}

/** The same for messages that look the same. */
export function hashOf({ picture, ...rest }: Message): string {
  return createHash("sha256")
    .update(JSON.stringify(rest))
    .update(picture?.data ?? "")
    .digest("hex");
}

export const colors = { neutral: 0x2f6fdb, good: 0x1f8a4c, bad: 0xb3382c, wait: 0xc77700 } as const;

export type Button =
  | {
      readonly label: string;
      readonly id: CustomId;
      readonly style?: "primary" | "secondary" | "danger";
      readonly disabled?: boolean;
    }
  | { readonly label: string; readonly url: string };

const styles = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const;

/** One row of at most five buttons; none at all when there is nothing to press. */
function buttonRow(buttons: readonly Button[]): APIMessageTopLevelComponent[] {
  if (buttons.length === 0) return [];
  return [
    {
      type: ComponentType.ActionRow,
      components: buttons.map((button) =>
        "url" in button
          ? {
              type: ComponentType.Button,
              style: ButtonStyle.Link,
              label: button.label,
              url: button.url,
            }
          : {
              type: ComponentType.Button,
              style: styles[button.style ?? "secondary"],
              label: button.label,
              custom_id: encodeCustomId(button.id),
              disabled: button.disabled ?? false,
            },
      ),
    },
  ];
}

/** A message of one embed. */
export function card(embed: APIEmbed, buttons: readonly Button[] = [], picture?: Picture): Message {
  const components = buttonRow(buttons);
  return picture === undefined
    ? { embeds: [embed], components }
    : {
        embeds: [{ ...embed, image: { url: `attachment://${picture.name}` } }],
        components,
        picture,
      };
}

/** A message that says what went wrong, with the way out as buttons. */
export function notice(text: string, buttons: readonly Button[] = []): Message {
  return card({ description: text, color: colors.bad }, buttons);
}
