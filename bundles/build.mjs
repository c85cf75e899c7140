// Builds static/js/bundles/ anew: one module for each *.js beside this file, and the licence of what it contains.
// The client of passes is built too: its own modules as one file, since each page of a published quarter loads it.
// With --check it writes nothing, and fails where what is in the checkout differs.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = new URL("./", import.meta.url);
const BUNDLES = new URL("../static/js/bundles/", HERE);
const CLIENT = fileURLToPath(new URL("../static/js/passes/", HERE));
// Where another name than LICENSE holds the text that we chose.
const LICENSES = { qr: "LICENSE-MIT" };
// What replaces a package, or a part of it, and why is said there.
const STAND_INS = { "style-mod": "./stands_in/style-mod.js" };

async function built(name) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: fileURLToPath(HERE),
    entryPoints: [`${name}.js`],
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    charset: "utf8",
    legalComments: "none", // the licence lies beside the bundle, whole
    banner: { js: `// Built by \`make bundles\` from bundles/${name}.js. Licence: ${name}.LICENSE.txt` },
    alias: STAND_INS,
    metafile: true,
    write: false,
  });
  return [Buffer.from(outputFiles[0].contents), await licenceOf(packagesIn(metafile))];
}

// The packages of which a line stands in the bundle.
function packagesIn({ outputs }) {
  const [{ inputs }] = Object.values(outputs);
  const paths = Object.keys(inputs).filter((path) => inputs[path].bytesInOutput > 0);
  const names = paths.map((path) => path.match(/(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

// The licences of `names`; packages that share one, word for word, stand above it together.
async function licenceOf(names) {
  const shared = new Map();
  for (const name of names) {
    const text = await readFile(new URL(`node_modules/${name}/${LICENSES[name] ?? "LICENSE"}`, HERE), "utf8");
    shared.set(text, [...(shared.get(text) ?? []), name]);
  }
  const parts = [...shared].map(([text, sharing]) => (names.length > 1 ? `${sharing.join(", ")}\n\n${text}` : text));
  return Buffer.from(parts.join(`\n${"-".repeat(72)}\n\n`));
}

// The readable modules lie beside it, and the map leads a browser's tools to them.
async function client() {
  const { outputFiles } = await build({
    absWorkingDir: CLIENT,
    entryPoints: { passes: "client.js", passes_more: "more.js" },
    outdir: fileURLToPath(BUNDLES),
    bundle: true,
    splitting: true,
    chunkNames: "passes_shared",
    format: "esm",
    minify: true,
    target: "es2022",
    charset: "utf8",
    sourcemap: "linked",
    sourcesContent: false,
    write: false,
  });
  return outputFiles.map(({ path, contents }) => [path.split("/").at(-1), Buffer.from(contents)]);
}

async function wanted() {
  const files = new Map(await client());
  for (const file of (await readdir(HERE)).filter((one) => one.endsWith(".js")).sort()) {
    const name = file.slice(0, -".js".length);
    const [bundle, licence] = await built(name);
    files.set(file, bundle);
    files.set(`${name}.LICENSE.txt`, licence);
  }
  return files;
}

async function differing(files) {
  const there = await readdir(BUNDLES);
  const unlike = [];
  for (const [name, content] of files) {
    if (!there.includes(name) || !content.equals(await readFile(new URL(name, BUNDLES)))) unlike.push(name);
  }
  return [...unlike, ...there.filter((name) => !files.has(name))];
}

const files = await wanted();
await mkdir(BUNDLES, { recursive: true });
if (process.argv.includes("--check")) {
  const unlike = await differing(files);
  if (unlike.length) {
    console.error(`static/js/bundles differs from what is built: ${unlike.join(", ")}. Run \`make bundles\`.`);
    process.exit(1);
  }
} else {
  for (const [name, content] of files) await writeFile(new URL(name, BUNDLES), content);
}
for (const [name, content] of files) {
  console.log(`${name}: ${content.length} bytes, ${gzipSync(content, { level: 9 }).length} compressed`);
}
