// The shapes of the values that the scripts hand to each other, and what stands on the window.

/** A geometry as it is stored: paths of numbers of runs, or GeoJSON that no run can hold. */
interface StoredGeometry {
  type: string;
  paths?: any[];
  coordinates?: any;
  geometries?: StoredGeometry[];
  length_m?: number;
  area_km2?: number;
}

interface Stroke {
  color: string;
  width: number;
  dash: number[];
  opacity?: number;
}

interface Hatch {
  color: string;
  width: number;
  gap: number;
  angle: number;
  opacity: number;
}

/** What a feature must be like: values of its properties, and `@geometry`. */
type Where = Record<string, any>;

/** How features are drawn that are as `where` says. */
interface Rule {
  where: Where;
  label: string;
  strokes: Stroke[];
  fill?: string;
  fill_opacity?: number;
  hatch?: Hatch;
  shape?: string;
  size?: number;
  /** Of a category or class of a file's property: its value or its ends, and how many features have it. */
  value?: string;
  range?: [number, number];
  unit?: string;
  count?: number;
  /** What stands on a pin: one letter, or a shape; and its colour. */
  sign?: string;
  sign_color?: string;
}

/** What changes a symbol on top of its rule. */
interface Modifier {
  where: Where;
  label?: string;
  sample?: "line" | "point" | "lead";
  opacity?: number;
  scale?: number;
  band?: { width: number; opacity: number };
}

/** A rule with its modifiers applied. */
interface PageSymbol extends Omit<Rule, "where" | "label"> {
  rule: Rule;
  opacity: number;
  modifiers: Modifier[];
  band?: { width: number; opacity: number; color: string };
}

interface StyleTable {
  groups: { id: string; layers: string[] }[];
  order: string[];
  /** The layers that maps open on. */
  focus: string[];
  shapes: Record<string, [number, number][] | null>;
  rules: Record<string, Rule[]>;
  any: Rule[];
  modifiers: Modifier[];
  /** The look of what leads from the end of a line to its town. */
  lead: Pick<Stroke, "width" | "dash">;
  /** Whose names are on the map; `of` a layer, it is the title of that, once, if they are enough of it; `own` ones are of files. */
  labels: Record<string, { where: Where; rank: number; zoom: number; of?: "layer"; min_share?: number; own?: true }[]>;
}

interface Words {
  languages: string[];
  names: Record<string, string>;
  reviewed: string[];
  names_only?: string;
  terms: Record<"status" | "traffic" | "direction" | "meaning" | "road" | "ground" | "feature", Record<string, string>>;
  in_use: string[];
  /** How a day is written, and a month; by language. */
  dates: Record<string, [string, string]>;
  months: Record<string, string[]>;
  months_alone: Record<string, string[]>;
  /** English texts, and what they are in each of the languages without English. */
  phrases: { english: string[]; said: (string | null)[][] };
}

interface PageEvent {
  id: string;
  date: string;
  title: string;
  summary?: string;
  sources?: string[];
  layers?: string[];
  features?: string[];
}

/**
 * A stop of a story. Its texts are English: `text` has them in the other languages, as it has titles.
 */
interface StoryStop {
  /** The day in view. */
  date: string;
  heading: string;
  /** One to eight, each with the ids of its sources. */
  sentences: { text: string; sources: string[] }[];
  /** Ids of the events that it tells of. */
  events: string[];
  /** What is in view: west, south, east, north. */
  bounds: Bounds;
  /** The names of the layers in view, the base drawing among them; all others are off. */
  layers: string[];
  /** The places that its texts name; a junction with its names, which no layer has. */
  named: { id: string; at: [number, number]; names?: Record<string, string> }[];
  /** Another day that is compared with the one in view, and the layer whose difference is coloured. */
  compare?: string;
  of?: string;
}

/** What leads a reader through a map. */
interface PageStory {
  title: string;
  stops: StoryStop[];
}

/** What the library says to the page: of layers, or of a difference. A script reads what its own page has. */
interface Payload {
  title: string;
  language: string;
  languages: string[];
  /** Whether the reader's browser decides which language it opens in. */
  follows_browser?: boolean;
  /** Whether names are in a language that no speaker has reviewed. */
  unreviewed?: boolean;
  /** Where the page lies on the web, if it says so. */
  address?: string;
  /** West, south, east, north. */
  home: [number, number, number, number] | null;
  words: Words;
  style: StyleTable;
  events: PageEvent[];
  /** Records of CSL-JSON. */
  sources: (Record<string, any> & { id: string })[];
  licenses: { title?: string; name?: string; path?: string }[];
  /** How the data is cited: what is known of it. */
  citation: { title: string; publisher?: string; version?: string; date?: string; sha256?: string };
  geometries: StoredGeometry[];
  /** How many vertices each run has. */
  runs: number[];
  tiles?: { url: string; subdomains: string; host: string; credit: [string, string | null][]; max_zoom: number };

