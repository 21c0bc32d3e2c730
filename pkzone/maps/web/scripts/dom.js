// Finds and makes elements; text goes in as text only, nothing here takes HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {Element} T
 * @param {T} element
 * @param {any[]} children
 */
function append(element, children) {
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * An element of HTML.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...any} children  nodes and texts, nested as they come; none is left out
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return append(element, children);
}

/**
 * An element of SVG.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...any} children
 * @returns {any}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return append(element, children);
}

/**
 * An element of the page's own HTML.
 * @param {string} id
 * @returns {HTMLElement}
 */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * A field or a button of the page's own HTML.
 * @param {string} id
 * @returns {HTMLInputElement}
 */
export const fieldOf = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

/**
 * Calls back with a field of the page's own HTML when the reader changes it.
 * @param {string} id
 * @param {"change" | "input"} type  `input` while it is moved, `change` after that
 * @param {(field: HTMLInputElement) => void} act
 */
export function onField(id, type, act) {
  const field = fieldOf(id);
  field.addEventListener(type, () => act(field));
}

/**
 * The elements that a selector finds.
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement[]}
 */
export const allOf = (selector, within = document) => [...within.querySelectorAll(selector)].map((one) => /** @type {HTMLElement} */ (one));

/**
 * Puts an element elsewhere for a while.
 * @param {HTMLElement} element
 * @param {(element: HTMLElement) => void} put
 * @returns {() => void}  puts it back
 */
export function lend(element, put) {
  const place = document.createComment("");
  element.replaceWith(place);
  put(element);
  return () => place.replaceWith(element);
}

/**
 * The first element that a selector finds, where there must be one.
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement}
 */
export const firstOf = (selector, within = document) => /** @type {HTMLElement} */ (within.querySelector(selector));

/**
 * An address that may be followed: http or https after parsing, else null.
 * @param {unknown} text
 */
export function webAddress(text) {
  if (typeof text !== "string") return null;
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * A link where the address may be followed, else plain text.
 * @param {string} text
 * @param {unknown} address
 */
export function link(text, address) {
  const href = webAddress(address);
  if (!href) return make("span", {}, text);
  return make("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
}
