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
  workspace: token.optional().describe('Whose agents have it; absent: all workspaces.'),
  shortcut: token.optional().describe('Found first by what is written behind `/`.'),
})
export type Reply = z.infer<typeof reply>
