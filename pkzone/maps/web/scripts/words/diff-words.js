// The words of the page of a difference.

import * as text from "./text.js";

text.add({
  panel: "Report and legend",
  numbers: "What changed, in numbers",
  notes: "How to read the numbers",
  about: "About this comparison",
  base: "From",
  target: "To",
  difference: "Difference",
  compared: "Compared",
  around: "Around",
  side: "{side}: {name}",
  sections: "{title}: sections",
  stretch: "Stretch",
  km_of: "km, {name}",
  head_stated: "By sources",
  head_drawn: "Drawn",
  along: "Choose a row to see it on the map.",
  statuses: "{title}: status",
  changes_title: "Features that differ ({count})",
  affected_title: "Places affected ({count})",
  events_title: "Events in between ({count})",
  events_of: "Events",
  print_sources: "Sources",
  show_all: "Show all {count}",
  out_marks: "The last {count} parts of the difference are not on the map, to keep it quick. Numbers and lists are complete.",
  out_features: "{count} features of the two versions are not on the map: they did not change, or are too many to draw.",
});