  /** Countries and other regions around: their names, points for these, and rings; longitude first. */
  regions?: { id: string; names: Record<string, string>; labels: [number, number][]; outline: [number, number][][] }[];
  /** Coasts and borders of countries, drawn where no layer has them; longitude first. */
  borders: [number, number][][];

  // Of layers.
  on: string;
  dates: string[];
  /** The last day of which the catalogue can know something. */
  known: string;
  simplified_m: number | null;
  max_zoom?: number;
  /** From how many features or vertices on they are drawn on canvases. */
  /** Set on a page of nothing but files without dates. */
  of_files?: "1";
  canvas: { features: number; vertices: number } | null;
  columns?: string[];
  /** The properties of the places where links end, by id. */
  ends?: Record<string, Record<string, any>>;
  layers: (Omit<Layer, "states" | "features"> & {
    features: { id: State["id"]; shared: Record<string, any>; made_up?: boolean }[];
    states: { feature: number; geometry: number | null; lead?: number; look?: number; from?: string; to?: string; never?: boolean; properties?: Record<string, any> }[];
  })[];
  /** The places, where they are none of the layers. */
  around: Payload["layers"];
  compare: { tolerance_m: number; layers: any[] };
  /** A guided story, where the page has one. */
  story?: PageStory;
  /** Measures of layers, by version, and counts that sources report; see data/series.js. */
  charts: any[];

  // Of a difference; texts are finished sentences.
  heads: [string, string];
  publishers: string[];
  lead: string[];
  boxes: any[];
  notes: string[];
  routes: any;
  changes: any[];
  affected: any[];
  marks: any[];
  sides: any[];
  context: any[];
  left_out: { marks: number; features: number };
}

/** A geometry as the page wants it; its measures are made when they are first asked for. */
interface Geometry {
  kind: "point" | "line" | "area" | "none";
  /** Of a collection. */
  parts?: Geometry[];
  length_m?: number;
  area_km2?: number;
  /** Latitude and longitude in turn. */
  paths?: ArrayLike<number>[];
  /** How many vertices there are, and the box round them: south, west, north, east. */
  extent?: { count: number; box: [number, number, number, number] };
  /** Nested as Leaflet wants them; those of points a list. */
  positions?: any;
}

/** A feature as it is drawn: in one of its states, or a part of a difference. */
interface State {
  key: string;
  /** Which rules draw it, and in which pane unless `pane` says so. */
  layer: string;
  pane?: string;
  /** The layer it is of, where it is drawn by other rules than those of that layer. */
  home?: string;
  id: string | number | null;
  properties: Record<string, any>;
  geometry: Geometry;
  /** From its ends to the towns that it ends at, for the eye. */
  lead?: Geometry;
  /** The property that names a feature of a file. */
  label?: string;
  /** Of a file with dates: on the map from this day to the day before `to`, or never. */
  from?: string;
  to?: string;
  never?: boolean;
  /** Of a file that is styled: the number of the rules that draw it. */
  look?: number;
  /** The row of a report that tells of it. */
  row?: string;
  /** Its name for people, where that is not its own. */
  said?: string;
  /** Neither a button nor a stop for Tab. */
  quiet?: boolean;
  /** What its elements say of it as data attributes. */
  marks?: Record<string, string>;
}

/** What of a feature decides how it is drawn. */
type Drawn = Pick<State, "layer" | "properties" | "lead" | "look"> & { geometry: { kind: string } };

interface Version {
  id: string;
  title: string;
  /** In force from this day to the day before `to`, which may be open. */
  from: string;
  to: string | null;
  /** Indexes into the states of its layer. */
  states: number[];
  events: string[];
}

interface Layer {
  name: string;
  title: string;
  label?: string;
  /** Whom a file credits, and its licence. */
  credit?: string;
  /** What its features are coloured by. */
  heading?: { property: string; unit: string; classes: boolean };
  /** Of a file with dates: the properties that have them, the days on which something changes, and the order of drawing. */
  time?: { start: string; end: string | null; without: number };
  stops?: string[];
  order?: number[];
  fixed: boolean;
  features: { id: string | number | null }[];
  states: State[];
  versions: Version[];
}

