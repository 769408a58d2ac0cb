import { expect, test } from 'vitest'
import { HelloOrder } from './hello-order.ts'

test('TLS 1.3 is offered first once most endpoints refuse less, and no longer when they stop refusing', () => {
  const order = new HelloOrder()
  expect(order.offersTls13First()).toBe(false)
  for (let i = 0; i < 20; i++) order.learn(true)
  const first = Array.from({ length: 32 }, () => order.offersTls13First())
  expect(first.filter((offered) => !offered)).toHaveLength(2)
  for (let i = 0; i < 20; i++) order.learn(false)
  expect(order.offersTls13First()).toBe(false)
})
