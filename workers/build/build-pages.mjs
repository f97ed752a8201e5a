// @ts-check
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import * as esbuild from 'esbuild'
import { guidePage } from './guide-page.mjs'
import { projectFile } from './project-folder.mjs'

const folder = projectFile('workers/pages/')
const target = 'es2022'

/** The files that the scripts are made of, as esbuild names them: each bundle adds its own. @type {Set<string>} */
const bundledInputs = new Set()

/**
 * Bundles the pages and compresses them.
 *
 * @returns {Promise<{pages: import('./dist.mjs').BuiltPage[], files: [string, string | Uint8Array][], inputs: string[]}>}
 */
export async function buildPages() {
  const [
    widget,
    widgetMore,
    desk,
    deskPush,
    admin,
    numbers,
    inspector,
    stately,
    reference,
    demo,
    demoStyle,
    chat,
    chatStyle,
    pageStyle,
  ] = await Promise.all([
    widgetScript(),
    bundle('widget/more/more.ts', { format: 'esm' }),
    bundle('desk/desk.ts', { format: 'esm' }),
    bundle('desk/push/service-worker.ts', { format: 'iife' }),
    bundle('admin/admin.ts', { format: 'esm' }),
    bundle('numbers/numbers.ts', { format: 'esm' }),
    bundle('inspector/inspector.ts', { format: 'esm' }),
    bundle('stately/stately.ts', { format: 'esm' }),
    bundle('reference/reference.ts', { format: 'esm' }),
    bundle('widget/demo/demo.ts', { format: 'iife' }),
    minified(`${folder}widget/demo/demo.css`),
    bundle('widget/chat/chat.ts', { format: 'iife' }),
    minified(`${folder}widget/chat/chat.css`),
    minified(`${folder}base/styles/page.css`),
  ])
  const built = await Promise.all([
    page('/', 'text/html', readFileSync(`${folder}widget/demo/demo.html`, 'utf8')),
    page('/chat', 'text/html', readFileSync(`${folder}widget/chat/chat.html`, 'utf8')),
    page('/desk', 'text/html', appPage('frontdesk · desk', 'desk')),
    page('/admin', 'text/html', appPage('frontdesk · administration', 'admin')),
    page('/numbers', 'text/html', appPage('frontdesk · numbers', 'numbers')),
    page('/inspector', 'text/html', appPage('frontdesk · inspector', 'inspector')),
    page('/inspector/stately', 'text/html', appPage('frontdesk · to Stately', 'stately', '../')),
    page('/reference', 'text/html', appPage('frontdesk · reference', 'reference')),
    page('/guide/bots', 'text/html', guidePage()),
    page('/404', 'text/html', readFileSync(`${folder}not-found.html`, 'utf8')),
    page('/widget.js', 'text/javascript', widget),
    page('/widget/more.js', 'text/javascript', widgetMore),
    ...(await widgetWords()).map(([language, words]) =>
      page(`/widget/words/${language}.json`, 'application/json', words),
    ),
    page('/desk.js', 'text/javascript', desk),
    page('/desk-push.js', 'text/javascript', deskPush),
    page('/admin.js', 'text/javascript', admin),
    page('/numbers.js', 'text/javascript', numbers),
    page('/inspector.js', 'text/javascript', inspector),
    page('/stately.js', 'text/javascript', stately),
    page('/reference.js', 'text/javascript', reference),
    page('/demo.js', 'text/javascript', demo),
    page('/chat.js', 'text/javascript', chat),
    page('/chat.css', 'text/css', chatStyle),
    page('/demo.css', 'text/css', demoStyle),
    page('/page.css', 'text/css', pageStyle),
  ])
  return {
    pages: built.map((each) => each.page),
    files: built.flatMap((each) => each.files),
    inputs: [...bundledInputs],
  }
}

/** A classic script: one tag without attributes embeds it. Other sites' pages load it, so each byte counts. */
async function widgetScript() {
  const script = await bundle('widget/widget.ts', {
    format: 'iife',
    // Lit's internal names are shortened.
    mangleProps: /^_\$/,
    // The other pages' decorators need fields that are initialised in the constructor, which takes more bytes.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } },
  })
  // The names that a second pass gives compress better.
  const { code } = await esbuild.transform(script, { minify: true, target })
  return code
}

/**
 * The widget's words in each language but English, which is in its scripts.
 *
 * @returns {Promise<[language: string, json: string][]>}
 */
