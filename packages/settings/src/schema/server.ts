import { z } from 'zod'
import { choice, host, line, optionalLine, whole } from './fields.ts'

/** The server as a program. */
export const server = z
  .strictObject({
    name: line('What the greeting calls the server. The version is never told. Default Portolan.').default(
      'Portolan',
    ),
    workers: whole(
      0,
      { min: 0, max: 256 },
      'Processes that hold sessions; 0: one for each core. Each owns a part of the passive ports, so there are never more workers than ports.',
    ),
    dataFolder: optionalLine(
      'Folder for what the server keeps, such as a self-signed certificate. Relative to the folder of the settings file. Absent: nothing outlives the server.',
    ),
  })
  .prefault({})
  .describe('The server as a program.')

/** The log, on standard error. */
export const log = z
  .strictObject({
    format: choice(
      ['auto', 'pretty', 'json'],
      'auto',
      'pretty: for people. json: one object per line. auto: pretty on a terminal, else json.',
    ),
    level: choice(
      ['error', 'warn', 'info', 'debug'],
      'info',
      'The least that is logged. info: sessions, logins and transfers. debug: every command, too. Passwords never.',
    ),
  })
  .prefault({})
  .describe('The log, on standard error.')

/** Figures for Prometheus. */
export const metrics = z
  .strictObject({
    host: host('127.0.0.1', 'Address that is bound. There is no login, so keep it to a network you trust.'),
    port: whole(9121, { min: 0, max: 65_535 }, 'TCP port of the HTTP server.'),
  })
  .exactOptional()
  .describe('Figures for Prometheus over HTTP, under /metrics. Absent: none.')
