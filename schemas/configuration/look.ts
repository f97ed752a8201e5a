import { z } from 'zod'
import { labelLengthMax, urlLengthMax } from '../limits.ts'
import { zodIssue } from '../problem.ts'
import { shortText } from '../token.ts'

/** The most origins of a channel. */
export const originsMax = 50

/** An origin as browsers write it: `https://shop.example`, with the port where it is not the usual one. */
export const origin = z
  .string()
  .max(urlLengthMax)
  .refine(
    (text) => /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text,
    zodIssue('not_an_origin'),
  )
  .describe('An origin as browsers write it: https://shop.example, without a path and without *.')

/** How the widget looks on a page that does not say otherwise. The gateway gives it to anybody. */
export const widgetLook = z.object({
  /** The colour of the launcher, the send button and the customer's own texts; the text on it is black or white. */
  accent: z
    .string()
    .refine((text) => /^#[0-9a-f]{6}$/i.test(text), zodIssue('not_a_colour'))
    .meta({ pattern: '^#[0-9A-Fa-f]{6}$' })
    .optional(),
  /** The address of an image, shown beside the title. Not in the document itself: that is small and read often. */
  logo: z
    .string()
    .max(urlLengthMax)
    .refine((text) => /^https:\/\/[^\s"]+$/.test(text) && URL.canParse(text), zodIssue('not_an_image_url'))
    .meta({ pattern: '^https://' })
    .optional(),
  title: shortText(labelLengthMax).optional(),
  side: z
    .enum(['left', 'right'])
    .optional()
    .describe('The side of the window; by default the one where lines end.'),
})
export type WidgetLook = z.infer<typeof widgetLook>
