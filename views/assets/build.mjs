// Builds views/assets/dist from Tabler, htmx, the font and views/assets/src. Run by `cargo xtask assets`.
//
// One stylesheet and one script serve every page. Tabler's stylesheet is cut to the classes that some template names and
// those that module authors are promised (KEPT), since most of its 27,000 lines are variants that nothing here uses.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import postcss from 'postcss';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const dist = join(here, 'dist');
const modules = dirname(dirname(createRequire(import.meta.url).resolve('@tabler/core/package.json')));
const vendor = join(modules, '..');

/** Classes of Tabler that stay although no template of the panel names them: what a module's own pages may use. */
const KEPT = new RegExp(
  '^(?:' +
    [
      'container(?:-(?:xl|fluid|narrow|tight))?',
      'row(?:-cards|-deck|-cols-(?:1|2|3|4|auto))?',
      'col(?:-(?:sm-|md-|lg-|xl-)?(?:auto|[1-9]|1[0-2]))?',
      'col-(?:sm|md|lg|xl)',
      'g-[0-5]|gap-[0-5]|m[tbsexy]?-(?:[0-5]|auto)|p[tbsexy]?-[0-5]',
      'd-(?:none|flex|block|grid|inline|inline-flex|inline-block)',
      'd-(?:sm|md|lg)-(?:none|flex|block)',
      'flex-(?:fill|wrap|nowrap|row|column|grow-1|shrink-0)|align-items-(?:start|center|end|baseline)',
      'justify-content-(?:start|center|end|between)|text-(?:start|center|end|nowrap|truncate|break|uppercase|muted|secondary)',
      'w-(?:100|auto|50|25)|h-100|fw-(?:bold|medium|normal)|fs-[1-6]|h[1-6]|small|lead|list-unstyled|list-inline(?:-item)?',
      '(?:text|bg)-(?:primary|success|warning|danger|info|secondary)(?:-lt)?',
      'btn(?:-(?:primary|secondary|success|warning|danger|info|link|ghost|ghost-primary|ghost-danger|outline-primary|outline-secondary|outline-danger|sm|lg|icon|list|actions|close|pill|square|group))?',
      'card(?:-(?:header|body|footer|title|subtitle|actions|table|sm|md|lg|status-top|status-start|options|tabs|link|stamp|progress))?',
      'table(?:-(?:responsive|sm|striped|hover|vcenter|nowrap|borderless|bordered|mobile-md))?',
      'badge(?:-(?:outline|pill|dot|empty|list|notification))?|status(?:-dot|-(?:green|red|yellow|blue|azure|gray))?',
      'alert(?:-(?:success|info|warning|danger|title|heading|icon|important|minor|dismissible|link|description))?',
      'form-(?:label|control|select|check|check-input|check-label|check-inline|switch|hint|text|fieldset|footer|selectgroup|range|colorinput|floating|control-plaintext|control-sm|select-sm)',
      'form-selectgroup-(?:item|input|label)|form-check-description|required|input-group(?:-text|-flat)?|input-icon(?:-addon)?|is-(?:valid|invalid)|(?:in)?valid-feedback',
      'nav(?:-(?:tabs|pills|underline|item|link|fill|justified|bordered))?|tab-(?:content|pane)|active|disabled|show|fade|collapse|collapsing',
      'dropdown(?:-(?:menu|item|divider|header|toggle|menu-end|item-icon))?|modal(?:-(?:dialog|content|header|body|footer|title|sm|lg|dialog-centered|dialog-scrollable|blur|status))?',
      'list-group(?:-(?:item|flush|hoverable|item-action|item-actions|header))?|datagrid(?:-(?:item|title|content))?',
      'empty(?:-(?:icon|title|subtitle|action|img|header))?|progress(?:-(?:bar|sm|bar-indeterminate|separated))?',
      'steps(?:-(?:counter|vertical|green))?|step-item|timeline(?:-(?:event|event-icon|event-card|simple))?|avatar(?:-(?:xs|sm|md|lg|list|list-stacked|rounded))?',
      'icon(?:-(?:sm|md|lg|inline))?|spinner-(?:border|border-sm|grow)|placeholder(?:-(?:xs|sm|lg|glow|wave))?|subheader|markdown|divide-y|hr-text|kbd|lh-1|tracking-tight|breadcrumb(?:-item|-arrows)?',
      'page-(?:item|link|header|title|pretitle|body)|pagination|vr|visually-hidden(?:-focusable)?|stretched-link|position-(?:relative|absolute)|overflow-(?:auto|hidden)|rounded|border|shadow-(?:none|sm)|accordion(?:-(?:item|header|button|body|collapse|flush))?|tooltip|ribbon|chart|sort|table-sort|asc|desc|user-select-all|font-monospace|text-reset|text-body|link-secondary|cursor-pointer',
    ].join('|') +
    ')$',
);

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 10);

function walk(folder, ending) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('node_modules') && !path.includes(dist) && !path.includes('/target/'))
    .sort();
}

const read = (path) => readFileSync(path, 'utf8');
const templates = walk(join(root, 'views'), '.html').map(read).join('\n');
const guests = walk(join(root, 'modules'), '.html').map(read).join('\n');
const scripts = walk(join(here, 'src'), '.js').map(read).join('\n');

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const files = {};

function emit(name, bytes) {
  const at = name.lastIndexOf('.');
  files[name] = `${name.slice(0, at)}.${hash(bytes)}${name.slice(at)}`;
  writeFileSync(join(dist, files[name]), bytes);
}

