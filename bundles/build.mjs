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
const LICENSES = { qr: "node_modules/qr/LICENSE-MIT" };

async function built(name) {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(HERE),
    entryPoints: [`${name}.js`],
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    charset: "utf8",
    legalComments: "none", // the licence lies beside the bundle, whole
    banner: { js: `// Built by \`make bundles\` from bundles/${name}.js. Licence: ${name}.LICENSE.txt` },
    write: false,
  });
  return Buffer.from(outputFiles[0].contents);
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
    files.set(file, await built(name));
    files.set(`${name}.LICENSE.txt`, await readFile(new URL(LICENSES[name], HERE)));
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
