// Where the page stands: in a window of its own or in a frame of another page, large or small.

/** Whether the page stands in a frame of another page. */
export const isFramed = window.parent !== window;

/** Whether the window or the frame is too small for the full layout. */
export const small = window.matchMedia("(max-width: 599.98px), (max-height: 599.98px)");

/**
 * What an address says of the embed layout, null if nothing.
 * @param {URLSearchParams} fields
 */
export function askedFor(fields) {
  const asked = fields.get("embed");
  return asked === "1" || asked === "0" ? asked === "1" : null;
}

/** Whether the page was made to open in the embed layout. */
export const isMadeSo = () => document.body.dataset.embed !== undefined;

/**
 * Whether the page takes the embed layout.
 * @param {boolean | null} asked  what the address asks for
 */
export const isEmbedded = (asked) => asked ?? (isMadeSo() || small.matches);
