/** Draws the customer's attention to messages that they do not see: in the page's title, and with a soft sound. */

let mark = ''
let unread = 0

/** The page's title without the mark. The page may have changed it. */
export function pageTitle(): string {
  const { title } = document
  return title.startsWith(mark) ? title.slice(mark.length) : title
}

/** Marks the page's title with the unread messages of all sessions. */
export function countUnread(more: number): void {
  if (!more) return
  const title = pageTitle()
  unread += more
  mark = unread ? `(${unread}) ` : ''
  document.title = mark + title
}

let audio: AudioContext | undefined

/** Call it when the customer clicks or types in the widget: browsers let no page sound before. */
export function prepareSound(): void {
  if (audio) return
  audio = new AudioContext()
  void audio.suspend()
}

/** Returns whether it can be heard. */
export function playSound(): boolean {
  if (!audio) return false
  void audio.resume()
  const end = audio.currentTime + 0.6
  const tone = audio.createOscillator()
  const volume = audio.createGain()
  volume.gain.value = 0.1
  volume.gain.exponentialRampToValueAtTime(0.001, end)
  tone.frequency.value = 660
  tone.connect(volume).connect(audio.destination)
  tone.onended = () => void audio?.suspend()
  tone.start()
  tone.stop(end)
  return true
}
