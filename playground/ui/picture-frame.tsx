import type { Picture } from "../images.ts";

/** A picture in a place of its final size, so that nothing moves when it has loaded. */
export function PictureFrame({ picture }: { readonly picture: Picture }) {
  return (
    <img
      className="picture"
      src={picture.url}
      alt={picture.alt}
      style={{ aspectRatio: picture.ratio }}
      crossOrigin="anonymous"
    />
  );
}
