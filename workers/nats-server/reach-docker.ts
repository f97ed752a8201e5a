/** testcontainers and its client; `undefined` where it is not installed or Docker does not answer. */
export async function reachDocker() {
  try {
    // A development dependency: an installation without it goes on without containers.
    const testcontainers = await import('testcontainers')
    return { testcontainers, client: await testcontainers.getContainerRuntimeClient() }
  } catch {
    return undefined
  }
}
