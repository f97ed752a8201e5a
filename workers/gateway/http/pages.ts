import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { type BuildOptions, build, type Plugin, transform } from 'esbuild'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'

/** A file as it is served, under its path. */
export interface Page {
  contentType: string
  /** The same content, compressed beforehand. */
  bodies: Record<Encoding, Buffer>
  /** Without quotes; each encoding's own tag is made of it. */
  hash: string
}

const encodings = ['br', 'gzip', 'identity'] as const
type Encoding = (typeof encodings)[number]

const folder = fileURLToPath(new URL('../../pages/', import.meta.url))

/** Serves the pages and their scripts; they are bundled before the first request. */
export const servePages: FastifyPluginAsync = async (fastify) => {
  const pages = await buildPages()
  for (const [path, page] of pages)
    fastify.get(path, (request, reply) => {
      reply.headers(path === '/widget.js' ? { ...everywhere, ...onAnyPage } : everywhere)
      if (page.contentType.startsWith('text/html')) reply.headers(onPages)
      return send(page, request, reply)
    })
}

/** Bundles and compresses all of them; throws where a source does not compile, with esbuild's words. */
export async function buildPages(): Promise<Map<string, Page>> {
  const [widget, desk, admin, inspector, stately, demo, demoStyle] = await Promise.all([
    // A classic script: one tag without attributes embeds it.
    bundle('widget/widget.ts', { format: 'iife' }),
    bundle('desk/desk.ts', { format: 'esm' }),
    bundle('admin/admin.ts', { format: 'esm' }),
    bundle('inspector/inspector.ts', { format: 'esm' }),
    bundle('stately/stately.ts', { format: 'esm' }),
    bundle('widget/demo.ts', { format: 'iife' }),
    minified(`${folder}widget/demo.css`),
  ])
  const files: [path: string, contentType: string, content: string][] = [
    ['/', 'text/html', readFileSync(`${folder}widget/demo.html`, 'utf8')],
    ['/desk', 'text/html', appPage('frontdesk · desk', 'desk')],
    ['/admin', 'text/html', appPage('frontdesk · administration', 'admin')],
    ['/inspector', 'text/html', appPage('frontdesk · inspector', 'inspector')],
    ['/inspector/stately', 'text/html', appPage('frontdesk · to Stately', 'stately')],
    ['/widget.js', 'text/javascript', widget],
    ['/desk.js', 'text/javascript', desk],
    ['/admin.js', 'text/javascript', admin],
    ['/inspector.js', 'text/javascript', inspector],
    ['/stately.js', 'text/javascript', stately],
    ['/demo.js', 'text/javascript', demo],
    ['/demo.css', 'text/css', demoStyle],
  ]
  return new Map(
    await Promise.all(
      files.map(async ([path, type, content]) => [path, await compress(type, content)] as const),
    ),
  )
}

async function bundle(entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [folder + entry],
    bundle: true,
    write: false,
    minify: true,
    target: 'es2022',
    legalComments: 'none',
    plugins: [cssAsText, globImports],
    logLevel: 'silent',
    // What an editor reads is not what a page is built by.
    tsconfigRaw: '{}',
    ...options,
  }).catch((error: Error) => {
    throw new Error(`cannot build the page ${entry}: ${error.message}`)
  })
  return (outputFiles as { text: string }[]).map(({ text }) => text).join('')
}

/** `import text from './desk.css'`. */
const cssAsText: Plugin = {
  name: 'css as text',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: await minified(path), loader: 'text' })),
}

/** `import.meta.glob` in base/words.ts, as Vite does it for the tests: static imports, which are tree-shaken. */
const globImports: Plugin = {
  name: 'import.meta.glob',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/base\/words\.ts$/ }, async ({ path }) => {
      const imports: string[] = []
      const contents = (await readFile(path, 'utf8')).replace(
        /import\.meta\.glob<[^>]+>\('(.+?)\*\.ts', \{ eager: true, import: '(\w+)' \}\)/g,
        (_, folder: string, name: string) => {
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

async function minified(css: string): Promise<string> {
  const { code } = await transform(readFileSync(css, 'utf8'), { loader: 'css', minify: true })
  return code.trim()
}

/** A page that is one element: `<frontdesk-desk>` of `desk.js`. */
function appPage(title: string, name: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<script type="module" src="/${name}.js"></script>
<body>
<noscript>This page needs JavaScript.</noscript>
<frontdesk-${name}></frontdesk-${name}>
`
}

async function compress(contentType: string, content: string): Promise<Page> {
  const identity = Buffer.from(content)
  const [gzipped, brotli] = await Promise.all([
    promisify(gzip)(identity, { level: 9 }),
    promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  ])
  return {
    contentType: `${contentType}; charset=utf-8`,
    bodies: { identity, gzip: gzipped, br: brotli },
    hash: createHash('sha256').update(identity).digest('base64url').slice(0, 22),
  }
}

const everywhere = {
  // A new version is there at once; what has not changed costs a 304.
  'cache-control': 'no-cache',
  vary: 'accept-encoding',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** The widget's script belongs on other origins' pages. */
const onAnyPage = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
}

const onPages = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    // Markup is made by Lit's templates only; the widget and the page that it is on each bring their own Lit.
    "require-trusted-types-for 'script'",
    "trusted-types lit-html 'allow-duplicates'",
  ].join('; '),
}

function send({ contentType, bodies, hash }: Page, { headers }: FastifyRequest, reply: FastifyReply) {
  const encoding = encodings.find((one) => `${headers['accept-encoding']}`.includes(one)) ?? 'identity'
  const etag = `"${hash}-${encoding}"`
  reply.header('etag', etag)
  if (headers['if-none-match']?.includes(etag)) return reply.code(304).send()
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply.type(contentType).send(bodies[encoding])
}
