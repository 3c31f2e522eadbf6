// Makes what the browser gets: one style sheet, our modules, the letters, the icons that pages name; each plain, as brotli and as gzip.
// node Ui/Assets/build.mjs OUT   (from src/Tally; the project file calls it when something changed)
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

const out = process.argv[2];
const compressible = new Set(['.css', '.js', '.svg']);
const letters = ['latin', 'latin-ext', 'vietnamese'];

const read = (...path) => readFileSync(join(...path));
const text = (...path) => readFileSync(join(...path), 'utf8');
const below = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();

function put(name, content) {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8');
  const file = join(out, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  if (compressible.has(extname(name))) {
    writeFileSync(file + '.br', brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
    writeFileSync(file + '.gz', gzipSync(bytes, { level: 9 }));
  }
}

function faces() {
  const inter = 'node_modules/@fontsource-variable/inter';
  const all = text(inter, 'wght.css').split('/* ');
  return letters.map((subset) => {
    const face = all.find((part) => part.startsWith(`inter-${subset}-wght-normal`));
    if (!face) throw new Error(`Inter has no subset ${subset} any more.`);
    put(`fonts/inter-${subset}.woff2`, read(inter, 'files', `inter-${subset}-wght-normal.woff2`));
    return face.slice(face.indexOf('@font-face')).replace(/url\([^)]*\)/, `url(../fonts/inter-${subset}.woff2)`);
  });
}

// Pages name icons as <Icon Name="home" />; here is the list of those that exist (Icon.razor's test compares).
function sprite() {
  const names = text('Ui/Assets/icons.txt').split(/\r?\n/).filter((name) => name && !name.startsWith('#'));
  const symbols = [...new Set(names)].sort().map((name) => {
    const [kind, file] = name.endsWith('-filled') ? ['filled', name.slice(0, -7)] : ['outline', name];
    const svg = text('node_modules/@tabler/icons/icons', kind, `${file}.svg`);
    const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>')).replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" \/>/, '').replace(/\s*\n\s*/g, '');
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  put('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`);
}

rmSync(out, { recursive: true, force: true });
const tabler = text('node_modules/@tabler/core/dist/css/tabler.min.css').replace(/\/\*# sourceMappingURL=.*\*\//, '');
put('css/app.css', [tabler, ...faces(), ...below('wwwroot/css').map((file) => text(file))].join('\n'));
for (const file of below('wwwroot').filter((file) => !file.startsWith(join('wwwroot', 'css')))) put(file.slice('wwwroot/'.length), read(file));
sprite();
