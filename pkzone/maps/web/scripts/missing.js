// Keeps what could not be loaded, from the first moment on; notice.js tells of it.

window.pkzoneMissing = [];
window.addEventListener("error", ({ target }) => {
  const { src, href } = /** @type {{ src?: string, href?: string }} */ (target ?? {});
  const address = src ?? href;
  if (typeof address !== "string" || !/^https?:/.test(address)) return;
  window.pkzoneMissing.push(address);
  window.dispatchEvent(new Event("pkzone-missing"));
}, true);
