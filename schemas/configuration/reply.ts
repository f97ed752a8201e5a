import { z } from 'zod'
import { labelLengthMax, textLengthMax } from '../limits.ts'
import { localized } from '../localized-field.ts'
import { zodIssue } from '../problem.ts'
import { shortText, token } from '../token.ts'

const filled = (lengthMax: number) =>
  shortText(lengthMax).refine((text) => text.trim() !== '', zodIssue('empty'))

/** `reply.<id>` in the configuration: a text that agents insert, with what they filled in, and change before they send. */
export const reply = z.object({
  id: token,
  title: filled(labelLengthMax),
  text: localized(filled(textLengthMax)),
  /** Whose agents have it; absent: all workspaces. */
  workspace: token.optional(),
  /** Found first by what is written behind `/`. */
  shortcut: token.optional(),
})
export type Reply = z.infer<typeof reply>
