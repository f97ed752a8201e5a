/** What the engine wrote for one event of a workload's conversation. */
export interface StepWrites {
  record: string
  request: string | null
  wake: { generation: number; inMs: number } | null
}
