import type { APIEmbed } from "discord-api-types/v10";
import type { Message } from "../discord.ts";
import { embedPicture } from "../images.ts";
import { Markdown } from "./markdown.tsx";
import { PictureFrame } from "./picture-frame.tsx";

interface Props {
  readonly embed: APIEmbed;
  readonly message: Message;
}

export function EmbedCard({ embed, message }: Props) {
  const bar = embed.color ? `#${embed.color.toString(16).padStart(6, "0")}` : undefined;
  return (
    <section className="embed" style={bar ? { borderInlineStartColor: bar } : undefined}>
      {embed.author && <p className="embed-author">{embed.author.name}</p>}
      {embed.title && (
        <h3>
          {embed.url ? (
            <a href={embed.url} target="_blank" rel="noreferrer">
              <Markdown text={embed.title} />
            </a>
          ) : (
            <Markdown text={embed.title} />
          )}
        </h3>
      )}
      {embed.description && (
        <div className="content">
          <Markdown text={embed.description} />
        </div>
      )}
      {embed.fields && embed.fields.length > 0 && (
        <dl className="fields">
          {embed.fields.map((field, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: fields have no id and keep their order
            <div key={index} data-inline={field.inline === true}>
              <dt>
                <Markdown text={field.name} />
              </dt>
              <dd>
                <Markdown text={field.value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      {embed.image && <PictureFrame picture={embedPicture(message, embed, embed.image)} />}
      {embed.footer && <p className="subtle">{embed.footer.text}</p>}
    </section>
  );
}
