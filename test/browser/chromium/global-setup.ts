import { findChromium } from './find-chromium.ts'

/** Finds or fetches a Chromium once, before the workers launch it. */
export default async function setup(): Promise<void> {
  process.env.FRONTDESK_CHROMIUM = await findChromium()
}
