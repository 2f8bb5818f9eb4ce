import type { Platform } from './platforms.ts'

/** Something that the service's documents warn of where a machine is isolated, and no record of a machine tells. */
export interface IsolationHazard {
  /** The machines it is about, as a sentence counts them; null for every machine. */
  readonly about: {
    readonly one: string
    readonly many: string
    readonly platforms: readonly Platform[]
  } | null
  /** The rest of that sentence. */
  readonly warning: string
  /** Page below https://learn.microsoft.com/defender-endpoint/. */
  readonly source: string
}

/** What isolating can do that nobody asked for, in the order in which a plan tells it. */
export const ISOLATION_HAZARDS: readonly IsolationHazard[] = [
  {
    about: { one: 'server', many: 'servers', platforms: ['windows-server', 'windows-server-older'] },
    warning: 'a Hyper-V host takes its guests off the network with it',
    source: 'respond-machine-alerts',
  },
  {
    about: { one: 'Linux machine', many: 'Linux machines', platforms: ['linux'] },
    warning: 'whoever changes iptables there ends the isolation, and no action tells of it',
    source: 'respond-machine-alerts',
  },
  {
    about: null,
    warning:
      'a machine behind a full-tunnel VPN or a web proxy may lose the service as well, and then takes no release',
    source: 'respond-machine-alerts',
  },
  {
    about: null,
    warning:
      'the script that the portal gives out for offline devices (good for one device and 3 days) ends an isolation without an action',
    source: 'respond-machine-alerts',
  },
]
