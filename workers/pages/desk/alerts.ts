import { gatewayUrl } from '../base/ask.ts'
import { canPush, subscribePush, unsubscribePush } from './push/push-subscription.ts'
import type { News } from './state/news.ts'
import { readSwitch, writeSwitch } from './state/switches.ts'

/** The kinds of alerts, each with its own switches. `reply`: whatever becomes of the agent's own conversations. */
export const alertKinds = ['request', 'offer', 'reply'] as const
export type AlertKind = (typeof alertKinds)[number]

/** `blocked`: the browser does not allow this page to notify. */
export type NotificationState = 'on' | 'off' | 'blocked'

const soundKey = (kind: AlertKind) => `frontdesk.desk.sound.${kind}`
const notificationKey = (kind: AlertKind) => `frontdesk.desk.notification.${kind}`

export function alertKindOf({ kind }: News): AlertKind {
  return kind === 'request' || kind === 'offer' ? kind : 'reply'
}

/**
 * Sounds and notifications while the agent looks elsewhere. Notifications are off by default, and so is the sound of
 * new requests, which all agents hear; what is for one agent alone sounds.
 */
export class Alerts {
  #audio: AudioContext | undefined

  constructor() {
    // Browsers allow sound once the user has clicked or typed.
    for (const type of ['pointerdown', 'keydown'])
      addEventListener(type, () => this.#context(), { once: true, capture: true })
  }

  isSoundOn(kind: AlertKind): boolean {
    return readSwitch(soundKey(kind)) ?? kind !== 'request'
  }

  notifications(kind: AlertKind): NotificationState {
    if (!('Notification' in globalThis) || Notification.permission === 'denied') return 'blocked'
    return Notification.permission === 'granted' && readSwitch(notificationKey(kind)) ? 'on' : 'off'
  }

  /** Whether anything is alerted to. */
  get isOn(): boolean {
    return alertKinds.some((kind) => this.isSoundOn(kind) || this.notifications(kind) === 'on')
  }

  /** Turning it on plays it once. */
  setSound(kind: AlertKind, isOn: boolean): void {
    writeSwitch(soundKey(kind), isOn)
    if (isOn) this.sound(kind)
  }

  /** May ask for the browser's permission, so call it for a click only. */
  async setNotifications(kind: AlertKind, isOn: boolean): Promise<void> {
    if (isOn && 'Notification' in globalThis && Notification.permission === 'default')
      await Notification.requestPermission()
    writeSwitch(notificationKey(kind), isOn)
  }

  /** Notifies of a workspace while no desk is open, too, where anything is notified and the browser can. */
  async syncPush(workspace: string): Promise<void> {
    if (!canPush) return
    const isOn = alertKinds.some((kind) => this.notifications(kind) === 'on')
    // Without a push service, or offline, the notifications of an open desk go on.
    await (isOn ? subscribePush(gatewayUrl('/'), workspace) : this.stopPush()).catch(() => {})
  }

  async stopPush(): Promise<void> {
    if (canPush) await unsubscribePush(gatewayUrl('/')).catch(() => {})
  }

  /** Two soft notes: rising for what is new, falling for an own conversation. */
  sound(kind: AlertKind): void {
    if (!this.isSoundOn(kind)) return
    const context = this.#context()
    if (!context) return
    const begin = context.currentTime + 0.02
    const hertz = { request: [660, 880], offer: [660, 990], reply: [880, 660] }[kind]
    for (const [index, frequency] of hertz.entries()) {
      const delay = index * 0.13
      const tone = context.createOscillator()
      const volume = context.createGain()
      tone.frequency.value = frequency
      volume.gain.setValueAtTime(0, begin + delay)
      volume.gain.linearRampToValueAtTime(0.16, begin + delay + 0.015)
      volume.gain.exponentialRampToValueAtTime(0.001, begin + delay + 0.28)
      tone.connect(volume).connect(context.destination)
      tone.start(begin + delay)
      tone.stop(begin + delay + 0.3)
    }
  }

  /** Notifies while the page has no focus. A notification replaces an earlier one of the same `tag`. */
  notify(kind: AlertKind, { title, body, tag }: NotificationText, onClick: () => void): void {
    if (this.notifications(kind) !== 'on' || document.hasFocus()) return
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

interface NotificationText {
  title: string
  body: string
  tag: string
}
