// Builds every public file into pitchfest/static/dist, each under a name that carries its content's hash.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const dist = join(here, "..", "pitchfest", "static", "dist");
const pictures = join(here, "..", "docs", "pictures", "tours");
const fonts = join(modules, "@fontsource-variable", "source-sans-3", "files");
const manifest = {};
// Small already: compressing them again would gain nothing.
const packed = new Set([".woff2", ".webp"]);

// A file may name only files written before it: their plain names become the hashed ones.
function withHashedNames(text) {
  return Object.entries(manifest).reduce((sum, [plain, hashed]) => sum.replaceAll(plain, hashed), text);
}

function write(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const extension = extname(name);
  const hashed = `${name.slice(0, -extension.length)}.${hash}${extension}`;
  writeFileSync(join(dist, hashed), content);
  if (!packed.has(extension)) writeFileSync(join(dist, `${hashed}.gz`), gzipSync(content, { level: 9 }));
  manifest[name] = hashed;
}

// The maps are not served, so the lines that point at them would only make browsers ask in vain.
const script = (path) => withHashedNames(readFileSync(path, "utf8").replace(/\/\/# sourceMappingURL=.*/, ""));

mkdirSync(dist, { recursive: true });

for (const style of ["normal", "italic"]) {
  const name = `source-sans-3-latin-wght-${style}.woff2`;
  write(name, readFileSync(join(fonts, name)));
}
for (const name of ["favicon.svg", "logo.svg", "logo-on-dark.svg"]) {
  write(name, readFileSync(join(here, "img", name)));
}
for (const name of readdirSync(pictures).filter((each) => extname(each) === ".webp").sort()) {
  write(`tour-${name}`, readFileSync(join(pictures, name)));
}
const sheet = compile(join(here, "scss", "pitchfest.scss"), {
  style: "compressed",
  loadPaths: [modules],
  quietDeps: true,
});
write("pitchfest.css", withHashedNames(sheet.css));
write("govuk-frontend.min.js", script(join(modules, "govuk-frontend", "dist", "govuk", "govuk-frontend.min.js")));
write("early.js", script(join(here, "js", "early.js")));
write("init.js", script(join(here, "js", "init.js")));
write("idle.js", script(join(here, "js", "idle.js")));
write("unsaved.js", script(join(here, "js", "unsaved.js")));
write("autosave.js", script(join(here, "js", "autosave.js")));
write("colour.js", script(join(here, "js", "colour.js")));

writeFileSync(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);

// What an earlier build left goes last, so that a running server never lacks what its pages name.
const kept = new Set(["manifest.json", ...Object.values(manifest).flatMap((name) => [name, `${name}.gz`])]);
for (const name of readdirSync(dist)) {
  if (!kept.has(name) && !name.startsWith(".")) rmSync(join(dist, name));
}
