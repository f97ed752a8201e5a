import { z } from 'zod'

/** A file that came with a message: what records say of it. Its bytes are in the store of files. */
export const attachment = z.object({
  id: z.string().describe('From the upload.'),
  name: z.string(),
  type: z.string().describe('As its content says: `image/png`.'),
  size: z.int().nonnegative().describe('In bytes.'),
})
export type Attachment = z.infer<typeof attachment>
