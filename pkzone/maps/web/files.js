"use strict";

// Words of a page with files, beside or instead of the layers of a catalogue.
pkzone.text.add({ licence: "Data of the other layers: " });
pkzone.text.words.groups.files = "Files";
