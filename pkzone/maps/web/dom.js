"use strict";

// Makes elements. Text goes in as text only; nothing here takes HTML.
pkzone.dom = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  function append(element, children) {
    element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return element;
  }

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return append(element, children);
  }

  function svg(tag, attributes = {}, ...children) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return append(element, children);
  }

  // An address that may be followed: http or https after parsing, else null.
  function webAddress(text) {
    if (typeof text !== "string") return null;
    try {
      const url = new URL(text);
      return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
    } catch {
      return null;
    }
  }

  // A link where the address may be followed, else plain text.
  function link(text, address) {
    const href = webAddress(address);
    if (!href) return make("span", {}, text);
    return make("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
  }

  return { make, svg, link };
})();
