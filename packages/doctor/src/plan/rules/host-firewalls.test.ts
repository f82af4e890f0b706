import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERYTHING, sectionOf, shell } from '../testing.ts'

test('ufw: a line for each port and one for the range; active mode needs a line only where outgoing is denied', () => {
  assert.deepEqual(sectionOf('ufw', EVERYTHING).text.split('\n'), [
    "ufw allow 21/tcp comment 'FTP control'",
    "ufw allow 990/tcp comment 'FTP control'",
    "ufw allow 61000:61015/tcp comment 'FTP passive data'",
    "ufw allow out proto tcp from any port 10000:11023 to any port 1024:65535 comment 'FTP active data'",
  ])
})

test('firewalld: ports and not the service ftp, which would bring a helper', () => {
  const { text, notes } = sectionOf('firewalld')
  assert.deepEqual(text.split('\n'), [
    'firewall-cmd --permanent --add-port=21/tcp',
    'firewall-cmd --permanent --add-port=61000-61015/tcp',
    'firewall-cmd --reload',
  ])
  assert.match(notes.join(), /--remove-service=ftp/)
})

test('firewalld on the gateway: every port keeps its number', () => {
  assert.deepEqual(sectionOf('firewalld-nat', EVERYTHING).text.split('\n'), [
    'firewall-cmd --permanent --zone=external --add-forward-port=port=21:proto=tcp:toport=21:toaddr=10.0.0.5',
    'firewall-cmd --permanent --zone=external --add-forward-port=port=990:proto=tcp:toport=990:toaddr=10.0.0.5',
    'firewall-cmd --permanent --zone=external --add-forward-port=port=61000-61015:proto=tcp:toport=61000-61015:toaddr=10.0.0.5',
    'firewall-cmd --reload',
  ])
})

test('Windows: the range is kept out of the dynamic ports, and StatefulFTP is off', () => {
  assert.deepEqual(sectionOf('windows', EVERYTHING).text.split('\n'), [
    "New-NetFirewallRule -DisplayName 'FTP control' -Direction Inbound -Action Allow -Protocol TCP -LocalPort 21,990",
    "New-NetFirewallRule -DisplayName 'FTP passive data' -Direction Inbound -Action Allow -Protocol TCP -LocalPort 61000-61015",
    'netsh advfirewall set global StatefulFTP disable',
    'netsh int ipv4 add excludedportrange protocol=tcp startport=61000 numberofports=16',
    'netsh int ipv6 add excludedportrange protocol=tcp startport=61000 numberofports=16',
  ])
})

test('Windows: a range below the dynamic ports needs no exclusion', () => {
  const { text, notes } = sectionOf('windows', { basePort: 20_000 })
  assert.doesNotMatch(text, /excludedportrange/)
  assert.doesNotMatch(notes.join(), /excludedportrange/)
})

test('AWS: what the shell hands to aws is JSON with every port, for both families', () => {
  const { text } = sectionOf('aws', EVERYTHING)
  const args = shell(`aws() { for one; do printf '%s\\0' "$one"; done; }\n${text}`).split('\0')
  assert.deepEqual(args.slice(0, 4), [
    'ec2',
    'authorize-security-group-ingress',
    '--group-id',
    'sg-0123456789abcdef0',
  ])
  assert.equal(args[4], '--ip-permissions')
  const permissions: {
    FromPort: number
    ToPort: number
    IpProtocol: string
    IpRanges: unknown
    Ipv6Ranges: unknown
  }[] = JSON.parse(args[5] ?? '')
  assert.deepEqual(
    permissions.map(({ FromPort, ToPort }) => [FromPort, ToPort]),
    [
      [21, 21],
      [990, 990],
      [61_000, 61_015],
    ],
  )
  assert.deepEqual(permissions[2], {
    IpProtocol: 'tcp',
    FromPort: 61_000,
    ToPort: 61_015,
    IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'FTP passive data' }],
    Ipv6Ranges: [{ CidrIpv6: '::/0', Description: 'FTP passive data' }],
  })
})

test('AWS: without --nat the Elastic IP is spoken of', () => {
  assert.match(sectionOf('aws').notes.join(), /Elastic IP/)
  assert.doesNotMatch(sectionOf('aws', EVERYTHING).notes.join(), /Elastic IP/)
})
