import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RateMeter } from './rate-meter.ts'

test('nothing is said before there is something to measure', () => {
  const meter = new RateMeter()
  assert.equal(meter.rate(0), undefined)
  meter.push(0, 0)
  meter.push(5_000, 100)
  assert.equal(meter.rate(100), undefined)
})

test('a steady pace is told as it is, however many chunks there are', () => {
  const meter = new RateMeter()
  for (let ms = 0; ms <= 10_000; ms++) meter.push(ms * 2, ms)
  assert.equal(Math.round(meter.rate(10_000) ?? 0), 2_000)
})

test('what is long ago does not count', () => {
  const meter = new RateMeter()
  for (let ms = 0; ms <= 1_000; ms += 100) meter.push(ms * 1_000, ms)
  for (let ms = 1_100; ms <= 20_000; ms += 100) meter.push(1_000_000 + ms, ms)
  assert.equal(Math.round((meter.rate(20_000) ?? 0) / 100), 10)
})

test('while nothing comes the rate falls, and is never below zero', () => {
  const meter = new RateMeter()
  meter.push(0, 0)
  meter.push(10_000, 1_000)
  assert.equal(meter.rate(1_000), 10_000)
  assert.equal(meter.rate(10_000), 1_000)
  meter.push(0, 10_500)
  assert.equal(meter.rate(10_500), 0)
})
