// Names as they are searched: without case, accents and marks, in any script.

/**
 * Letters that no decomposition joins: the dotless i and the schwa are often typed as i and e.
 * @param {string} raw
 */
export const fold = (raw) => raw.normalize("NFKD").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
  .replaceAll("ı", "i").replaceAll("ə", "e").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
