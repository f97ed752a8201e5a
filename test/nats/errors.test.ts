import { describe, expect, test } from 'vitest'
import { ApiError, isConflict, isWeather } from '../../engine/nats/errors.ts'

// The codes of nats-server's errors.json; chaos on three replicas met each of them.

describe('a refusal by JetStream', () => {
  test.each([
    [503, 10008, 'JetStream system temporarily unavailable'],
    [409, 10158, 'duplicate message id is in process'],
    [409, 10164, 'wrong last sequence: in process'],
  ])('that passes is tried again (%i, %i)', (code, err_code, description) => {
    const error = new ApiError({ code, err_code, description })
    expect({ isWeather: isWeather(error), isConflict: isConflict(error) }).toEqual({
      isWeather: true,
      isConflict: false,
    })
  })

  test.each([
    [400, 10071, 'wrong last sequence: 5'],
    [404, 10059, 'stream not found'],
    [400, 10054, 'message size exceeds maximum allowed'],
  ])('that does not pass is not (%i, %i)', (code, err_code, description) => {
    expect(isWeather(new ApiError({ code, err_code, description }))).toBe(false)
  })
})
