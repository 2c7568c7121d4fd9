/** The body of a request: JSON, or multipart with payload_json and files[n]; and the files of a message. */
import { invalidForm, type Path, refusal } from "./errors.ts";
import type { Embed, MessageForm } from "./message-rules.ts";
import type { KeptFile } from "./state.ts";

export interface Upload {
  /** The n of files[n], as the text an attachment's id names it by. */
  index: string;
  filename: string;
  contentType: string;
  bytes: Buffer;
}

export interface Body {
  json: unknown;
  uploads: Upload[];
}

const fileBytesLimit = 10 * 1024 * 1024;
const fileCountLimit = 10;

export async function readBody(contentType: string | undefined, raw: unknown): Promise<Body> {
  if (!(raw instanceof Buffer) || raw.length === 0) return { json: undefined, uploads: [] };
  if (!contentType?.startsWith("multipart/form-data")) {
    return { json: parseJson(raw.toString("utf8")), uploads: [] };
  }
  const form = await readMultipart(contentType, raw);
  const uploads: Upload[] = [];
  for (const [name, part] of form) {
    const index = /^files\[(\d)\]$/.exec(name)?.[1];
    if (index === undefined || typeof part === "string") continue;
    const bytes = Buffer.from(await part.arrayBuffer());
    if (bytes.length > fileBytesLimit) throw refusal("too_large");
    uploads.push({ index, filename: part.name, contentType: part.type, bytes });
  }
  if (uploads.length > fileCountLimit) throw refusal("too_large");
  const payload = form.get("payload_json");
  return { json: typeof payload === "string" ? parseJson(payload) : {}, uploads };
}

async function readMultipart(contentType: string, raw: Buffer): Promise<FormData> {
  const headers = { "content-type": contentType };
  return new Response(new Uint8Array(raw), { headers }).formData().catch(() => {
    throw refusal("invalid_json");
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal("invalid_json");
  }
}

/** The files a message has afterwards: an `attachments` list says which to keep and which to add. */
export function chooseFiles(
  before: readonly KeptFile[],
  listed: MessageForm["attachments"],
  uploads: readonly Upload[],
  given: { mintId(): string; at: Path },
): KeptFile[] {
  const keep = (
    upload: Upload,
    about?: { filename: string | undefined; description: string | undefined },
  ) => ({
    id: given.mintId(),
    filename: (about?.filename ?? upload.filename).replace(/[^\w.-]+/g, "_"),
    description: about?.description,
    contentType: upload.contentType,
    size: upload.bytes.length,
    base64: upload.bytes.toString("base64"),
  });
  if (!listed) return [...before, ...uploads.map((upload) => keep(upload))];

  const problem = (path: Path, message: string) =>
    invalidForm([
      { path: [...given.at, "attachments", ...path], code: "ATTACHMENT_INVALID", message },
    ]);
  const files = listed.map((about, index) => {
    const upload = uploads.find((it) => it.index === about.id);
    if (upload) return keep(upload, about);
    const kept = before.find((file) => file.id === about.id);
    if (!kept) throw problem([index, "id"], "Neither a file of this request nor of the message");
    return { ...kept, description: about.description ?? kept.description };
  });
  // The documents leave open what becomes of a file the list does not name; a bot must not rely on it.
  const unlisted = uploads.find((upload) => !listed.some((about) => about.id === upload.index));
  if (unlisted) throw problem([], `files[${unlisted.index}] is not in the list`);
  return files;
}

const attachmentScheme = "attachment://";

/** The uploaded file an embed's url names; undefined for an address of the web. */
export function fileNamed(files: readonly KeptFile[], url: string): KeptFile | undefined {
  if (!url.startsWith(attachmentScheme)) return undefined;
  return files.find((file) => file.filename === url.slice(attachmentScheme.length));
}

/** Each url of an embed that shows a picture, with its place in the embed. */
export function picturesOf(embed: Embed): { url: string; path: Path }[] {
  const found = [
    { url: embed.image?.url, path: ["image", "url"] },
    { url: embed.thumbnail?.url, path: ["thumbnail", "url"] },
    { url: embed.author?.icon_url, path: ["author", "icon_url"] },
    { url: embed.footer?.icon_url, path: ["footer", "icon_url"] },
  ];
  return found.flatMap(({ url, path }) => (url === undefined ? [] : [{ url, path }]));
}

export function checkPictures(
  embeds: readonly Embed[],
  files: readonly KeptFile[],
  at: Path,
): void {
  const missing = embeds.flatMap((embed, index) =>
    picturesOf(embed)
      .filter(({ url }) => url.startsWith(attachmentScheme) && !fileNamed(files, url))
      .map(({ path }) => ({
        path: [...at, "embeds", index, ...path],
        code: "ATTACHMENT_NOT_FOUND",
        message: "No uploaded file has this name",
      })),
  );
  if (missing.length > 0) throw invalidForm(missing);
}

/** Width and height stand in the first chunk of a PNG; other kinds of picture go without. */
export function pngSize(file: KeptFile): { width: number; height: number } | undefined {
  if (file.contentType !== "image/png") return undefined;
  const head = Buffer.from(file.base64.slice(0, 32), "base64");
  return head.length < 24
    ? undefined
    : { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}
