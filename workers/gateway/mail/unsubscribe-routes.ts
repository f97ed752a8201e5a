import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { z } from 'zod'
import { languageOf, languageTexts } from '../../../engine/texts/languages.ts'
import type { Unsubscribes } from '../identity/unsubscribes.ts'

/** Below the gateway's URL. */
export const unsubscribePath = '/v1/mail/unsubscribe'

const query = z.object({ token: z.string().default(''), lang: z.string().default('en') })

/**
 * The page of the link in an e-mail, which asks first, since programs that look for malware open links; and the POST,
 * which mail programs also send by themselves (RFC 8058).
 */
export function unsubscribeRoutes(unsubscribes: Unsubscribes): FastifyPluginAsync {
  return async (fastify) => {
    // RFC 8058 3.1: `List-Unsubscribe=One-Click`, as a form; the link says everything.
    fastify.addContentTypeParser(
      ['application/x-www-form-urlencoded', 'multipart/form-data'],
      { parseAs: 'string' },
      (_, __, done) => done(null, {}),
    )
    fastify.get(unsubscribePath, async (request, reply) => {
      const { token, lang } = query.parse(request.query)
      const address = await unsubscribes.read(token)
      return page(reply, lang, address === null ? 'unsubscribeInvalid' : 'unsubscribeAsk')
    })
    fastify.post(unsubscribePath, async (request, reply) => {
      const { token, lang } = query.parse(request.query)
      const address = await unsubscribes.read(token)
      if (address === null) return page(reply, lang, 'unsubscribeInvalid')
      await unsubscribes.add(address)
      return page(reply, lang, 'unsubscribed')
    })
  }
}

const headers = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; '),
}

type Sentence = 'unsubscribeAsk' | 'unsubscribed' | 'unsubscribeInvalid'

/** @param locale as the link has it */
function page(reply: FastifyReply, locale: string, sentence: Sentence): FastifyReply {
  const language = languageOf(locale) ?? 'en'
  const { mailTexts } = languageTexts(language)
  const title = mailTexts.unsubscribeTitle
  // The form's address is the page's own, with the token.
  const button = `<form method="post"><button>${mailTexts.unsubscribe}</button></form>`
  return reply
    .code(sentence === 'unsubscribeInvalid' ? 410 : 200)
    .headers(headers)
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="../../page.css">
<body>
<main class="not-found question">
<h1>${title}</h1>
<p role="status">${mailTexts[sentence]}</p>
${sentence === 'unsubscribeAsk' ? button : ''}
</main>
`)
}
