/** The schemas' own figures: importing them would bring the whole of zod onto the page. A test compares them. */
export const typingMs = 5_000
export const typingPauseMs = 2_000
/** In Unicode code points. */
export const textLengthMax = 4096
export const reasonLengthMax = 255
