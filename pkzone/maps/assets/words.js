"use strict";

// The words of the page with the date slider.
pkzone.text.add({
  time: "Date",
  before: "Previous change",
  after: "Next change",
  slider: "Date of change",
  date: "Go to a date",
  panel: "Legend and details",
  about: "About this map",
  unknown: "The last state of a feature stays on the map when no later one is known; that does not prove that it still holds.",
  as_of: "Map as of {long} ({iso})",
  as_of_short: "map as of {iso}",
  since: "State since {since}",
  until: "next change {until}",
  last: "no later change known",
  changes: "What changed on {date}",
  begins: "The map begins on {date}",
  version_since: "since {date}",
  version_fixed: "fixed: version {id}",
  not_yet: "no version yet",
  absent: "Not on the map on {date}.",
  groups: { zone: "Zone and control", routes: "Routes", places: "Sites and places", base: "Base map", other: "Other layers" },
});
