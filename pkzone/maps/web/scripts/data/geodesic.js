// Lengths and areas on WGS 84.
//
// Those of a path, which lists latitudes and longitudes in turn, are for vertices that lie close
// together: below 80 degrees north or south and with steps up to 0.05 degrees they are within 3e-7 of
// the geodesic answer. The payload states those of other paths (see measures.py).

const A = 6378137, F = 1 / 298.257223563, E2 = F * (2 - F), E = Math.sqrt(E2);
const RADIUS = 6371009, RADIANS = Math.PI / 180;

/**
 * The length of a path in metres: chords between its vertices, lengthened to the arc of a circle of the mean
 * radius.
 * @param {ArrayLike<number>} path
 */
export function length(path) {
  let sum = 0, before;
  for (let i = 0; i < path.length; i += 2) {
    const sine = Math.sin(path[i] * RADIANS), normal = A / Math.sqrt(1 - E2 * sine * sine);
    const here = { axis: normal * Math.cos(path[i] * RADIANS), north: normal * sine * (1 - E2), east: path[i + 1] * RADIANS };
    if (before) {
      const across = 2 * Math.sqrt(here.axis * before.axis) * Math.sin((here.east - before.east) / 2);
      const chord = Math.hypot(across, here.axis - before.axis, here.north - before.north);
      sum += chord * (1 + (chord / RADIUS) ** 2 / 24);
    }
    before = here;
  }
  return sum;
}

// Latitudes on the sphere of the same area (J. P. Snyder, Map Projections: A Working Manual, 1987,
// equation 3-12): there the strip between the equator and an edge, a great circle, has a closed form.
/** @param {number} sine */
const q = (sine) => (1 - E2) * (sine / (1 - E2 * sine * sine) + Math.atanh(E * sine) / E);
const POLE = q(1);

/** @param {ArrayLike<number>} path */
function ringArea(path) {
  let sum = 0, before;
  for (let i = 0; i < path.length; i += 2) {
    const sine = q(Math.sin(path[i] * RADIANS)) / POLE;
    const here = { half: sine / (1 + Math.sqrt(1 - sine * sine)), east: path[i + 1] * RADIANS };
    if (before) sum += 2 * Math.atan((Math.tan((here.east - before.east) / 2) * (here.half + before.half)) / (1 + here.half * before.half));
    before = here;
  }
  return Math.abs(sum) * A * A * POLE / 2;
}

/**
 * The area of a polygon: its outer ring, then its holes.
 * @param {ArrayLike<number>[]} rings  its outer ring, then its holes
 */
export function area([outer, ...holes]) {
  return Math.max(0, holes.reduce((left, hole) => left - ringArea(hole), ringArea(outer)));
}

/**
 * The length of a great circle on a sphere of 6371 km, by the haversine.
 * @param {[number, number]} from
 * @param {[number, number]} to
 */
function greatCircle([lat1, lon1], [lat2, lon2]) {
  const north = Math.sin(((lat2 - lat1) * RADIANS) / 2), east = Math.sin(((lon2 - lon1) * RADIANS) / 2);
  const square = north ** 2 + Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * east ** 2;
  return 2 * 6371000 * Math.atan2(Math.sqrt(square), Math.sqrt(1 - square));
}

/**
 * Geodesic length in metres on WGS 84: T. Vincenty, Survey Review 23 (1975), inverse formula.
 * Between places nearly opposite on the globe it does not settle: then a great circle.
 * @param {[number, number]} from  latitude and longitude
 * @param {[number, number]} to
 */
export function metres([lat1, lon1], [lat2, lon2]) {
  const a = A, f = F, b = a * (1 - f);
  const reduced = (/** @type {number} */ lat) => Math.atan((1 - f) * Math.tan(lat * RADIANS));
  const [u1, u2] = [reduced(lat1), reduced(lat2)];
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  const apart = (((lon2 - lon1 + 540) % 360) - 180) * RADIANS;
  let lambda = apart;
  for (let turn = 0; turn < 100; turn += 1) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sinSigma === 0) return 0;
    const cosSigma = s1 * s2 + c1 * c2 * cl, sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (c1 * c2 * sl) / sinSigma, cos2Alpha = 1 - sinAlpha ** 2;
    const middle = cos2Alpha === 0 ? 0 : cosSigma - (2 * s1 * s2) / cos2Alpha;
    const C = (f / 16) * cos2Alpha * (4 + f * (4 - 3 * cos2Alpha)), before = lambda;
    lambda = apart + (1 - C) * f * sinAlpha * (sigma + C * sinSigma * (middle + C * cosSigma * (2 * middle ** 2 - 1)));
    if (Math.abs(lambda - before) > 1e-12) continue;
    const q = (cos2Alpha * (a * a - b * b)) / (b * b);
    const A = 1 + (q / 16384) * (4096 + q * (q * (320 - 175 * q) - 768));
    const B = (q / 1024) * (256 + q * (q * (74 - 47 * q) - 128));
    const turned = cosSigma * (2 * middle ** 2 - 1) - (B / 6) * middle * (4 * sinSigma ** 2 - 3) * (4 * middle ** 2 - 3);
    return b * A * (sigma - B * sinSigma * (middle + (B / 4) * turned));
  }
  return greatCircle([lat1, lon1], [lat2, lon2]);
}