async function widgetWords() {
  const files = readdirSync(`${folder}words/widget`).filter((file) => file !== 'en.ts')
  return Promise.all(
    files.map(async (file) => {
      const code = await bundle(`words/widget/${file}`, { format: 'esm' })
      const { widget } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
      return [file.replace('.ts', ''), JSON.stringify(widget)]
    }),
  )
}

/**
 * @param {string} entry
 * @param {esbuild.BuildOptions} options
 */
async function bundle(entry, options) {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: projectFile('.'),
    entryPoints: [folder + entry],
    bundle: true,
    write: false,
    minify: true,
    target,
    legalComments: 'none',
    plugins: [cssAsText, globImports, widgetTemplates],
    logLevel: 'silent',
    ...options,
    metafile: true,
  })
  for (const input of Object.keys(metafile.inputs)) bundledInputs.add(input)
  return (outputFiles ?? []).map(({ text }) => text).join('')
}

/** `import text from './desk.css'`. @type {esbuild.Plugin} */
const cssAsText = {
  name: 'css as text',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: await minified(path), loader: 'text' })),
}

/**
 * The widget's templates without their indentation.
 *
 * @type {esbuild.Plugin}
 */
const widgetTemplates = {
  name: 'widget templates',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/widget\/.+\.ts$/ }, ({ path }) => ({
      // Lines that begin with a tag, a tag's end or an attribute are in templates.
      contents: readFileSync(path, 'utf8')
        .replace(/\n\s+/g, '\n')
        .replace(/\n(?=[<>]|\$\{)/g, '')
        .replace(/\n(?=[\w.@?-]+=\S)/g, ' '),
      loader: 'ts',
    })),
}

/**
 * `import.meta.glob` in base/words.ts, as Vite does it for the tests: static imports, which are tree-shaken.
 *
 * @type {esbuild.Plugin}
 */
const globImports = {
  name: 'import.meta.glob',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/base\/words\.ts$/ }, ({ path }) => {
      /** @type {string[]} */
      const imports = []
      const contents = readFileSync(path, 'utf8').replace(
        /import\.meta\.glob<[^>]+>\('(.+?)\*\.ts', \{\s*eager: true,\s*import: '(\w+)',?\s*\}\)/g,
        (_, folder, name) => {
          const files = readdirSync(resolve(path, '..', folder)).filter((file) => file.endsWith('.ts'))
          const entries = files.map((file) => {
            imports.push(`import { ${name} as words${imports.length} } from '${folder}${file}'`)
            return `'${folder}${file}': words${imports.length - 1}`
          })
          return `{ ${entries.join(', ')} }`
        },
      )
      return { contents: [...imports, contents].join('\n'), loader: 'ts' }
    }),
}

/** @param {string} css */
async function minified(css) {
  const { code } = await esbuild.transform(readFileSync(css, 'utf8'), { loader: 'css', minify: true })
  // esbuild leaves the value of a custom property as it stands.
  return code.trim().replace(/(--[\w-]+): /g, '$1:')
}

/**
 * A page that is one element, `<frontdesk-desk>` of `desk.js`. The element's content is the first paint.
 *
 * @param {string} title
 * @param {string} name
 * @param {string} root the gateway's root from the page: a proxy may serve it below a path
 */
function appPage(title, name, root = './') {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}page.css">
<script type="module" src="${root}${name}.js"></script>
<body>
<noscript>This page needs JavaScript.</noscript>
<frontdesk-${name}><div class="skeleton" aria-hidden="true"><i></i><i></i><i></i><i></i></div></frontdesk-${name}>
`
}

/**
 * @param {string} path
 * @param {string} contentType
 * @param {string} content
 */
async function page(path, contentType, content) {
  const identity = Buffer.from(content)
  // Smaller blocks than by default follow the change from style to script: a percent less.
  const [gzipped, brotli] = await Promise.all([
    promisify(gzip)(identity, { level: 9, memLevel: 7 }),
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  ])
  const hash = createHash('sha256').update(identity).digest('base64url').slice(0, 22)
  const file = `pages/${hash}`
  return {
    page: { path, contentType: `${contentType}; charset=utf-8`, hash, file },
    files: /** @type {[string, string | Uint8Array][]} */ ([
      [file, identity],
      [`${file}.gz`, gzipped],
      [`${file}.br`, brotli],
    ]),
  }
}
