// Lengths and areas on WGS 84 of paths whose vertices lie close together: below 80 degrees north or
// south and with steps up to 0.05 degrees they are within 3e-7 of the geodesic answer. The payload
// states those of other paths (see measures.py). A path lists latitudes and longitudes in turn.

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
const q = (sine) => (1 - E2) * (sine / (1 - E2 * sine * sine) + Math.atanh(E * sine) / E);
const POLE = q(1);

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
