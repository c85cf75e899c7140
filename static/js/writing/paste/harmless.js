// HTML from elsewhere, parsed without anything in it coming alive, and only as much of it as parses at once.
const LARGEST = 2_000_000; // characters, without what images carry within themselves
const MOST_TAGS = 50_000;
const DEEPEST = 200; // a parser needs ever longer for what is nested without end
const DATA = /\b(?:src|srcset)\s*=\s*(?:"data:[^"]*"|'data:[^']*')/gi;
const TAG = /<(\/?)([a-z][a-z0-9]*)([^<>]*)>/gi;
const CLOSED_BY_OTHERS = new Set("p,li,td,th,tr,dt,dd,br,hr,img,meta,link,col,input,wbr,source,area,base,embed,option".split(","));

function isTooMuch(html) {
  if (html.length > LARGEST) return true;
  let [tags, depth] = [0, 0];
  for (const [, closing, name] of html.matchAll(TAG)) {
    tags += 1;
    if (!CLOSED_BY_OTHERS.has(name.toLowerCase())) depth += closing ? -1 : 1;
    if (tags > MOST_TAGS || depth > DEEPEST) return true;
  }
  return false;
}

// Styles that are only parsed are refused by the page's policy already, and said so in the console: they get other names.
const renamed = (tag, closing, name, rest) => {
  if (name.toLowerCase() === "style") return `<${closing}script>`;
  return /\sstyle\s*=/i.test(rest) ? `<${closing}${name}${rest.replace(/\sstyle\s*=/gi, " data-style=")}>` : tag;
};

/** The body of `html`, its styles as `data-style`; null where it is too much to be read. */
export function harmless(html) {
  const light = html.replace(DATA, "");
  if (isTooMuch(light)) return null;
  return new DOMParser().parseFromString(light.replace(TAG, renamed), "text/html").body;
}
