/** The schemas' own figure: importing it would bring the whole of zod onto the page. A test compares them. */
export const previewEventsMax = 50
