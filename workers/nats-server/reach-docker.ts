/** testcontainers and its client; `undefined` where it is not installed or Docker does not answer. */
export async function reachDocker() {
  try {
    // An optional peer of the package: without it there are no containers.
    const testcontainers = await import('testcontainers')
    return { testcontainers, client: await testcontainers.getContainerRuntimeClient() }
  } catch {
    return undefined
  }
}
