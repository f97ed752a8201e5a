import { readSwitch, writeSwitch } from './state/switches.ts'

const soundKey = 'frontdesk.desk.sound'
const notificationsKey = 'frontdesk.desk.notifications'

/** `blocked`: the browser does not allow this page to notify. */
export type NotificationState = 'on' | 'off' | 'blocked'

/** Sound and notifications for new requests while the agent looks elsewhere. Both are off by default. */
export class Alerts {
  #audio: AudioContext | undefined

  constructor() {
    if (!this.isSoundOn) return
    // After a reload, browsers allow sound once the user has clicked or typed.
    for (const type of ['pointerdown', 'keydown'])
      addEventListener(type, () => this.#context(), { once: true, capture: true })
  }

  get isSoundOn(): boolean {
    return readSwitch(soundKey) ?? false
  }

  get notifications(): NotificationState {
    if (!('Notification' in globalThis) || Notification.permission === 'denied') return 'blocked'
    return Notification.permission === 'granted' && readSwitch(notificationsKey) ? 'on' : 'off'
  }

  /** Turning it on plays it once. */
  setSound(isOn: boolean): void {
    writeSwitch(soundKey, isOn)
    if (isOn) this.sound()
  }

  /** May ask for the browser's permission, so call it for a click only. */
  async setNotifications(isOn: boolean): Promise<void> {
    if (isOn && 'Notification' in globalThis && Notification.permission === 'default')
      await Notification.requestPermission()
    writeSwitch(notificationsKey, isOn)
  }

  /** Two soft notes, one higher than the other. */
  sound(): void {
    if (!this.isSoundOn) return
    const context = this.#context()
    if (!context) return
    const begin = context.currentTime + 0.02
    for (const [delay, hertz] of [
      [0, 660],
      [0.13, 880],
    ] as const) {
      const tone = context.createOscillator()
      const volume = context.createGain()
      tone.frequency.value = hertz
      volume.gain.setValueAtTime(0, begin + delay)
      volume.gain.linearRampToValueAtTime(0.16, begin + delay + 0.015)
      volume.gain.exponentialRampToValueAtTime(0.001, begin + delay + 0.28)
      tone.connect(volume).connect(context.destination)
      tone.start(begin + delay)
      tone.stop(begin + delay + 0.3)
    }
  }

  /** Notifies while the page has no focus. A notification replaces an earlier one of the same `tag`. */
  notify(title: string, body: string, tag: string, onClick: () => void): void {
    if (this.notifications !== 'on' || document.hasFocus()) return
    try {
      const notification = new Notification(title, { body, tag })
      notification.onclick = () => {
        window.focus()
        notification.close()
        onClick()
      }
    } catch {
      // Chromium on Android has the constructor, and throws.
    }
  }

  #context(): AudioContext | undefined {
    if (!('AudioContext' in globalThis)) return undefined
    this.#audio ??= new AudioContext()
    if (this.#audio.state === 'suspended') void this.#audio.resume().catch(() => {})
    return this.#audio
  }
}
