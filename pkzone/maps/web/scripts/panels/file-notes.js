// What the legend says of a file: what it is coloured by, on which days its features hold, why nothing is drawn.

import * as text from "../words/text.js";

text.add({
  file_empty: "{title} is empty: it has no features.",
  file_placeless: "{title}: none of its features has a place.",
  colored_by: "By {property}",
  in_classes: "By {property}, in classes; a number on a border is of the class above",
  days_of: "On the map from the date in {start} until the day before the date in {end}",
  days_from: "On the map from the date in {start}",
  counts_of_all: "Counts are of all dates",
  undated: "Without a date, not on the map: {count}",
  names_left: "Names without room in this view: {count}. Zoom in to see them.",
});

/**
 * Why nothing of a file is drawn, wherever one looks; nothing if something is.
 * @param {Layer} layer
 */
export function emptiness({ label, title, states }) {
  /** @type {(geometry: Geometry) => boolean | undefined} */
  const isDrawn = ({ kind, parts }) => kind !== "none" || parts?.some(isDrawn);
  if (!label || states.some(({ geometry }) => isDrawn(geometry))) return "";
  return text.say(states.length ? "file_placeless" : "file_empty", { title });
}

/**
 * What the legend says above the patterns of a file.
 * @param {Layer} layer
 * @param {number} namesLeft  names that have no room on the map
 * @returns {string[]}
 */
export function notes({ heading, time }, namesLeft) {
  const { property, unit, classes } = heading ?? { property: "" };
  const named = unit && !property.includes(unit) ? `${property} (${unit})` : property;
  return [
    ...(heading ? [text.say(classes ? "in_classes" : "colored_by", { property: named })] : []),
    ...(heading && time ? [text.say("counts_of_all")] : []),
    ...(time ? [text.say(time.end ? "days_of" : "days_from", time)] : []),
    ...(time?.without ? [text.say("undated", { count: text.number(time.without, 0) })] : []),
    ...(namesLeft ? [text.say("names_left", { count: text.number(namesLeft, 0) })] : []),
  ];
}