// Fonts: the scripts of the panel's languages.
const fonts = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext'].map((subset) => {
  const name = `geist-${subset}-wght-normal.woff2`;
  emit(name, readFileSync(join(vendor, '@fontsource-variable/geist/files', name)));
  return name;
});
const faces = read(join(vendor, '@fontsource-variable/geist/index.css'))
  .split('@font-face')
  .filter((face) => fonts.some((font) => face.includes(`/${font}`)))
  .map((face) => `@font-face${face.replace(/url\(\.\/files\/([^)]+)\)/, (_, name) => `url(/assets/${files[name]})`)}`)
  .map((face) => face.replace(/\/\*[^]*?\*\//g, ''))
  .join('\n');

// Styles.
const words = new Set(`${templates}\n${guests}\n${scripts}`.match(/[a-zA-Z][\w-]*/g));
const used = (name) => words.has(name) || KEPT.test(name);
const tabler = postcss.parse(read(join(vendor, '@tabler/core/dist/css/tabler.css')));
const keeps = (selector) =>
  [...selector.replace(/:not\([^)]*\)/g, '').matchAll(/\.((?:\\.|[\w-])+)/g)].every(([, name]) =>
    used(name.replace(/\\/g, '')),
  ) && !/\[data-theme|html\[data-bs-navbar/.test(selector);
tabler.walkRules((rule) => {
  if (rule.parent.type === 'atrule' && rule.parent.name === 'keyframes') return;
  const kept = rule.selectors.filter(keeps);
  if (kept.length === 0) rule.remove();
  else rule.selectors = kept;
});
tabler.walkComments((comment) => comment.remove());
tabler.walkAtRules((rule) => {
  if (rule.nodes?.length === 0) rule.remove();
});
// Custom properties that nothing reads any more, until none is left.
for (let again = true; again; ) {
  again = false;
  const text = tabler.toString() + walk(join(here, 'src'), '.css').map(read).join('');
  const names = new Set([...text.matchAll(/var\(\s*(--[\w-]+)/g)].map(([, name]) => name));
  tabler.walkDecls(/^--/, (decl) => {
    if (!names.has(decl.prop)) {
      decl.remove();
      again = true;
    }
  });
  tabler.walkRules((rule) => {
    if (rule.nodes.length === 0) rule.remove();
  });
}
// Animations that no rule names.
const animations = tabler.toString() + walk(join(here, 'src'), '.css').map(read).join('');
tabler.walkAtRules('keyframes', (rule) => {
  if (!new RegExp(`animation[^;]*\\b${rule.params}\\b`).test(animations)) rule.remove();
});
// `auto`: the rules of the dark theme once more, for viewers whose system asks for it.
const auto = postcss.atRule({ name: 'media', params: '(prefers-color-scheme: dark)' });
tabler.walkRules((rule) => {
  const dark = rule.selectors.filter((selector) => /^(?::root)?\[data-bs-theme=dark\]/.test(selector));
  if (dark.length > 0 && rule.parent.type === 'root') {
    auto.append(rule.clone({ selectors: dark.map((selector) => selector.replace('=dark]', '=auto]')) }));
  }
});
tabler.append(auto);
const own = walk(join(here, 'src'), '.css').map(read).join('\n');
const css = await transform(`${faces}\n${tabler.toString()}\n${own}`, { loader: 'css', minify: true, target: 'es2022', legalComments: 'none' });
emit('caisson.css', css.code);

// Script.
const js = await build({
  entryPoints: [join(here, 'src/main.js')],
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  legalComments: 'none',
  nodePaths: [vendor],
  write: false,
});
emit('caisson.js', js.outputFiles[0].contents);

// Icons: those that a template names, and those that a module may name in its manifest.
const icons = new Set([...templates.matchAll(/\bicon\("([a-z0-9-]+)"/g)].map(([, name]) => name));
// Macros that take an icon's name among their arguments.
for (const [, given] of templates.matchAll(/\b(?:post|confirm|tile|empty)\(((?:[^()]|\([^()]*\))*)\)/g)) {
  for (const [, name] of given.matchAll(/"([a-z0-9-]+)"/g)) {
    if (existsSync(join(vendor, '@tabler/icons/icons/outline', `${name}.svg`))) icons.add(name);
  }
}
for (const [, name] of templates.matchAll(/"icon":\s*"([a-z0-9-]+)"/g)) icons.add(name);
for (const name of read(join(here, 'icons.txt')).split(/\s+/).filter(Boolean)) icons.add(name);
const symbols = [...icons].sort().map((name) => {
  const svg = read(join(vendor, '@tabler/icons/icons/outline', `${name}.svg`));
  const body = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>')).replace(/\s*<path stroke="none"[^>]*>/, '').replace(/\s+/g, ' ').trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
});
emit('icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`);
emit('favicon.svg', readFileSync(join(here, 'src/favicon.svg')));

// Licences travel with what they cover.
const licences = [
  ['Tabler and its icons', '@tabler/icons/LICENSE'],
  ['htmx', 'htmx.org/LICENSE'],
  ['Geist', '@fontsource-variable/geist/LICENSE'],
].map(([name, path]) => `${name}\n\n${read(join(vendor, path))}`);
writeFileSync(join(dist, 'licences.txt'), licences.join('\n\n'));
writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify({ files, icons: [...icons].sort() }, null, 1)}\n`);
