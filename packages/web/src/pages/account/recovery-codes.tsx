import { Alert, Button, Group, SimpleGrid, Stack } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { CodeText } from '../../components/code-text.tsx'
import { CopyButton } from '../../components/copy-button.tsx'

/** In groups of four, which is how people read them. The server takes them with or without. */
const grouped = (code: string): string => code.replaceAll('-', '').replaceAll(/(.{4})(?=.)/g, '$1-')

/** The codes for the day on which the phone is lost; shown this once. */
export function RecoveryCodes(props: { codes: readonly string[]; name: string; onClose: () => void }) {
  const text = `${props.codes.map(grouped).join('\n')}\n`
  return (
    <Stack gap="md">
      <Alert color="navy">
        Keep them where your phone is not. Each works once, instead of the six digits. They are shown only
        now.
      </Alert>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={6}>
        {props.codes.map(code => (
          <CodeText key={code}>{grouped(code)}</CodeText>
        ))}
      </SimpleGrid>
      <Group gap="xs">
        <CopyButton text={text} what="the codes" label="Copy" />
        <Button
          variant="default"
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download={`portolan-recovery-codes-${props.name}.txt`}
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          Download
        </Button>
      </Group>
      <Group justify="flex-end">
        <Button onClick={props.onClose} data-autofocus>
          I have kept them
        </Button>
      </Group>
    </Stack>
  )
}
