import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** Deep sea. The primary colour: actions, links, the frame. */
const navy: MantineColorsTuple = [
  '#edf3f9',
  '#d9e5f0',
  '#b4cbe1',
  '#8bb0d2',
  '#6798c4',
  '#4682b4',
  '#2f6a9c',
  '#215281',
  '#173c61',
  '#10283f',
]

/** The orange of a buoy: the one signal colour. Used for what has to be seen, never for decoration. */
const buoy: MantineColorsTuple = [
  '#fff1e8',
  '#ffe0ce',
  '#ffbf9b',
  '#ff9b64',
  '#ff7d37',
  '#f9661b',
  '#c74806',
  '#ad3d04',
  '#943504',
  '#6f2702',
]

/** Neutral of the light scheme: slate with the warmth of chart paper. Every step from 6 on is readable text (4.5:1). */
const gray: MantineColorsTuple = [
  '#faf8f3',
  '#f3f0e8',
  '#e9e5da',
  '#dcd7ca',
  '#c9c4b6',
  '#8e928f',
  '#5c6670',
  '#46515c',
  '#2e3945',
  '#18222c',
]

/** Neutral of the dark scheme: the sea at night, from text to depth. */
const dark: MantineColorsTuple = [
  '#d6e0ea',
  '#b3c2d0',
  '#93a6b8',
  '#6b8299',
  '#2b4056',
  '#20344a',
  '#14263a',
  '#0d1b2a',
  '#0a1521',
  '#070f18',
]

/** What went wrong. Text on it and text of it are readable in both schemes, which the framework's own red is not. */
const red: MantineColorsTuple = [
  '#fdf0ee',
  '#fbe0dc',
  '#f5bfb8',
  '#ffa89f',
  '#ff8f85',
  '#d9534a',
  '#c63a31',
  '#b3261e',
  '#8f1c16',
  '#6d130f',
]

const green: MantineColorsTuple = [
  '#e9f6ee',
  '#d3ecdc',
  '#a9dabd',
  '#86d6a9',
  '#6fcf9b',
  '#3fa672',
  '#27885a',
  '#1d7048',
  '#155638',
  '#0f4029',
]

const yellow: MantineColorsTuple = [
  '#fdf5e3',
  '#fbebc8',
  '#f7d792',
  '#f5c873',
  '#f0b95a',
  '#c98a24',
  '#a86d0d',
  '#8a5200',
  '#6b3f00',
  '#4d2d00',
]

/** Every colour that a component may be given. The names of the framework lead to ours. */
const HUES = { navy, buoy, red, orange: buoy, green, teal: green, yellow, blue: navy } as const

