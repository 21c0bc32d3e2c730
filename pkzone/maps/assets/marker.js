"use strict";

// Leaflet's default marker is a picture file; a page of one file draws its own.
delete L.Icon.Default.prototype._getIconUrl;
L.Icon.Default.mergeOptions({
  iconUrl: "data:image/svg+xml," + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 25 41"><path d="M12.5 1C6 1 1 6 1 12.5c0 8 9 14 11.5 27C15 26.500 24 20.500 24 12.500 24 6 19 1 12.500 1z" fill="#0b5c8a" stroke="#fff"/><circle cx="12.500" cy="12.500" r="4" fill="#fff"/></svg>'),
  iconRetinaUrl: null, shadowUrl: null, shadowSize: null,
});
