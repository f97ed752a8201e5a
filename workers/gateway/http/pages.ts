import { readFile } from 'node:fs/promises'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { distFolder, existingBuild } from '../../build/dist.mjs'
import { notFound } from './refuse.ts'

const encodings = ['br', 'gzip', 'identity'] as const
type Encoding = (typeof encodings)[number]
const endings: Record<Encoding, string> = { br: '.br', gzip: '.gz', identity: '' }

/** A file as it is served, under its path. */
export interface Page {
  path: string
  contentType: string
  /** The file's content in each encoding, as the build compressed it. */
  bodies: Record<Encoding, Buffer>
  /** Without quotes; the tag of each encoding is made of it. */
  hash: string
}

/** Serves the pages and their scripts as `npm run build` made them. */
export const servePages: FastifyPluginAsync = async (fastify) => {
  for (const page of await readPages())
    if (page.path === '/404')
      // Programs get JSON, as everywhere; a person who mistyped an address gets a page.
      fastify.setNotFoundHandler((request, reply) =>
        request.headers.accept?.includes('text/html')
          ? reply
              .code(404)
              .headers({ ...onFiles, ...onPages })
              .type(page.contentType)
              .send(asSeenFrom(request.url, page))
          : notFound(reply, 'there is nothing here'),
      )
    else
      fastify.get(page.path, (request, reply) => {
        reply.headers(page.path.startsWith('/widget') ? { ...onFiles, ...onAnyPage } : onFiles)
        if (page.path.startsWith('/widget/words/')) reply.header('cache-control', wordsAge)
        if (page.contentType.startsWith('text/html'))
          reply.headers(page.path === '/admin' ? onAdministration : onPages)
        return sendFile(page, request, reply)
      })
}

/** Reads the built pages. Throws where there is no build. */
export async function readPages(): Promise<Page[]> {
  const build = existingBuild()
  if (!build) throw new Error(`the pages are not built, ${distFolder} is missing: run \`npm run build\``)
  return Promise.all(
    build.pages.map(async ({ file, ...page }) => {
      const read = (encoding: Encoding) => readFile(distFolder + file + endings[encoding])
      const [br, gzip, identity] = await Promise.all([read('br'), read('gzip'), read('identity')])
      return { ...page, bodies: { br, gzip, identity } }
    }),
  )
}

const onFiles = {
  // A new version is served at once; an unchanged file costs a 304.
  'cache-control': 'no-cache',
  vary: 'accept-encoding',
  'referrer-policy': 'no-referrer',
}

/** A visit asks for the widget's words once. A page that has an older version's shows a new word in English. */
const wordsAge = 'public, max-age=3600, stale-while-revalidate=86400'

/** The widget's script and its words belong on other origins' pages. */
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
    "img-src 'self' data: blob:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    // Markup is made by Lit's templates only; the widget and the page that it is on each bring their own Lit.
    "require-trusted-types-for 'script'",
    // The desk registers a service worker by a URL of its own.
    "trusted-types lit-html frontdesk-push 'allow-duplicates'",
  ].join('; '),
}

/** The preview of a channel shows its logo, from wherever that is. */
const onAdministration = {
  'content-security-policy': onPages['content-security-policy'].replace(
    "img-src 'self'",
    "img-src 'self' https:",
  ),
}

/** Answers with the file as the browser likes it compressed, or that it has not changed. */
export function sendFile(
  { contentType, bodies, hash }: Omit<Page, 'path'>,
  { headers }: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const encoding = encodings.find((name) => `${headers['accept-encoding']}`.includes(name)) ?? 'identity'
  const etag = `"${hash}-${encoding}"`
  reply.header('etag', etag)
  if (headers['if-none-match']?.includes(etag)) return reply.code(304).send()
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  return reply.type(contentType).send(bodies[encoding])
}

/** The page with links that lead to the gateway's root from any depth, also where a proxy serves it below a path. */
function asSeenFrom(url: string, { bodies }: Page): string {
  const depth = (url.split('?')[0]?.split('/').length ?? 0) - 2
  return String(bodies.identity).replaceAll('="./', `="./${'../'.repeat(Math.max(depth, 0))}`)
}