/** A value of a series: of a layer until `to`, the next state, or reported on a day. */
interface Point {
  from: string;
  value: number;
  to?: string | null;
  /** How much of the value is of schematic lines, and what the version is called. */
  schematic?: number;
  title?: string;
  precision?: "exact" | "about" | "more_than";
  who?: string;
  sources?: string[];
}

/** What is measured of a layer, or what sources count of a subject. */
interface Series {
  key: string;
  layer: string | undefined;
  measure: string | undefined;
  subject: string | undefined;
  unit: string | undefined;
  /** Of the lines that are measured. */
  uncertainty_m: number | undefined;
  points: Point[];
}

/** A map that is asked for keys only that it has. */
interface Known<K, V> extends Map<K, V> {
  get(key: K): V;
}

/** A drawn feature with its symbol, and metres of uncertainty if they are shown. */
interface Item {
  state: State;
  symbol: PageSymbol;
  metres?: number;
  halo?: number;
}

/** A mark of one record or several, in pixels of the map's layers. */
interface Mark {
  members: number[];
  tally: number[];
  size: number;
  x: number;
  y: number;
}

/** West, south, east, north. */
type Bounds = [number, number, number, number];

/** All that the page shows; its address says the same. */
interface View {
  on: string;
  off: Set<string>;
  /** The key of the series under the slider, or `none`; null takes the first of the layers in view. */
  chart: string | null;
  chosen: { layer: string; id: string } | null;
  tool: string | null;
  filter: string;
  near: boolean;
  path: [number, number][];
  /** How fast it plays, and whether only what changes on view. */
  pace: number;
  here: boolean;
  compare: string | null;
  swipe: number | null;
  fade: number;
  /** The layer whose difference is coloured, if it was asked for. */
  of: string | null;
  row: string | null;
  record: number | null;
  /** The number of the stop whose text is in view, from one on, on a page with a story. */
  step: number | null;
  /** Whether the map shows something else than that stop does. */
  away: boolean;
  lang: string;
  theme: string;
  /** Whether uncertainty is shown. */
  band: boolean;
  /** Of a page that has a background. */
  tiles?: boolean;
  /** Whether the address asks for the embed layout, or against it. */
  embed: boolean | null;
}

/** The ways to change the view, which main.js hands to the parts of the page. */
interface Act {
  view: View;
  change(wanted: Partial<View>): void;
  /** Changes what touches neither the day nor the features drawn. */
  adjust(wanted: Partial<View>): void;
  /** Goes to a feature and opens it. */
  visit(feature: { layer: string; id: string | number | null }, from?: HTMLElement): void;
  fit(states: { geometry: Geometry }[]): void;
  /** Makes something of the map as it is without the sheet of the tool. */
  beneath<T>(make: () => T): T;
  /** The state as fields of a link for others. */
  link(): string[];
  /** Changes the view, and has bounds on the map. */
  go(wanted: Partial<View>, bounds: Bounds): void;
  /** Makes something of each of several views, and comes back to bounds. */
  pose<T>(views: (Partial<View> & { bounds: Bounds })[], make: () => T, bounds: Bounds): T[];
  /** Has bounds on the map. */
  frame(bounds: Bounds): void;
}

/** What main.js knows of a story. */
interface StoryTeller {
  /** The ids of all its sources, in the order in which it cites them. */
  cited: string[];
  /** Whether bounds are those of a stop. */
  isStop(bounds: Bounds): boolean;
  read(fields: URLSearchParams): Partial<View> & { bounds?: Bounds };
  start(act: Act): void;
  show(view: View): void;
  /** Puts all its stops onto paper; what is returned takes them off. */
  print(view: View): () => void;
}

/** A tool of the toolbar, which writes its sheet into an element. */
interface Tool {
  start?(act: Act): void;
  show(view: View, body: HTMLElement): void;
  stop?(): void;
}

/** The panel's part of the records, as records/list.js is it. */
interface RecordList {
  NAME: string;
  read(fields: URLSearchParams): number | null;
  start(act: Act): void;
  show(view: View): void;
  explain(): void;
}

interface Window {
  /** Made by folium's script. */
  map_pkzone: L.Map;
  /** Addresses that could not be loaded, kept by missing.js. */
  pkzoneMissing: string[];
  $?: (html: string) => Element[];
  /** Draws a layer on any map of folium. */
  pkzoneLayer: (data: any) => any;
}
