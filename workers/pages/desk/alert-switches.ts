import { html } from 'lit'
import { type AlertKind, type Alerts, alertKinds } from './alerts.ts'
import { words } from './language.ts'

/** A switch for each kind of alert, by sound and by notification. `changed` is called after each. */
export function alertSwitches(alerts: Alerts, changed: () => void) {
  const isBlocked = alerts.notifications('request') === 'blocked'
  return html`<table class="alerts">
      <thead>
        <tr>
          <td></td>
          <th scope="col">${words.sound}</th>
          <th scope="col">${words.notification}</th>
        </tr>
      </thead>
      <tbody>
        ${alertKinds.map(
          (kind) => html`<tr>
            <th scope="row">${words.alertKinds[kind]}</th>
            <td>${sound(alerts, kind, changed)}</td>
            <td>${notification(alerts, kind, changed)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    ${isBlocked ? html`<p class="hint">${words.notifyBlocked}</p>` : ''}`
}

function sound(alerts: Alerts, kind: AlertKind, changed: () => void) {
  const isOn = alerts.isSoundOn(kind)
  return switchOf(`${words.sound}: ${words.alertKinds[kind]}`, isOn, false, () => {
    alerts.setSound(kind, !isOn)
    changed()
  })
}

function notification(alerts: Alerts, kind: AlertKind, changed: () => void) {
  const state = alerts.notifications(kind)
  const label = `${words.notification}: ${words.alertKinds[kind]}`
  return switchOf(label, state === 'on', state === 'blocked', async () => {
    await alerts.setNotifications(kind, state !== 'on')
    changed()
  })
}

function switchOf(label: string, isOn: boolean, isBlocked: boolean, flip: () => void | Promise<void>) {
  return html`<button
    class="button quiet icon"
    type="button"
    role="switch"
    aria-label=${label}
    aria-checked=${isOn ? 'true' : 'false'}
    ?disabled=${isBlocked}
    @click=${flip}
  >
    <span class="switch" aria-hidden="true"></span>
  </button>`
}
