/** Which pictures a message shows, with the sizes and words needed to reserve their place. */
import type { APIAttachment, APIEmbed, APIEmbedImage } from "discord-api-types/v10";
import type { Message } from "./discord.ts";

export interface Picture {
  readonly url: string;
  readonly alt: string;
  readonly ratio: number;
}

const ATTACHMENT = "attachment://";

/**
 * An embed's picture: a file of the same message, or an address. Discord takes a file that an embed
 * shows off the list of attachments; its description then stands at the embed's picture.
 */
export function embedPicture(message: Message, embed: APIEmbed, image: APIEmbedImage): Picture {
  const file = message.attachments.find(
    ({ filename, url }) => image.url === ATTACHMENT + filename || image.url === url,
  );
  if (file) return fromAttachment(file);
  return { url: image.url, alt: image.description ?? embed.title ?? "", ratio: ratioOf(image) };
}

/** Pictures attached to the message which none of its embeds already shows. */
export function loosePictures(message: Message): Picture[] {
  const shown = new Set(embedPictures(message).map(({ url }) => url));
  return message.attachments
    .filter(
      (file) => file.content_type?.startsWith("image/") ?? /\.(png|jpe?g)$/.test(file.filename),
    )
    .map(fromAttachment)
    .filter(({ url }) => !shown.has(url));
}

export const picturesOf = (message: Message) => [
  ...embedPictures(message),
  ...loosePictures(message),
];

const embedPictures = (message: Message) =>
  message.embeds.flatMap((embed) =>
    embed.image ? [embedPicture(message, embed, embed.image)] : [],
  );

const fromAttachment = (file: APIAttachment): Picture => ({
  url: file.url,
  alt: file.description ?? file.filename,
  ratio: ratioOf(file),
});

// Unknown sizes are taken as square: the pictures of this shop are QR codes.
const ratioOf = ({ width, height }: APIAttachment | APIEmbedImage) =>
  width && height ? width / height : 1;
