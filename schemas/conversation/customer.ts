import { z } from 'zod'

/** Facts that a company's page or server tells about its customer, by name: `{plan: "gold", seats: 12}`. */
export const attributes = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
export type Attributes = z.infer<typeof attributes>

/** One of those that the channel names, for agents; verified: from the JWT of the company's server. */
export const customerAttribute = z.object({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  verified: z.boolean(),
})
export type CustomerAttribute = z.infer<typeof customerAttribute>

/** An identity that the gateway has verified. An unverified visitor has none. */
export const customer = z.object({
  externalId: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
  emailVerified: z.boolean().optional(),
  attributes: attributes.optional().describe('Other claims of the JWT.'),
})
export type Customer = z.infer<typeof customer>

/** The customer, for an agent. */
export const requestCustomer = z.object({
  name: z.string().nullable(),
  email: z.string().nullable(),
  externalId: z.string().nullable(),
  verified: z.boolean(),
})
export type RequestCustomer = z.infer<typeof requestCustomer>

/** The page on which a customer began the conversation, by their client's word. */
export const visitedPage = z.object({ url: z.string().optional(), title: z.string().optional() })
export type VisitedPage = z.infer<typeof visitedPage>

/** The most characters of an identity's fields, in Unicode code points. */
export const externalIdLengthMax = 255
/** RFC 5321 4.5.3.1.3: a path has 256 octets, two of them its angle brackets. */
export const emailLengthMax = 254
