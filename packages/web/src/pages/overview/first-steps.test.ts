import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curlLine, doctorLine, reachableHost } from './first-steps.ts'

const listener = (tls: string, host = '0.0.0.0') => ({ name: 'public', host, port: 2121, tls })

test('a listener that is bound everywhere is reached where the page was', () => {
  assert.equal(reachableHost('0.0.0.0', 'ftp.example.com'), 'ftp.example.com')
  assert.equal(reachableHost('::', '[2001:db8::1]'), '[2001:db8::1]')
  assert.equal(reachableHost('192.0.2.1', 'ftp.example.com'), '192.0.2.1')
  assert.equal(reachableHost('2001:db8::1', 'ftp.example.com'), '[2001:db8::1]')
})

test('the line for curl asks for the TLS that the listener has', () => {
  for (const [tls, line] of [
    ['off', 'curl --user NAME ftp://h:2121/'],
    ['optional', 'curl --ssl -k --user NAME ftp://h:2121/'],
    ['required', 'curl --ssl-reqd -k --user NAME ftp://h:2121/'],
    ['implicit', 'curl -k --user NAME ftps://h:2121/'],
  ] as const) {
    assert.equal(curlLine(listener(tls), 'h'), line)
  }
})

test('the line for the doctor names the scheme of the listener', () => {
  assert.equal(doctorLine(listener('required'), 'h'), 'portolan doctor ftpes://NAME@h:2121/')
  assert.equal(doctorLine(listener('implicit'), 'h'), 'portolan doctor ftps://NAME@h:2121/')
  assert.equal(doctorLine(listener('optional'), 'h', 'anna'), 'portolan doctor ftp://anna@h:2121/')
})