export const theme = createTheme({
  primaryColor: 'navy',
  primaryShade: { light: 7, dark: 6 },
  colors: { gray, dark, ...HUES },
  white: '#fffefb',
  black: '#18222c',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Ubuntu, Cantarell, sans-serif',
  fontFamilyMonospace:
    'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  headings: {
    fontWeight: '640',
    sizes: {
      h1: { fontSize: '1.375rem', lineHeight: '1.3' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.4' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'sm',
  radius: { xs: '2px', sm: '5px', md: '8px', lg: '12px', xl: '20px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', size: 'lg' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    MultiSelect: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    TagsInput: { defaultProps: { size: 'sm', comboboxProps: { shadow: 'md' } } },
    Textarea: { defaultProps: { size: 'sm' } },
    Paper: { defaultProps: { withBorder: true, radius: 'md' } },
    Card: { defaultProps: { withBorder: true, radius: 'md' } },
    Anchor: { defaultProps: { underline: 'always' } },
    Modal: {
      styles: { title: { fontSize: '1.0625rem', fontWeight: 640 } },
      defaultProps: {
        centered: true,
        radius: 'md',
        closeButtonProps: { 'aria-label': 'Close' },
        removeScrollProps: { removeScrollBar: false },
      },
    },
    Drawer: {
      styles: { title: { fontSize: '1.0625rem', fontWeight: 640, overflowWrap: 'anywhere' } },
      defaultProps: {
        position: 'right',
        closeButtonProps: { 'aria-label': 'Close' },
        removeScrollProps: { removeScrollBar: false },
      },
    },
    ModalRoot: { defaultProps: { removeScrollProps: { removeScrollBar: false } } },
    DrawerRoot: { defaultProps: { removeScrollProps: { removeScrollBar: false } } },
    Tooltip: {
      defaultProps: { withArrow: true, openDelay: 250, events: { hover: true, focus: true, touch: true } },
    },
    Table: { defaultProps: { verticalSpacing: 7, horizontalSpacing: 12 } },
    // Its place holder for the focus is an element that a menu may not have; the first item takes the focus itself.
    Menu: {
      defaultProps: {
        shadow: 'md',
        position: 'bottom-end',
        withInitialFocusPlaceholder: false,
        menuItemTabIndex: 0,
      },
    },
    Badge: { defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 600 } },
  },
})

const TINTS: Readonly<Record<keyof typeof HUES, string>> = {
  navy: 'info',
  blue: 'info',
  red: 'bad',
  buoy: 'warn',
  orange: 'warn',
  yellow: 'warn',
  green: 'good',
  teal: 'good',
}

/** Colours as text, as lines and behind text: those that the framework computes are too dark in one scheme and too pale in the other. */
const asText = (shade: 4 | 7): Record<string, string> =>
  Object.fromEntries(
    Object.entries(HUES).flatMap(([name, hue]) => [
      ...['text', 'light-color', 'outline'].map(use => [`--mantine-color-${name}-${use}`, hue[shade]]),
      [`--mantine-color-${name}-light`, `var(--${TINTS[name as keyof typeof HUES]}-tint)`],
    ]),
  )

/** The tokens that Mantine does not have; `var(--paper)` and so on. Both schemes are designed, neither is computed. */
export const tokens: CSSVariablesResolver = () => ({
  variables: {
    '--frame': '#10283f',
    '--frame-raised': '#1a3852',
    '--frame-line': '#26465f',
    '--frame-text': '#dbe6ef',
    '--frame-dimmed': '#9db4c8',
    '--signal': '#ff7d37',
  },
  light: {
    ...asText(7),
    '--paper': '#f8f6f0',
    '--surface': '#fffefb',
    '--surface-sunken': '#f3f0e8',
    '--line': '#dfdacd',
    '--text': '#18222c',
    '--text-dimmed': '#5c6670',
    '--good': '#1d7048',
    '--warn': '#8a5200',
    '--bad': '#b3261e',
    '--good-tint': '#e2f2e8',
    '--warn-tint': '#fbefd6',
    '--bad-tint': '#fbe6e3',
    '--info-tint': '#e4eef7',
    '--signal-text': '#b84205',
    '--focus': '#215281',
    '--mantine-color-body': '#f8f6f0',
    '--mantine-color-text': '#18222c',
    '--mantine-color-dimmed': '#5c6670',
    '--mantine-color-default': '#fffefb',
    '--mantine-color-default-border': '#cfc9bb',
    '--mantine-color-placeholder': '#6d7680',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-disabled-color': '#5c6670',
    '--mantine-color-anchor': '#215281',
  },
  dark: {
    ...asText(4),
    '--frame': '#0a1521',
    '--frame-raised': '#16293d',
    '--frame-line': '#1e3349',
    '--paper': '#0d1b2a',
    '--surface': '#122336',
    '--surface-sunken': '#0a1622',
    '--line': '#243a50',
    '--text': '#d6e0ea',
    '--text-dimmed': '#93a6b8',
    '--good': '#6fcf9b',
    '--warn': '#f0b95a',
    '--bad': '#ff8f85',
    '--good-tint': '#12352a',
    '--warn-tint': '#3a2d12',
    '--bad-tint': '#40201f',
    '--info-tint': '#16324c',
    '--signal-text': '#ff9b64',
    '--focus': '#8bb0d2',
    '--mantine-color-body': '#0d1b2a',
    '--mantine-color-text': '#d6e0ea',
    '--mantine-color-dimmed': '#93a6b8',
    '--mantine-color-default': '#14263a',
    '--mantine-color-default-border': '#2f475f',
    '--mantine-color-placeholder': '#8497aa',
    '--mantine-color-error': '#ff8f85',
    '--mantine-color-disabled-color': '#93a6b8',
    '--mantine-color-anchor': '#8bb0d2',
  },
})
