// The shapes of the values that the scripts hand to each other, and what stands on the window.

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
  /** The property that names a feature of a file. */
  label?: string;
  /** The row of a report that tells of it. */
  row?: string;
  /** Its name for people, where that is not its own. */
  said?: string;
  /** Neither a button nor a stop for Tab. */
  quiet?: boolean;
  /** What its elements say of it as data attributes. */
  marks?: Record<string, string>;
}

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
  fixed: boolean;
  features: { id: string | number | null }[];
  states: State[];
  versions: Version[];
}

/** A map that is asked for keys only that it has. */
interface Known<K, V> extends Map<K, V> {
  get(key: K): V;
}

/** A drawn feature with its symbol, and metres of uncertainty if they are shown. */
interface Item {
  state: State;
  symbol: any;
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

/** All that the page shows; its address says the same. */
interface View {
  on: string;
  off: Set<string>;
  chosen: { layer: string; id: string } | null;
  tool: string | null;
  filter: string;
  near: boolean;
  path: [number, number][];
  compare: string | null;
  swipe: number | null;
  fade: number;
  row: string | null;
  record: number | null;
  lang: string;
  theme: string;
  /** Whether uncertainty is shown. */
  band: boolean;
  /** Of a page that has a background. */
  tiles?: boolean;
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
  L?: typeof L;
  $?: (html: string) => Element[];
}
